package process

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/signal"
	"github.com/betflow/betflow/internal/source/recording"
)

// recordedOdds is where recorded answers lie on machines that have them.
const recordedOdds = "../../../shared/data/odds-api/nhl-wnba-2026.ndjson.gz"

// recordedEntries reads a recording, with ticks behind each answer.
func recordedEntries(t *testing.T, w *world, path string) []entry {
	t.Helper()
	r, err := recording.Open(path, func(_, path string) string {
		for _, id := range w.leagues {
			if strings.Contains(path, "/"+w.league(id).Keys[feed.SourceOdds]+"/") {
				return id
			}
		}
		return ""
	})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var out []entry
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			for range 30 {
				out = append(out, entry{time: out[len(out)-1].time + 10*feed.Second})
			}
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if n := len(out); n > 0 {
			for at := out[n-1].time + 10*feed.Second; at < e.Raw.FetchedAt && at < out[n-1].time+5*feed.Minute; at += 10 * feed.Second {
				out = append(out, entry{time: at})
			}
		}
		raw := e.Raw
		out = append(out, entry{time: raw.FetchedAt, raw: &raw})
	}
}

// tally counts how often prices cross: once as a naive eye sees it, in the best
// of all open prices, and once as a signal.
type tally struct {
	snapshots int                                   // an answer's word on a market and line that at least three books price whole
	naive     int                                   // of them whose best prices sum to less than one
	guarded   int                                   // of them with an arbitrage signal
	maxima    map[feed.MarketKey]map[string]float64 // of those markets: the best price of each outcome at any time
	opened    map[string]int
	closed    map[string]map[string]int // by rule and reason
	dropped   map[string]map[string]int
}

// tallyOf takes canonical quotes through a compute task and through a naive
// count beside it.
func (w *world) tallyOf(t *testing.T, canonical memoryLog) *tally {
	t.Helper()
	c := &tally{maxima: map[feed.MarketKey]map[string]float64{}, opened: map[string]int{}, closed: map[string]map[string]int{}, dropped: map[string]map[string]int{}}
	for p := range w.partitions {
		op := newCompute(w.config(), w.computeConfig(), p)
		out := memoryLog{}
		e := w.emitter(out.write)
		for _, id := range w.leagues {
			at := log.Partition{Topic: log.QuotesTopic(id), Partition: p}
			signals := log.Partition{Topic: log.SignalsTopic(id), Partition: p}
			live := map[string]bool{} // "market key" with an arbitrage
			prices := map[feed.MarketKey]map[string]map[string]float64{}
			present := map[string]bool{}
			for _, r := range canonical[at] {
				if err := op.Process(r, e); err != nil {
					t.Fatal(err)
				}
				for _, r := range out[signals] {
					var s feed.Signal
					if err := w.codecs[signals.Topic].Decode(r.Value, &s); err != nil {
						t.Fatal(err)
					}
					c.count(&s)
					if s.Rule == feed.RuleArbitrage && s.State != feed.SignalDropped {
						live[feed.MarketKey{FixtureID: s.FixtureID, Market: s.Market, Period: s.Period, Line: feed.LineOf(s.Line)}.String()] = s.State.Live()
					}
				}
				delete(out, signals)
				var q feed.Quote
				if err := w.codecs[at.Topic].Decode(r.Value, &q); err != nil {
					t.Fatal(err)
				}
				switch q.Kind {
				case feed.KindSeen:
					present[q.Market] = true
				case feed.KindQuote:
					k := q.MarketKey()
					if prices[k] == nil {
						prices[k] = map[string]map[string]float64{}
					}
					if prices[k][q.Book] == nil {
						prices[k][q.Book] = map[string]float64{}
					}
					delete(prices[k][q.Book], q.Outcome)
					if q.State == feed.StateOpen {
						prices[k][q.Book][q.Outcome] = q.Price
					}
				}
				if !q.Last {
					continue
				}
				for k, books := range prices {
					if k.FixtureID == q.FixtureID && present[k.Market] {
						c.snapshot(k, books, live[k.String()])
					}
				}
				clear(present)
			}
		}
	}
	return c
}

func (c *tally) snapshot(k feed.MarketKey, books map[string]map[string]float64, live bool) {
	best, whole := map[string]float64{}, 0
	for _, prices := range books {
		if len(prices) == 2 {
			whole++
		}
		for outcome, price := range prices {
			best[outcome] = max(best[outcome], price)
		}
	}
	if whole < 3 || len(best) != 2 {
		return
	}
	c.snapshots++
	if cross(best) {
		c.naive++
	}
	if c.maxima[k] == nil {
		c.maxima[k] = map[string]float64{}
	}
	for outcome, price := range best {
		c.maxima[k][outcome] = max(c.maxima[k][outcome], price)
	}
	if live {
		c.guarded++
	}
}

func cross(best map[string]float64) bool {
	sum := 0.0
	for _, price := range best {
		sum += 1 / price
	}
	return sum < 1
}

