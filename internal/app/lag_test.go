package app

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/api"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// TestLagIsTimeOfTheLog lets the tasks take a tick, stops them, and writes
// another one five seconds of the log later.
func TestLagIsTimeOfTheLog(t *testing.T) {
	cfg := freeConfig(t, ModeNone)
	cfg.Leagues, cfg.Log.Partitions = []string{"nhl", "nfl"}, 1
	s, err := open(t.Context(), cfg, Deps{Logger: quiet(), Now: time.Now}, api.Mode{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	began := feed.At(time.Date(2026, 2, 24, 3, 0, 0, 0, time.UTC))
	nhl := log.Partition{Topic: log.QuotesTopic("nhl")}
	tick := func(seq int64, at feed.Time) {
		value, err := s.codecs[nhl.Topic].Append(nil, &feed.Quote{Kind: feed.KindTick, Seq: seq, League: "nhl", EventTime: at, SeenTime: at})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.client.ProduceSync(t.Context(), &kgo.Record{Topic: nhl.Topic, Key: []byte(feed.TickKey), Value: value}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	tick(1, began)
	ctx, stop := context.WithCancel(t.Context())
	s.start(ctx, Options{})
	compute := s.computers[0]
	for min(compute.Progress().Positions[nhl], s.storeFeeder.Positions()[nhl], s.boardFeeder.Positions()[nhl]) < 1 {
		select {
		case <-t.Context().Done():
			t.Fatal("the tick is not taken")
		case <-time.After(time.Millisecond):
		}
	}
	stop()
	s.supervisor.wait()

	check := func(records int64, seconds float64) {
		t.Helper()
		lags, err := s.lags(t.Context(), s.followers())
		if err != nil {
			t.Fatal(err)
		}
		for key, l := range lags {
			wantRecords, wantSeconds := int64(0), 0.0
			if key.at == nhl {
				wantRecords, wantSeconds = records, seconds
			}
			if l.records != wantRecords || l.seconds == nil || *l.seconds != wantSeconds {
				t.Errorf("%v: %+v (%v), want %d records, %v s", key, l, l.seconds, wantRecords, wantSeconds)
			}
		}
		for _, name := range []string{compute.Name(), storeName, boardName} {
			if l := lags[place{name, nhl}]; l == nil || l.clock != began {
				t.Errorf("the clock of nhl in %s is %+v, want %s", name, l, began)
			}
		}
	}
	check(0, 0)
	tick(2, began+5*feed.Second)
	check(1, 5)
	tick(3, began+90*feed.Second)
	check(2, 90)

	// Of tasks that do not run the reports still say how far they are behind.
	reports, err := s.inspect(t.Context(), compute.Name(), 0)
	if err != nil || len(reports) != 1 || reports[0].Running {
		t.Errorf("reports are %+v (%v)", reports, err)
	}
}
