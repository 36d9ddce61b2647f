package parity

import (
	"bytes"
	"log/slog"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// closing moves time on until every window has closed.
func (w *world) closing(after feed.Time) {
	p := &tape{w: w, seqs: w.lastSeqs()}
	p.tick(after + 3*feed.Hour)
	w.fill(p.out)
}

// computed is a world that has come to its end.
func computed(t *testing.T, seed uint64, rounds int) *world {
	t.Helper()
	w := newLog(t, definitions())
	w.closing(w.play(seed, epoch, rounds))
	w.compute()
	return w
}

func noMismatch(t *testing.T, s Summary) {
	t.Helper()
	if s.Mismatches != 0 || len(s.Recent) != 0 {
		t.Errorf("%d mismatches, the newest %+v", s.Mismatches, s.Recent[0])
	}
}

func TestTheProcessorAgreesWithARecount(t *testing.T) {
	w := computed(t, 1, 1000)
	s := w.check(w.config(), nil)
	noMismatch(t, s)
	for _, d := range w.metrics {
		if c := s.Metrics[d.Name]; c.Checked < 50 {
			t.Errorf("of %s only %d windows were checked", d.Name, c.Checked)
		}
	}
	for reason, n := range s.Unchecked {
		if n != 0 {
			t.Errorf("%d windows were not checked: %s", n, reason)
		}
	}
}

// TestItDoesNotMatterWhenOneLooks: in steps of any size the same windows are
// found to be right.
func TestItDoesNotMatterWhenOneLooks(t *testing.T) {
	w := computed(t, 2, 300)
	want := w.check(w.config(), nil)
	cfg, rng := w.config(), rand.New(rand.NewPCG(1, 2))
	cfg.Records = 70
	c, err := NewChecker(cfg, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	end := w.stopped
	for w.stopped = map[log.Partition]int64{}; !maps.Equal(w.stopped, end); w.look(c) {
		for p, last := range end {
			w.stopped[p] = min(last, w.stopped[p]+rng.Int64N(200))
		}
	}
	if got := cfg.Journal.Summary(); !reflect.DeepEqual(got, want) {
		t.Errorf("in steps %+v, at once %+v", got, want)
	}
}

// lastRevised returns the place of the last row of a window that was revised.
func (w *world) lastRevised(name string) (at int) {
	w.t.Helper()
	last := map[string]int{}
	at = -1
	for i, r := range w.records(log.WindowsTopic(name)) {
		if _, again := last[string(r.Key)]; again {
			at = i
		}
		last[string(r.Key)] = i
	}
	for _, i := range last {
		if i == at {
			return at
		}
	}
	w.t.Fatalf("no window of %s was revised", name)
	return at
}

func TestWhatIsForgedIsFound(t *testing.T) {
	w := computed(t, 3, 200)
	one := func(row map[string]any) []map[string]any { return []map[string]any{row} }
	add := func(column string, by func(float64) float64) func(map[string]any) []map[string]any {
		return func(row map[string]any) []map[string]any {
			v := row[column].(float64)
			row[column] = by(v)
			return one(row)
		}
	}
	shift := func(column string) func(map[string]any) []map[string]any {
		return func(row map[string]any) []map[string]any {
			row[column] = int64(instant(row[column]) + feed.Second)
			return one(row)
		}
	}
	for name, c := range map[string]struct {
		metric string
		forge  func(row map[string]any) []map[string]any
		what   string // "" for nothing
	}{
		"a mean":                   {"tumbling", add("mean", func(v float64) float64 { return v + 1e-6 }), "mean"},
		"rounding of a mean":       {"tumbling", add("mean", func(v float64) float64 { return math.Nextafter(v, 9) }), ""},
		"the last bit of a price":  {"sliding", add("last", func(v float64) float64 { return math.Nextafter(v, 9) }), "last"},
		"a count":                  {"opening", func(row map[string]any) []map[string]any { row["count"] = row["count"].(int64) + 1; return one(row) }, "count"},
		"a number that is not":     {"opening", func(row map[string]any) []map[string]any { row["drift"] = nil; return one(row) }, "drift"},
		"where a session ends":     {"session", shift("window_end"), "window_end"},
		"where a series opened":    {"opening", shift("window_start"), "window_start"},
		"a revision that is lost":  {"tumbling", func(map[string]any) []map[string]any { return nil }, "any"},
		"a row of another window":  {"sliding", func(row map[string]any) []map[string]any { return append(one(row), moved(row, -24*feed.Hour)) }, WhatExtra},
		"a row that is repeated":   {"sliding", func(row map[string]any) []map[string]any { return append(one(row), row) }, ""},
		"a row of several leagues": {"shared", add("max", func(v float64) float64 { return v + 1 }), "any"},
	} {
		t.Run(name, func(t *testing.T) {
			at := w.lastRevised(c.metric)
			f := w.forged(c.metric, func(i int, row map[string]any) []map[string]any {
				if i == at {
					return c.forge(row)
				}
				return one(row)
			})
			cfg := f.config()
			var logged bytes.Buffer
			cfg.Logger = slog.New(slog.NewTextHandler(&logged, nil))
			s := f.check(cfg, nil)
			if c.what == "" {
				noMismatch(t, s)
				return
			}
			if s.Mismatches != 1 || len(s.Recent) != 1 {
				t.Fatalf("%d mismatches: %+v", s.Mismatches, s.Recent)
			}
			m := s.Recent[0]
			if m.Metric != c.metric || c.what != "any" && m.What != c.what || m.Stream == m.Recount && m.What != WhatExtra {
				t.Errorf("found %+v, want %s of %s", m, c.what, c.metric)
			}
			if text := logged.String(); !strings.Contains(text, "level=ERROR") || !strings.Contains(text, "what="+m.What) {
				t.Errorf("the log says %q", text)
			}
		})
	}
}

// moved is a row of a window at another time.
func moved(row map[string]any, by feed.Time) map[string]any {
	other := maps.Clone(row)
	for _, column := range []string{"window_start", "window_end"} {
		other[column] = int64(instant(row[column]) + by)
	}
	return other
}

// TestAWindowWithoutARowIsFound drops a window with all its revisions.
func TestAWindowWithoutARowIsFound(t *testing.T) {
	w := computed(t, 3, 200)
	for _, d := range w.metrics {
		victim := w.records(log.WindowsTopic(d.Name))[w.lastRevised(d.Name)].Key
		keys := w.records(log.WindowsTopic(d.Name))
		f := w.forged(d.Name, func(i int, row map[string]any) []map[string]any {
			if bytes.Equal(keys[i].Key, victim) {
				return nil
			}
			return []map[string]any{row}
		})
		s := f.check(f.config(), nil)
		if s.Mismatches == 0 || s.Recent[0].What != WhatMissing || s.Recent[0].Row != -1 || s.Recent[0].From < 0 {
			t.Errorf("%s without %s: %d mismatches %+v", d.Name, victim, s.Mismatches, s.Recent)
		}
	}
}

// TestWindowsFromBeforeAreNotChecked: a checker that begins in the middle does
// not know what windows hold that were open then.
func TestWindowsFromBeforeAreNotChecked(t *testing.T) {
	w := newLog(t, definitions())
	until := w.play(5, epoch, 300)
	w.compute()
	cut, since := Cut{w.stopped, w.written}, map[string]Cut{}
	for _, d := range w.metrics {
		since[d.Name] = cut
	}
	w.closing(w.play(6, until, 800))
	w.compute()
	s := w.check(w.config(), since)
	noMismatch(t, s)
	if s.Checked < 100 || s.Unchecked[ReasonBefore] < 20 || s.Unchecked[ReasonTrimmed] != 0 {
		t.Errorf("got %+v", s)
	}
	if all := w.check(w.config(), nil); all.Checked < s.Checked+s.Unchecked[ReasonBefore] || all.Unchecked[ReasonBefore] != 0 {
		t.Errorf("from the beginning %+v, later on %+v", all, s)
	}
}

func TestWhatIsTrimmedIsCountedApart(t *testing.T) {
	for _, topic := range []string{log.QuotesTopic("nhl"), log.WindowsTopic("tumbling"), log.WindowsTopic("sliding")} {
		w := computed(t, 7, 900)
		n := int64(len(w.records(topic)))
		offsets := kadm.Offsets{}
		offsets.AddOffset(topic, 0, n/3, -1)
		if _, err := kadm.NewClient(w.client).DeleteRecords(t.Context(), offsets); err != nil {
			t.Fatal(err)
		}
		s := w.check(w.config(), nil)
		noMismatch(t, s)
		if s.Unchecked[ReasonTrimmed] == 0 || s.Checked < 100 {
			t.Errorf("%s: %+v", topic, s)
		}
	}
}

// TestWhatIsTrimmedMeanwhile: the log may lose its beginning between two looks.
func TestWhatIsTrimmedMeanwhile(t *testing.T) {
	w := computed(t, 8, 900)
	cfg := w.config()
	cfg.Records = 300
	c, err := NewChecker(cfg, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Look(t.Context(), w.stopped); err != nil {
		t.Fatal(err)
	}
	offsets := kadm.Offsets{}
	offsets.AddOffset(log.QuotesTopic("nfl"), 0, 600, -1)
	if _, err := kadm.NewClient(w.client).DeleteRecords(t.Context(), offsets); err != nil {
		t.Fatal(err)
	}
	w.look(c)
	s := cfg.Journal.Summary()
	noMismatch(t, s)
	if s.Unchecked[ReasonTrimmed] == 0 || s.Checked < 100 {
		t.Errorf("got %+v", s)
	}
}

func TestTheSampleShrinksToStayWithinTheMemory(t *testing.T) {
	w := computed(t, 9, 500)
	cfg := w.config()
	cfg.Records, cfg.Values = 100, 300
	s := w.check(cfg, nil)
	noMismatch(t, s)
	if s.Unchecked[ReasonBudget] == 0 || s.Checked == 0 {
		t.Errorf("got %+v", s)
	}
}

// TestASampleIsTheSameEveryTime, and about as large as it is to be.
func TestASampleIsTheSameEveryTime(t *testing.T) {
	w := computed(t, 10, 400)
	all := w.check(w.config(), nil)
	cfg := w.config()
	cfg.Sample = 0.3
	some := w.check(cfg, nil)
	noMismatch(t, some)
	if some.Checked == 0 || some.Checked >= all.Checked {
		t.Errorf("%d of %d windows were checked", some.Checked, all.Checked)
	}
	cfg.Journal = NewJournal()
	if again := w.check(cfg, nil); !reflect.DeepEqual(again, some) {
		t.Errorf("once %+v, then %+v", some, again)
	}
	below := 0
	for i := range 10_000 {
		if placeOf("m", []byte{byte(i), byte(i >> 8)}) < boundOf(0.3) {
			below++
		}
	}
	if below < 2_800 || below > 3_200 {
		t.Errorf("%d of 10000 series are in a sample of 0.3", below)
	}
}

func TestAFilterNarrowsDown(t *testing.T) {
	w := computed(t, 11, 500)
	all := w.check(w.config(), nil)
	cfg := w.config()
	cfg.Filter = Filter{Fixture: "nhl-f", From: epoch + 10*feed.Minute, To: epoch + 40*feed.Minute}
	s := w.check(cfg, nil)
	noMismatch(t, s)
	if s.Checked == 0 || s.Checked >= all.Checked/2 || s.Metrics["shared"].Checked != 0 {
		t.Errorf("got %+v of %+v", s, all)
	}
}
