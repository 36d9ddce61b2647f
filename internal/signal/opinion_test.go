package signal

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// drawMarket writes a market of a few books, some of them old, some without a
// price, and the opinions that package odds would make of it.
func drawMarket(t *rapid.T, d *desk) (m *Market, opinions []odds.Opinion) {
	n := rapid.IntRange(2, 3).Draw(t, "outcomes")
	m = d.market("h2h", nil)
	d.now = noon + 30*feed.Minute
	now := d.now
	for i := range rapid.IntRange(1, 9).Draw(t, "books") {
		name := fmt.Sprint("book", i)
		age := feed.Time(rapid.SampledFrom([]int64{0, 0, 0, 60, 300, 601}).Draw(t, "age")) * feed.Second
		prices := make([]float64, n)
		for k := range prices {
			base := []float64{2.9, 3.0, 2.8}[k]
			if n == 2 {
				base = 1.9
			}
			prices[k] = base * rapid.Float64Range(0.94, 1.04).Draw(t, "price")
		}
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			prices[rapid.IntRange(0, n-1).Draw(t, "lacking")] = 0
		case 1:
			prices[0] *= 1.4
		}
		d.now = now - age
		b := d.quote(m, name, prices...)
		b.Trust.Weight = rapid.SampledFrom([]float64{1, 1, 4}).Draw(t, "weight")
		b.Trust.Sharp = b.Trust.Weight > 1
		if b.complete() {
			opinions = append(opinions, odds.Opinion{Book: name, Fair: b.Fair, Weight: b.Trust.Weight, Age: now.Sub(now - age)})
		}
	}
	d.now = now
	return m, opinions
}

// TestOpinionsAreThoseOfAConsensus compares with package odds: who has an
// opinion, who is an outlier, and what all but one say together.
func TestOpinionsAreThoseOfAConsensus(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := newDesk(t, func(*Rules) {})
		m, list := drawMarket(t, d)
		var o opinions
		o.form(m, d.rules.Opinions, d.now)
		if len(list) == 0 {
			if o.books != 0 {
				t.Fatalf("%d opinions without a complete book", o.books)
			}
			return
		}
		rule := odds.Rule{MaxAge: time.Duration(d.rules.Opinions.MaxAge), MADs: d.rules.Opinions.MADs}
		var want odds.Consensus
		if err := rule.Combine(&want, list); err != nil && o.books != 0 {
			t.Fatalf("%d opinions, want none: %v", o.books, err)
		}
		if o.books != want.Books {
			t.Fatalf("%d opinions, want %d: %v", o.books, want.Books, want.Verdicts)
		}
		used := list[:0:0]
		k := 0
		for j := range m.Books {
			if !m.Books[j].complete() {
				if o.counts[j] {
					t.Fatalf("%s counts and is not complete", m.Books[j].Name)
				}
				continue
			}
			if o.counts[j] != (want.Verdicts[k] == odds.Used) {
				t.Fatalf("%s counts: %v, want %s", m.Books[j].Name, o.counts[j], want.Verdicts[k])
			}
			if want.Verdicts[k] == odds.Used {
				used = append(used, list[k])
			}
			k++
		}
		for j := range m.Books {
			b := &m.Books[j]
			var others odds.Consensus
			err := odds.Rule{}.Without(&others, used, b.Name)
			for i := range m.Outcomes {
				p, n := o.without(b, j, i)
				if err != nil || len(used) == 0 {
					if n != 0 {
						t.Fatalf("%d others than %s, want none", n, b.Name)
					}
					continue
				}
				if n != others.Books || math.Abs(p-others.Fair[i]) > 1e-12 {
					t.Fatalf("without %s outcome %d has %v of %d, want %v of %d", b.Name, i, p, n, others.Fair[i], others.Books)
				}
			}
		}
	})
}

