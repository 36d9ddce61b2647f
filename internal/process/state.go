package process

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strconv"
	"strings"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"

	"github.com/betflow/betflow/internal/log"
)

// stateFormat is the version of what tasks store. State of another version is
// dropped and rebuilt from the log.
const stateFormat = "6"

// Key prefixes of a task's database. Operators choose theirs behind
// prefixOperator.
const (
	keyFormat      = "format"
	prefixPosition = "position/"
	prefixSequence = "sequence/"
	prefixOperator = "operator/"
)

// errDamaged says that what is stored is not what was written.
var errDamaged = errors.New("task state is damaged")

// Cache keeps blocks of the states of tasks in memory, shared among them.
type Cache struct{ blocks *pebble.Cache }

// NewCache returns a cache of so many bytes.
func NewCache(bytes int64) *Cache { return &Cache{pebble.NewCache(bytes)} }

// Close frees the cache once the states that use it are closed.
func (c *Cache) Close() { c.blocks.Unref() }

// State is the durable memory of one task: a database of its own.
type State struct {
	dir   string
	cache *Cache // nil for a small one of its own
	db    *pebble.DB
	lost  string // why it was emptied since it was opened; empty if it was not
}

// OpenState opens or creates the state in dir, with a cache that may be nil.
// State that cannot be read, or that another version wrote, is removed: it can
// be rebuilt from the log, and the logger says so.
func OpenState(dir string, cache *Cache, logger *slog.Logger) (*State, error) {
	s := &State{dir: dir, cache: cache}
	err := s.open()
	version := ""
	if err == nil {
		version, err = s.get(keyFormat)
	}
	switch {
	case damaged(err):
		logger.Warn("task state is corrupt and is rebuilt from the log", "dir", dir, "error", err)
		return s, s.Reset("it was corrupt")
	case err != nil && s.db != nil:
		return nil, errors.Join(err, s.Close())
	case err != nil:
		return nil, err
	case version == stateFormat:
		return s, nil
	case version != "":
		logger.Warn("task state has another format and is rebuilt from the log", "dir", dir, "found", version, "want", stateFormat)
		return s, s.Reset("it had another format")
	}
	return s, s.db.Set([]byte(keyFormat), []byte(stateFormat), pebble.Sync)
}

// damaged tells whether an error says that the database's files are not what
// they were when they were written, or are gone.
func damaged(err error) bool {
	return pebble.IsCorruptionError(err) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNoted)
}

func (s *State) open() error {
	if err := (stateFaults{dir: s.dir}).noted(); err != nil {
		return err
	}
	faults := stateFaults{dir: s.dir}
	files := newStateFiles(faults)
	o := &pebble.Options{
		FS:            files,
		Logger:        faults,
		EventListener: faults.listener(),
		MemTableSize:  8 << 20,
		MaxOpenFiles:  64,
	}
	if s.cache != nil {
		o.Cache = s.cache.blocks
	}
	// Most keys that are asked for and not in memory are new. Filters know that
	// without reading.
	for i := range o.Levels {
		o.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
	}
	db, err := pebble.Open(s.dir, o)
	if err != nil {
		return fmt.Errorf("opening task state %s: %w", s.dir, err)
	}
	s.db = db
	files.open.Store(true)
	return nil
}

// Reset empties the state, for a reason.
func (s *State) Reset(reason string) error {
	s.lost = reason
	if s.db != nil {
		if err := s.db.Close(); err != nil {
			return fmt.Errorf("closing task state %s: %w", s.dir, err)
		}
	}
	if err := os.RemoveAll(s.dir); err != nil {
		return fmt.Errorf("removing task state: %w", err)
	}
	if err := s.open(); err != nil {
		return err
	}
	return s.db.Set([]byte(keyFormat), []byte(stateFormat), pebble.Sync)
}

// Close releases the database.
func (s *State) Close() error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("closing task state %s: %w", s.dir, err)
	}
	return nil
}

func (s *State) get(key string) (string, error) {
	v, closer, err := s.db.Get([]byte(key))
	if errors.Is(err, pebble.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading task state %s: %w", s.dir, err)
	}
	return string(v), closer.Close()
}

// Read calls read with the value of an operator's entry, which is valid during
// the call only, or not at all if there is none. A value that read refuses is
// damaged.
func (s *State) Read(key []byte, read func(value []byte) error) error {
	v, closer, err := s.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = errors.Join(read(v), closer.Close())
	}
	if err != nil {
		return fmt.Errorf("%w: reading entry %q of %s: %w", errDamaged, key, s.dir, err)
	}
	return nil
}

// Each yields the operator's entries whose key begins with prefix, in order of
// the key, with the prefix cut off. The value is valid during the call only.
func (s *State) Each(prefix string, yield func(key string, value []byte) error) error {
	return s.each(prefixOperator+prefix, yield)
}

func (s *State) each(prefix string, yield func(key string, value []byte) error) error {
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: []byte(prefix), UpperBound: after(prefix)})
	if err != nil {
		return fmt.Errorf("reading task state %s: %w", s.dir, err)
	}
	for ok := it.First(); ok; ok = it.Next() {
		v, err := it.ValueAndErr()
		if err != nil {
			return errors.Join(fmt.Errorf("reading task state %s: %w", s.dir, err), it.Close())
		}
		if err := yield(string(it.Key()[len(prefix):]), v); err != nil {
			return errors.Join(fmt.Errorf("loading entry %s of task state %s: %w", it.Key(), s.dir, err), it.Close())
		}
	}
	return it.Close()
}

