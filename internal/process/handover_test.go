package process

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/log"
)

// shared is a configuration of tasks on a log that several processes share.
func (c *cluster) shared(client *kgo.Client, dir string) Config {
	cfg := c.config(client, dir)
	cfg.Group, cfg.CommitEvery, cfg.CheckpointEvery = "g", 2*time.Millisecond, 10*time.Millisecond
	return cfg
}

// share makes the topics of states.
func (c *cluster) share() {
	c.t.Helper()
	if err := log.Ensure(c.t.Context(), c.client, log.SharedTopics(Kinds(), c.w.partitions), 1); err != nil {
		c.t.Fatal(err)
	}
}

// lastCheckpoint returns what the log says of a task's state.
func (c *cluster) lastCheckpoint(task *Task) Checkpoint {
	c.t.Helper()
	at := task.StatePartition()
	tails, err := log.Tails(c.t.Context(), c.client, []string{at.Topic})
	if err != nil {
		c.t.Fatal(err)
	}
	last, err := DecodeCheckpoint(tails[at])
	if err != nil {
		c.t.Fatal(err)
	}
	return last
}

// TestATaskThatMovesWritesWhatOneThatStaysWrites lets a task move between
// replicas with folders of their own, some of them old: it is stopped, or thrown
// out in the middle of its work by somebody who takes its name. Fetches are cut
// for each partition: where a fetch as a whole is, the broker in memory forgets
// to say what of it was aborted.
func TestATaskThatMovesWritesWhatOneThatStaysWrites(t *testing.T) {
	w := newWorld(t, 1, "nhl", "nfl")
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 5))
			raw := w.rawLog(newScene(w, seed).play(60))
			canonical := w.normalise(t, raw)
			derived := w.compute(t, canonical)
			c := newCluster(t, w)
			c.share()
			c.fill(raw)
			dirs := []string{t.TempDir(), t.TempDir(), t.TempDir()}
			for _, task := range []func(Config) *Task{
				func(cfg Config) *Task { return NewNormalise(cfg, w.normaliseConfig(), 0) },
				func(cfg Config) *Task { return NewCompute(cfg, w.computeConfig(), 0) },
			} {
				for range 8 {
					moving := task(c.shared(c.dial(kgo.FetchMaxPartitionBytes(1+rng.Int32N(20_000))), dirs[rng.IntN(len(dirs))]))
					records, thrown := 1+rng.Int64N(150), rng.IntN(2) == 0
					err := c.until(moving, func(p Progress, ends map[log.Partition]int64) bool {
						if p.Records < records && !taken(p, ends) {
							return false
						}
						if !thrown {
							return true
						}
						heir, err := log.OpenWriter(t.Context(), c.client, "g."+moving.Name(), log.Left{})
						if err != nil {
							t.Fatal(err)
						}
						heir.Close()
						return taken(p, ends) // else the task has to find out
					})
					if err != nil && log.ClassOf(err) == log.Permanent {
						t.Fatal(err)
					}
				}
				c.finish(task(c.shared(c.dial(), t.TempDir())))
			}
			got := c.read(outputTopics(w))
			want := memoryLog{}
			for _, m := range []memoryLog{canonical, derived} {
				for at, records := range m {
					want[at] = records
				}
			}
			if d := got.gap(); d != "" {
				t.Error(d)
			}
			if d := got.diff(want); d != "" {
				t.Error(d)
			}
		})
	}
}

// taken tells whether a task has taken in all there is.
func taken(p Progress, ends map[log.Partition]int64) bool {
	for at, end := range ends {
		if p.Taken[at] < end {
			return false
		}
	}
	return len(p.Taken) > 0
}

func TestAZombieNeitherWritesNorSaves(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	raw := w.rawLog(newScene(w, 1).play(20))
	c := newCluster(t, w)
	c.share()
	c.fill(raw)
	zombieDir := t.TempDir()
	zombie := c.normaliseShared(zombieDir)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- zombie.Run(ctx) }()
	for !taken(zombie.Progress(), map[log.Partition]int64{zombie.inputs[0]: 1}) {
		time.Sleep(time.Millisecond)
	}
	c.finish(c.normaliseShared(t.TempDir())) // throws it out
	c.fill(w.rawLog(newScene(w, 2).play(3))) // something to do for the zombie
	// Where it is at when it is thrown out decides whether it hears why.
	if err := <-ended; log.ClassOf(err) != log.Fenced && log.ClassOf(err) != log.Ambiguous {
		t.Errorf("the zombie ends with %v, want it fenced", err)
	}
	before := c.lastCheckpoint(zombie)
	state, err := OpenState(zombie.dir, nil, zombie.logger)
	if err != nil {
		t.Fatal(err)
	}
	if id, err := state.get(keyLast); err != nil || id == before.ID {
		t.Errorf("the zombie has the state of the last checkpoint (%v)", err)
	}
	if err := state.Close(); err != nil {
		t.Fatal(err)
	}
}

func (c *cluster) normaliseShared(dir string) *Task {
	return NewNormalise(c.shared(c.dial(), dir), c.w.normaliseConfig(), 0)
}

// TestWhereAStateComesFrom: from the folder if it is the one of the last
// checkpoint in the log, else from the log; from the beginning of the input if
// the log's is none that can be read.
func TestWhereAStateComesFrom(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	c := newCluster(t, w)
	c.share()
	c.fill(w.rawLog(newScene(w, 3).play(30)))
	here, there := t.TempDir(), t.TempDir()
	said := func(dir string) string {
		t.Helper()
		c.logs.Reset()
		c.finish(c.normaliseShared(dir))
		return c.logs.String()
	}
	const over = "taking task state over from the log"
	if text := said(here); strings.Contains(text, over) {
		t.Errorf("a first start says %s", text)
	}
	if text := said(here); strings.Contains(text, over) {
		t.Errorf("a start on the same folder says %s", text)
	}
	if text := said(there); !strings.Contains(text, over) {
		t.Error("another folder's state does not come from the log")
	}
	if text := said(here); !strings.Contains(text, over) {
		t.Error("an old folder is taken for a new one")
	}
	// Another version's.
	task := c.normaliseShared(t.TempDir())
	last := c.lastCheckpoint(task)
	before := last.Generation
	last.Format, last.Number = "0", last.Number+1
	m := newMirror(task.StatePartition(), task.logger)
	if err := c.client.ProduceSync(t.Context(), m.record(keyLast, mustJSON(last))).FirstErr(); err != nil {
		t.Fatal(err)
	}
	if text := said(here); !strings.Contains(text, "another format") || strings.Contains(text, over) {
		t.Errorf("a state of another version says %s", text)
	}
	if got := c.lastCheckpoint(task); got.Generation == before || got.Format != stateFormat || got.Number <= last.Number {
		t.Errorf("the next checkpoint is %+v, want another generation behind number %d", got, last.Number)
	}
	if gap := c.read([]string{log.QuotesTopic("nhl")}).gap(); gap != "" {
		t.Error(gap)
	}
	if text := said(t.TempDir()); !strings.Contains(text, over) {
		t.Error("the new generation is not taken over")
	}
}
