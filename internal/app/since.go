package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/internal/parity"
)

// sinceFile notes from when on each metric has been computed as it is defined
// now. What stands in the log from before is of another definition, or of none,
// and cannot be held against this one.
func sinceFile(data string) string { return filepath.Join(data, "metrics.json") }

// metricSince is the entry of one metric. Partitions are written "topic/number".
type metricSince struct {
	Definition string           `json:"definition"` // a digest
	Positions  map[string]int64 `json:"positions"`
	Written    map[string]int64 `json:"written"`
}

// readSince returns from when on each of the metrics is as it is now. One that
// the file does not know, or knows by another definition, is not in it.
func readSince(data string, metrics []metric.Definition) (map[string]parity.Cut, error) {
	text, err := os.ReadFile(sinceFile(data))
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]parity.Cut{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading since when metrics are defined: %w", err)
	}
	var entries map[string]metricSince
	if err := json.Unmarshal(text, &entries); err != nil {
		return nil, fmt.Errorf("reading %s: %w (remove it; windows from before the next start will not be checked)", sinceFile(data), err)
	}
	out := map[string]parity.Cut{}
	for i := range metrics {
		e, ok := entries[metrics[i].Name]
		if !ok || e.Definition != digestOf(&metrics[i]) {
			continue
		}
		c := parity.Cut{}
		if c.Positions, err = partitionsOf(e.Positions); err == nil {
			c.Written, err = partitionsOf(e.Written)
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", sinceFile(data), err)
		}
		out[metrics[i].Name] = c
	}
	return out, nil
}

// noteSince notes where the tasks stand for the metrics that are new or changed. A
// file that cannot be read is no reason not to start.
func (s *system) noteSince() error {
	since, err := readSince(s.cfg.Data, s.metrics)
	if err != nil {
		s.deps.Logger.Warn("since when metrics are defined is noted anew: windows from before will not be checked", "error", err)
	}
	return writeSince(s.cfg.Data, s.metrics, since, s.stoppedCut())
}

// writeSince writes since when each metric is defined: now if that is not known.
func writeSince(data string, metrics []metric.Definition, since map[string]parity.Cut, now parity.Cut) error {
	entries := map[string]metricSince{}
	for i := range metrics {
		c, known := since[metrics[i].Name]
		if !known {
			c = now
		}
		entries[metrics[i].Name] = metricSince{digestOf(&metrics[i]), namesOf(c.Positions), namesOf(c.Written)}
	}
	text, err := json.MarshalIndent(entries, "", "  ")
	if err != nil {
		return fmt.Errorf("noting since when metrics are defined: %w", err)
	}
	temporary := sinceFile(data) + ".new"
	if err := os.WriteFile(temporary, append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("noting since when metrics are defined: %w", err)
	}
	if err := os.Rename(temporary, sinceFile(data)); err != nil {
		return fmt.Errorf("noting since when metrics are defined: %w", err)
	}
	return nil
}

// digestOf tells definitions apart by all that decides what rows there are.
func digestOf(d *metric.Definition) string {
	plain := *d
	plain.Doc = ""
	text, err := json.Marshal(&plain)
	if err != nil {
		panic("app: digest of " + d.Name + ": " + err.Error()) // plain texts and numbers
	}
	h := fnv.New64a()
	h.Write(text)
	return strconv.FormatUint(h.Sum64(), 16)
}

func namesOf(m map[log.Partition]int64) map[string]int64 {
	out := map[string]int64{}
	for p, n := range m {
		out[p.Topic+"/"+strconv.Itoa(int(p.Partition))] = n
	}
	return out
}

func partitionsOf(m map[string]int64) (map[log.Partition]int64, error) {
	out := map[log.Partition]int64{}
	for name, n := range m {
		at := strings.LastIndexByte(name, '/')
		p, err := strconv.ParseInt(name[at+1:], 10, 32)
		if at < 0 || err != nil {
			return nil, fmt.Errorf("%q names no partition", name)
		}
		out[log.Partition{Topic: name[:at], Partition: int32(p)}] = n
	}
	return out, nil
}
