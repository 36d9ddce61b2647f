package crash

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/test/scenario/program"
)

// suite kills the program at random moments and starts it again until it ends by
// itself, in as many data folders as it takes.
type suite struct {
	*replay
	random   *rand.Rand
	began    time.Time
	starting time.Duration // what a start took the last time
	stopping time.Duration // what a clean stop took the last time
	report   report
}

// folder works through one data folder. It stays on disk if it is not as it has
// to be.
func (s *suite) folder(t *testing.T, kills int) {
	t.Helper()
	data, err := os.MkdirTemp("", "betflow-crash-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the data folder %s is kept", data)
			return
		}
		remove(t, data)
	})
	// So the program comes to its end some times, and is killed in all of its phases.
	life := 3 * s.took / time.Duration(kills)
	for s.report.Kills < kills {
		if s.end(t, data, life) {
			break
		}
	}
	s.start(t, data).Succeed(t) // also on a folder that is complete
	s.report.Folders++
	d := s.compare(t, data)
	if d.Any() {
		t.Errorf("data folder %d differs from the undisturbed run: %s", s.report.Folders, &d)
	} else {
		remove(t, data)
	}
	s.report.Differences.Add(d)
	s.report.Elapsed = time.Since(s.began).Seconds()
	t.Logf("data folder %d is complete after %d kills, %.0f s", s.report.Folders, s.report.Kills, s.report.Elapsed)
}

// end starts the program and ends it at a random moment: a quarter of the times
// while it starts, a quarter while it stops, otherwise in the middle of its work,
// after a life of the given length on average. It returns whether the program
// had come to its end before.
func (s *suite) end(t *testing.T, data string, life time.Duration) (done bool) {
	t.Helper()
	p := s.start(t, data)
	began := time.Now()
	kind := s.random.IntN(4)
	if kind > 0 {
		p.Until(t, "the program to be ready", func() bool { _, ready := p.Ready(); return ready || over(p) })
		s.starting = time.Since(began)
		pass(p, s.upTo(2*life))
	} else {
		pass(p, s.upTo(s.starting))
	}
	phase := s.phase(p)
	if kind == 1 && !over(p) {
		p.Terminate(t)
		asked := time.Now()
		phase = "stopping"
		pass(p, s.upTo(s.stopping))
		if over(p) {
			s.stopping = time.Since(asked)
		} else {
			s.stopping = max(s.stopping, 2*time.Since(asked)) // it takes longer than we thought
		}
	}
	if !over(p) {
		p.Kill()
	}
	switch code, stdout, stderr := p.Wait(t); {
	case code == -1: // ended by a signal
		s.report.Kills++
		s.report.Phases[phase]++
		if _, err := os.Stat(filepath.Join(data, "log", "broker", "compacting")); err == nil {
			s.report.Compacting++
		}
		return false
	case code != 0:
		t.Fatalf("after %d kills the program ended with %d:\n%s", s.report.Kills, code, stderr)
		return true
	case stdout == "": // a clean stop in the middle
		s.report.Stops++
		return false
	}
	return true
}

func (s *suite) upTo(most time.Duration) time.Duration {
	return time.Duration(s.random.Int64N(int64(most) + 1))
}

// pass lets time go by, unless the process ends.
func pass(p *program.Process, wait time.Duration) {
	select {
	case <-time.After(wait):
	case <-p.Ended():
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
func (s *suite) phase(p *program.Process) string {
	a, ready := p.Ready()
	if !ready {
		return "starting"
	}
	client := http.Client{Timeout: 10 * time.Second}
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
	written, lag, topics := map[string]int{}, map[string]int{}, map[string]int{}
	for _, topic := range status.Topics {
		family, _, _ := strings.Cut(topic.Topic, ".")
		written[family] += topic.Records
		lag[family] += topic.Lag
		topics[family]++
	}
	const partitions = 2
	switch whole := partitions * topics["raw"] * (s.responses + 1); {
	case written["raw"] < whole:
		return "playing"
	case lag["raw"] > 0:
		return "normalising"
	case lag["quotes"] > 0:
		return "computing"
	}
	return "storing"
}
