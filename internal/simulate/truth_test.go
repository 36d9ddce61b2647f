package simulate

import (
	"math"
	"testing"

	"github.com/betflow/betflow/internal/feed"
	"pgregory.net/rapid"
)

// sample returns the fixtures of a league over some days.
func sample(t testing.TB, s *Simulator, id string, days int) []*fixture {
	t.Helper()
	from := feed.At(begin)
	return leagueOf(t, s, id).between(from, from+feed.Time(days)*day)
}

// calibration compares forecasts with what happened: the sum of the differences in
// units of its standard deviation under the forecasts. A calibrated truth keeps
// it near 0.
type calibration struct{ sum, variance float64 }

func (c *calibration) add(p float64, happened bool) {
	y := 0.
	if happened {
		y = 1
	}
	c.sum += y - p
	c.variance += p * (1 - p)
}

func (c *calibration) z() float64 { return c.sum / math.Sqrt(c.variance) }

func TestTruthIsCalibratedBeforeAndDuringGames(t *testing.T) {
	days := 60
	if testing.Short() {
		days = 20
	}
	moments := []feed.Time{-3 * day, -feed.Hour, 20 * feed.Minute, 75 * feed.Minute, 120 * feed.Minute}
	s, _ := newTest(t)
	for _, c := range s.competitions {
		t.Run(c.league.ID, func(t *testing.T) {
			checks := make([]map[string]*calibration, len(moments))
			for i := range checks {
				checks[i] = map[string]*calibration{"home wins": {}, "favourites": {}, "overs": {}, "covers": {}}
			}
			for _, f := range sample(t, s, c.league.ID, days) {
				h, a := f.play().result()
				for i, at := range moments {
					compare(checks[i], f.at(f.kickoff()+at), h, a)
				}
			}
			for i, at := range moments {
				for name, c := range checks[i] {
					if c.variance > 5 && math.Abs(c.z()) > 3.8 {
						t.Errorf("%s at %s: %.1f more happened than promised, %.1f standard deviations", name, at.Sub(0), c.sum, c.z())
					}
				}
			}
		})
	}
}

// compare adds one forecast and the result to the checks.
func compare(checks map[string]*calibration, o *outlook, home, away int) {
	checks["home wins"].add(o.home, home > away)
	if o.home > o.away { // catches probabilities that are too bold or too shy
		checks["favourites"].add(o.home, home > away)
	} else {
		checks["favourites"].add(o.away, away > home)
	}
	line := math.Floor(o.total.mean()) + .5
	over, _, _ := o.over(line)
	checks["overs"].add(over, float64(home+away) > line)
	cover, _, _ := o.spread(-2.5)
	checks["covers"].add(cover, float64(home-away) > 2.5)
}

func TestResultsSpreadAsTheLeagueFileSays(t *testing.T) {
	s, _ := newTest(t)
	for _, c := range s.competitions {
		t.Run(c.league.ID, func(t *testing.T) {
			var n, total, square float64
			for _, f := range sample(t, s, c.league.ID, 120) {
				h, a := f.play().result()
				expected := f.at(f.kickoff() - 1).margin.mean()
				n++
				total += float64(h + a)
				square += (float64(h-a) - expected) * (float64(h-a) - expected)
			}
			sigma, want := math.Sqrt(square/n), c.league.Score.SigmaMargin
			t.Logf("sigma of the margin %.2f (file %.2f), mean total %.1f (file %.1f), %d chances a side and period",
				sigma, want, total/n, c.league.Score.Total, c.chances)
			if math.Abs(sigma/want-1) > .15 {
				t.Errorf("sigma of the margin is %.2f, the file says %.2f", sigma, want)
			}
			if math.Abs(total/n/c.league.Score.Total-1) > .08 {
				t.Errorf("mean total is %.2f, the file says %.2f", total/n, c.league.Score.Total)
			}
		})
	}
}

