package exchange

import (
	"math"
	"testing"

	"github.com/betflow/betflow/internal/feed"
)

func ptr[T any](v T) *T { return &v }

func id(n int64) RunnerID { return RunnerID{Selection: n} }

// traded is a change of a runner whose volume was traded at one price.
func traded(n int64, price Price, volume Money) RunnerChange {
	c := RunnerChange{ID: id(n), Volume: &volume, LastPrice: price}
	c.Ladders[Traded] = []Level{{price, volume}}
	return c
}

func TestChangesMakeTheMarket(t *testing.T) {
	m := NewMarket("1.2")
	first := traded(7, 150, 1000)
	first.Ladders[ToBack] = []Level{{148, 300}, {149, 200}}
	first.Ladders[ToLay] = []Level{{151, 100}, {155, 50}}
	first.Near = ptr(1.5)
	m.Apply(&MarketChange{ID: "1.2", Volume: ptr(Money(1000)), Runners: []RunnerChange{first, {ID: RunnerID{7, -0.5}, LastPrice: 210}}}, 1)
	m.Apply(&MarketChange{ID: "1.2", Conflated: true, Runners: []RunnerChange{{ID: id(7), Far: ptr(1.6), Ladders: [sides][]Level{ToBack: {{149, 0}}}}}}, 2)
	r := m.Runner(id(7))
	if m.Published != 2 || m.Volume != 1000 || m.Conflated != 1 || m.Images != 0 || len(m.Runners) != 2 || m.Runner(RunnerID{7, -0.5}).LastPrice != 210 || m.Runner(id(8)) != nil {
		t.Errorf("got %+v", m)
	}
	if r.LastPrice != 150 || r.Volume != 1000 || !r.Reconciles() || r.BestBack() != (Level{148, 300}) || r.BestLay() != (Level{151, 100}) || *r.Near != 1.5 || *r.Far != 1.6 {
		t.Errorf("got %+v", r)
	}
	before := m.Clone()
	m.Apply(&MarketChange{ID: "1.2", Image: true, Runners: []RunnerChange{traded(7, 152, 400)}}, 3)
	if m.Images != 1 || m.Volume != 0 || len(m.Runners) != 1 || m.Runner(RunnerID{7, -0.5}) != nil || m.Runner(id(7)).Ladder(Traded).Total().Volume != 400 || m.Runner(id(7)).BestBack() != (Level{}) {
		t.Errorf("after an image: %+v", m)
	}
	if b := before.Runner(id(7)); before.Published != 2 || b.Volume != 1000 || b.Ladder(Traded).Total().Volume != 1000 || len(b.Ladder(ToBack).Levels()) != 1 {
		t.Errorf("the copy has changed: %+v", before)
	}
}

func TestRanksStandInForLadders(t *testing.T) {
	m := NewMarket("1")
	c := RunnerChange{ID: id(1)}
	c.Ranks[BestToBack] = []RankedLevel{{0, Level{200, 10}}, {1, Level{198, 5}}}
	c.Ranks[DisplayToLay] = []RankedLevel{{0, Level{204, 20}}}
	m.Apply(&MarketChange{Runners: []RunnerChange{c}}, 1)
	o, ok := m.Runner(id(1)).Offer()
	if !ok || o.Back != (Level{200, 10}) || o.Lay != (Level{204, 20}) {
		t.Errorf("got %+v, %v", o, ok)
	}
	if o.Spread() != 4 || o.Ticks() != 2 {
		t.Errorf("spread %s, %d ticks", o.Spread(), o.Ticks())
	}
	if got, want := o.Microprice(), (2.0*20+2.04*10)/30; math.Abs(got-want) > 1e-15 {
		t.Errorf("microprice %g, want %g", got, want)
	}
	m.Apply(&MarketChange{Runners: []RunnerChange{{ID: id(1), Ranks: [views][]RankedLevel{DisplayToLay: {{0, Level{}}}}}}}, 2)
	if _, ok := m.Runner(id(1)).Offer(); ok {
		t.Error("one side makes an offer")
	}
}

