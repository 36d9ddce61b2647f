package process

import (
	"fmt"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/metric"
)

// crowd is a compute task whose fixtures have many prices: of ten books, three
// markets of two outcomes. Of all of them 5,000 change in a second of the log's
// time, one after the other, and each ten seconds there is a checkpoint.
type crowd struct {
	b      *testing.B
	op     *compute
	state  *State
	w      *world
	e      *Emitter
	codec  *log.Codec
	dir    string
	names  []string // of the fixtures
	keys   int
	next   int
	quote  feed.Quote
	points int // checkpoints made
	bytes  int // in them
}

const (
	crowdBooks = 10
	crowdKeys  = crowdBooks * 3 * 2 // of a fixture
	crowdRate  = 5000               // prices a second
)

func newCrowd(b *testing.B, keys, memory int) *crowd {
	b.Helper()
	w := newWorld(b, 1, "nhl")
	w.memory = memory
	movement := testMetric("movement", "fixture_id", "market", "line", "outcome", "book")
	movement.Windows = metric.Windows{Tumbling: nil}
	for _, m := range []time.Duration{3, 5, 10, 20} {
		movement.Windows.Tumbling = append(movement.Windows.Tumbling, metric.Span(m*time.Minute))
	}
	movement.Lateness = metric.Span(time.Hour)
	w.metrics[1] = movement
	w.metrics = w.metrics[1:2]
	c := &crowd{b: b, w: w, keys: keys, e: w.emitter(discard), codec: w.codecs[log.QuotesTopic("nhl")], dir: b.TempDir()}
	for i := range (keys + crowdKeys - 1) / crowdKeys {
		c.names = append(c.names, fmt.Sprint("nhl-20261122-toronto-maple-leafs-boston-bruins-", i))
	}
	c.quote = open("", "", nil, "", "", 2, epoch, epoch)
	c.restart()
	return c
}

// restart loads the last checkpoint.
func (c *crowd) restart() {
	w := c.w
	if c.state != nil {
		if err := c.state.Close(); err != nil {
			c.b.Fatal(err)
		}
	}
	var err error
	if c.state, err = OpenState(c.dir, nil, w.config().Logger); err != nil {
		c.b.Fatal(err)
	}
	c.op = newCompute(w.config(), w.computeConfig(), 0)
	if err := c.op.Load(c.state); err != nil {
		c.b.Fatal(err)
	}
}

// fill gives every key a price, without computing markets of them.
func (c *crowd) fill() {
	for range c.keys {
		c.step(false)
	}
	c.checkpoint()
}

// set makes the next price the quote, six of them to a response.
func (c *crowd) set() {
	q, k := &c.quote, c.next%c.keys
	c.next++
	q.FixtureID = c.names[k/crowdKeys]
	q.Book = "book" + strconv.Itoa(k%crowdKeys/6)
	q.Market = [3]string{feed.MarketH2H, "btts", "overtime"}[k%6/2]
	q.Outcome = [2]string{"home", "away"}[k%2]
	q.Kind, q.Last = feed.KindQuote, k%6 == 5
	q.Price = 1.8 + float64((c.next*7)%31)/100
	q.Seq++
}

// step takes the next price, and what time brings with it. Markets are computed
// when responses are whole.
func (c *crowd) step(whole bool) {
	c.set()
	q := &c.quote
	q.Last = q.Last && whole
	c.take()
	if c.next%crowdRate == 0 {
		q.Kind, q.Last = feed.KindTick, false
		q.SeenTime += feed.Second
		q.EventTime = q.SeenTime
		q.Seq++
		c.take()
		if q.SeenTime.Truncate(10*feed.Second) == q.SeenTime {
			c.checkpoint()
		}
	}
}

func (c *crowd) take() {
	if err := c.op.take(c.op.leagues[0], &c.quote, c.e); err != nil {
		c.b.Fatal(err)
	}
}

func (c *crowd) checkpoint() {
	p := c.state.Begin()
	if err := c.op.Save(p); err != nil {
		c.b.Fatal(err)
	}
	c.points++
	c.bytes += p.b.Len()
	if err := p.Commit(); err != nil {
		c.b.Fatal(err)
	}
}

// pass lets time pass without a price.
func (c *crowd) pass(time feed.Time) {
	q := &c.quote
	q.Kind, q.Last = feed.KindTick, false
	q.SeenTime += time
	q.EventTime = q.SeenTime
	q.Seq++
	c.take()
	c.checkpoint()
}

func (c *crowd) close() {
	if err := c.state.Close(); err != nil {
		c.b.Fatal(err)
	}
}

// BenchmarkKeys tells what a price costs as the keys grow in number: its market,
// its windows, their rows, and its share of checkpoints, with so many MiB of
// memory for the state. Filling is not measured, but rows count that fall due
// while prices are.
func BenchmarkKeys(b *testing.B) {
	for _, keys := range []int{1_000, 10_000, 100_000, 1_000_000} {
		for _, memory := range []int{64, 4096} {
			b.Run(fmt.Sprintf("%d/%dMiB", keys, memory), func(b *testing.B) { benchmarkKeys(b, keys, memory<<20) })
		}
	}
}

func benchmarkKeys(b *testing.B, keys, memory int) {
	c := newCrowd(b, keys, memory)
	defer c.close()
	c.fill()
	runtime.GC()
	b.ReportAllocs()
	began, rows := cpuTime(b), c.e.emitted
	for b.Loop() {
		c.step(true)
	}
	took, n := float64(cpuTime(b)-began), float64(b.N)
	disk, _, err := sizeOf(c.dir)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(took/n, "cpu-ns/op")
	b.ReportMetric(float64(c.e.emitted-rows)/n, "rows/op")
	b.ReportMetric(took/(n+float64(c.e.emitted-rows)), "cpu-ns/record")
	b.ReportMetric(heapMiB(), "heap-MiB")
	b.ReportMetric(float64(disk)/(1<<20), "disk-MiB")
}

// BenchmarkCheckpoint saves what a thousand changed prices leave behind, of many
// keys that the state has.
func BenchmarkCheckpoint(b *testing.B) {
	for _, keys := range []int{1_000, 10_000, 100_000, 1_000_000} {
		b.Run(strconv.Itoa(keys), func(b *testing.B) {
			c := newCrowd(b, keys, 64<<20)
			defer c.close()
			c.fill()
			c.points, c.bytes = 0, 0
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				for range 1000 {
					c.step(true)
				}
				b.StartTimer()
				c.checkpoint()
			}
			b.ReportMetric(float64(c.bytes)/float64(c.points), "B/checkpoint")
		})
	}
}

// BenchmarkRestart loads the state of so many keys whose windows are open, and
// of as many panes again that have fired.
func BenchmarkRestart(b *testing.B) {
	for _, keys := range []int{10_000, 100_000, 250_000} {
		b.Run(strconv.Itoa(keys), func(b *testing.B) {
			c := newCrowd(b, keys, 64<<20)
			defer c.close()
			c.fill()
			c.pass(21 * feed.Minute)
			c.fill()
			b.ReportAllocs()
			began := cpuTime(b)
			for b.Loop() {
				c.restart()
			}
			b.ReportMetric(float64(cpuTime(b)-began)/float64(b.N)/1e6, "cpu-ms/op")
			b.ReportMetric(heapMiB(), "MiB")
		})
	}
}

// cpuTime is what the program has used of all cores.
func cpuTime(b *testing.B) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func heapMiB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}
