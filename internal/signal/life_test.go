package signal

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
)

// threeBooks quotes two prices of a market with three books; the third keeps the
// count.
func threeBooks(d *desk, m *Market, home, away float64) {
	d.quote(m, "a", home, 1.7)
	d.quote(m, "b", 1.7, away)
	d.quote(m, "c", 1.9, 1.9)
}

func TestASignalOpensUpdatesByStepsAndCloses(t *testing.T) {
	d := arbitrageDesk(t)
	m := d.market("h2h", nil)
	for _, c := range []struct {
		home float64
		want []string
	}{
		{2.00, []string{}},                        // 0: not enough to open
		{2.03, []string{}},                        // .0074: between close and open
		{2.06, []string{"arbitrage open"}},        // .0148
		{2.07, []string{}},                        // .0172: less than a step
		{2.12, []string{"arbitrage update"}},      // .0291
		{2.02, []string{"arbitrage update"}},      // .005: open would not, stay does
		{2.00, []string{"arbitrage close ended"}}, // 0
		{2.10, []string{"arbitrage dropped cooldown"}},
		{2.10, []string{}},
	} {
		d.now += feed.Second
		threeBooks(d, m, c.home, 2.0)
		d.respond()
		d.want(c.want...)
	}
	d.now += 2 * feed.Minute
	d.confirmAll("")
	d.respond()
	d.want("arbitrage open")
	lifeOf(t, d.all)
	closed := d.all[3]
	if closed.State != feed.SignalClose || closed.Value != d.all[2].Value || closed.Revision != 3 || closed.Opened != noon+3*feed.Second {
		t.Errorf("closed by %+v", closed)
	}
}

func TestAnotherBookAtTheSamePriceIsAnUpdate(t *testing.T) {
	d := arbitrageDesk(t)
	m := d.market("h2h", nil)
	threeBooks(d, m, 2.1, 2.0)
	d.quote(m, "d", 2.1, 1.7)
	d.respond()
	d.want("arbitrage open")
	d.confirmAll("a") // a confirmation alone changes nothing
	d.respond()
	d.want()
	d.quote(m, "a", 1.8, 1.9)
	d.respond()
	d.want("arbitrage update")
	if s := d.out[0]; s.Legs[0].Book != "d" {
		t.Errorf("legs %+v", s.Legs)
	}
}

func TestASignalClosesForWhatHappens(t *testing.T) {
	for _, c := range []struct {
		reason string
		happen func(d *desk, m *Market)
	}{
		{ReasonWithdrawn, func(d *desk, m *Market) { d.quote(m, "a", 0, 0); d.respond() }},
		{ReasonStale, func(d *desk, _ *Market) { d.tick(time.Minute); d.tick(time.Minute); d.want(); d.tick(5 * time.Second) }},
		{ReasonInPlay, func(d *desk, _ *Market) { d.state.Start = d.now + 30*feed.Second; d.tick(30 * time.Second) }},
		{ReasonSpread, func(d *desk, _ *Market) { d.now += 61 * feed.Second; d.confirmAll("a"); d.respond() }},
	} {
		t.Run(c.reason, func(t *testing.T) {
			d := arbitrageDesk(t)
			m := d.market("h2h", nil)
			threeBooks(d, m, 2.1, 2.0)
			d.respond()
			c.happen(d, m)
			d.want("arbitrage close " + c.reason)
			lifeOf(t, d.all)
		})
	}
}

func TestWhatWasDroppedOpensOnceItsGuardIsContent(t *testing.T) {
	d := arbitrageDesk(t)
	m := d.market("h2h", nil)
	threeBooks(d, m, 2.1, 2.0)
	d.now += 3 * feed.Minute
	d.confirmAll("a")
	d.respond()
	d.want("arbitrage dropped stale")
	d.now += 10 * feed.Second
	d.confirmAll("") // no price has changed: the market is not looked at before the next tick
	d.tick(time.Second)
	d.want("arbitrage open")
	lifeOf(t, d.all)
}

