//go:build engines

package engines

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/betflow/betflow/test/scenario/synthetic"
)

// workload is what the replicas play. BETFLOW_ROUNDS makes it longer: 45 rounds
// are about 30,000 quote records, and a fifth more of everything else.
func workload() (synthetic.Recording, time.Duration) {
	r := synthetic.Recording{Leagues: []string{"nfl", "nhl", "epl"}, Games: 4, Rounds: number("BETFLOW_ROUNDS", 45), Every: 2 * time.Minute, Spoiled: true}
	r.Games = number("BETFLOW_GAMES", r.Games)
	return r, time.Duration(r.Rounds) * r.Every
}

// number reads a setting of the test.
func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// TestReplicasWriteWhatOneUndisturbedProcessWrites plays a recording through one
// process and through several that are killed, stopped, frozen past their
// session and thrown out of the group, while the broker is killed as well. Every
// raw and every derived record must be the same, in the same order and with the
// same number, and so must every replica's hot store.
//
// BETFLOW_KILLS is how many times processes and brokers are killed, with one
// replica and with three; BETFLOW_SHARE is how many disturbances in ten are kills of
// processes, with the fewer the more of the broker; BETFLOW_SEED repeats a run's
// decisions.
func TestReplicasWriteWhatOneUndisturbedProcessWrites(t *testing.T) {
	c := newSharedLog(t)
	recording, span := workload()
	file, responses := recording.Write(t)
	c.clear()
	began := time.Now()
	undisturbed := c.start("undisturbed", "--replay", file, "--speed", "max")
	undisturbed.succeed(30 * time.Minute)
	took := time.Since(began)
	t.Logf("%d responses, undisturbed in %s", responses, took.Round(time.Millisecond))
	truth := c.record()
	tables := undisturbed.tables()
	t.Logf("the truth is %d raw and %d derived records, and quotes of %s", truth.raw, truth.derived, tables["quotes"])
	if truth.quotes == 0 || len(tables) == 0 {
		t.Fatal("the recording shows nothing")
	}
	undisturbed.remove()
	for _, n := range []int{1, 3} {
		t.Run(fmt.Sprint(n, " replicas"), func(t *testing.T) {
			seed := uint64(number("BETFLOW_SEED", int(time.Now().UnixNano()>>10)))
			t.Logf("BETFLOW_SEED=%d", seed)
			kills := number("BETFLOW_KILLS", 5)
			for round := 0; kills > 0; round++ {
				c, most := c.in(t), min(kills, mostKills)
				c.clear()
				began := time.Now()
				d := &disturber{c: c, random: rand.New(rand.NewPCG(seed, uint64(round))), kills: most, done: map[string]int{}}
				// As long as there are kills to come, or the recording ends first.
				speed := span.Seconds() / (float64(most) * meanPause.Seconds())
				d.start(n, "--replay", file, "--speed", strconv.FormatFloat(speed, 'f', 3, 64))
				d.disturb(took)
				for _, r := range d.replicas {
					if got := r.tables(); got.differs(tables) != "" {
						t.Errorf("the hot store of %s differs: %s", r.name, got.differs(tables))
					}
					r.remove()
				}
				c.compare(truth)
				kills -= most - d.kills
				t.Logf("round %d took %s: %v", round, time.Since(began).Round(time.Second), d.done)
				if t.Failed() {
					return
				}
			}
		})
	}
}

// mostKills is how often at most the playing of one recording is disturbed by a
// kill. After that it is played again, in fresh topics.
const mostKills = 20

// meanPause is how long it takes on average from one disturbance to the next.
const meanPause = 2 * time.Second

// disturber troubles replicas until nothing is left to be done.
type disturber struct {
	c        *sharedLog
	random   *rand.Rand
	replicas []*process
	kills    int // still to be made
	done     map[string]int
	broker   time.Time // when it was last disturbed
}

func (d *disturber) start(n int, args ...string) {
	for i := range n {
		d.replicas = append(d.replicas, d.c.start(fmt.Sprint("replica-", i), args...))
	}
}

// disturb works until all replicas have ended by themselves. They get several
// times as long as an undisturbed process took on this machine.
func (d *disturber) disturb(undisturbed time.Duration) {
	deadline := time.Now().Add(time.Duration(d.kills)*20*time.Second + 5*time.Minute + 5*undisturbed)
	for time.Now().Before(deadline) {
		time.Sleep(time.Duration(d.random.Int64N(int64(2 * meanPause))))
		if d.over() {
			return
		}
		if d.kills > 0 {
			d.trouble()
		}
	}
	for _, r := range d.replicas {
		r.dump()
	}
	d.c.t.Fatalf("the replicas do not come to an end; so far: %v", d.done)
}

// over starts again what a broken broker has ended, and tells whether all
// replicas have come to a good end.
func (d *disturber) over() bool {
	all := true
	for _, r := range d.replicas {
		switch code, ended := r.code(); {
		case !ended:
			all = false
		case code != 0:
			all = false
			if time.Since(d.broker) > time.Minute {
				r.dump()
				d.c.t.Fatalf("%s ended with %d while nothing was wrong with the broker", r.name, code)
			}
			d.done["start refused"]++
			r.again()
		}
	}
	return all
}

func (d *disturber) trouble() {
	r := d.replicas[d.random.IntN(len(d.replicas))]
	if _, ended := r.code(); ended {
		return
	}
	pause := time.Duration(d.random.Int64N(int64(3 * time.Second)))
	d.c.t.Logf("%s disturbing %s", time.Now().Format(time.StampMilli), r.name)
	share := number("BETFLOW_SHARE", 5)
	switch n := d.random.IntN(10); {
	case n < share:
		d.kills--
		d.done["kill -9"]++
		r.kill()
		time.Sleep(pause / 4)
		r.again()
	case n < share+1:
		d.done["graceful leave"]++
		r.leave()
		r.again()
	case n < share+2:
		d.done["frozen past the session"]++
		r.freeze(session + pause)
	default:
		d.kills--
		d.broker = time.Now()
		d.done["broker kill -9"]++
		d.c.killBroker(pause)
		d.broker = time.Now()
	}
}

// killBroker kills the only node and starts it again after a while.
func (c *sharedLog) killBroker(pause time.Duration) {
	c.t.Helper()
	for _, action := range []string{"kill", "start"} {
		ctx, cancel := context.WithTimeout(context.Background(), startTime)
		if out, err := script(ctx, "kafka", "node", "1", action); err != nil {
			c.t.Fatal(err, out)
		}
		cancel()
		if action == "kill" {
			time.Sleep(pause)
		}
	}
}
