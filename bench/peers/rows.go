package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/twmb/avro"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sr"

	"github.com/betflow/betflow/bench/truth"
	"github.com/betflow/betflow/internal/log"
)

// rows reads windows as somebody would who is to act on them: committed records
// only, as soon as they are there.
type rows struct {
	client  *kgo.Client
	count   atomic.Int64
	newest  atomic.Int64 // when the newest row was there, nanoseconds
	decoder decoder
}

func (b *bench) rows(ctx context.Context, topics []string) (*rows, error) {
	client, err := log.Connect(ctx, log.Connection{Brokers: b.cluster.brokers},
		kgo.ConsumeTopics(topics...), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	if err != nil {
		return nil, err
	}
	return &rows{client: client, decoder: decoder{registry: b.cluster.registry, schemas: map[uint32]*avro.Schema{}}}, nil
}

// watch counts rows until the context ends. Each is shown to see, if that is not
// nil, with the time it was there.
func (r *rows) watch(ctx context.Context, see func(row *truth.Row, at time.Time)) error {
	var row truth.Row
	for {
		fetches := r.client.PollFetches(ctx)
		now := time.Now()
		if ctx.Err() != nil {
			return nil
		}
		if err := fetches.Err(); err != nil {
			return fmt.Errorf("reading rows: %w", err)
		}
		if fetches.NumRecords() == 0 {
			continue
		}
		if see != nil {
			for it := fetches.RecordIter(); !it.Done(); {
				if err := r.decoder.decode(ctx, it.Next().Value, &row); err != nil {
					return err
				}
				see(&row, now)
			}
		}
		r.newest.Store(now.UnixNano())
		r.count.Add(int64(fetches.NumRecords()))
	}
}

// check compares all rows of the topics with the truth. It reads them again, so
// that counting costs the engines little while they work.
func (b *bench) check(ctx context.Context, topics []string, want *truth.Truth) (truth.Difference, error) {
	r, err := b.rows(ctx, topics)
	if err != nil {
		return truth.Difference{}, err
	}
	defer r.client.Close()
	comparison := want.Compare()
	// The ends hold marks of transactions too: the last row is found by silence.
	var row truth.Row
	for {
		polling, cancel := context.WithTimeout(ctx, silence)
		fetches := r.client.PollFetches(polling)
		cancel()
		err := fetches.Err()
		switch {
		case ctx.Err() != nil:
			return truth.Difference{}, ctx.Err()
		case errors.Is(err, context.DeadlineExceeded):
			return comparison.Done(), nil
		case err != nil:
			return truth.Difference{}, fmt.Errorf("reading rows: %w", err)
		}
		for it := fetches.RecordIter(); !it.Done(); {
			if err := r.decoder.decode(ctx, it.Next().Value, &row); err != nil {
				return truth.Difference{}, err
			}
			comparison.Row(&row)
		}
	}
}

// silence after which a topic that nobody writes to has been read.
const silence = 5 * time.Second

// decoder reads rows by the schema that each was written with.
type decoder struct {
	registry *sr.Client
	schemas  map[uint32]*avro.Schema
}

func (d *decoder) decode(ctx context.Context, value []byte, row *truth.Row) error {
	const header = 5
	if len(value) < header || value[0] != 0 {
		return log.ErrNoRecord
	}
	id := binary.BigEndian.Uint32(value[1:])
	schema := d.schemas[id]
	if schema == nil {
		text, err := d.registry.SchemaByID(ctx, int(id))
		if err != nil {
			return fmt.Errorf("asking for schema %d: %w", id, err)
		}
		if schema, err = rowSchema(text.Schema); err != nil {
			return fmt.Errorf("reading schema %d: %w", id, err)
		}
		d.schemas[id] = schema
	}
	*row = truth.Row{}
	if _, err := schema.Decode(value[header:], row); err != nil {
		return fmt.Errorf("decoding a row of schema %d: %w", id, err)
	}
	return nil
}

// rowSchema reads rows out of records that may have more fields and another name.
func rowSchema(written string) (*avro.Schema, error) {
	writer, err := avro.Parse(written)
	if err != nil {
		return nil, err
	}
	var named, ours map[string]any
	if err := errors.Join(json.Unmarshal([]byte(written), &named), json.Unmarshal([]byte(windowSchema), &ours)); err != nil {
		return nil, err
	}
	ours["name"], ours["namespace"] = named["name"], named["namespace"]
	text, err := json.Marshal(ours)
	if err != nil {
		return nil, err
	}
	reader, err := avro.Parse(string(text))
	if err != nil {
		return nil, err
	}
	return avro.Resolve(writer, reader)
}
