package simulate

import (
	"math"
	"testing"

	"github.com/betflow/betflow/internal/feed"
	"pgregory.net/rapid"
)

func TestBooksTakeTheMarginOfTheirConfiguration(t *testing.T) {
	s, _ := newTest(t)
	for i := range s.books {
		b := &s.books[i]
		if b.Grid == GridExchange {
			continue
		}
		t.Run(b.Key, func(t *testing.T) {
			var n, sum float64
			for _, c := range s.competitions {
				for _, f := range sample(t, s, c.league.ID, 20) {
					for _, o := range b.offers(f, f.Start-feed.Hour) {
						book := -1.
						for _, p := range o.prices[:o.count] {
							book += 1 / p
						}
						sum += book
						n++
					}
				}
			}
			if n < 1000 {
				t.Fatalf("only %v markets", n)
			}
			if mean := sum / n; math.Abs(mean-b.Margin) > .003 {
				t.Errorf("the mean margin is %.4f, configured is %.4f", mean, b.Margin)
			}
		})
	}
}

// wrong is how far a book's fair probability of a home win is from the truth
// that it saw, in logits, as a root mean square.
func wrong(fixtures []*fixture, b *bookmaker) float64 {
	var n, square float64
	for _, f := range fixtures {
		at := f.Start - feed.Hour
		for _, o := range b.offers(f, at) {
			if o.kind != h2h {
				continue
			}
			truth := f.at(at)
			r := [2]float64{1 / o.prices[0], 1 / o.prices[1]}
			book := r[0] + r[1] - 1
			p := (r[0] - book/4) / (1 + book/2) // the inverse of margins
			q := truth.home / (truth.home + truth.away)
			d := math.Log(p/(1-p)) - math.Log(q/(1-q))
			square += d * d
			n++
		}
	}
	return math.Sqrt(square / n)
}

func TestSharpBooksAreNearerToTheTruth(t *testing.T) {
	s, _ := newTest(t)
	errors := map[string]float64{}
	fixtures := sample(t, s, "nfl", 60)
	for i := range s.books {
		errors[s.books[i].Key] = wrong(fixtures, &s.books[i])
	}
	if errors["pinnacle"] > .02 || errors["paddypower"] < 2*errors["pinnacle"] || errors["paddypower"] > .08 {
		t.Errorf("errors in logits: %v", errors)
	}
}

func TestAnExchangeBacksBelowItsLays(t *testing.T) {
	s, _ := newTest(t)
	var ex *bookmaker
	for i := range s.books {
		if s.books[i].Grid == GridExchange {
			ex = &s.books[i]
		}
	}
	pairs := 0
	for _, f := range sample(t, s, "epl", 20) {
		offers := ex.offers(f, f.Start-feed.Hour)
		if len(offers) != 2 || offers[0].kind != h2h || offers[1].kind != h2hLay {
			continue
		}
		for i := range offers[0].count {
			if offers[0].prices[i] > offers[1].prices[i] {
				t.Errorf("%s: backs at %v, lays at %v", f.OddsID, offers[0].prices, offers[1].prices)
			}
			pairs++
		}
	}
	if pairs < 100 {
		t.Fatalf("only %d pairs of prices", pairs)
	}
}

func TestBooksVanishAfterScoresAndComeBackInformed(t *testing.T) {
	s, _ := newTest(t)
	vanished, back := 0, 0
	for _, f := range sample(t, s, "nfl", 4) {
		g := f.play()
		for i := range s.books {
			b := &s.books[i]
			own := f.seed.of("book").at(b.seed)
			for _, c := range g.chances {
				if c.points == 0 {
					continue
				}
				if len(b.offers(f, f.kickoff()+c.to+feed.Second)) > 0 {
					t.Fatalf("%s has prices a second after a score", b.Key)
				}
				vanished++
			}
			for w := feed.Time(0); w < g.end; w += 7 * feed.Second {
				if !b.open(f, own, f.kickoff()+w) {
					continue
				}
				_, seen := b.updated(f, own, h2h, f.kickoff()+w)
				h, a := f.scoreAt(seen)
				if nowHome, nowAway := f.scoreAt(f.kickoff() + w); h != nowHome || a != nowAway {
					t.Fatalf("%s quotes at %d:%d when it is %d:%d", b.Key, h, a, nowHome, nowAway)
				}
				back++
			}
		}
	}
	if vanished < 100 || back < 1000 {
		t.Fatalf("%d times away, %d times back", vanished, back)
	}
}

