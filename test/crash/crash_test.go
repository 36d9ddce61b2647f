// Package crash ends the built program in the middle of its work, by kill -9 and
// by SIGTERM, and holds that nothing is lost and nothing is there twice.
package crash

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/test/scenario/program"
	"github.com/betflow/betflow/test/scenario/synthetic"
)

var betflow program.Binary

func TestMain(m *testing.M) { program.Main(m, &betflow) }

// leastKills is how often the program is killed.
const leastKills = 22

// settings make checkpoints so often that a program which lives for a moment
// only gets on.
var settings = []string{"BETFLOW_LOG_CHECKPOINT=100ms"}

// tables are compared in full.
var tables = []string{
	"quotes", "market_states", "windows_line_movement", "fixtures", "crosswalk", "quarantine", "late", "games",
	"plays", "weather", "reviews", "betflow_positions",
}

// replay is one recording and what an undisturbed run makes of it.
type replay struct {
	file      string
	responses int
	took      time.Duration // what an undisturbed run takes on this machine now
	topics    program.Topics
	tables    map[string][]string
}

func (r *replay) start(t *testing.T, data string) *program.Process {
	t.Helper()
	return betflow.Start(t, data, settings, "up", "--replay", r.file, "--speed", "max", "--exit", "--json")
}

func TestAReplayThatIsDisturbedEndsAsOneThatIsNot(t *testing.T) {
	r := &replay{}
	r.file, r.responses = synthetic.Recording{
		Leagues: []string{"nfl", "nhl", "epl"}, Games: 4, Rounds: 45, Every: 2 * time.Minute, Spoiled: true,
	}.Write(t)
	data := t.TempDir()
	began := time.Now()
	r.start(t, data).Succeed(t)
	r.took = time.Since(began)
	r.topics, r.tables = program.Derived(t, data), contents(t, data)
	for _, table := range []string{"quotes", "windows_line_movement", "quarantine", "late", "games", "weather"} {
		if len(r.tables[table]) == 0 {
			t.Errorf("table %s is empty: the recording shows nothing of it", table)
		}
	}
	t.Run("killed", r.killed)
	t.Run("stopped", r.stopped)
}

// killed kills the program at random moments and starts it again until it ends
// by itself, in as many data folders as it takes.
func (r *replay) killed(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	kills := map[string]int{}
	for folder := 1; total(kills) < leastKills; folder++ {
		data := t.TempDir()
		for total(kills) < leastKills {
			phase, killed := r.kill(t, data, random)
			if !killed {
				break
			}
			kills[phase]++
		}
		r.start(t, data).Succeed(t) // also on a folder that is complete
		r.compare(t, data)
		t.Logf("data folder %d is complete; killed so far: %s", folder, summed(kills))
	}
}

// kill starts the program and kills it at a random moment, unless it ends
// before. A third of the moments lie anywhere from the start on, the others
// behind the program's being ready.
func (r *replay) kill(t *testing.T, data string, random *rand.Rand) (phase string, killed bool) {
	t.Helper()
	p := r.start(t, data)
	wait := time.Duration(random.Int64N(int64(r.took) / 3))
	if random.IntN(3) > 0 {
		p.Until(t, "the program to be ready", func() bool { _, ready := p.Ready(); return ready || over(p) })
	}
	select {
	case <-time.After(wait):
	case <-p.Ended():
	}
	phase = r.phase(p)
	if !over(p) {
		p.Kill()
	}
	switch code, _, stderr := p.Wait(t); code {
	case 0:
		return "", false
	case -1: // ended by a signal
		return phase, true
	default:
		t.Fatalf("after a kill the program ended with %d:\n%s", code, stderr)
		return "", false
	}
}

func over(p *program.Process) bool {
	select {
	case <-p.Ended():
		return true
	default:
		return false
	}
}

// phase tells how far a run has come, by its own account.
func (r *replay) phase(p *program.Process) string {
	a, ready := p.Ready()
	if !ready {
		return "starting"
	}
	client := http.Client{Timeout: time.Second}
	resp, err := client.Get(a.HTTP + "/api/v1/status")
	if err != nil {
		return "ending"
	}
	defer resp.Body.Close()
	var status struct {
		Topics []struct {
			Topic   string
			Records int
			Lag     int
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&status); err != nil {
		return "ending"
	}
	written, lag := map[string]int{}, map[string]int{}
	for _, topic := range status.Topics {
		family, _, _ := strings.Cut(topic.Topic, ".")
		written[family] += topic.Records
		lag[family] += topic.Lag
	}
	const partitions = 2
	switch perTopic := partitions * (r.responses + 1); {
	case written["raw"] < perTopic:
		return "playing"
	case lag["raw"] > 0:
		return "normalising"
	case lag["quotes"] > 0:
		return "computing"
	}
	return "storing"
}

func total(kills map[string]int) int {
	n := 0
	for _, k := range kills {
		n += k
	}
	return n
}

func summed(kills map[string]int) string {
	text := fmt.Sprint(total(kills), " times")
	for _, phase := range slices.Sorted(maps.Keys(kills)) {
		text += fmt.Sprintf(", %d %s", kills[phase], phase)
	}
	return text
}

// stopped sends SIGTERM in the middle; the next run goes on.
func (r *replay) stopped(t *testing.T) {
	data := t.TempDir()
	p := r.start(t, data)
	p.Until(t, "the program to be ready", func() bool { _, ready := p.Ready(); return ready || over(p) })
	p.Terminate(t)
	if out := p.Succeed(t); out != "" {
		t.Fatalf("the replay was over before the signal came: %s", out)
	}
	if _, err := os.Stat(filepath.Join(data, "addresses.json")); !os.IsNotExist(err) {
		t.Errorf("addresses.json is still there after a clean stop: %v", err)
	}
	r.start(t, data).Succeed(t)
	r.compare(t, data)
}

// compare holds that a data folder has the bytes and rows of the undisturbed
// run.
func (r *replay) compare(t *testing.T, data string) {
	t.Helper()
	program.Compare(t, program.Derived(t, data), r.topics)
	for name, got := range contents(t, data) {
		want := r.tables[name]
		if len(got) != len(want) {
			t.Errorf("table %s has %d rows, want %d", name, len(got), len(want))
		}
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Errorf("table %s differs from row %d on:\n got %s\nwant %s", name, i, got[i], want[i])
				break
			}
		}
	}
}

// contents reads the tables whole, in one order.
func contents(t *testing.T, data string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, name := range tables {
		all[name] = []string{}
		betflow.Query(t, data, "SELECT * FROM "+name+" ORDER BY ALL", func(line []byte) { all[name] = append(all[name], string(line)) })
	}
	return all
}