// TestNothingIsRememberedForGood: what has ended is forgotten after the
// cooldown.
func TestNothingIsRememberedForGood(t *testing.T) {
	d := arbitrageDesk(t)
	m := d.market("h2h", nil)
	threeBooks(d, m, 2.1, 2.0)
	d.respond()
	threeBooks(d, m, 1.9, 2.0)
	d.respond()
	if !d.state.Pending(d.now) {
		t.Error("the cooldown is not kept")
	}
	for range 40 {
		d.tick(5 * time.Second)
	}
	if d.state.Pending(d.now) || len(d.state.Episodes) > 0 {
		t.Errorf("%d episodes are kept", len(d.state.Episodes))
	}
}

// TestSignalsOfRulesThatAreGoneClose: after a restart with other rules.
func TestSignalsOfRulesThatAreGoneClose(t *testing.T) {
	for name, change := range map[string]func(r *Rules){
		"rule off":    func(r *Rules) { r.Arbitrage.Enabled = false },
		"market left": func(r *Rules) { r.Markets = []string{"totals"} },
	} {
		t.Run(name, func(t *testing.T) {
			d := arbitrageDesk(t)
			threeBooks(d, d.market("h2h", nil), 2.1, 2.0)
			d.respond()
			d.want("arbitrage open")
			stored := d.state.Append(nil)
			change(d.rules)
			d.detector = NewDetector("nfl", d.rules, testModels(t), "power")
			var err error
			if d.state, err = d.detector.Restore(stored); err != nil {
				t.Fatal(err)
			}
			d.tick(10 * time.Second)
			d.want("arbitrage close ended")
			lifeOf(t, d.all)
		})
	}
	d := arbitrageDesk(t)
	threeBooks(d, d.market("h2h", nil), 2.1, 2.0)
	d.respond()
	stored := d.state.Append(nil)
	for n := range stored {
		if _, err := d.detector.Restore(stored[:n]); err == nil {
			t.Errorf("%d bytes of %d were taken for a state", n, len(stored))
		}
	}
}

// FuzzState: bytes that are no state are an error; what is read is written again
// as it was.
func FuzzState(f *testing.F) {
	line := 5.5
	s := &State{Start: 5, Looked: 7, Families: []*family{{Market: "totals", Period: "full", Tracks: []*track{
		{Book: "a", Anchored: true, Side: -1, Lagging: 3, Points: []point{{At: 4, Event: 3, Until: 9, Line: feed.LineOf(&line)}, {At: 9}}}, {Book: "b"},
	}}}, Episodes: []episode{{Key: feed.SignalKey{Rule: feed.RuleArbitrage}, Phase: phaseOpen, Until: 4}}}
	f.Add(s.Append(nil))
	d := arbitrageDesk(f)
	threeBooks(d, d.market("h2h", nil), 2.1, 2.0)
	d.respond()
	f.Add(d.state.Append(nil))
	f.Fuzz(func(t *testing.T, stored []byte) {
		d := arbitrageDesk(t).detector
		s, err := d.Restore(stored)
		if err != nil {
			return
		}
		first := s.Append(nil)
		back, err := d.Restore(first)
		if err != nil {
			t.Fatal(err)
		}
		if again := back.Append(nil); !bytes.Equal(again, first) {
			t.Fatalf("read %x, wrote %x, then %x", stored, first, again)
		}
		if _, err := OpenIn(first); err != nil {
			t.Error(err)
		}
	})
}

// TestAReturnAfterTheCooldownIsAnotherEpisode: also when nobody has looked in
// between.
func TestAReturnAfterTheCooldownIsAnotherEpisode(t *testing.T) {
	for _, wait := range []feed.Time{feed.Minute, 3 * feed.Minute} {
		d := arbitrageDesk(t)
		d.state.Start = noon
		m := d.market("h2h", nil)
		threeBooks(d, m, 2.1, 2.0)
		d.respond()
		d.want("arbitrage dropped in_play")
		threeBooks(d, m, 1.9, 2.0)
		d.respond()
		d.now += wait
		threeBooks(d, m, 2.1, 2.0)
		d.respond()
		if got := len(d.out) == 1; got != (wait > 2*feed.Minute) {
			t.Errorf("after %s: %q", wait.Sub(0), brief(d.out))
		}
		lifeOf(t, d.all)
	}
}

