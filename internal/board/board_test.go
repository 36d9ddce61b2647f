package board

import (
	"cmp"
	"slices"
	"testing"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/source"
	"github.com/betflow/betflow/internal/store"
)

func ids(fr Frame) (ids []string) {
	for _, f := range fr.Fixtures {
		ids = append(ids, f.ID)
	}
	return ids
}

func TestAFixtureIsShownOnceItsRecordHasCome(t *testing.T) {
	b := newBoard(t)
	put(t, b, quoteOf("f", "pinnacle", "home", 1.9, noon), marketOf("f", "h2h", nil, 3, 0.5, noon))
	if got := ids(b.Snapshot()); len(got) != 0 || b.seq != 0 {
		t.Errorf("nameless: %v in frame %d", got, b.seq)
	}
	if _, ok := b.Detail("f"); ok {
		t.Error("a nameless fixture has details")
	}
	put(t, b, fixtureOf("f", noon))
	d, ok := b.Detail("f")
	if got := ids(b.Snapshot()); len(got) != 1 || !ok || len(d.Books) != 1 || len(d.Markets) != 1 {
		t.Errorf("named: %v, %+v", got, d)
	}
	if d.Fixture.Home.Name != "Chicago Bears" || d.Fixture.Home.Short != "Bears" || d.Fixture.Home.Abbreviation != "CHI" {
		t.Errorf("home is %+v", d.Fixture.Home)
	}
}

func TestDetailsHaveTheJoinsAsOfTheirLastChange(t *testing.T) {
	b := newBoard(t)
	inPlay := func(market string, seq int64) *feed.InPlay {
		return &feed.InPlay{Kind: feed.KindInPlay, Seq: seq, FixtureID: "f", Market: market}
	}
	put(t, b, fixtureOf("f", noon), inPlay("totals", 1), inPlay("h2h", 2), inPlay("h2h", 3),
		&feed.TotalsWeather{Kind: feed.KindTotalsWeather, Seq: 1, FixtureID: "f"}, &feed.TotalsWeather{Kind: feed.KindTotalsWeather, Seq: 2, FixtureID: "f"})
	d, _ := b.Detail("f")
	if len(d.InPlay) != 2 || d.InPlay[0].Seq != 3 || d.InPlay[1].Market != "totals" || d.TotalsWeather.Seq != 2 {
		t.Errorf("%+v, %+v", d.InPlay, d.TotalsWeather)
	}
}

func TestAFixtureLeavesWhenItIsOver(t *testing.T) {
	withdrawn := quoteOf("f", "pinnacle", "home", 1.9, noon)
	withdrawn.State = feed.StateWithdrawn
	open := quoteOf("f", "pinnacle", "home", 1.9, noon)
	for _, c := range []struct {
		name  string
		quote *feed.Quote
		after feed.Time
		stays bool
	}{
		{"with prices", open, 11 * feed.Hour, true},
		{"long over", open, 12*feed.Hour + feed.Minute, false},
		{"without prices, shortly", withdrawn, 4 * feed.Hour, true},
		{"without prices", withdrawn, 4*feed.Hour + feed.Minute, false},
		{"before its start", withdrawn, -feed.Hour, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBoard(t)
			put(t, b, fixtureOf("f", noon), c.quote)
			put(t, b, tickOf(noon+c.after))
			last := b.frames[len(b.frames)-1]
			if stays := len(ids(b.Snapshot())) == 1; stays != c.stays || slices.Contains(last.Removed, "f") == c.stays {
				t.Errorf("stays: %v, removed: %v", stays, last.Removed)
			}
			if _, ok := b.Detail("f"); ok != c.stays {
				t.Errorf("has details: %v", ok)
			}
		})
	}
}

func TestLateRecordsDoNotBringAFixtureBack(t *testing.T) {
	b := newBoard(t)
	put(t, b, fixtureOf("f", noon), quoteOf("f", "pinnacle", "home", 1.9, noon))
	put(t, b, tickOf(noon+13*feed.Hour))
	frame := b.seq
	late := noon + 13*feed.Hour
	put(t, b, quoteOf("f", "pinnacle", "home", 1.8, late), marketOf("f", "h2h", nil, 1, 0.5, late), seenOf("f", "pinnacle", late))
	put(t, b, tickOf(late+2*feed.Minute))
	if b.seq != frame || len(ids(b.Snapshot())) != 0 || len(b.Games("nfl")) != 0 {
		t.Errorf("frame %d after %d, %v", b.seq, frame, ids(b.Snapshot()))
	}
	put(t, b, fixtureOf("f", noon+48*feed.Hour))
	if got := ids(b.Snapshot()); len(got) != 1 {
		t.Errorf("given a new start it is not shown: %v", got)
	}
	put(t, b, tickOf(noon+100*24*feed.Hour))
	put(t, b, tickOf(noon+101*24*feed.Hour))
	if len(b.fixtures) != 0 {
		t.Errorf("%d fixtures are kept in memory for good", len(b.fixtures))
	}
}