func TestTruthSumsToOneAtEveryInstant(t *testing.T) {
	s, _ := newTest(t)
	rapid.Check(t, func(t *rapid.T) {
		c := s.competitions[rapid.IntRange(0, len(s.competitions)-1).Draw(t, "league")]
		fs := c.block(rapid.Int64Range(20000, 21000).Draw(t, "block"))
		f := fs[rapid.IntRange(0, len(fs)-1).Draw(t, "game")]
		at := f.kickoff() + feed.Time(rapid.Int64Range(int64(-5*day), int64(6*feed.Hour)).Draw(t, "at"))
		o := f.at(at)
		if math.Abs(o.margin.mass()-1) > 1e-9 || math.Abs(o.total.mass()-1) > 1e-9 {
			t.Fatalf("masses are %.12f and %.12f", o.margin.mass(), o.total.mass())
		}
		if math.Abs(o.home+o.draw+o.away-1) > 1e-9 {
			t.Fatalf("home %.6f, draw %.6f, away %.6f", o.home, o.draw, o.away)
		}
		for _, p := range append(append([]float64{}, o.margin.p...), o.total.p...) {
			if p < -1e-12 || p > 1+1e-12 {
				t.Fatalf("a probability is %g", p)
			}
		}
		if h, a := f.scoreAt(at); at >= f.kickoff() && o.total.lo < h+a && o.total.p[0] > 1e-9 {
			t.Fatalf("the total may be %d, but %d points are made", o.total.lo, h+a)
		}
		if f.league.ID != "nfl" && !f.league.Draw && o.draw > 1e-9 {
			t.Fatalf("a draw has probability %g in a league without", o.draw)
		}
	})
}

func TestTruthMovesAsAMartingaleWithinAChance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.Float64Range(.01, .9).Draw(t, "p")
		d := dist{p: []float64{1 - p, p / 3, 0, 2 * p / 3}}
		u := rapid.Float64Range(0, .999999).Draw(t, "u")
		k := rapid.IntRange(0, 6).Draw(t, "digits")
		// The next digit is 0 or 1 with equal probability.
		width := math.Ldexp(1, -k)
		from := math.Floor(u/width) * width
		now, low, high := revealed(d, u, k), revealed(d, from, k+1), revealed(d, from+width/2, k+1)
		for i := range d.p {
			if math.Abs(now.p[i]-(low.p[i]+high.p[i])/2) > 1e-9 {
				t.Fatalf("after %d digits P(%d) is %.9f, then %.9f or %.9f", k, i, now.p[i], low.p[i], high.p[i])
			}
		}
		if known := revealed(d, u, 50); known.at(fate(d, u)) < .999 {
			t.Fatalf("u %.9f brings %d, but all digits say %v", u, fate(d, u), known.p)
		}
	})
}

func TestTruthOfAnExportedFixtureEndsWithTheResult(t *testing.T) {
	s, _ := newTest(t)
	from := feed.At(begin)
	for _, f := range s.Fixtures("nfl", from, from+3*day) {
		early, err := s.Truth(f, f.Start-feed.Hour)
		if err != nil {
			t.Fatal(err)
		}
		late, err := s.Truth(f, f.Start+12*feed.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if early.State != feed.GamePre || late.State != feed.GamePost {
			t.Fatalf("states are %s and %s", early.State, late.State)
		}
		if late.Margin != float64(late.HomeScore-late.AwayScore) || late.Total != float64(late.HomeScore+late.AwayScore) {
			t.Errorf("%s: the truth after the end is %+v", f.OddsID, late)
		}
		if early.Home <= 0 || early.Away <= 0 {
			t.Errorf("%s: the result is certain before the start: %+v", f.OddsID, early)
		}
	}
	if _, err := s.Truth(Fixture{League: "nfl", OddsID: "none"}, from); err == nil {
		t.Error("an unknown fixture has a truth")
	}
}
