package store

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// TestEveryRecordTellsItsTime goes through all topics that a feeder may read: one
// that tells no time would have no lag.
func TestEveryRecordTellsItsTime(t *testing.T) {
	layout := log.Layout{Partitions: 1, Leagues: []string{"nfl"}, Metrics: map[string]string{"m": "{}"}}
	const at = 5 * feed.Second
	for _, topic := range layout.Topics() {
		if topic.Inner {
			continue
		}
		family, _, _ := strings.Cut(topic.Name, ".")
		record := newRecord(family)
		if w, ok := record.(Window); ok {
			w["window_end"] = time.Time(at.Std())
		} else {
			reflect.ValueOf(record).Elem().FieldByName("SeenTime").Set(reflect.ValueOf(at))
		}
		if got := timeOf(record); got != at {
			t.Errorf("a record of %s is of %v, want %v", topic.Name, got, at)
		}
	}
}