func TestAConfirmationMakesPricesYounger(t *testing.T) {
	b := newBoard(t)
	put(t, b, fixtureOf("f", noon), quoteOf("f", "pinnacle", "home", 1.9, noon), quoteOf("f", "betmgm", "away", 2.1, noon), marketOf("f", "h2h", nil, 2, 0.5, noon))
	otherMarket := seenOf("f", "betmgm", noon+5*feed.Second)
	otherMarket.Market = feed.MarketSpreads
	put(t, b, seenOf("f", "pinnacle", noon+5*feed.Second), otherMarket)
	d, _ := b.Detail("f")
	seen := map[string]feed.Time{}
	for _, v := range d.Books {
		seen[v.Book] = v.SeenTime
	}
	if seen["pinnacle"] != noon+5*feed.Second || seen["betmgm"] != noon {
		t.Errorf("seen %v", seen)
	}
	best := d.Markets[0].Outcomes[0]
	if best.BestSeenTime != noon+5*feed.Second || best.BestEventTime != noon+4*feed.Second {
		t.Errorf("best price of %s seen %s", best.BestEventTime, best.BestSeenTime)
	}
	withdrawn := quoteOf("f", "pinnacle", "home", 1.9, noon+2*feed.Second)
	withdrawn.State = feed.StateWithdrawn
	put(t, b, withdrawn)
	d, _ = b.Detail("f")
	for _, v := range d.Books {
		if v.Book == "pinnacle" && (v.SeenTime != noon+2*feed.Second || v.FairEdge != nil) {
			t.Errorf("a withdrawn price is confirmed: %+v", v)
		}
		if v.Book == "betmgm" && (v.FairEdge == nil || *v.FairEdge < 0.049 || *v.FairEdge > 0.051) {
			t.Errorf("edge of 2.1 at a fair half: %+v", v.FairEdge)
		}
	}
}

func TestConfirmationsAloneMakeAFrameASecond(t *testing.T) {
	b := newBoard(t)
	put(t, b, fixtureOf("f", noon), quoteOf("f", "pinnacle", "home", 1.9, noon))
	begun := b.seq
	for i := range 50 {
		put(t, b, seenOf("f", "pinnacle", noon+feed.Time(i)*feed.Second/10))
	}
	if frames := b.seq - begun; frames < 4 || frames > 5 {
		t.Errorf("%d frames in five seconds", frames)
	}
	before := b.seq
	put(t, b, seenOf("f", "pinnacle", noon+5*feed.Second), quoteOf("f", "pinnacle", "home", 1.8, noon+5*feed.Second))
	if b.seq != before+1 {
		t.Errorf("a change of price made %d frames", b.seq-before)
	}
}

// elected makes a state that of its market's main line.
func elected(m *feed.MarketState) *feed.MarketState {
	m.Main = true
	return m
}

func TestTheMainLineIsTheOneMostBooksQuote(t *testing.T) {
	three, half := ptr(-3.0), ptr(-3.5)
	for name, c := range map[string]struct {
		markets []*feed.MarketState
		want    feed.Line
	}{
		"most books":      {[]*feed.MarketState{marketOf("f", "spreads", three, 4, 0.5, noon), marketOf("f", "spreads", half, 5, 0.7, noon)}, feed.LineOf(half)},
		"closest to even": {[]*feed.MarketState{marketOf("f", "spreads", three, 5, 0.55, noon), marketOf("f", "spreads", half, 5, 0.48, noon)}, feed.LineOf(half)},
		"the smaller":     {[]*feed.MarketState{marketOf("f", "spreads", three, 5, 0.5, noon), marketOf("f", "spreads", half, 5, 0.5, noon)}, feed.LineOf(half)},
		"elected":         {[]*feed.MarketState{elected(marketOf("f", "spreads", three, 4, 0.6, noon)), marketOf("f", "spreads", half, 5, 0.5, noon)}, feed.LineOf(three)},
		"quoted at all":   {[]*feed.MarketState{marketOf("f", "spreads", three, 0, 0.5, noon)}, feed.Line{}},
	} {
		for _, order := range []string{"in order", "backwards"} {
			t.Run(name+" "+order, func(t *testing.T) {
				b := newBoard(t)
				put(t, b, fixtureOf("f", noon))
				markets := slices.Clone(c.markets)
				if order == "backwards" {
					slices.Reverse(markets)
				}
				for _, m := range markets {
					put(t, b, m)
				}
				d, _ := b.Detail("f")
				var got feed.Line
				if len(d.Fixture.Markets) > 0 {
					got = feed.LineOf(d.Fixture.Markets[0].Line)
				}
				if got != c.want {
					t.Errorf("got line %s, want %s", got, c.want)
				}
			})
		}
	}
}

