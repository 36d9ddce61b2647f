package signal

import (
	"fmt"
	"testing"

	"github.com/betflow/betflow/internal/feed"
)

// fullRules has every rule on.
func fullRules(r *Rules) {
	for _, c := range []*Common{&r.Arbitrage.Common, &r.Middle.Common, &r.LowHold.Common, &r.Value.Common, &r.Steam.Common, &r.Drop.Common, &r.StaleLine.Common, &r.Outlier.Common} {
		c.Enabled = true
	}
}

// quiet writes ten books that agree but for a tick or two, with prices for three
// outcomes, or for two at a spread.
func quiet(d *desk, spread bool) *Market {
	m := d.market("h2h", nil)
	if spread {
		m = d.market("spreads", at(-3))
	}
	for i := range 10 {
		off := float64(i%3) / 100
		if spread {
			d.quote(m, fmt.Sprint("book", i), 1.9+off, 1.92-off)
		} else {
			d.quote(m, fmt.Sprint("book", i), 2.5+off, 3.3-off, 2.8)
		}
	}
	return m
}

// wiggle changes a price to and fro by a tick, as most updates do.
func wiggle(d *desk, m *Market) func() {
	var turns [2][]Book
	for k := range turns {
		m.Books[4] = Book{Name: "book4", Trust: Trust{Weight: 1}}
		prices := []float64{2.51 + float64(k)/100, 3.29, 2.8}
		if len(m.Outcomes) == 2 {
			prices = []float64{1.91 + float64(k)/100, 1.91}
		}
		d.quote(m, "book4", prices...)
		turns[k] = []Book{m.Books[4]}
	}
	n := 0
	all := func(int) bool { return true }
	return func() {
		n++
		d.now += feed.Second
		m.Books[4] = turns[n%2][0]
		for j := range m.Books {
			d.confirm(&m.Books[j])
		}
		if out := d.detector.Respond(d.state, d, all, d.now); len(out) > 0 {
			d.t.Fatalf("a quiet market has signals: %v", brief(out))
		}
	}
}

func TestAQuietMarketAllocatesNothing(t *testing.T) {
	for _, spread := range []bool{false, true} {
		d := newDesk(t, fullRules)
		update := wiggle(d, quiet(d, spread))
		for range 50 {
			update()
		}
		if n := testing.AllocsPerRun(100, update); n > 0 {
			t.Errorf("spread %v: %v allocations an update", spread, n)
		}
	}
}

// BenchmarkUpdate is one update of a market of ten books with every rule on.
func BenchmarkUpdate(b *testing.B) {
	for _, c := range []struct {
		name   string
		spread bool
	}{{"three outcomes", false}, {"spread", true}} {
		b.Run(c.name, func(b *testing.B) {
			d := newDesk(b, fullRules)
			update := wiggle(d, quiet(d, c.spread))
			b.ReportAllocs()
			for b.Loop() {
				update()
			}
		})
	}
}
