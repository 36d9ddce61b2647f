package log

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
)

// Headers of raw records. They are text, so that any Kafka tool shows them.
const (
	headerKind      = "kind"       // "tick", or absent for a response
	headerTime      = "time"       // log time in microseconds: never goes back
	headerFetched   = "fetched_at" // RFC 3339
	headerPath      = "path"
	headerQuery     = "query"   // JSON object
	headerStatus    = "status"  // HTTP status
	headerHeaders   = "headers" // JSON object
	headerCost      = "cost"
	headerHash      = "sha256"    // of the body, hex, first 16 bytes
	headerRecording = "recording" // which recording is being played
	headerEntry     = "entry"     // number of the entry in the recording
)

// RawEntry is one record of a raw topic: a response, or a tick if Tick is set.
type RawEntry struct {
	Tick  bool
	Time  feed.Time // log time
	Raw   feed.Raw  // the response; empty for a tick
	Place feed.Place
}

// DecodeRaw reads a record of a raw topic. An error means the record was not
// written by RawWriter.
func DecodeRaw(r *kgo.Record) (RawEntry, error) {
	e := RawEntry{
		Place: feed.Place{Topic: r.Topic, Partition: r.Partition, Offset: r.Offset},
		Raw: feed.Raw{
			Source: sourceOf(r.Topic),
			League: string(r.Key),
			Body:   r.Value,
		},
	}
	if e.Raw.League == noLeague {
		e.Raw.League = ""
	}
	for _, h := range r.Headers {
		v := string(h.Value)
		var err error
		switch h.Key {
		case headerKind:
			e.Tick = v == string(feed.KindTick)
		case headerTime:
			var t int64
			t, err = strconv.ParseInt(v, 10, 64)
			e.Time = feed.Time(t)
		case headerFetched:
			err = e.Raw.FetchedAt.UnmarshalText(h.Value)
		case headerPath:
			e.Raw.Path = v
		case headerQuery:
			err = json.Unmarshal(h.Value, &e.Raw.Query)
		case headerHeaders:
			err = json.Unmarshal(h.Value, &e.Raw.Headers)
		case headerStatus:
			e.Raw.Status, err = strconv.Atoi(v)
		case headerCost:
			e.Raw.Cost, err = strconv.Atoi(v)
		}
		if err != nil {
			return RawEntry{}, fmt.Errorf("reading header %s of %s/%d@%d: %w", h.Key, r.Topic, r.Partition, r.Offset, err)
		}
	}
	if e.Time == 0 {
		return RawEntry{}, fmt.Errorf("reading %s/%d@%d: no header %q: not a record of betflow", r.Topic, r.Partition, r.Offset, headerTime)
	}
	return e, nil
}

func sourceOf(topic string) string { return strings.TrimPrefix(topic, RawTopic("")) }

func headerOf(r *kgo.Record, key string) string {
	for _, h := range r.Headers {
		if h.Key == key {
			return string(h.Value)
		}
	}
	return ""
}
