package betfair

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/exchange"
	"github.com/betflow/betflow/internal/feed"
)

// recorded is where historic files lie on machines that have them. They are not
// part of the project.
const recorded = "../../../../shared/data/betfair"

// follow builds the markets of a file and calls back after every change.
func follow(t testing.TB, r *Reader, each func(*exchange.Course, *exchange.MarketChange)) map[string]*exchange.Course {
	t.Helper()
	courses := map[string]*exchange.Course{}
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return courses
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(e.Defects) > 0 {
			t.Fatalf("defects %q", e.Defects)
		}
		for i := range e.Message.Markets {
			c := &e.Message.Markets[i]
			if courses[c.ID] == nil {
				courses[c.ID] = exchange.NewCourse(c.ID)
			}
			courses[c.ID].Apply(c, e.Message.Published)
			each(courses[c.ID], c)
		}
	}
}

// figures are what a state of a runner must show.
type figures struct {
	levels    int
	volume    exchange.Money
	vwap      float64
	tolerance float64 // of vwap: half a unit of its last digit as published
	last      exchange.Price
}

func (f figures) check(t *testing.T, m *exchange.Market, selection int64) {
	t.Helper()
	r := m.Runner(exchange.RunnerID{Selection: selection})
	ladder := r.Ladder(exchange.Traded)
	vwap, ok := ladder.Total().VWAP()
	if len(ladder.Levels()) != f.levels || ladder.Total().Volume != f.volume || r.Volume != f.volume || r.LastPrice != f.last {
		t.Errorf("runner %d has %d levels, volume %s of %s, last %s; want %+v", selection, len(ladder.Levels()), ladder.Total().Volume, r.Volume, r.LastPrice, f)
	}
	if !ok || math.Abs(vwap-f.vwap) > f.tolerance {
		t.Errorf("runner %d has VWAP %.15f, want %.15f", selection, vwap, f.vwap)
	}
}

