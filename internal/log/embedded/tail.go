package embedded

import (
	"fmt"
	"log/slog"
	"os"
)

// cutTails cuts what a crash left half written off the end of every partition,
// so that kfake finds whole batches only and opens with the right log end.
// Nothing that was acknowledged before a kill of the process is in such a tail.
func (s store) cutTails(log *slog.Logger) error {
	ps, err := s.partitions()
	if err != nil {
		return err
	}
	for _, p := range ps {
		if len(p.segments) == 0 {
			continue
		}
		last := p.segments[len(p.segments)-1]
		raw, err := os.ReadFile(last.path)
		if err != nil {
			return fmt.Errorf("reading last segment of %s-%d: %w", p.topic, p.number, err)
		}
		whole, end := wholeBytes(raw)
		if whole == int64(len(raw)) {
			continue
		}
		if err := os.Truncate(last.path, whole); err != nil {
			return fmt.Errorf("cutting last segment of %s-%d: %w", p.topic, p.number, err)
		}
		log.Warn("cut a half written end off the log",
			"topic", p.topic, "partition", p.number, "bytes", int64(len(raw))-whole, "end", max(end, last.base))
	}
	return nil
}
