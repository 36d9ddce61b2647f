package process

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/log"
)

// mirror keeps a copy of a task's state in the log, in a compacted partition of
// the task's own, so that another replica can go on with the task.
//
// # What must hold
//
// The partition's committed records, the newest of each key, are the state of
// the checkpoint that its last record names. It holds because a checkpoint is
// one transaction, which ends with that record; because only the task's fenced
// writer writes there; and because a delta is relative to what stands there: a
// run begins with the state of the last record and no other, writes one delta
// after the other, and ends with the first that fails. So there is never a
// delta that leaves out what an earlier one had, and compaction, which drops
// what a later record of the same key replaces, can mix nothing.
//
// The database holds the same state, under the same name, when the names of the
// last checkpoints in both are equal. Every checkpoint has a name of its own.
type mirror struct {
	at     log.Partition
	last   Checkpoint      // that the partition and the database both hold; Number 0 for none
	litter map[string]bool // keys that stand in the partition and mean nothing; false: not any more
	chunk  int             // bytes of a value that one record takes
	logger *slog.Logger
}

func newMirror(at log.Partition, logger *slog.Logger) *mirror {
	return &mirror{at: at, chunk: chunkBytes, logger: logger}
}

// Checkpoint is the record at the end of each checkpoint in the log.
type Checkpoint struct {
	Number     int64            `json:"number"` // of the task, over all replicas, from 1
	ID         string           `json:"id"`     // no other checkpoint has it
	Generation string           `json:"generation"`
	Format     string           `json:"format"`    // of the entries
	Positions  map[string]int64 `json:"positions"` // next offset of each input, by "topic/partition"
}

// keyLast is the key of checkpoint records. Entries have the keys
// "<generation>/<chunk>/<key of the state>". State that cannot go on from what
// stands in the partition begins another generation, and entries of no other
// count then.
const keyLast = "checkpoint"

const (
	// chunkBytes is how much of a value one record takes: brokers refuse records
	// above a size, of about a megabyte by default.
	chunkBytes = 768 << 10
	// headerChunks says of the first chunk of a value how many there are, if there
	// are more.
	headerChunks = "chunks"
)

// DecodeCheckpoint reads the last record of a partition of states.
func DecodeCheckpoint(r *kgo.Record) (Checkpoint, error) {
	var c Checkpoint
	if string(r.Key) != keyLast {
		return c, fmt.Errorf("reading %s/%d@%d: key %q is not that of a checkpoint", r.Topic, r.Partition, r.Offset, r.Key)
	}
	if err := json.Unmarshal(r.Value, &c); err != nil {
		return c, fmt.Errorf("reading checkpoint %s/%d@%d: %w", r.Topic, r.Partition, r.Offset, err)
	}
	return c, nil
}

// Next returns the position of an input, 0 if the checkpoint has none.
func (c *Checkpoint) Next(p log.Partition) int64 { return c.Positions[nameOf(p)] }

// adopt brings the database to the state that stands in the log. It must be
// called when no other writer of the task can write any more. Progress is told
// how many of how many offsets were read.
func (m *mirror) adopt(ctx context.Context, client *kgo.Client, state *State, progress func(done, total int64)) error {
	tails, err := log.Tails(ctx, client, []string{m.at.Topic})
	if err != nil {
		return err
	}
	tail := tails[m.at]
	if tail == nil {
		return m.startOver(ctx, client, state, "")
	}
	if m.last, err = DecodeCheckpoint(tail); err != nil {
		return err
	}
	if m.last.Format != stateFormat {
		m.logger.Warn("task state in the log has another format and is rebuilt", "found", m.last.Format, "want", stateFormat)
		return m.startOver(ctx, client, state, "it had another format")
	}
	have, err := state.get(keyLast)
	if err != nil || have == m.last.ID {
		return err
	}
	m.logger.Info("taking task state over from the log", "checkpoint", m.last.Number)
	if err := state.Reset(""); err != nil {
		return err
	}
	f := &filler{state: state, generation: m.last.Generation, chunks: map[string]int{}, litter: map[string]bool{}}
	if err := m.read(ctx, client, tail.Offset, f.take, progress); err != nil {
		return err
	}
	m.litter = f.swept()
	return f.finish(m.last.ID)
}

