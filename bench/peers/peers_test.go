package main

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/avro"

	"github.com/betflow/betflow/bench/truth"
	"github.com/betflow/betflow/internal/feed"
)

// TestRowsOfAnySchemaAreRead: engines name their records and add fields as they
// like.
func TestRowsOfAnySchemaAreRead(t *testing.T) {
	const written = `{"type":"record","name":"record","namespace":"org.apache.flink.avro.generated","fields":[
		{"name":"kind","type":"string"},{"name":"fixture_id","type":"string"},{"name":"league","type":"string"},
		{"name":"market","type":"string"},{"name":"period","type":"string"},{"name":"line","type":["null","double"],"default":null},
		{"name":"outcome","type":"string"},{"name":"book","type":"string"},
		{"name":"window_start","type":{"type":"long","logicalType":"timestamp-micros"}},{"name":"window_end","type":"long"},
		{"name":"count","type":"long"},{"name":"first","type":["null","double"]},{"name":"last","type":["null","double"]},
		{"name":"min","type":["null","double"]},{"name":"max","type":["null","double"]},{"name":"mean","type":["null","double"]}]}`
	value := map[string]any{
		"kind": "window", "fixture_id": "f", "league": "nba", "market": "spreads", "period": "full", "line": -4.5, "outcome": "home", "book": "b",
		"window_start": int64(60e6), "window_end": int64(120e6), "count": int64(2), "first": 1.5, "last": 2.0, "min": 1.5, "max": 2.0, "mean": nil,
	}
	bytes, err := avro.MustParse(written).AppendEncode(nil, value)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := rowSchema(written)
	if err != nil {
		t.Fatal(err)
	}
	var r truth.Row
	if _, err := schema.Decode(bytes, &r); err != nil {
		t.Fatal(err)
	}
	if r.FixtureID != "f" || r.Line == nil || *r.Line != -4.5 || r.Start != 60e6 || r.End != 120e6 || r.Count != 2 || *r.Last != 2 || r.Mean != nil {
		t.Errorf("read %+v", r)
	}
}

func TestUsageOfThisProcess(t *testing.T) {
	group, err := syscall.Getpgid(0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("needs /proc")
	}
	for used := usageOf(group); used.cpu == 0; used = usageOf(group) { // looking costs time as well
		if used.memory < 1<<20 {
			t.Fatalf("%d bytes", used.memory)
		}
	}
	if u := usageOf(-1); u.cpu != 0 || u.memory != 0 {
		t.Errorf("no process has used %+v", u)
	}
}

func TestLatenciesAreThoseBetweenTwoMoments(t *testing.T) {
	began := time.Now()
	closed := &closings{at: map[feed.Time]time.Time{}}
	var s samples
	for i := range 300 {
		end, tick := feed.Time(i)*feed.Minute, began.Add(time.Duration(i)*time.Second)
		closed.closed(end, tick)
		closed.closed(end, tick.Add(time.Hour)) // of another partition, later
		s.add(&truth.Row{End: int64(end)}, tick.Add(time.Duration(i)*time.Millisecond), closed)
	}
	s.add(&truth.Row{End: int64(feed.Hour) * 100}, began, closed) // nobody closed it
	n, p50, p99, highest := s.quantiles(began.Add(99*time.Second), began.Add(200*time.Second))
	if n != 100 || p50 != 150 || p99 != 199 || highest != 199 {
		t.Errorf("%d rows, %v, %v, %v", n, p50, p99, highest)
	}
}