// TestRecordedMarket holds one market from opening to settlement to figures that
// were computed from the same file by other means.
func TestRecordedMarket(t *testing.T) {
	r, err := Open(filepath.Join(recorded, "1.200806927.gz"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the recorded file is not here; TestSmallMarket holds the same on one of our own")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	messages, runners, compared, marketsCompared := 0, 0, 0, 0
	var first, last feed.Time
	courses := follow(t, r, func(c *exchange.Course, change *exchange.MarketChange) {
		messages++
		runners += len(change.Runners)
		if first == 0 {
			first = c.Published
		}
		last = c.Published
		sum := exchange.Money(0)
		for _, one := range c.Runners {
			compared++
			sum += one.Volume
			levels := exchange.Money(0)
			for _, l := range one.Ladder(exchange.Traded).Levels() {
				levels += l.Size
			}
			if levels != one.Volume || !one.Reconciles() {
				t.Errorf("at %s the ladder of %d sums to %s, its volume is %s", c.Published, one.ID.Selection, levels, one.Volume)
			}
		}
		if change.Volume != nil {
			marketsCompared++
			if sum != c.Volume {
				t.Errorf("at %s the runners' volumes sum to %s, the market's is %s", c.Published, sum, c.Volume)
			}
		}
	})
	if messages != 18529 || runners != 21895 || compared != 37056 || marketsCompared != 7624 {
		t.Errorf("%d messages, %d changes of runners, %d ladders and %d markets compared", messages, runners, compared, marketsCompared)
	}
	if hours := last.Sub(first).Hours(); math.Abs(hours-147.954) > 0.0005 {
		t.Errorf("it spans %.4f hours", hours)
	}
	c := courses["1.200806927"]
	if c == nil || len(courses) != 1 || c.Conflated != 21 || c.Images != 1 || !c.Closed() || c.BeforeInPlay == nil || c.BeforeClose == nil {
		t.Fatalf("got %+v", c)
	}
	figures{17, 312759, 1.270918, 5e-7, 126}.check(t, c.BeforeInPlay, 228749)
	figures{21, 67881, 4.47391, 5e-6, 480}.check(t, c.BeforeInPlay, 2857977)
	if at := c.BeforeClose.Published; at != feed.At(time.UnixMilli(1657550823699)) {
		t.Errorf("the state before the close is of %s", at)
	}
	figures{51, 44314226, 1.118031781035733, 1e-15, 101}.check(t, c.BeforeClose, 228749)
	figures{109, 1336136, 10.321668752282699, 1e-14, 100000}.check(t, c.BeforeClose, 2857977)
	if r := c.Runner(exchange.RunnerID{Selection: 228749}); r.Volume != 0 || r.LastPrice != 140 {
		t.Errorf("the last state, which is no price to use, has %s traded, last %s", r.Volume, r.LastPrice)
	}
}

func TestRecordedBasicFileHasPricesAlone(t *testing.T) {
	r, err := Open(filepath.Join(recorded, "BASIC-1.132153978.gz"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the recorded file is not here; TestSmallBasicMarket holds the same on one of our own")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	changes := 0
	courses := follow(t, r, func(*exchange.Course, *exchange.MarketChange) { changes++ })
	c := courses["1.132153978"]
	if changes != 480 || c == nil || !c.Closed() || c.BeforeInPlay == nil || c.BeforeClose == nil || c.Definition.EventName != "Ham 14th Jun" {
		t.Fatalf("%d changes, %+v", changes, c)
	}
	for _, d := range c.Definition.Runners {
		run := c.BeforeClose.Runner(d.ID)
		if d.Status == "WINNER" && (d.Name != "Brother Mcgonagall" || d.Start != 4.15 || run.LastPrice == 0 || run.Volume != 0) {
			t.Errorf("the winner is %+v, %+v", d, run)
		}
	}
}

// small is a market like a recorded one: bets before and during the game, then
// the volume vanishes and the market closes.
const small = `{"op":"mcm","clk":"a","pt":1000,"ct":"SUB_IMAGE","mc":[{"id":"1.5","img":true,"marketDefinition":{"status":"OPEN","inPlay":false,"marketType":"MATCH_ODDS","eventId":"9","numberOfWinners":1,"marketBaseRate":5,"marketTime":"2022-07-11T11:00:00.000Z","version":1,"runners":[{"id":7,"status":"ACTIVE"},{"id":8,"hc":0,"status":"ACTIVE","name":"B"}]}}]}
{"op":"mcm","clk":"b","pt":2000,"mc":[{"id":"1.5","rc":[{"id":7,"trd":[[1.5,10.1],[1.52,20.2]],"tv":30.3,"ltp":1.52,"atb":[[1.5,5]],"atl":[[1.53,6.5]]},{"id":8,"trd":[[2.9,0.3]],"tv":0.3}],"tv":30.6}]}
{"op":"mcm","clk":"c","pt":2500,"ct":"HEARTBEAT"}

{"op":"mcm","clk":"d","pt":3000,"mc":[{"id":"1.5","con":true,"rc":[{"id":7,"trd":[[1.52,20.3]],"tv":30.4,"batb":[[0,1.51,2]]}],"tv":30.7}]}
{"op":"mcm","clk":"e","pt":4000,"mc":[{"id":"1.5","marketDefinition":{"status":"OPEN","inPlay":true}}]}
{"op":"mcm","clk":"f","pt":5000,"status":503,"mc":[{"id":"1.5","rc":[{"id":7,"trd":[[1.01,69.6]],"tv":100,"ltp":1.01}],"tv":100.3}]}
{"op":"mcm","clk":"g","pt":6000,"mc":[{"id":"1.5","rc":[{"id":7,"trd":[[1.5,0],[1.52,0],[1.01,0]],"tv":0,"ltp":1.4},{"id":8,"trd":[[2.9,0]],"tv":0}],"tv":0}]}
{"op":"mcm","clk":"h","pt":7000,"mc":[{"id":"1.5","marketDefinition":{"status":"CLOSED","inPlay":true,"settledTime":"2022-07-11T14:47:01.000Z","runners":[{"id":7,"status":"WINNER","bsp":1.49},{"id":8,"status":"LOSER","bsp":"NaN"}]}}]}
`

func reader(t testing.TB, text []byte) *Reader {
	t.Helper()
	r, err := NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSmallMarket(t *testing.T) {
	ladders := 0
	c := follow(t, reader(t, []byte(small)), func(c *exchange.Course, _ *exchange.MarketChange) {
		for _, r := range c.Runners {
			if ladders++; !r.Reconciles() {
				t.Errorf("at %s the ladder of %d does not sum to its volume", c.Published, r.ID.Selection)
			}
		}
	})["1.5"]
	if ladders != 12 || c.Conflated != 1 || c.Images != 1 || c.Definition.Settled.String() != "2022-07-11T14:47:01Z" || c.Definition.Runners[0].Start != 1.49 || c.Definition.Runners[1].Start != 0 {
		t.Fatalf("%d ladders, %+v", ladders, c)
	}
	figures{2, 3040, (1.5*10.1 + 1.52*20.3) / 30.4, 1e-15, 152}.check(t, c.BeforeInPlay, 7)
	figures{3, 10000, (1.5*10.1 + 1.52*20.3 + 1.01*69.6) / 100, 1e-15, 101}.check(t, c.BeforeClose, 7)
	if d := c.BeforeInPlay.Definition; d.MarketType != "MATCH_ODDS" || d.Winners != 1 || d.BaseRate != 5 || d.EventID != "9" || d.Runners[1].Name != "B" || d.MarketTime.String() != "2022-07-11T11:00:00Z" {
		t.Errorf("definition %+v", d)
	}
	if o, ok := c.BeforeInPlay.Runner(exchange.RunnerID{Selection: 7}).Offer(); !ok || o.Back != (exchange.Level{Price: 150, Size: 500}) || o.Lay != (exchange.Level{Price: 153, Size: 650}) {
		t.Errorf("offer %+v", o)
	}
}

func TestSmallBasicMarket(t *testing.T) {
	const text = `{"op":"mcm","clk":"1","pt":1000,"mc":[{"id":"1.6","marketDefinition":{"status":"OPEN","inPlay":false,"runners":[{"id":7,"status":"ACTIVE","name":"A","bsp":5.73}]}}]}
{"op":"mcm","clk":"2","pt":2000,"mc":[{"id":"1.6","rc":[{"ltp":15.0,"id":7}]}]}
{"op":"mcm","clk":"3","pt":3000,"mc":[{"id":"1.6","marketDefinition":{"status":"CLOSED","inPlay":true}}]}`
	c := follow(t, reader(t, []byte(text)), func(*exchange.Course, *exchange.MarketChange) {})["1.6"]
	r := c.BeforeClose.Runner(exchange.RunnerID{Selection: 7})
	if _, ok := r.Ladder(exchange.Traded).Total().VWAP(); ok || r.LastPrice != 1500 || c.BeforeInPlay == nil {
		t.Errorf("got %+v", r)
	}
}

func zipped(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// BenchmarkRead reads and applies a file of exchange messages, the recorded one
// where it is.
func BenchmarkRead(b *testing.B) {
	text := bytes.Repeat([]byte(small), 2000)
	if f, err := os.Open(filepath.Join(recorded, "1.200806927.gz")); err == nil {
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			b.Fatal(err)
		}
		if text, err = io.ReadAll(z); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		follow(b, reader(b, text), func(*exchange.Course, *exchange.MarketChange) {})
	}
	b.ReportMetric(float64(b.N*bytes.Count(text, []byte("\n")))/b.Elapsed().Seconds(), "messages/s")
}
