package api

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkStream measures how long a change of the board takes to a hundred
// clients over loopback: an operation ends when the last of them has it.
func BenchmarkStream(b *testing.B) {
	const clients = 100
	w := newWorld(b)
	w.put(b, full("f")...)
	streams := make([]<-chan string, clients)
	for i := range streams {
		streams[i] = openStream(b, w)
		for line := range streams[i] {
			if line == "event: snapshot" {
				break
			}
		}
	}
	var latencies []time.Duration
	price := 1.5
	for b.Loop() {
		price += 0.01
		w.put(b, priceOf("f", "nfl", price, noon))
		began := time.Now()
		id := w.board.EventID(w.board.Snapshot().Seq)
		done := make(chan time.Duration, clients)
		for _, lines := range streams {
			go func() {
				for line := range lines {
					if strings.HasPrefix(line, "id: "+id) {
						break
					}
				}
				done <- time.Since(began)
			}()
		}
		for range streams {
			latencies = append(latencies, <-done)
		}
	}
	slices.Sort(latencies)
	for _, p := range []int{50, 99} {
		b.ReportMetric(float64(latencies[len(latencies)*p/100].Microseconds())/1000, "p"+strconv.Itoa(p)+"-ms")
	}
}
