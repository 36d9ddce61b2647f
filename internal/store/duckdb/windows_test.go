package duckdb

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/internal/store"
)

// byBook is a metric of each kind of windows, keyed by book.
func byBook(name string, windows metric.Windows) metric.Definition {
	return metric.Definition{
		Name: name, Source: "quotes", Keys: []string{"book"}, Value: "price", Windows: windows, TTL: metric.Span(time.Hour),
		Aggregates: []metric.Measure{{Name: "count", Aggregate: "count"}, {Name: "open", Aggregate: "first"}, {Name: "books", Aggregate: "distinct", Column: "book"}},
	}
}

func openWith(t *testing.T, path string, defs ...metric.Definition) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, defs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestTheLatestWindowIsKnownByWhatStays: a session by its start, when a late
// value moves its end; a window since the opening by its end, when it moves the
// start. A session that is part of another one now is none.
func TestTheLatestWindowIsKnownByWhatStays(t *testing.T) {
	minute := []metric.Span{metric.Span(time.Minute)}
	sessions, opening := byBook("bursts", metric.Windows{Session: minute}), byBook("opening", metric.Windows{SinceOpen: minute})
	s := openWith(t, filepath.Join(t.TempDir(), "hot.duckdb"), sessions, opening)
	seq := int64(0)
	row := func(name string, revision int32, start, end, count int64) {
		seq++
		var open any = 1.5
		if count == 0 {
			open = nil
		}
		apply(t, s, []store.Change{{Partition: log.Partition{Topic: "windows." + name}, Offset: seq, Record: store.Window{
			"kind": "window", "seq": seq, "metric": name, "window_size": "x", "window_start": (begin + feed.Time(start)*feed.Minute).Std(), "window_end": (begin + feed.Time(end)*feed.Minute).Std(),
			"revision": revision, "book": "pinnacle", "count": count, "open": open, "books": int64(1),
		}}})
	}
	row("bursts", 0, 1, 3, 2)
	row("bursts", 0, 5, 7, 1)
	row("bursts", 1, 1, 7, 4)
	row("bursts", 1, 5, 7, 0)
	row("opening", 0, 4, 5, 1)
	row("opening", 1, 3, 5, 2)
	row("opening", 0, 3, 6, 3)
	for name, want := range map[string]string{"bursts": "[[1,7,4]]", "opening": "[[3,5,2],[3,6,3]]"} {
		query := fmt.Sprintf("SELECT (epoch_us(window_start) - %[1]d) // 60000000, (epoch_us(window_end) - %[1]d) // 60000000, count FROM latest_windows_%s ORDER BY ALL", int64(begin), name)
		if got := asText(t, s, query); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestAMetricThatHasChangedIsRefused(t *testing.T) {
	d := byBook("mine", metric.Windows{Tumbling: []metric.Span{metric.Span(time.Minute)}})
	path := filepath.Join(t.TempDir(), "hot.duckdb")
	s, err := Open(t.Context(), path, []metric.Definition{d})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	d.Aggregates = d.Aggregates[:2]
	_, err = Open(t.Context(), path, []metric.Definition{d})
	if err == nil || !strings.Contains(err.Error(), "metric mine has changed") || !strings.Contains(err.Error(), "count, open, books, seq") || !strings.Contains(err.Error(), "another name") {
		t.Errorf("got %v", err)
	}
}