func TestBooksOpenAtDifferentTimesAndNotAllStayForPlay(t *testing.T) {
	s, _ := newTest(t)
	f := sample(t, s, "nba", 2)[3]
	var counts []int
	for _, ahead := range []feed.Time{59, 45, 35, 1} {
		n := 0
		for i := range s.books {
			if len(s.books[i].offers(f, f.Start-ahead*feed.Hour)) > 0 {
				n++
			}
		}
		counts = append(counts, n)
	}
	if counts[0] >= counts[1] || counts[1] >= counts[2] || counts[2] > counts[3] || counts[3] < 12 {
		t.Errorf("open books as the start comes nearer: %v", counts)
	}
	for i := range s.books {
		b := &s.books[i]
		if got := len(b.offers(f, f.kickoff()+f.play().end)); got != 0 {
			t.Errorf("%s has %d markets after the end", b.Key, got)
		}
		for w := feed.Time(0); !b.Live && w < f.play().end; w += feed.Minute {
			if len(b.offers(f, f.kickoff()+w)) != 0 {
				t.Fatalf("%s offers in play", b.Key)
			}
		}
	}
}

func TestLinesFollowTheScore(t *testing.T) {
	s, _ := newTest(t)
	b := &s.books[0]
	checked := 0
	for _, f := range sample(t, s, "nba", 10) {
		w := f.play().end * 3 / 4
		h, a := f.scoreAt(f.kickoff() + w)
		for _, o := range b.offers(f, f.kickoff()+w) {
			if o.kind == totals && o.line < float64(h+a) {
				t.Errorf("%s: the total is %v with %d points made", f.OddsID, o.line, h+a)
			}
			if o.kind == spreads {
				if expected := f.at(f.kickoff() + w).margin.mean(); math.Abs(o.line+expected) > 4 {
					t.Errorf("%s: the handicap is %v, the expected margin %.1f", f.OddsID, o.line, expected)
				}
				checked++
			}
		}
	}
	if checked < 20 {
		t.Fatalf("only %d lines", checked)
	}
}

func TestPricesStandOnTheirGrid(t *testing.T) {
	for _, tt := range []struct {
		grid      Grid
		implied   float64
		want      float64 // decimal
		wantShown float64 // American
	}{
		{GridNickel, .5238, 1 + 100./110, -110},
		{GridNickel, .5, 2, 100},
		{GridNickel, .513, 1 + 100./105, -105},
		{GridNickel, .2, 5, 400},
		{GridPenny, .519, 1 + 100./108, -108},
		{GridDecimal, .52, 1.92, -109},
		{GridDecimal, .1, 10, 900},
		{GridExchange, .42, 2.38, 138},
		{GridExchange, .03, 34, 3300},
	} {
		got := tt.grid.price(tt.implied)
		if math.Abs(got-tt.want) > 1e-9 || shown(got, true) != tt.wantShown {
			t.Errorf("%s price of %v is %v, shown as %v; want %v and %v", tt.grid, tt.implied, got, shown(got, true), tt.want, tt.wantShown)
		}
	}
}

func TestEveryPriceIsValidInBothFormats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		grid := rapid.SampledFrom([]Grid{GridNickel, GridPenny, GridDecimal, GridExchange}).Draw(t, "grid")
		implied := rapid.Float64Range(leastImplied, mostImplied).Draw(t, "implied")
		d := grid.price(implied)
		if dec := shown(d, false); dec <= 1 {
			t.Fatalf("decimal %v", dec)
		}
		if a := shown(d, true); math.Abs(a) < 100 || a != math.Trunc(a) {
			t.Fatalf("American %v", a)
		}
		if math.Abs(d*implied-1) > .12 {
			t.Fatalf("price %v for probability %v", d, implied)
		}
	})
}
