package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
)

// janitor keeps the log within its size and age by deleting records from the
// start of partitions, never the last one, and by compaction.
type janitor struct {
	store     store
	cluster   *kfake.Cluster
	compactor compactor
	maxBytes  int64
	retention time.Duration
	protect   func() map[string]map[int32]int64
	now       func() time.Time
	log       *slog.Logger

	overCap bool // said once, until it is over
}

func newJanitor(cfg Config, s store, cluster *kfake.Cluster, addr string) *janitor {
	j := &janitor{
		store:   s,
		cluster: cluster,
		compactor: compactor{
			store:   s,
			cluster: cluster,
			addr:    addr,
			atLeast: cfg.MaxBytes / 32,
		},
		maxBytes:  cfg.MaxBytes,
		retention: cfg.Retention,
		protect:   cfg.Protect,
		now:       cfg.Now,
		log:       cfg.Logger,
	}
	j.compactor.needed = j.needed
	return j
}

// run sweeps at once and then after every pause, until ctx ends.
func (j *janitor) run(ctx context.Context, pause time.Duration) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		if err := j.sweep(); err != nil {
			j.log.Error("keeping the embedded log within its bounds", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sweep does one round: compaction, then what is too old, then what is too much.
func (j *janitor) sweep() error {
	if err := j.compactor.compact(); err != nil {
		return err
	}
	ps, err := j.store.partitions()
	if err != nil {
		return err
	}
	needed := j.needed()
	var limits []limited
	for _, p := range ps {
		if policyOf(j.cluster, p.topic).delete {
			limits = append(limits, limited{partition: p, upTo: j.upTo(p, needed)})
		}
	}
	if err := j.dropOld(limits); err != nil {
		return err
	}
	return j.dropExcess(limits)
}

// limited is a partition with the offset that deletion may reach at most.
type limited struct {
	partition
	upTo int64
}

func (j *janitor) needed() map[string]map[int32]int64 {
	if j.protect == nil {
		return nil
	}
	return j.protect()
}

// upTo is the last offset of the partition, which must stay for the log's end
// to survive a restart, or the first that is still needed.
func (j *janitor) upTo(p partition, needed map[string]map[int32]int64) int64 {
	info := j.cluster.PartitionInfo(p.topic, p.number)
	if info == nil {
		return 0
	}
	upTo := info.HighWatermark - 1
	if offset, ok := needed[p.topic][p.number]; ok {
		upTo = min(upTo, offset)
	}
	return upTo
}

// dropOld deletes batches whose records are all older than the retention.
func (j *janitor) dropOld(ps []limited) error {
	if j.retention == 0 {
		return nil
	}
	cutoff := j.now().Add(-j.retention).UnixMilli()
	for i := range ps {
		p := &ps[i]
		offset, err := firstSince(p.partition, cutoff)
		if err != nil {
			return err
		}
		if err := j.deleteBefore(*p, offset); err != nil {
			return err
		}
		if p.segments, err = segments(p.dir); err != nil {
			return err
		}
	}
	return nil
}

// firstSince returns the first offset of the first batch with a record at or
// after the cutoff, in Unix milliseconds, or the offset after all batches.
func firstSince(p partition, cutoff int64) (int64, error) {
	var end int64
	for _, seg := range p.segments {
		for b, err := range batches(seg.path) {
			if errors.Is(err, fs.ErrNotExist) {
				break // deleted meanwhile
			}
			if err != nil {
				return 0, fmt.Errorf("searching %s-%d by time: %w", p.topic, p.number, err)
			}
			if b.maxTimestamp >= cutoff {
				return b.firstOffset, nil
			}
			end = b.lastOffset + 1
		}
	}
	return end, nil
}

// dropExcess deletes the oldest segments of the whole log until it is within
// its cap.
func (j *janitor) dropExcess(ps []limited) error {
	all, err := j.store.partitions()
	if err != nil {
		return err
	}
	total := size(all)
	var queue oldestFirst
	for _, p := range ps {
		queue.add(p)
	}
	for total > j.maxBytes && len(queue) > 0 {
		p := queue.oldest()
		gone := p.segments[0]
		p.segments = p.segments[1:]
		if err := j.deleteBefore(p, p.segments[0].base); err != nil {
			return err
		}
		total -= gone.bytes
		queue.add(p)
	}
	if over := total > j.maxBytes; over != j.overCap {
		j.overCap = over
		if over {
			j.log.Warn("the embedded log is above its cap, and all that is left is still needed, being written or compacted",
				"bytes", total, "cap", j.maxBytes)
		}
	}
	return nil
}

// deleteBefore deletes the partition's records before the offset, as far as the
// limit allows.
func (j *janitor) deleteBefore(p limited, offset int64) error {
	offset = min(offset, p.upTo)
	info := j.cluster.PartitionInfo(p.topic, p.number)
	if info == nil || offset <= info.LogStartOffset {
		return nil
	}
	err := j.cluster.DeleteRecords(p.topic, p.number, offset)
	if err != nil && !errors.Is(err, kerr.UnknownTopicOrPartition) && !errors.Is(err, kerr.OffsetOutOfRange) {
		return fmt.Errorf("deleting %s-%d up to offset %d: %w", p.topic, p.number, offset, err)
	}
	return nil
}