// The ladder has 350 prices; each is one tick above the one before.
func TestTicksCountThePricesOfTheLadder(t *testing.T) {
	prices := []Price{}
	for i, s := range steps[:len(steps)-1] {
		for p := s.from; p < steps[i+1].from; p += s.step {
			prices = append(prices, p)
		}
	}
	prices = append(prices, 100000)
	if len(prices) != 350 {
		t.Fatalf("%d prices", len(prices))
	}
	for i, p := range prices {
		if got := ticksBelow(p); got != i {
			t.Errorf("%s is tick %d, want %d", p, got, i)
		}
	}
}

// course follows a market through a list of changes, one a second.
func course(changes ...MarketChange) *Course {
	c := NewCourse("1")
	for i := range changes {
		c.Apply(&changes[i], feed.Time(i+1)*feed.Second)
	}
	return c
}

func define(status string, inPlay bool) *Definition {
	return &Definition{Status: status, InPlay: inPlay}
}

func TestTheClosingStateIsTheOneBeforeTheVolumeVanishes(t *testing.T) {
	gone := func(n int64) RunnerChange {
		c := traded(n, 150, 0)
		c.LastPrice = 999
		return c
	}
	c := course(
		MarketChange{Definition: define("OPEN", false)},
		MarketChange{Runners: []RunnerChange{traded(1, 150, 1000), traded(2, 300, 500)}},
		MarketChange{Definition: define("OPEN", true)},
		MarketChange{Runners: []RunnerChange{gone(2)}}, // a runner alone is no end
		MarketChange{Runners: []RunnerChange{traded(1, 150, 3000)}},
		MarketChange{Definition: define("SUSPENDED", true)},
		MarketChange{Runners: []RunnerChange{gone(1)}},
		MarketChange{Definition: define("CLOSED", true)},
		MarketChange{Definition: define("CLOSED", true)},
	)
	if b := c.BeforeInPlay; b == nil || b.Published != 2*feed.Second || b.InPlay() || b.Runner(id(1)).Volume != 1000 {
		t.Errorf("before in-play: %+v", b)
	}
	if b := c.BeforeClose; b == nil || b.Published != 6*feed.Second || b.Runner(id(1)).Volume != 3000 || b.Runner(id(1)).LastPrice != 150 || b.Closed() {
		t.Errorf("before the close: %+v", b)
	}
	if !c.Closed() || c.Runner(id(1)).Volume != 0 || c.Runner(id(1)).LastPrice != 999 {
		t.Errorf("at last: %+v", c.Market)
	}
}

func TestTradingAfterEmptyLaddersIsNoClose(t *testing.T) {
	c := course(
		MarketChange{Definition: define("OPEN", false)},
		MarketChange{Runners: []RunnerChange{traded(1, 150, 1000)}},
		MarketChange{Runners: []RunnerChange{traded(1, 150, 0)}},
		MarketChange{Runners: []RunnerChange{traded(1, 160, 50)}},
		MarketChange{Definition: define("CLOSED", false)},
	)
	if b := c.BeforeClose; b == nil || b.Published != 4*feed.Second || b.Runner(id(1)).Volume != 50 {
		t.Errorf("before the close: %+v", b)
	}
	if c.BeforeInPlay != nil {
		t.Error("it was never in play")
	}
	if c := course(MarketChange{Definition: define("OPEN", true)}); c.BeforeInPlay != nil || c.BeforeClose != nil {
		t.Error("there was nothing before")
	}
}

func TestWithoutVolumesTheClosingStateIsTheLastOpenOne(t *testing.T) {
	c := course(
		MarketChange{Definition: define("OPEN", false)},
		MarketChange{Runners: []RunnerChange{{ID: id(1), LastPrice: 250}}},
		MarketChange{Definition: define("CLOSED", false)},
	)
	if b := c.BeforeClose; b == nil || b.Published != 2*feed.Second || b.Runner(id(1)).LastPrice != 250 {
		t.Errorf("before the close: %+v", b)
	}
}

func TestDelayIsTold(t *testing.T) {
	if (&Message{Status: 200}).Delayed() || !(&Message{Status: 503}).Delayed() {
		t.Error("503 alone is a delay")
	}
}
