package process

import (
	"fmt"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// Watermark is how far the windows of one metric, or the joins, have come in one
// league.
type Watermark struct {
	League string    `json:"league"`
	Metric string    `json:"metric"`
	Time   feed.Time `json:"time"`
}

// Clock returns the newest second of the log that was handed on. The inputs are
// merged, so it is that of all of them.
func (o *normalise) Clock(log.Partition) feed.Time { return o.meta.Tick }

// Watermarks returns none: nothing is computed at event time here.
func (o *normalise) Watermarks() []Watermark { return nil }

// Clock returns the newest tick of the input's league.
func (o *compute) Clock(p log.Partition) feed.Time {
	if l := o.byTopic[p.Topic]; l != nil {
		return l.meta.Tick
	}
	return 0
}

// Watermarks returns those of every league and metric that have begun.
func (o *compute) Watermarks() []Watermark {
	out := make([]Watermark, 0, len(o.leagues)*len(o.defs))
	for _, l := range o.leagues {
		for i, w := range l.windows {
			if t := w.Watermark(); t > 0 {
				out = append(out, Watermark{League: l.league, Metric: o.defs[i].Name, Time: t})
			}
		}
	}
	return out
}

// TimeOf returns the log's time of a record that a task may read: of a raw
// response or a canonical record, or of a tick beside them. The codec is that of the topic,
// nil for a raw one.
func TimeOf(r *kgo.Record, codec *log.Codec) (feed.Time, error) {
	if codec == nil {
		e, err := log.DecodeRaw(r)
		return e.Time, err
	}
	var record interface{ Seen() feed.Time }
	switch family, _, _ := strings.Cut(r.Topic, "."); family {
	case "games":
		record = new(feed.Game)
	case "weather":
		record = new(feed.Weather)
	case "mainlines":
		record = new(feed.MarketState)
	default:
		record = new(feed.Quote)
	}
	if err := codec.Decode(r.Value, record); err != nil {
		return 0, fmt.Errorf("reading the time of %s/%d@%d: %w", r.Topic, r.Partition, r.Offset, err)
	}
	return record.Seen(), nil
}
