package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/api"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// market of the load: each response is a league's whole board. Home has a number
// and away a letter: with one number for both, all fixtures' ids fall into one
// partition.
const (
	loadEvents = 20
	loadBooks  = 10
	loadPrices = loadEvents * loadBooks * 3 * 2 // three markets of two sides
)

var loadLeagues = []string{"nfl", "nba", "nhl", "mlb", "wnba"}

// load makes odds answers in which a chosen number of prices differ from the
// answer before.
type load struct {
	league string
	step   int
	prices [loadPrices]int // cents
	next   int             // the price that changes next
}

func newLoad(league string) *load {
	l := &load{league: league}
	for i := range l.prices {
		l.prices[i] = 180 + i%40
	}
	return l
}

func (l *load) response(at time.Time, changes int) feed.Raw {
	for range changes {
		l.prices[l.next%loadPrices] = 150 + (l.prices[l.next%loadPrices]-150+7)%150
		l.next++
	}
	l.step++
	var b bytes.Buffer
	b.WriteByte('[')
	i := 0
	stamp := at.UTC().Format(time.RFC3339)
	for e := range loadEvents {
		if e > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"%s%030d","sport_key":"x","commence_time":"%s","home_team":"Home %d","away_team":"Away %c","bookmakers":[`,
			l.league[:2], e, at.Add(time.Hour).UTC().Truncate(24*time.Hour).Format(time.RFC3339), e, 'A'+e)
		for k := range loadBooks {
			if k > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"key":"book%d","title":"Book %d","last_update":"%s","markets":[`, k, k, stamp)
			for m, market := range []string{"h2h", "spreads", "totals"} {
				if m > 0 {
					b.WriteByte(',')
				}
				names := [2]string{"Home " + strconv.Itoa(e), "Away " + string(rune('A'+e))}
				points := [2]string{"", ""}
				switch market {
				case "spreads":
					points = [2]string{`,"point":-3.5`, `,"point":3.5`}
				case "totals":
					names, points = [2]string{"Over", "Under"}, [2]string{`,"point":45.5`, `,"point":45.5`}
				}
				fmt.Fprintf(&b, `{"key":"%s","last_update":"%s","outcomes":[`, market, stamp)
				for side := range 2 {
					if side > 0 {
						b.WriteByte(',')
					}
					fmt.Fprintf(&b, `{"name":"%s","price":%d.%02d%s}`, names[side], l.prices[i]/100, l.prices[i]%100, points[side])
					i++
				}
				b.WriteString("]}")
			}
			b.WriteString("]}")
		}
		b.WriteString("]}")
	}
	b.WriteByte(']')
	return feed.Raw{
		Source: feed.SourceOdds, League: l.league, FetchedAt: feed.At(at), Path: "/v4/sports/" + l.league + "/odds",
		Query: map[string]string{"oddsFormat": "decimal"}, Status: 200, Body: b.Bytes(),
	}
}

// loaded is a running system and the writer that feeds it.
func loaded(b *testing.B) (*system, *log.RawWriter) {
	b.Helper()
	cfg, _, err := Load(Layers{Flags: map[string]string{
		"data": b.TempDir(), "http.listen": "127.0.0.1:0", "kafka.listen": "127.0.0.1:0", "sources.mode": ModeNone,
		"leagues": strings.Join(loadLeagues, ","),
	}})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s, err := open(ctx, cfg, Deps{Logger: slog.New(slog.DiscardHandler), Now: time.Now}, api.Mode{Source: ModeNone, Speed: 1})
	if err != nil {
		b.Fatal(err)
	}
	s.start(ctx, Options{})
	writer, err := log.OpenRawWriter(ctx, s.client, s.layout.Sources, cfg.Log.Partitions, "")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		stop()
		s.supervisor.wait()
		if err := s.close(); err != nil {
			b.Error(err)
		}
	})
	return s, writer
}

