package store

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
)

// TimeOf returns the log's time of a record that the feeder may read.
func (f *Feeder) TimeOf(r *kgo.Record) (feed.Time, error) {
	record, err := f.decode(r)
	if err != nil {
		return 0, fmt.Errorf("reading the time of %s/%d@%d: %w", r.Topic, r.Partition, r.Offset, err)
	}
	return timeOf(record), nil
}

// timeOf is when what a record tells was seen.
func timeOf(record any) feed.Time { return record.(interface{ Seen() feed.Time }).Seen() }