func TestTheSparklineIsThinnedAndKeepsItsEnds(t *testing.T) {
	b := newBoard(t)
	put(t, b, fixtureOf("f", noon))
	for i := range 3000 {
		p := 0.4 + float64(i)/10_000
		put(t, b, marketOf("f", "h2h", nil, 3, p, noon+feed.Time(i)*5*feed.Second))
		s := b.fixtures["f"].sparkline
		if len(s) > sparkMax || s[len(s)-1].p != p {
			t.Fatalf("after %d states: %d points, last %v", i+1, len(s), s[len(s)-1])
		}
	}
	s := b.fixtures["f"].sparkline
	if s[0].at != noon || len(s) < sparkMax/2 {
		t.Errorf("%d points from %s on", len(s), s[0].at)
	}
	for i := 1; i < len(s); i++ {
		if s[i].at <= s[i-1].at {
			t.Fatalf("point %d is not after the one before", i)
		}
	}
	put(t, b, marketOf("f", "spreads", ptr(1.5), 3, 0.9, noon+4000*5*feed.Second))
	if got := b.fixtures["f"].sparkline; got[len(got)-1].p == 0.9 {
		t.Error("a spread is on the sparkline")
	}
}

func TestTheBoardCountsWhatComesBy(t *testing.T) {
	b := newBoard(t)
	put(t, b,
		fixtureOf("f", noon), quoteOf("f", "a", "home", 2, noon), quoteOf("f", "a", "home", 2, noon), seenOf("f", "a", noon), tickOf(noon+feed.Second),
		&feed.Game{Kind: feed.KindGame, FixtureID: "f", League: "nfl", SeenTime: noon}, &feed.Game{Kind: feed.KindTick, SeenTime: noon},
		&feed.Weather{Kind: feed.KindWeather, FixtureID: "f", League: "nfl"}, &feed.Weather{Kind: feed.KindTick},
		&feed.Quarantine{}, &feed.Review{}, &feed.Review{}, &feed.Late{}, &feed.Dimension{}, &feed.Play{})
	if got := b.Counters(); got != (Counters{Quotes: 2, Games: 1, Weather: 1, Quarantined: 1, Reviews: 2, Late: 1}) {
		t.Errorf("got %+v", got)
	}
	if b.Now() != noon+feed.Second {
		t.Errorf("the clock says %s", b.Now())
	}
}

func TestPositionsAreWhatWasApplied(t *testing.T) {
	b := newBoard(t)
	if got, err := b.Positions(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("at the start: %v, %v", got, err)
	}
	at := log.Partition{Topic: "quotes.nfl", Partition: 2}
	if err := b.Apply(t.Context(), []store.Change{{Partition: at, Offset: 6, Record: tickOf(noon)}, {Partition: at, Offset: 7, Record: tickOf(noon)}}); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Positions(t.Context()); err != nil || len(got) != 1 || got[at] != 8 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestAnEventIDNamesItsBoardAndFrame(t *testing.T) {
	b := newBoard(t)
	for _, n := range []int64{0, 1, 1 << 40} {
		if got, ok := b.ParseEventID(b.EventID(n)); !ok || got != n {
			t.Errorf("%d became %d, %v", n, got, ok)
		}
	}
	for _, id := range []string{"", "e1", "e1-", "e1-x", "e2-5", "-5", "5", "e1-5-6"} {
		if n, ok := b.ParseEventID(id); ok {
			t.Errorf("%q was read as %d", id, n)
		}
	}
}

func TestGamesSaysWhereALeaguesFixturesStand(t *testing.T) {
	b := newBoard(t)
	blank, other := fixtureOf("c", noon+2*feed.Hour), fixtureOf("d", noon)
	blank.Status, other.League = "", "nba"
	put(t, b, fixtureOf("a", noon), fixtureOf("b", noon+feed.Hour), blank, other, &feed.Game{Kind: feed.KindGame, FixtureID: "b", League: "nfl", State: feed.GameIn, SeenTime: noon})
	got := b.Games("nfl")
	slices.SortFunc(got, func(x, y source.Game) int { return cmp.Compare(x.Start, y.Start) })
	want := []source.Game{{Start: noon, State: feed.GamePre}, {Start: noon + feed.Hour, State: feed.GameIn}, {Start: noon + 2*feed.Hour, State: feed.GamePre}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNearHoldsWhatStartsSoonOrHasStartedShortlyAgo(t *testing.T) {
	b := newBoard(t)
	put(t, b,
		fixtureOf("tomorrow", noon+23*feed.Hour), fixtureOf("later", noon+25*feed.Hour), fixtureOf("running", noon-5*feed.Hour), fixtureOf("earlier", noon-7*feed.Hour),
		fixtureOf("over", noon-feed.Hour), &feed.Game{Kind: feed.KindGame, FixtureID: "over", League: "nfl", State: feed.GamePost})
	var got []string
	for _, f := range b.Near("nfl", noon) {
		got = append(got, f.FixtureID)
	}
	if !slices.Equal(got, []string{"running", "tomorrow"}) {
		t.Errorf("got %v", got)
	}
	if got := b.Near("nba", noon); len(got) != 0 {
		t.Errorf("of another league: %v", got)
	}
}
