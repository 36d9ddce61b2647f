package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// kfake compacts a partition by deleting its segments and writing them anew.
// Before that every segment gets a second name, a hard link, in the directory
// "compacting". It appears there by a rename when it is whole, and goes by a
// rename when the new segments are on disk, so a start that finds it knows that
// the compaction did not end and that the links hold all the partition had.
const (
	linksBuilding = "compacting.new"
	linksValid    = "compacting"
	linksObsolete = "compacting.old"
)

// keepSegments links every segment of the partitions.
func (s store) keepSegments(ps []partition) error {
	building := filepath.Join(s.dir, linksBuilding)
	for _, p := range ps {
		to := filepath.Join(building, filepath.Base(p.dir))
		if err := os.MkdirAll(to, 0o755); err != nil {
			return fmt.Errorf("creating directory of links: %w", err)
		}
		for _, seg := range p.segments {
			for _, path := range []string{seg.path, seg.indexPath()} {
				if err := os.Link(path, filepath.Join(to, filepath.Base(path))); err != nil && !errors.Is(err, fs.ErrNotExist) {
					return fmt.Errorf("linking segment: %w", err)
				}
			}
		}
	}
	if err := os.Rename(building, filepath.Join(s.dir, linksValid)); err != nil {
		return fmt.Errorf("publishing links: %w", err)
	}
	return nil
}

// dropKept forgets the links: the compacted segments are complete.
func (s store) dropKept() error {
	obsolete := filepath.Join(s.dir, linksObsolete)
	if err := os.Rename(filepath.Join(s.dir, linksValid), obsolete); err != nil {
		return fmt.Errorf("retiring links: %w", err)
	}
	if err := os.RemoveAll(obsolete); err != nil {
		return fmt.Errorf("removing links: %w", err)
	}
	return nil
}

// undoCompaction puts the segments back that a compaction had not finished to
// rewrite. It may itself be killed and done again. Call it before the broker
// runs.
func (s store) undoCompaction() error {
	for _, name := range []string{linksBuilding, linksObsolete} {
		if err := os.RemoveAll(filepath.Join(s.dir, name)); err != nil {
			return fmt.Errorf("removing links: %w", err)
		}
	}
	kept, err := os.ReadDir(filepath.Join(s.dir, linksValid))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("listing links: %w", err)
	}
	for _, e := range kept {
		if err := restore(filepath.Join(s.dir, linksValid, e.Name()), filepath.Join(s.partitionsDir(), e.Name())); err != nil {
			return err
		}
	}
	return s.dropKept()
}

// restore replaces the segments in the directory to by those in from.
func restore(from, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return fmt.Errorf("creating partition directory: %w", err)
	}
	segs, err := segments(to)
	if err != nil {
		return err
	}
	for _, seg := range segs {
		if err := os.Remove(seg.path); err != nil {
			return fmt.Errorf("removing half compacted segment: %w", err)
		}
		if err := os.Remove(seg.indexPath()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing half compacted index: %w", err)
		}
	}
	links, err := os.ReadDir(from)
	if err != nil {
		return fmt.Errorf("listing kept segments: %w", err)
	}
	for _, l := range links {
		err := os.Link(filepath.Join(from, l.Name()), filepath.Join(to, l.Name()))
		if err != nil && !errors.Is(err, fs.ErrExist) { // an index whose segment was gone
			return fmt.Errorf("putting kept segment back: %w", err)
		}
	}
	return nil
}

// policy is a topic's cleanup.policy.
type policy struct {
	compact bool // superseded records of a key may go
	delete  bool // the oldest records may go
}

// policyOf returns the policy of a topic, which is empty if there is none.
func policyOf(cluster *kfake.Cluster, topic string) policy {
	info := cluster.TopicInfo(topic)
	if info == nil {
		return policy{}
	}
	text := info.Configs["cleanup.policy"]
	if text == nil {
		return policy{delete: true}
	}
	compact := strings.Contains(*text, "compact")
	return policy{compact: compact, delete: !compact || strings.Contains(*text, "delete")}
}

// compactor compacts the topics whose cleanup.policy says so.
type compactor struct {
	store   store
	cluster *kfake.Cluster
	addr    string // where the cluster listens
	needed  func() map[string]map[int32]int64

	atLeast int64 // bytes below which compaction is not worth a pause
	after   int64 // bytes the compacted topics had after the last compaction
}

// compact compacts if the topics grew to twice of what the last time left of
// them, and their readers have come to their ends. The broker answers nobody
// meanwhile.
func (c *compactor) compact() error {
	ps, err := c.partitions()
	if err != nil {
		return err
	}
	if n := size(ps); n == 0 || n < max(c.atLeast, 2*c.after) || !c.allRead(ps) {
		return nil
	}
	if err := c.whileNobodyAppends(c.compactKept); err != nil {
		return fmt.Errorf("compacting topics: %w", err)
	}
	before := size(ps)
	if ps, err = c.partitions(); err != nil {
		return err
	}
	if after := size(ps); after < before {
		c.after = after
	}
	return nil
}

// partitions lists those of compacted topics.
func (c *compactor) partitions() ([]partition, error) {
	all, err := c.store.partitions()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(p partition) bool { return !policyOf(c.cluster, p.topic).compact }), nil
}

// allRead tells whether nobody needs what the partitions hold any more. What is
// superseded is needed all the same by a reader that keeps history.
func (c *compactor) allRead(ps []partition) bool {
	needed := c.needed()
	for _, p := range ps {
		info := c.cluster.PartitionInfo(p.topic, p.number)
		if offset, ok := needed[p.topic][p.number]; ok && info != nil && offset < info.HighWatermark {
			return false
		}
	}
	return true
}

// compactKept lists the partitions again, because some may have come or grown
// since the caller looked.
func (c *compactor) compactKept() error {
	ps, err := c.partitions()
	if err != nil {
		return err
	}
	if !c.allRead(ps) {
		return nil // the next round may find everything read
	}
	if err := c.store.keepSegments(ps); err != nil {
		return errors.Join(err, os.RemoveAll(filepath.Join(c.store.dir, linksBuilding)))
	}
	c.cluster.Compact()
	return c.store.dropKept()
}

// whileNobodyAppends runs fn in a hook on a request, since kfake serves no
// other request then and no transaction times out, and sends such a request.
func (c *compactor) whileNobodyAppends(fn func() error) error {
	done := make(chan error, 1)
	c.cluster.ControlKey(int16(kmsg.DescribeLogDirs), func(kmsg.Request) (kmsg.Response, error, bool) {
		c.cluster.DropControl()
		done <- fn()
		return nil, nil, false
	})
	conn, err := net.Dial("tcp", c.addr)
	if err != nil {
		return fmt.Errorf("connecting to the own broker: %w", err)
	}
	defer conn.Close()
	req := kmsg.NewPtrDescribeLogDirsRequest()
	if _, err := conn.Write(kmsg.NewRequestFormatter().AppendRequest(nil, req, 0)); err != nil {
		return fmt.Errorf("writing to the own broker: %w", err)
	}
	if _, err := conn.Read(make([]byte, 1)); err != nil {
		return fmt.Errorf("waiting for the own broker: %w", err)
	}
	return <-done
}

func size(ps []partition) int64 {
	var n int64
	for _, p := range ps {
		n += p.bytes()
	}
	return n
}