// BenchmarkWholeWay measures how many quotes a second go from captured
// responses through normalise, market states, windows and into the hot store.
// In every response a quarter of the prices have changed.
func BenchmarkWholeWay(b *testing.B) {
	const rounds, changes = 150, loadPrices / 4
	for b.Loop() {
		s, writer := loaded(b)
		var loads []*load
		for _, id := range loadLeagues {
			loads = append(loads, newLoad(id))
		}
		at := time.Now()
		var bodies []feed.Raw
		for r := range rounds {
			for i, l := range loads {
				n := changes
				if r == 0 {
					n = 0 // the first answer is all news
				}
				bodies = append(bodies, l.response(at.Add(time.Duration(r)*time.Second+time.Duration(i)*time.Millisecond), n))
			}
		}
		began := time.Now()
		for i := range bodies {
			if err := writer.Capture(context.Background(), bodies[i], nil); err != nil {
				b.Fatal(err)
			}
		}
		if err := writer.Flush(context.Background()); err != nil {
			b.Fatal(err)
		}
		if err := s.drain(context.Background()); err != nil {
			b.Fatal(err)
		}
		elapsed := time.Since(began).Seconds()
		r, err := s.store.Query(context.Background(), "SELECT count(*) FROM quotes", 1)
		if err != nil {
			b.Fatal(err)
		}
		quotes := r.Rows[0][0].(int64)
		if want := int64(len(loads) * (loadPrices + (rounds-1)*changes)); quotes != want {
			b.Fatalf("%d quotes in the store, want %d", quotes, want)
		}
		b.ReportMetric(float64(quotes)/elapsed, "quotes/s")
		b.ReportMetric(float64(len(bodies)*loadPrices)/elapsed, "prices_read/s")
		b.ReportMetric(0, "ns/op")
	}
}

// BenchmarkLatency measures the time from a complete response to the stream's
// frame with its effect, over HTTP, while quotes change at a steady rate.
func BenchmarkLatency(b *testing.B) {
	for _, rate := range []int{1000, 5000} {
		b.Run(strconv.Itoa(rate), func(b *testing.B) {
			for b.Loop() {
				latencies := measureLatency(b, rate, 10*time.Second)
				slices.Sort(latencies)
				at := func(q float64) float64 {
					return float64(latencies[int(q*float64(len(latencies)-1))].Microseconds()) / 1000
				}
				b.ReportMetric(at(0.5), "p50_ms")
				b.ReportMetric(at(0.99), "p99_ms")
				b.ReportMetric(at(1), "max_ms")
				b.ReportMetric(float64(len(latencies)), "market_changes")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

func measureLatency(b *testing.B, rate int, span time.Duration) []time.Duration {
	s, writer := loaded(b)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url()+"/api/v1/stream", nil)
	if err != nil {
		b.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()

	var measuring atomic.Bool
	var latencies []time.Duration
	var reader sync.WaitGroup
	reader.Go(func() {
		lines := bufio.NewReaderSize(resp.Body, 1<<20)
		delta := false
		shown := map[string]feed.Time{} // of each market: the response that its last state came from
		for {
			line, err := lines.ReadBytes('\n')
			if err != nil {
				return
			}
			switch {
			case bytes.HasPrefix(line, []byte("event: ")):
				delta = bytes.Equal(bytes.TrimSpace(line[7:]), []byte("delta"))
			case delta && bytes.HasPrefix(line, []byte("data: ")):
				now := time.Now()
				var d struct {
					Fixtures []struct {
						ID      string `json:"fixture_id"`
						Markets []struct {
							Market   string    `json:"market"`
							SeenTime feed.Time `json:"seen_time"`
						} `json:"markets"`
					} `json:"fixtures"`
				}
				if err := json.Unmarshal(line[6:], &d); err != nil {
					b.Error(err)
					return
				}
				for _, f := range d.Fixtures {
					for _, m := range f.Markets {
						key := f.ID + m.Market
						if shown[key] != m.SeenTime && measuring.Load() {
							latencies = append(latencies, now.Sub(m.SeenTime.Std()))
						}
						shown[key] = m.SeenTime
					}
				}
			}
		}
	})

	const every = 50 * time.Millisecond
	changes := rate * int(every) / int(time.Second)
	var loads []*load
	for _, id := range loadLeagues {
		loads = append(loads, newLoad(id))
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	warm := time.Now().Add(6 * time.Second)
	for i, end := 0, warm.Add(span); time.Now().Before(end); i++ {
		<-ticker.C
		measuring.Store(time.Now().After(warm))
		body := loads[i%len(loads)].response(time.Now(), changes)
		body.FetchedAt = feed.At(time.Now()) // complete now: making it up took time
		if err := writer.Capture(ctx, body, nil); err != nil {
			b.Fatal(err)
		}
	}
	measuring.Store(false)
	cancel()
	reader.Wait()
	return latencies
}
