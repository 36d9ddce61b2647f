package signal

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// settle plays a pair of bets to every whole-numbered result and returns the
// expected profit per unit staked on both. It shares nothing with the rule but
// the model's distribution function, summed the long way.
func settlePair(low, high, over, under, mean, sigma float64) (ev, hit float64) {
	sum := 1/over + 1/under
	a, b := 1/(over*sum), 1/(under*sum)
	back := func(won, lost bool, stake, price float64) float64 {
		switch {
		case won:
			return stake * price
		case lost:
			return 0
		}
		return stake
	}
	cdf := func(x float64) float64 { return 0.5 * math.Erfc(-(x-mean)/sigma/math.Sqrt2) }
	for k := math.Floor(mean - 12*sigma); k <= mean+12*sigma; k++ {
		p := cdf(k+0.5) - cdf(k-0.5)
		ev += p * (back(k > low, k < low, a, over) + back(k < high, k > high, b, under) - 1)
		if k > low && k < high {
			hit += p
		}
	}
	return ev, hit
}

func TestAMiddlesExpectedReturnIsThatOfItsSettlement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		half := func(name string, from, to int) float64 {
			return float64(rapid.IntRange(2*from, 2*to).Draw(t, name)) / 2
		}
		spread := rapid.Bool().Draw(t, "spread")
		low, gap := half("low", 40, 46), half("gap", 1, 4)
		if spread {
			low -= 43
		}
		over, under := rapid.Float64Range(1.7, 2.1).Draw(t, "over"), rapid.Float64Range(1.7, 2.1).Draw(t, "under")
		d := newDesk(t, func(r *Rules) {
			r.Middle.Enabled, r.Middle.Open, r.Middle.Close, r.Middle.Max = true, 1e-9, 1e-9, 9
		})
		name, sigma, sign := "totals", 13.2, 1.0
		if spread {
			name, sigma, sign = "spreads", 13.45, -1
		}
		a, b := d.market(name, at(sign*low)), d.market(name, at(sign*(low+gap)))
		d.quote(a, "a", over, 1.8)
		d.quote(b, "b", 1.8, under)
		d.quote(a, "c", over-0.05, 1.75) // no better on any side
		d.respond()
		model, err := odds.NewLineModel(sigma, nil)
		if err != nil {
			t.Fatal(err)
		}
		positions := crowd{model.Mean(a.book("a").Fair[0], -low), model.Mean(a.book("c").Fair[0], -low), model.Mean(b.book("b").Fair[0], -low-gap)}
		median(positions)
		ev, hit := settlePair(low, low+gap, over, under, positions[1], sigma)
		switch {
		case math.Abs(ev) < 1e-6:
		case ev < 0 && len(d.out) > 0, ev > 0 && len(d.out) != 1:
			t.Fatalf("expected return %v: got %v", ev, brief(d.out))
		case ev > 0:
			s := d.out[0]
			if math.Abs(s.Value-ev) > 1e-9 || math.Abs(*s.Fair-hit) > 1e-9 {
				t.Fatalf("got %v at a chance of %v, want %v at %v", s.Value, *s.Fair, ev, hit)
			}
			if *s.Legs[0].Line != sign*low || *s.Legs[1].Line != sign*(low+gap) || s.Legs[0].Outcome != a.Outcomes[0] || s.Line != nil {
				t.Fatalf("legs %+v", s.Legs)
			}
		}
	})
}

// TestABreakEvenMiddle holds the published oracle: at -110 on both sides a pair
// breaks even if it lands one time in 21.
func TestABreakEvenMiddle(t *testing.T) {
	price := 1 + 100.0/110
	m, err := odds.NewMiddle(price, price)
	if err != nil || math.Abs(m.BreakEven-1.0/21) > 1e-12 {
		t.Fatalf("break-even %v, %v", m.BreakEven, err)
	}
	// Half points around the mean: the one result between them has the chance.
	sigma := 0.5 / (math.Sqrt2 * math.Erfinv(m.BreakEven))
	if ev, hit := settlePair(43.5, 44.5, price, price, 44, sigma); math.Abs(ev) > 1e-9 || math.Abs(hit-m.BreakEven) > 1e-9 {
		t.Errorf("settled to %v at %v", ev, hit)
	}
}

func TestAMiddleIsRefusedForItsOldLegAndSkipsQuarterLines(t *testing.T) {
	d := newDesk(t, func(r *Rules) { r.Middle.Enabled = true })
	a, b := d.market("totals", at(42)), d.market("totals", at(48))
	d.quote(a, "a", 1.95, 1.85)
	d.quote(a, "c", 1.9, 1.9)
	d.quote(b, "b", 1.85, 1.95)
	d.now += 3 * feed.Minute
	d.confirmAll("b")
	d.respond()
	d.want("middle dropped stale")
	if got := d.out[0].Detail; got != "under 1.95 at b was last confirmed 180s ago, the limit is 120s" {
		t.Errorf("detail %q", got)
	}
	d.confirmAll("")
	d.respond()
	d.want("middle open")
	if s := d.out[0]; *s.Kelly <= 0 || *s.Kelly > 0.5 || !near(*s.Profit, *s.Kelly**s.EV) || !near(s.Legs[0].Stake+s.Legs[1].Stake, 1) {
		t.Errorf("got %+v", s)
	}
	quarter := newDesk(t, func(r *Rules) { r.Middle.Enabled = true })
	for line, book := range map[float64]string{2.25: "a", 3.25: "b", 2.75: "c"} {
		quarter.quote(quarter.market("totals", at(line)), book, 2.2, 2.2)
	}
	quarter.respond()
	quarter.want()
}
