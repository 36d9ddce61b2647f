package store

import (
	"fmt"
	"time"

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

// timeOf is when what a record tells was seen. Windows do not say; their end
// stands for it.
func timeOf(record any) feed.Time {
	switch r := record.(type) {
	case *feed.Quote:
		return r.SeenTime
	case *feed.MarketState:
		return r.SeenTime
	case *feed.Signal:
		return r.SeenTime
	case *feed.Game:
		return r.SeenTime
	case *feed.Play:
		return r.SeenTime
	case *feed.Weather:
		return r.SeenTime
	case *feed.Fixture:
		return r.SeenTime
	case *feed.Dimension:
		return r.SeenTime
	case *feed.Quarantine:
		return r.SeenTime
	case *feed.Review:
		return r.SeenTime
	case *feed.Late:
		return r.SeenTime
	case Window:
		end, _ := r["window_end"].(time.Time)
		return feed.At(end)
	}
	return 0
}
