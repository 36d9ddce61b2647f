package app

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/api"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/parity"
	"github.com/betflow/betflow/test/scenario/synthetic"
)

// lines is a log that may be written to and read at once.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Minute); !holds(); <-time.After(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waiting in vain for %s", what)
		}
	}
}

// TestAForgedRowIsFoundWhileItRuns plays a recording, of which all windows are
// found to be right, then writes a row that is wrong where the stream writes its
// own. Everything that tells of mismatches has to tell of it.
func TestAForgedRowIsFoundWhileItRuns(t *testing.T) {
	file, _ := synthetic.Recording{Leagues: []string{"nhl"}, Games: 4, Rounds: 60, Every: 5 * time.Minute}.Write(t)
	cfg := freeConfig(t, ModeNone)
	cfg.Leagues, cfg.Log.Checkpoint = []string{"nhl"}, 50*time.Millisecond
	cfg.Parity = Parity{Every: 20 * time.Millisecond, Sample: 1}
	var logged lines
	s, err := open(t.Context(), cfg, Deps{Logger: slog.New(slog.NewTextHandler(&logged, nil)), Now: time.Now}, api.Mode{Source: ModeNone})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer func() {
		stop()
		s.supervisor.wait()
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	s.start(ctx, Options{})
	s.ready.Store(true)
	eventually(t, "the checkers to begin", func() bool { return len(s.parity.Summary().Metrics) == len(s.metrics) })
	if err := s.play(ctx, Replay{File: file}); err != nil {
		t.Fatal(err)
	}
	if err := s.drain(ctx); err != nil {
		t.Fatal(err)
	}
	eventually(t, "windows to be checked", func() bool { return s.parity.Summary().Checked > 1000 })
	if found := s.parity.Summary(); found.Mismatches != 0 {
		t.Fatalf("before anything is forged: %+v", found.Recent)
	}

	forged := s.forge(t, "line_movement")
	writer, err := log.OpenRawWriter(ctx, s.client, s.layout.Sources, s.cfg.Log.Partitions, "later")
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Tick(ctx, writer.Last()+3*feed.Hour); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the forged row to be found", func() bool { return s.parity.Summary().Mismatches > 0 })
	found := s.parity.Summary()
	if found.Mismatches != 1 || found.Recent[0].What != "count" || found.Recent[0].Row != forged {
		t.Errorf("found %+v, want the count of row %d", found.Recent, forged)
	}
	if !strings.Contains(logged.String(), "level=ERROR") || !strings.Contains(logged.String(), "what=count") {
		t.Errorf("the log says %q", logged.String())
	}
	for path, want := range map[string]string{
		"/metrics":       `betflow_parity_mismatches_total{metric="line_movement"} 1`,
		"/debug/parity":  `"what": "count"`,
		"/api/v1/status": `"mismatches":1`,
	} {
		get(t, s.url()+path, func(text string) bool { return strings.Contains(text, want) })
	}
}

// forge writes the newest row of a metric again, as another revision that counts
// a value more. Of an older one the window may have been checked for good.
func (s *system) forge(t *testing.T, name string) (offset int64) {
	t.Helper()
	topic := log.WindowsTopic(name)
	tails, err := log.Tails(t.Context(), s.client, []string{topic})
	if err != nil {
		t.Fatal(err)
	}
	var (
		newest *kgo.Record
		row    map[string]any
	)
	for _, tail := range tails {
		var last map[string]any
		if err := s.codecs[topic].Decode(tail.Value, &last); err != nil {
			t.Fatal(err)
		}
		if newest == nil || last["window_end"].(time.Time).After(row["window_end"].(time.Time)) {
			newest, row = tail, last
		}
	}
	if newest == nil {
		t.Fatal("there are no rows to forge")
	}
	row["count"], row["revision"] = row["count"].(int64)+1, row["revision"].(int32)+1
	value, err := s.codecs[topic].Append(nil, row)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.client.ProduceSync(t.Context(), &kgo.Record{Topic: topic, Partition: newest.Partition, Key: newest.Key, Value: value}).First()
	if err != nil {
		t.Fatal(err)
	}
	return r.Offset
}

func TestAMetricIsCheckedFromItsDefinitionOn(t *testing.T) {
	cfg := freeConfig(t, ModeNone)
	s := &system{cfg: cfg, deps: Deps{Logger: quiet(), Now: time.Now}}
	if err := s.definitions(); err != nil {
		t.Fatal(err)
	}
	at := func(n int64) parity.Cut {
		return parity.Cut{
			Positions: map[log.Partition]int64{{Topic: "quotes.nhl", Partition: 1}: n},
			Written:   map[log.Partition]int64{{Topic: "windows.line_movement", Partition: 1}: 10 * n},
		}
	}
	since := func() map[string]parity.Cut {
		t.Helper()
		out, err := readSince(cfg.Data, s.metrics)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	same := func(a, b parity.Cut) bool {
		return maps.Equal(a.Positions, b.Positions) && maps.Equal(a.Written, b.Written)
	}
	if got := since(); len(got) != 0 {
		t.Errorf("without a file there is %v", got)
	}
	for _, n := range []int64{5, 7} {
		if err := writeSince(cfg.Data, s.metrics, since(), at(n)); err != nil {
			t.Fatal(err)
		}
		if got := since(); len(got) != len(s.metrics) || !same(got["line_movement"], at(5)) {
			t.Errorf("the second start says %v", got)
		}
	}
	s.metrics[0].Doc = "Other words for the same." // are no other definition
	if got := since(); !same(got[s.metrics[0].Name], at(5)) {
		t.Errorf("with other words it is since %v", got[s.metrics[0].Name])
	}
	s.metrics[0].Lateness *= 2
	if _, ok := since()[s.metrics[0].Name]; ok {
		t.Error("another lateness is the same definition")
	}
	if err := writeSince(cfg.Data, s.metrics, since(), at(9)); err != nil {
		t.Fatal(err)
	}
	if got := since(); !same(got[s.metrics[0].Name], at(9)) || !same(got[s.metrics[1].Name], at(5)) {
		t.Errorf("after a change: %v", got)
	}
	for _, text := range []string{"{", `{"line_movement": 7}`} {
		if err := os.WriteFile(sinceFile(cfg.Data), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readSince(cfg.Data, s.metrics); err == nil {
			t.Errorf("%q is no error", text)
		}
	}
	if err := s.noteSince(); err != nil {
		t.Fatal(err)
	}
	if got := since(); len(got) != len(s.metrics) || len(got["line_movement"].Positions) != 0 {
		t.Errorf("behind a damaged file there is %v", got)
	}
}
