package app

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/api"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/store"
)

// gate is a sink that holds every batch up while it is shut.
type gate struct {
	store.Sink
	mu      sync.Mutex
	opened  chan struct{} // closed while the gate is open
	arrived chan struct{} // has an item when a batch waits
	largest int
}

func newGate(s store.Sink) *gate {
	g := &gate{Sink: s, opened: make(chan struct{}), arrived: make(chan struct{}, 1)}
	close(g.opened)
	return g
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opened = make(chan struct{})
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	close(g.opened)
}

func (g *gate) Apply(ctx context.Context, changes []store.Change) error {
	g.mu.Lock()
	opened := g.opened
	g.largest = max(g.largest, len(changes))
	g.mu.Unlock()
	select {
	case <-opened:
	default:
		select {
		case g.arrived <- struct{}{}:
		default:
		}
		<-opened
	}
	return g.Sink.Apply(ctx, changes)
}

// overloaded is a system whose store can be held up, and the writer that feeds it.
type overloaded struct {
	*system
	t      *testing.T
	gate   *gate
	writer *log.RawWriter
	loads  []*load
	now    time.Time
	quotes int64 // that must come out
}

func newOverloaded(t *testing.T, leagues ...string) *overloaded {
	t.Helper()
	cfg := freeConfig(t, ModeNone)
	cfg.Leagues, cfg.Log.Partitions = leagues, 2
	cfg.Log.Checkpoint = 100 * time.Millisecond
	s, err := open(t.Context(), cfg, Deps{Logger: quiet(), Now: time.Now}, api.Mode{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	o := &overloaded{system: s, t: t, gate: newGate(s.store), now: time.Date(2026, 2, 24, 3, 0, 0, 0, time.UTC)}
	var stored []string
	for _, topic := range s.layout.Topics() {
		if topic.Schema != "" && !topic.Inner {
			stored = append(stored, topic.Name)
		}
	}
	s.storeFeeder = store.NewFeeder(s.client, s.codecs, stored, o.gate, time.Millisecond, quiet())
	if o.writer, err = log.OpenRawWriter(t.Context(), s.client, s.layout.Sources, 2, ""); err != nil {
		t.Fatal(err)
	}
	for _, id := range leagues {
		o.loads = append(o.loads, newLoad(id))
	}
	return o
}

// capture writes a number of responses of each league, a second apart, in which a
// tenth of the prices has changed.
func (o *overloaded) capture(responses int) {
	o.t.Helper()
	for range responses {
		o.now = o.now.Add(time.Second)
		for _, l := range o.loads {
			changes := loadPrices / 10
			if l.step == 0 {
				o.quotes += loadPrices - int64(changes) // the first answer is all news
			}
			o.quotes += int64(changes)
			if err := o.writer.Capture(o.t.Context(), l.response(o.now, changes), nil); err != nil {
				o.t.Fatal(err)
			}
		}
	}
	if err := o.writer.Flush(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

// begin starts all parts but those named and stops them with the test.
func (o *overloaded) begin(without ...string) (ctx context.Context) {
	ctx, stop := context.WithCancel(o.t.Context())
	parts := map[string]func(context.Context) error{storeName: o.storeFeeder.Run, boardName: o.boardFeeder.Run}
	for _, task := range o.tasks() {
		parts[task.Name()] = task.Run
	}
	for _, name := range without {
		delete(parts, name)
	}
	for name, run := range parts {
		o.supervisor.start(ctx, name, run)
	}
	o.t.Cleanup(func() { stop(); o.supervisor.wait() })
	return ctx
}

// lag is how far one follower is behind.
func (o *overloaded) lag(name string) (records int64, seconds float64) {
	o.t.Helper()
	lags, err := o.lags(o.t.Context(), o.followers())
	if err != nil {
		o.t.Fatal(err)
	}
	records, s := worst(lags, func(p place) bool { return p.follower == name })
	if s == nil {
		o.t.Fatalf("nothing tells how far %s is behind", name)
	}
	return records, *s
}

// reaches waits until a stage has taken in all that its inputs hold.
func (o *overloaded) reaches(positions positionsOf) {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), 2*time.Minute)
	defer cancel()
	if err := o.reach(ctx, positions); err != nil {
		o.t.Fatal(err)
	}
}

func (o *overloaded) processed() {
	o.t.Helper()
	o.reaches(o.checkpoints(o.normalisers))
	o.reaches(o.checkpoints(o.computers))
	o.reaches(o.checkpoints(o.joiners))
}

// stored counts quotes once everything has gone its way.
func (o *overloaded) stored() {
	o.t.Helper()
	if err := o.drain(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
	r, err := o.store.Query(o.t.Context(), "SELECT count(*) FROM quotes", 1)
	if err != nil {
		o.t.Fatal(err)
	}
	if got := r.Rows[0][0].(int64); got != o.quotes {
		o.t.Errorf("%d quotes are stored, want %d", got, o.quotes)
	}
	for _, f := range o.followers() {
		if records, seconds := o.lag(f.name); records != 0 || seconds != 0 {
			o.t.Errorf("in the end %s is behind by %d records, %v s", f.name, records, seconds)
		}
	}
}

// TestAStoreThatStandsStillHoldsUpNobodyElse also lets its lag grow with the
// log's time and go back to nothing.
func TestAStoreThatStandsStillHoldsUpNobodyElse(t *testing.T) {
	o := newOverloaded(t, "nfl", "nhl")
	o.begin()
	o.capture(3)
	o.stored()
	o.gate.shut()
	behind := 0.0
	for _, responses := range []int{2, 40} {
		o.capture(responses)
		<-o.gate.arrived
		o.processed()
		o.reaches(fed(o.boardFeeder))
		for _, f := range o.followers() {
			if f.name == storeName {
				continue
			}
			if records, seconds := o.lag(f.name); records != 0 || seconds != 0 {
				t.Errorf("while the store stands still %s is behind by %d records, %v s", f.name, records, seconds)
			}
		}
		if got := o.board.Now(); got != feed.At(o.now) {
			t.Errorf("the board stands at %s, want %s", got, feed.At(o.now))
		}
		behind += float64(responses)
		if _, seconds := o.lag(storeName); seconds != behind {
			t.Errorf("the store is %v s behind, want %v", seconds, behind)
		}
		o.gate.arrived <- struct{}{} // the batch that waits goes on waiting
	}
	o.gate.open()
	o.stored()
	if o.gate.largest > 20_000 {
		t.Errorf("a batch of %d records", o.gate.largest)
	}
}

// TestABurstArrivesWhole writes a hundred times what comes in a second, while
// nothing reads, and lets everything take it in.
func TestABurstArrivesWhole(t *testing.T) {
	o := newOverloaded(t, "nfl", "nhl")
	o.capture(1)
	o.begin()
	o.stored()
	o.gate.shut()
	o.capture(100)
	<-o.gate.arrived
	o.processed()
	if records, seconds := o.lag(storeName); records < o.quotes/2 || seconds != 100 {
		t.Errorf("at the height of the burst the store is %d records and %v s behind", records, seconds)
	}
	o.gate.open()
	o.stored()
}

// TestATaskThatStandsStillHoldsUpItsPartitionOnly leaves out one compute task.
func TestATaskThatStandsStillHoldsUpItsPartitionOnly(t *testing.T) {
	o := newOverloaded(t, "nfl", "nhl")
	idle := o.computers[1]
	ctx := o.begin(idle.Name())
	o.capture(20)
	o.reaches(o.checkpoints(o.normalisers))
	for records, _ := o.lag(o.computers[0].Name()); records > 0; records, _ = o.lag(o.computers[0].Name()) {
		select {
		case <-t.Context().Done():
			t.Fatal("the other task does not come through")
		case <-time.After(5 * time.Millisecond):
		}
	}
	o.reaches(o.checkpoints(o.joiners))
	o.reaches(fed(o.storeFeeder))
	o.reaches(fed(o.boardFeeder))
	markets := func() (n map[int32]int64) {
		_, ends, err := log.Bounds(t.Context(), o.client, []string{log.MarketsTopic("nfl"), log.MarketsTopic("nhl")})
		if err != nil {
			t.Fatal(err)
		}
		n = map[int32]int64{}
		for p, end := range ends {
			n[p.Partition] += end
		}
		return n
	}
	if n := markets(); n[0] == 0 || n[1] != 0 {
		t.Fatalf("markets by partition: %v", n)
	}
	for _, f := range o.followers() {
		if f.name == idle.Name() {
			continue
		}
		if records, seconds := o.lag(f.name); records != 0 || seconds != 0 {
			t.Errorf("%s is behind by %d records, %v s", f.name, records, seconds)
		}
	}
	o.supervisor.start(ctx, idle.Name(), idle.Run)
	o.stored()
	if n := markets(); n[1] == 0 {
		t.Errorf("markets by partition: %v", n)
	}
}