// TestDetectionDoesNotDependOnItsMemory: a detector whose state was written and
// read again at any time, or that has looked at other fixtures in between, says
// what an undisturbed one says. And whatever happens, each signal has one life.
func TestDetectionDoesNotDependOnItsMemory(t *testing.T) {
	states := map[feed.SignalState]int{}
	rules := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		all := func(r *Rules) {
			for _, c := range []*Common{&r.Arbitrage.Common, &r.Middle.Common, &r.LowHold.Common, &r.Value.Common, &r.Steam.Common, &r.Drop.Common, &r.StaleLine.Common, &r.Outlier.Common} {
				c.Enabled = true
			}
		}
		plain, disturbed := newDesk(t, all), newDesk(t, all)
		start := noon + feed.Time(rapid.IntRange(5, 40).Draw(t, "start"))*feed.Minute
		plain.state.Start, disturbed.state.Start = start, start
		books := []string{"a", "b", "c", "d", "pinnacle"}
		level := map[string]float64{}
		for range rapid.IntRange(5, 60).Draw(t, "steps") {
			pass := time.Duration(rapid.SampledFrom([]int{1, 5, 20, 60, 200}).Draw(t, "pass")) * time.Second
			name := rapid.SampledFrom([]string{"h2h", "h2h", "totals", "spreads"}).Draw(t, "market")
			var line *float64
			if name != "h2h" {
				line = at(rapid.SampledFrom([]float64{-3, -2.5, -4}).Draw(t, "line"))
			}
			kind := rapid.IntRange(0, 9).Draw(t, "kind")
			jump := rapid.Float64Range(-0.06, 0.06).Draw(t, "jump")
			moved := rapid.SliceOfNDistinct(rapid.SampledFrom(books), 0, 5, rapid.ID).Draw(t, "moved")
			without := rapid.SampledFrom(append(books, "")).Draw(t, "without")
			if kind == 1 {
				fresh, stored := NewDetector("nfl", disturbed.rules, testModels(t), "power"), disturbed.state.Append(nil)
				was := jsonOf(t, append([]episode{}, disturbed.state.Episodes...))
				var err error
				if disturbed.state, err = fresh.Restore(stored); err != nil {
					t.Fatal(err)
				}
				if is := jsonOf(t, append([]episode{}, disturbed.state.Episodes...)); is != was {
					t.Fatalf("was\n%s\nread as\n%s", was, is)
				}
				disturbed.detector = fresh
			}
			level[name] = min(0.7, max(0.3, level[name]+0.5*jump)) // shared by all books
			for _, d := range []*desk{plain, disturbed} {
				if kind < 4 {
					d.tick(pass)
					continue
				}
				d.now += feed.Span(pass)
				m := d.market(name, line)
				d.confirmAll(without)
				for _, b := range moved {
					if kind == 9 {
						d.quote(m, b, 0, 0)
						continue
					}
					shift(d, m, b, min(0.9, max(0.1, level[name]+jump*float64(len(b)))))
				}
				d.respond()
			}
			if a, b := jsonOf(t, plain.out), jsonOf(t, disturbed.out); a != b {
				t.Fatalf("undisturbed\n%s\ndisturbed\n%s", a, b)
			}
		}
		lifeOf(t, plain.all)
		for _, s := range plain.all {
			states[s.State]++
			rules[s.Rule]++
		}
	})
	for _, s := range []feed.SignalState{feed.SignalOpen, feed.SignalUpdate, feed.SignalClose, feed.SignalDropped} {
		if states[s] == 0 {
			t.Errorf("no run had a record that says %s: %v", s, states)
		}
	}
	for _, r := range feed.SignalRules() {
		if rules[r] == 0 && r != feed.RuleReverseMove {
			t.Errorf("no run had a signal of %s: %v", r, rules)
		}
	}
}

func jsonOf(t failer, v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return string(text)
}

func TestEveryRuleIsInTheRules(t *testing.T) {
	r := testRules()
	for _, name := range feed.SignalRules() {
		if (r.common(name) != nil) != (name != feed.RuleReverseMove) {
			t.Errorf("rule %s has settings: %v", name, r.common(name) != nil)
		}
	}
	if r.common("other") != nil {
		t.Error("a rule of no name has settings")
	}
}