// TestValueIsWhatTheOthersSay recomputes every signal and every refusal of the
// rule from the opinions of package odds.
func TestValueIsWhatTheOthersSay(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		d := newDesk(t, func(r *Rules) { r.Value.Enabled = true })
		m, list := drawMarket(t, d)
		all := map[string]feed.Signal{}
		for _, s := range d.respond() {
			all[s.Outcome+"|"+s.Book] = s
		}
		r := &d.rules.Value
		var combined odds.Consensus
		rule := odds.Rule{MaxAge: time.Duration(d.rules.Opinions.MaxAge), MADs: d.rules.Opinions.MADs}
		if err := rule.Combine(&combined, list); err != nil {
			return
		}
		used := list[:0:0]
		for k, v := range combined.Verdicts {
			if v == odds.Used {
				used = append(used, list[k])
			}
		}
		for j := range m.Books {
			b := &m.Books[j]
			var others odds.Consensus
			if err := (odds.Rule{}).Without(&others, used, b.Name); err != nil {
				continue
			}
			for i, outcome := range m.Outcomes {
				if !b.Prices[i].Open {
					continue
				}
				ev := odds.EV(others.Fair[i], b.Prices[i].Price)
				s, ok := all[outcome+"|"+b.Name]
				if ok != (ev >= r.Open) && math.Abs(ev-r.Open) > 1e-9 {
					t.Fatalf("%s at %s is worth %v and found: %v", outcome, b.Name, ev, ok)
				}
				if !ok {
					continue
				}
				found++
				delete(all, outcome+"|"+b.Name)
				kelly := r.Kelly * odds.Kelly(others.Fair[i], b.Prices[i].Price)
				if math.Abs(s.Value-ev) > 1e-9 || math.Abs(*s.Kelly-kelly) > 1e-9 || math.Abs(*s.Profit-kelly*ev) > 1e-9 || math.Abs(*s.Fair-others.Fair[i]) > 1e-9 {
					t.Fatalf("got %+v, want a value of %v and a stake of %v", s, ev, kelly)
				}
				if want := naiveReason(d, m, j, ev, others.Books, used); s.Reason != want || (s.State == feed.SignalOpen) != (want == "") {
					t.Fatalf("%s at %s is %s %q, want %q", outcome, b.Name, s.State, s.Reason, want)
				}
			}
		}
		if len(all) > 0 {
			t.Fatalf("found besides: %v", all)
		}
	})
	if found == 0 {
		t.Error("no property run has found value")
	}
}

func naiveReason(d *desk, m *Market, j int, ev float64, others int, used []odds.Opinion) string {
	b := &m.Books[j]
	least := math.Inf(1)
	for k := range m.Books {
		for _, o := range used {
			if other := &m.Books[k]; k != j && other.Name == o.Book && other.Trust.Sharp {
				least = min(least, other.Sum)
			}
		}
	}
	switch {
	case d.now.Sub(b.Event) > 2*time.Minute:
		return ReasonStale
	case b.open() < len(m.Outcomes):
		return ReasonOneSided
	case ev > 0.15:
		return ReasonImplausible
	case !math.IsInf(least, 1) && least > 1.05:
		return ReasonSharpMargin
	case others < 2:
		return ReasonFewBooks
	}
	return ""
}

func TestAnOutlierIsOneAgainstAMajority(t *testing.T) {
	d := newDesk(t, func(r *Rules) { r.Outlier.Enabled = true })
	m := d.market("h2h", nil)
	for i, home := range []float64{1.9, 1.91, 1.92, 1.9} {
		d.quote(m, fmt.Sprint("b", i), home, 3.8-home)
	}
	d.quote(m, "x", 1.5, 2.6)
	d.respond()
	d.want("outlier open x")
	if s := d.out[0]; s.Books != 4 || s.Unit != feed.UnitMADs || s.Value < 6 || *s.Legs[0].Position < *s.Legs[0].Reference || s.Legs[0].Outcome != "home" {
		t.Errorf("got %+v", s)
	}
	d.quote(m, "y", 1.5, 2.6)
	d.quote(m, "z", 1.5, 2.6)
	d.quote(m, "w", 1.5, 2.6)
	d.quote(m, "v", 1.5, 2.6) // now they are the majority
	d.respond()
	for _, s := range d.out {
		if s.Book == "x" && s.State != feed.SignalClose || s.Book == "y" {
			t.Errorf("got %+v", s)
		}
	}
	lifeOf(t, d.all)
}
