package signal

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

func arbitrageDesk(t failer) *desk {
	return newDesk(t, func(r *Rules) { r.Arbitrage.Enabled, r.Opinions.MADs = true, 50 })
}

// crossed writes three books whose best prices are 3.1, 3.5 and 3.1.
func crossed(d *desk) *Market {
	m := d.market("h2h", nil)
	d.quote(m, "a", 3.1, 3.2, 2.5)
	d.quote(m, "b", 2.6, 3.5, 2.6)
	d.quote(m, "c", 2.5, 3.1, 3.1)
	return m
}

// TestArbitrageOracle holds the published figures: [3.1, 3.5, 3.1] sum to
// .930875576 and return 7.425742574 %.
func TestArbitrageOracle(t *testing.T) {
	d := arbitrageDesk(t)
	crossed(d)
	d.respond()
	d.want("arbitrage open")
	s := d.out[0]
	if math.Abs(s.Value-0.07425742574) > 1e-10 || s.Unit != feed.UnitReturn || *s.EV != s.Value || *s.Profit != s.Value || s.Books != 3 || s.Method != "power" {
		t.Errorf("got %+v", s)
	}
	for i, want := range []struct {
		outcome, book string
		stake         float64
	}{{"home", "a", 0.34653465346}, {"draw", "b", 0.30693069306}, {"away", "c", 0.34653465346}} {
		if l := s.Legs[i]; l.Outcome != want.outcome || l.Book != want.book || math.Abs(l.Stake-want.stake) > 1e-10 || l.Age != 0 || l.EventTime != noon {
			t.Errorf("leg %d is %+v, want %+v", i, l, want)
		}
	}
	if s.SignalID != "arbitrage|f|h2h|full|||@2026-09-21T14:13:20Z" {
		t.Errorf("id %s", s.SignalID)
	}
}

func TestAnExchangesCommissionIsTakenOff(t *testing.T) {
	d := arbitrageDesk(t)
	m := d.market("h2h", nil)
	d.quote(m, "a", 2.10, 1.75)
	d.quote(m, "b", 1.75, 2.05)
	d.quote(m, "c", 1.9, 1.9)
	m.book("a").Trust.Commission = 0.02
	d.respond()
	d.want("arbitrage open")
	sum := 1/odds.NetPrice(2.10, 0.02) + 1/2.05
	if s := d.out[0]; !near(s.Value, 1/sum-1) || s.Legs[0].Price != 2.10 || !near(s.Legs[0].Stake, 1/(odds.NetPrice(2.10, 0.02)*sum)) {
		t.Errorf("got %+v", s)
	}
	m.book("a").Trust.Commission = 0.15
	d.respond()
	d.want("arbitrage close ended")
}

// TestEachGuardRefusesForItsReason: what a naive eye would take is dropped once,
// and the record says why.
func TestEachGuardRefusesForItsReason(t *testing.T) {
	for _, c := range []struct {
		reason string
		detail string
		spoil  func(d *desk, m *Market)
	}{
		{ReasonStale, "home 3.1 at a was last confirmed 121s ago, the limit is 120s", func(d *desk, m *Market) {
			d.now += feed.Span(121 * time.Second)
			d.confirmAll("a")
		}},
		{ReasonSpread, "home 3.1 at a was confirmed 61s before the newest leg, the limit is 60s", func(d *desk, m *Market) {
			d.now += feed.Span(61 * time.Second)
			d.confirmAll("a")
		}},
		{ReasonOneSided, "home 3.1 at a: the book has no price on another outcome", func(d *desk, m *Market) { d.quote(m, "a", 3.1, 0, 2.5); d.quote(m, "d", 2.6, 3.2, 2.5) }},
		{ReasonOutlier, "home 3.1 at a: the book stands ", func(d *desk, m *Market) {
			d.rules.Opinions.MADs = 4
			for _, book := range []string{"d", "e", "f"} {
				d.quote(m, book, 2.6, 3.4, 2.6)
			}
		}},
		{ReasonFewBooks, "3 books to compare with, at least 4 are needed", func(d *desk, m *Market) { d.rules.Arbitrage.MinBooks = 4 }},
		{ReasonImplausible, "a value of 0.0743 is above 0.05, which is an error more often than a chance", func(d *desk, m *Market) { d.rules.Arbitrage.Max = 0.05 }},
		{ReasonInPlay, "the game began 30s ago", func(d *desk, m *Market) { d.state.Start = d.now - 30*feed.Second }},
		{ReasonOwnPrices, "all legs are prices of a, which cross", func(d *desk, m *Market) {
			d.quote(m, "a", 3.6, 3.6, 3.6)
			d.quote(m, "d", 2.6, 3.2, 2.5)
		}},
	} {
		t.Run(c.reason, func(t *testing.T) {
			d := arbitrageDesk(t)
			m := crossed(d)
			c.spoil(d, m)
			d.respond()
			d.want("arbitrage dropped " + c.reason)
			if len(d.out) == 1 && !strings.HasPrefix(d.out[0].Detail, c.detail) {
				t.Errorf("detail %q", d.out[0].Detail)
			}
			d.now += feed.Second
			d.respond()
			d.want() // the episode is known
			lifeOf(t, d.all)
		})
	}
}

// TestTheGuardedPricesAreTakenWhereTheyCrossToo: a stale better price does not
// hide a fresh arbitrage.
func TestTheGuardedPricesAreTakenWhereTheyCrossToo(t *testing.T) {
	d := arbitrageDesk(t)
	m := crossed(d)
	d.quote(m, "stale", 3.3, 3.1, 2.3)
	d.now += feed.Span(3 * time.Minute)
	d.confirmAll("stale")
	d.respond()
	d.want("arbitrage open")
	if s := d.out[0]; s.Legs[0].Book != "a" || math.Abs(s.Value-0.07425742574) > 1e-10 {
		t.Errorf("got %+v", s)
	}
}

func TestLowHoldIsNeitherArbitrageNorDear(t *testing.T) {
	for _, c := range []struct {
		home, away float64
		want       []string
	}{
		{2.02, 1.98, []string{"low_hold open"}}, // hold .000...: within
		{2.04, 1.98, []string{}},                // crossed
		{1.95, 1.95, []string{}},                // 2.5 %
	} {
		d := newDesk(t, func(r *Rules) { r.LowHold.Enabled, r.Opinions.MADs = true, 50 })
		m := d.market("h2h", nil)
		d.quote(m, "a", c.home, 1.8)
		d.quote(m, "b", 1.8, c.away)
		d.quote(m, "c", 1.85, 1.85)
		d.respond()
		d.want(c.want...)
		if len(d.out) == 1 {
			if s := d.out[0]; !near(s.Value, odds.Hold(1/c.home+1/c.away)) || s.Unit != feed.UnitHold || !near(*s.EV, -s.Value) {
				t.Errorf("got %+v", s)
			}
			d.quote(m, "a", 1.99, 1.8) // hold .0075: worse than to open, good enough to stay
			d.respond()
			d.want()
			d.quote(m, "a", 1.97, 1.8) // hold .0125
			d.respond()
			d.want("low_hold close ended")
		}
	}
}