// startOver empties the database, for a reason, and begins a generation. What
// stands in the log is litter from here on.
func (m *mirror) startOver(ctx context.Context, client *kgo.Client, state *State, reason string) error {
	if err := state.Reset(reason); err != nil {
		return err
	}
	m.last.Generation, m.litter = newID(), map[string]bool{}
	tails, err := log.Tails(ctx, client, []string{m.at.Topic})
	if err != nil || tails[m.at] == nil {
		return err
	}
	return m.read(ctx, client, tails[m.at].Offset, func(r *kgo.Record) error {
		if key := string(r.Key); key != keyLast {
			m.litter[key] = r.Value != nil
		}
		return nil
	}, func(int64, int64) {})
}

// read yields the records of the partition up to the last one.
func (m *mirror) read(ctx context.Context, client *kgo.Client, last int64, take func(*kgo.Record) error, progress func(done, total int64)) error {
	starts, _, err := log.Bounds(ctx, client, []string{m.at.Topic})
	if err != nil {
		return err
	}
	start := starts[m.at]
	reader, err := log.OpenReader(client, log.Offsets(map[log.Partition]int64{m.at: start}))
	if err != nil {
		return err
	}
	defer reader.Close()
	for reader.Next(m.at) <= last {
		fetches := reader.PollRecords(ctx, 10_000)
		if err := fetches.Err(); err != nil {
			return fmt.Errorf("reading %s/%d: %w", m.at.Topic, m.at.Partition, err)
		}
		for it := fetches.RecordIter(); !it.Done(); {
			r := it.Next()
			if err := take(r); err != nil {
				return fmt.Errorf("reading %s/%d@%d: %w", r.Topic, r.Partition, r.Offset, err)
			}
		}
		progress(reader.Next(m.at)-start, last+1-start)
	}
	return nil
}

// put writes what a checkpoint changes, and names it. It must be committed
// together with all outputs up to here, and before the database keeps it.
func (m *mirror) put(b *Batch, positions map[log.Partition]int64, send func(*kgo.Record)) error {
	for key, there := range m.litter { // first: the delta may bring such a key back
		if there {
			send(m.record(key, nil))
		}
	}
	m.litter = nil
	err := b.each(func(key string, value []byte) {
		for _, r := range m.records(key, value) {
			send(r)
		}
	})
	if err != nil {
		return err
	}
	next := Checkpoint{Number: m.last.Number + 1, ID: newID(), Generation: m.last.Generation, Format: stateFormat, Positions: map[string]int64{}}
	for p, at := range positions {
		next.Positions[nameOf(p)] = at
	}
	text, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("encoding checkpoint: %w", err)
	}
	send(m.record(keyLast, text))
	m.last = next
	return b.b.Set([]byte(keyLast), []byte(next.ID), nil)
}

// records are those of an entry: one, or as many as its value has chunks. An
// entry that is removed, value nil, or gets fewer chunks leaves others behind,
// which whoever reads the partition next finds to be litter.
func (m *mirror) records(key string, value []byte) []*kgo.Record {
	if len(value) <= m.chunk {
		return []*kgo.Record{m.record(m.entryKey(0, key), value)}
	}
	var out []*kgo.Record
	for at := 0; at < len(value); at += m.chunk {
		out = append(out, m.record(m.entryKey(len(out), key), value[at:min(at+m.chunk, len(value))]))
	}
	out[0].Headers = []kgo.RecordHeader{{Key: headerChunks, Value: strconv.AppendInt(nil, int64(len(out)), 10)}}
	return out
}

func (m *mirror) entryKey(chunk int, key string) string {
	return m.last.Generation + "/" + strconv.Itoa(chunk) + "/" + key
}

func (m *mirror) record(key string, value []byte) *kgo.Record {
	return &kgo.Record{Topic: m.at.Topic, Partition: m.at.Partition, Key: []byte(key), Value: value}
}

// parseEntryKey takes the key of an entry's record apart.
func parseEntryKey(key string) (generation string, chunk int, entry string, ok bool) {
	generation, rest, ok := strings.Cut(key, "/")
	if !ok {
		return "", 0, "", false
	}
	number, entry, ok := strings.Cut(rest, "/")
	chunk, err := strconv.Atoi(number)
	return generation, chunk, entry, ok && err == nil && chunk >= 0
}

func newID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
