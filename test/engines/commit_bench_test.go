//go:build engines

package engines

import (
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/log"
)

// BenchmarkCommit measures what transactions cost the records in them: from the
// moment a writer gets a record to the moment a reader of committed records has
// it, at 5,000 records a second, by the time between commits; and which part of
// the time the writer waits for them.
func BenchmarkCommit(b *testing.B) {
	const (
		warm, span = 2 * time.Second, 5 * time.Second
		burst      = 5 // records each millisecond
	)
	brokers := kafka(b).brokers("KAFKA_PLAIN")
	for _, every := range []time.Duration{10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond} {
		b.Run(every.String(), func(b *testing.B) {
			for b.Loop() {
				client, err := log.Connect(b.Context(), log.Connection{Brokers: brokers})
				if err != nil {
					b.Fatal(err)
				}
				defer client.Close()
				topic := log.Topic{Name: "commits." + every.String(), Partitions: 1}
				if err := log.Ensure(b.Context(), client, []log.Topic{topic}, 1); err != nil {
					b.Fatal(err)
				}
				w, err := log.OpenWriter(b.Context(), client, topic.Name, log.Left{})
				if err != nil {
					b.Fatal(err)
				}
				defer w.Close()
				at := log.Partition{Topic: topic.Name}
				_, ends, err := log.Bounds(b.Context(), client, []string{topic.Name})
				if err != nil {
					b.Fatal(err)
				}
				reader, err := log.OpenReader(client, log.Offsets(map[log.Partition]int64{at: ends[at]}))
				if err != nil {
					b.Fatal(err)
				}
				defer reader.Close()
				began := time.Now()
				took := make(chan []float64)
				go func() {
					var all []float64
					for time.Since(began) < warm+span {
						fetches := reader.PollFetches(b.Context())
						now := time.Since(began)
						fetches.EachRecord(func(r *kgo.Record) {
							if given := time.Duration(binary.BigEndian.Uint64(r.Value)); given > warm {
								all = append(all, float64(now-given)/float64(time.Millisecond))
							}
						})
					}
					took <- all
				}()
				commits, waited := 0, time.Duration(0)
				next := began.Add(every)
				for clock := time.NewTicker(time.Millisecond); ; {
					now := time.Now()
					if now.Sub(began) >= warm+span {
						clock.Stop()
						break
					}
					for range burst {
						value := binary.BigEndian.AppendUint64(nil, uint64(now.Sub(began)))
						w.Produce(b.Context(), &kgo.Record{Topic: topic.Name, Value: value}, func(*kgo.Record, error) {})
					}
					if !now.Before(next) {
						if err := w.Commit(b.Context()); err != nil {
							b.Fatal(err)
						}
						waited += time.Since(now)
						next = now.Add(every)
						commits++
					}
					<-clock.C
				}
				if err := w.Commit(b.Context()); err != nil {
					b.Fatal(err)
				}
				all := <-took
				slices.Sort(all)
				b.ReportMetric(all[len(all)/2], "p50_ms")
				b.ReportMetric(all[len(all)*99/100], "p99_ms")
				b.ReportMetric(float64(commits)/(warm+span).Seconds(), "commits/s")
				b.ReportMetric(100*waited.Seconds()/(warm+span).Seconds(), "%waiting")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}