// mixed counts the markets whose best prices cross if those of all times are put
// together, as tables of maxima do.
func (c *tally) mixed() (n int) {
	for _, best := range c.maxima {
		if cross(best) {
			n++
		}
	}
	return n
}

func (c *tally) count(s *feed.Signal) {
	add := func(m map[string]map[string]int) {
		if m[s.Rule] == nil {
			m[s.Rule] = map[string]int{}
		}
		m[s.Rule][s.Reason]++
	}
	switch s.State {
	case feed.SignalOpen:
		c.opened[s.Rule]++
	case feed.SignalClose:
		add(c.closed)
	case feed.SignalDropped:
		add(c.dropped)
	}
}

func (c *tally) String() string {
	share := func(n int) string { return fmt.Sprintf("%d (%.2f %%)", n, 100*float64(n)/float64(max(1, c.snapshots))) }
	return fmt.Sprintf("snapshots of at least three books %d: naive S<1 %s, guarded %s; markets whose maxima of all times cross: %d of %d\nopened  %v\nclosed  %v\ndropped %v",
		c.snapshots, share(c.naive), share(c.guarded), c.mixed(), len(c.maxima), c.opened, c.closed, c.dropped)
}

// TestGuardedArbitrageOnOwnAnswers: of three answers whose prices cross, one is
// real until nobody confirms it any more, one rests on a price that its provider
// last confirmed ten minutes ago, and one stands after the start.
func TestGuardedArbitrageOnOwnAnswers(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	prices := map[string][2]float64{"betmgm": {2.04, 1.84}, "draftkings": {2.0, 1.88}, "fanduel": {1.95, 1.92}, "pinnacle": {1.97, 1.93}}
	answer := func(at feed.Time, start feed.Time, fanduel [2]float64, age feed.Time) entry {
		ev := hockeyEvent("e1", start, homeTeam, awayTeam)
		for _, name := range []string{"betmgm", "draftkings", "fanduel", "pinnacle"} {
			p, event := prices[name], at
			if name == "fanduel" {
				p, event = fanduel, at-age
			}
			ev.Bookmakers = append(ev.Bookmakers, book(name, event, h2h(event, homeTeam, awayTeam, p[0], p[1])))
		}
		return entry{time: at, raw: &feed.Raw{Source: feed.SourceOdds, League: "nhl", FetchedAt: at, Status: 200, Path: "/v4/sports/icehockey_nhl/odds",
			Query: map[string]string{"oddsFormat": "decimal"}, Body: mustJSON([]oddsEvent{ev})}}
	}
	begin, minute := epoch+feed.Hour, feed.Minute
	c := w.tallyOf(t, w.normalise(t, w.rawLog([]entry{
		answer(epoch, begin, [2]float64{1.95, 1.92}, 0),               // whole, and no crossing
		answer(epoch+5*minute, begin, [2]float64{1.86, 2}, 10*minute), // 1/2.04 + 1/2 = .9902, of an old price
		answer(epoch+10*minute, begin, [2]float64{1.95, 1.92}, 0),
		answer(epoch+15*minute, begin, [2]float64{1.86, 2}, 0), // the same, fresh
		answer(epoch+20*minute, begin, [2]float64{1.95, 1.92}, 0),
		answer(epoch+70*minute, begin, [2]float64{1.86, 2}, 0), // in play
		{time: epoch + 80*minute},
	})))
	if c.snapshots != 6 || c.naive != 3 || c.guarded != 1 || c.opened[feed.RuleArbitrage] != 1 ||
		c.closed[feed.RuleArbitrage][signal.ReasonStale] != 1 || c.dropped[feed.RuleArbitrage][signal.ReasonStale] != 1 || c.dropped[feed.RuleArbitrage][signal.ReasonInPlay] != 1 {
		t.Errorf("got %s", c)
	}
}

func TestGuardedArbitrageOnRecordedOdds(t *testing.T) {
	if _, err := os.Stat(recordedOdds); errors.Is(err, fs.ErrNotExist) {
		t.Skip("no recorded odds on this machine; TestGuardedArbitrageOnOwnAnswers counts what it writes itself")
	}
	w := newWorld(t, 1, "nhl", "wnba")
	c := w.tallyOf(t, w.normalise(t, w.rawLog(recordedEntries(t, w, recordedOdds))))
	t.Log(c)
	if c.snapshots < 1000 || c.naive == 0 || c.guarded*100 >= c.snapshots || c.guarded > c.naive {
		t.Errorf("%s: want guarded arbitrage in less than 1 %% of them, and in no more than a naive eye sees", c)
	}
	for rule, opened := range c.opened {
		if closed := total(c.closed[rule]); closed != opened {
			t.Errorf("%d signals of %s were opened and %d closed: the recording ends with every price old", opened, rule, closed)
		}
	}
}

func total(m map[string]int) (n int) {
	for _, v := range m {
		n += v
	}
	return n
}
