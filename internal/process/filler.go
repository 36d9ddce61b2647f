package process

import (
	"fmt"
	"strconv"

	"github.com/cockroachdb/pebble/v2"
	"github.com/twmb/franz-go/pkg/kgo"
)

// filler fills an empty database from the records of a partition of states.
type filler struct {
	state      *State
	generation string
	batch      *Batch
	value      []byte         // chunks of the value that is being put together
	key        string         // of that value
	want, have int            // its chunks
	chunks     map[string]int // entries with chunks behind the first that were seen: how many count
	litter     map[string]bool
}

// fillBytes is how much of a state is written to the database at once.
const fillBytes = 4 << 20

// take takes the next record of the partition.
func (f *filler) take(r *kgo.Record) error {
	if string(r.Key) == keyLast {
		return nil
	}
	generation, chunk, key, ok := parseEntryKey(string(r.Key))
	if !ok {
		return fmt.Errorf("key %q is not that of an entry", r.Key)
	}
	if generation != f.generation {
		f.litter[string(r.Key)] = r.Value != nil
		return nil
	}
	if chunk == 0 {
		return f.begin(key, r)
	}
	f.litter[string(r.Key)] = r.Value != nil // unless it belongs to the newest value: see swept
	if key == f.key && chunk == f.have && chunk < f.want {
		f.value = append(f.value, r.Value...)
		f.have++
		if f.have == f.want {
			return f.set(key, f.value)
		}
	}
	return nil
}

// begin takes the first chunk of a value, most often the only one.
func (f *filler) begin(key string, r *kgo.Record) error {
	f.key, f.want, f.have = key, 1, 1
	for _, h := range r.Headers {
		if h.Key == headerChunks {
			n, err := strconv.Atoi(string(h.Value))
			if err != nil || n < 2 {
				return fmt.Errorf("header %s is %q", headerChunks, h.Value)
			}
			f.want = n
		}
	}
	if f.want > 1 || f.chunks[key] > 0 {
		f.chunks[key] = f.want
	}
	switch {
	case r.Value == nil:
		return f.write(func(b *Batch) error { return b.b.Delete([]byte(key), nil) })
	case f.want == 1:
		return f.set(key, r.Value)
	}
	f.value = append(f.value[:0], r.Value...)
	return nil
}

func (f *filler) set(key string, value []byte) error {
	return f.write(func(b *Batch) error { return b.b.Set([]byte(key), value, nil) })
}

// write adds to the present batch and hands it over when it is large.
func (f *filler) write(change func(*Batch) error) error {
	if f.batch == nil {
		f.batch = f.state.Begin()
	}
	if err := change(f.batch); err != nil {
		return fmt.Errorf("filling task state %s: %w", f.state.dir, err)
	}
	if f.batch.b.Len() < fillBytes {
		return nil
	}
	full := f.batch
	f.batch = nil
	if err := full.b.Commit(pebble.NoSync); err != nil {
		return fmt.Errorf("filling task state %s: %w", f.state.dir, err)
	}
	return nil
}

// swept returns the litter that was found: what is of another generation, and
// chunks that the newest value of their entry does not have.
func (f *filler) swept() map[string]bool {
	for name := range f.litter {
		generation, chunk, key, _ := parseEntryKey(name)
		if generation == f.generation && chunk < f.chunks[key] {
			delete(f.litter, name)
		}
	}
	return f.litter
}

// finish makes the state durable under the name of its checkpoint. Before that
// it has no name, and a start after a crash begins anew.
func (f *filler) finish(id string) error {
	if err := f.write(func(b *Batch) error { return b.b.Set([]byte(keyLast), []byte(id), nil) }); err != nil {
		return err
	}
	if f.batch == nil {
		f.batch = f.state.Begin()
	}
	return f.batch.Commit()
}