// heads yields what stands up to the next slash behind a prefix in keys, from one
// on, each once and in order.
func (s *State) heads(prefix, from string, yield func(head string) error) error {
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: []byte(prefix + from), UpperBound: after(prefix)})
	if err != nil {
		return fmt.Errorf("reading task state %s: %w", s.dir, err)
	}
	for ok := it.First(); ok; {
		head, _, _ := strings.Cut(string(it.Key()[len(prefix):]), "/")
		if err := yield(head); err != nil {
			return errors.Join(fmt.Errorf("%w: reading key %q of %s: %w", errDamaged, it.Key(), s.dir, err), it.Close())
		}
		ok = it.SeekGE(after(prefix + head + "/"))
	}
	return errors.Join(it.Error(), it.Close())
}

// keys yields the keys from one up to another that the last checkpoint has.
func (s *State) keys(from, to []byte, yield func(key []byte)) error {
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: to})
	if err != nil {
		return fmt.Errorf("reading task state %s: %w", s.dir, err)
	}
	for ok := it.First(); ok; ok = it.Next() {
		yield(it.Key())
	}
	return errors.Join(it.Error(), it.Close())
}

// after returns the first key behind all that begin with a prefix. Prefixes end
// in a slash, so this never overflows.
func after(prefix string) []byte {
	key := []byte(prefix)
	key[len(key)-1]++
	return key
}

// numbers reads the entries that map partitions to numbers.
func (s *State) numbers(prefix string) (map[log.Partition]int64, error) {
	out := map[log.Partition]int64{}
	err := s.each(prefix, func(key string, v []byte) error {
		topic, p, ok := strings.Cut(key, "/")
		n, err := strconv.ParseInt(p, 10, 32)
		if !ok || err != nil || len(v) != 8 {
			return fmt.Errorf("key %q is no partition", key)
		}
		out[log.Partition{Topic: topic, Partition: int32(n)}] = int64(binary.BigEndian.Uint64(v))
		return nil
	})
	return out, err
}

// Batch is one checkpoint in the making: all of it becomes durable, or none.
type Batch struct {
	state *State
	b     *pebble.Batch
}

// Begin starts a checkpoint.
func (s *State) Begin() *Batch { return &Batch{s, s.db.NewBatch()} }

// Set stores an operator's entry.
func (b *Batch) Set(key string, value []byte) error {
	return b.set([]byte(prefixOperator+key), value)
}

// Delete removes an operator's entry.
func (b *Batch) Delete(key string) error {
	return b.delete([]byte(prefixOperator + key))
}

// set and delete are Set and Delete with the operator's prefix before the key
// already. Batches copy what they are given.
func (b *Batch) set(key, value []byte) error { return b.b.Set(key, value, nil) }

func (b *Batch) delete(key []byte) error { return b.b.Delete(key, nil) }

// deleteRange removes an operator's entries from one key up to another, without
// that one. It must come before what the checkpoint sets within.
func (b *Batch) deleteRange(from, to string) error {
	return b.b.DeleteRange([]byte(prefixOperator+from), []byte(prefixOperator+to), nil)
}

// deletePrefix removes an operator's entries that begin with a prefix, which
// ends in a slash.
func (b *Batch) deletePrefix(prefix string) error {
	return b.deleteRange(prefix, string(after(prefix)))
}

func (b *Batch) setNumbers(prefix string, numbers map[log.Partition]int64) error {
	for p, n := range numbers {
		key := prefix + nameOf(p)
		if err := b.b.Set([]byte(key), binary.BigEndian.AppendUint64(nil, uint64(n)), nil); err != nil {
			return err
		}
	}
	return nil
}

// nameOf is a partition as it stands in keys.
func nameOf(p log.Partition) string { return p.Topic + "/" + strconv.Itoa(int(p.Partition)) }

// each yields what the checkpoint changes so far, in order: a key of the
// database and its new value, nil where it is removed. Values are valid until
// the commit.
func (b *Batch) each(yield func(key string, value []byte)) error {
	for r := b.b.Reader(); ; {
		kind, key, value, ok, err := r.Next()
		switch {
		case err != nil:
			return fmt.Errorf("reading checkpoint: %w", err)
		case !ok:
			return nil
		case kind == pebble.InternalKeyKindDelete:
			yield(string(key), nil)
		case kind == pebble.InternalKeyKindSet:
			yield(string(key), value)
		case kind == pebble.InternalKeyKindRangeDelete: // up to a key that stands as its value
			if err := b.state.keys(key, value, func(key []byte) { yield(string(key), nil) }); err != nil {
				return err
			}
		default:
			return fmt.Errorf("reading checkpoint: operation %s of key %q cannot be handed over", kind, key)
		}
	}
}

// Commit makes the checkpoint durable.
func (b *Batch) Commit() error {
	if err := b.b.Commit(pebble.Sync); err != nil {
		return fmt.Errorf("committing checkpoint: %w", err)
	}
	return nil
}

// quietLogger drops Pebble's own chatter; its errors come back from calls.
type quietLogger struct{}

func (quietLogger) Infof(string, ...any)  {}
func (quietLogger) Errorf(string, ...any) {}
func (quietLogger) Fatalf(format string, args ...any) {
	panic(fmt.Sprintf("pebble: "+format, args...))
}
