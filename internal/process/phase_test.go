package process

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/log"
)

// TestCheckpointsFallIntoDifferentTimes: tasks of a kind, whose checkpoints are
// about as large, are apart by a good part of what an even spread would be.
func TestCheckpointsFallIntoDifferentTimes(t *testing.T) {
	for _, partitions := range []int32{1, 2, 3, 4, 8, 16, 32} {
		of := map[string][]time.Duration{}
		config := Config{CheckpointEvery: 10 * time.Second, Logger: slog.New(slog.DiscardHandler)}
		for p := range partitions {
			for _, kind := range Kinds() {
				phase := newTask(config, kind, p, nil, []log.Partition{}, nil).phase()
				if phase < 0 || phase >= config.CheckpointEvery {
					t.Fatalf("%s-%d is to make its first checkpoint after %s of %s", kind, p, phase, config.CheckpointEvery)
				}
				of[kind] = append(of[kind], phase)
			}
		}
		for kind, phases := range of {
			even := config.CheckpointEvery / time.Duration(len(phases))
			slices.Sort(phases)
			gap := phases[0] + config.CheckpointEvery - phases[len(phases)-1]
			for i := range phases[1:] {
				gap = min(gap, phases[i+1]-phases[i])
			}
			if gap < even/3 {
				t.Errorf("two of %d tasks %s are only %s apart", partitions, kind, gap)
			}
		}
	}
}
