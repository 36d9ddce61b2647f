package main

import (
	"strconv"
	"strings"
	"testing"

	"github.com/betflow/betflow/bench/load"
	"github.com/betflow/betflow/bench/truth"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/metric"
)

// TestTheMetricsGiveTheTruth: the job's definitions are the windows that the
// benchmark asks of every engine.
func TestTheMetricsGiveTheTruth(t *testing.T) {
	l := load.Load{Seed: 3, Quotes: 20_000, Series: 400, Rate: 20, Partitions: 2, Start: 1_700_000_000 * feed.Second}
	t.Setenv("BENCH_PARTITIONS", "2")
	t.Setenv("BENCH_TUMBLING", "windows.t")
	t.Setenv("BENCH_SLIDING", "windows.s")
	s, err := read()
	if err != nil {
		t.Fatal(err)
	}
	want := truth.New()
	var rows []metric.Row
	operators := map[int32][]metric.Operator{}
	for p := range l.Partitions {
		for i := range s.metrics {
			if field, err := s.metrics[i].Validate(); err != nil {
				t.Fatal(field, err)
			}
			operators[p] = append(operators[p], metric.New(&s.metrics[i]))
		}
	}
	keyer := metric.NewKeyer(&s.metrics[0])
	err = l.Each(func(p int32, q *feed.Quote) error {
		want.Add(q)
		for _, o := range operators[p] {
			if q.Kind == feed.KindTick {
				o.Advance(q.EventTime-load.Disorder, func(r metric.Row) { rows = append(rows, r) })
			} else if missed, err := o.Add(keyer.Append(nil, q), q); err != nil || missed != nil {
				t.Fatalf("%v is late: %v", q, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c := want.Compare()
	for _, r := range rows {
		k := strings.Split(r.Key, "|") // no name has the separator in it
		row := truth.Row{
			FixtureID: k[0], League: k[1], Market: k[2], Period: k[3], Outcome: k[5], Book: k[6], Start: int64(r.Start), End: int64(r.End),
			Count: int64(r.Values[0]), First: &r.Values[1], Last: &r.Values[2], Min: &r.Values[3], Max: &r.Values[4], Mean: &r.Values[5],
		}
		if k[4] != "" {
			line, err := strconv.ParseFloat(k[4], 64)
			if err != nil {
				t.Fatal(err)
			}
			row.Line = &line
		}
		c.Row(&row)
	}
	if d := c.Done(); !d.None() || want.Rows() < 10_000 {
		t.Errorf("%d rows: %s", want.Rows(), d)
	}
}
