// Package crash ends the built program in the middle of its work, by kill -9 and
// by SIGTERM, and holds that nothing is lost and nothing is there twice.
//
// By default that is a short run over a small recording. `make test-crash` is the
// long one: BETFLOW_KILLS says how often the program is killed at least,
// BETFLOW_QUOTES how many rows of quotes the recording makes at least,
// BETFLOW_SEED which moments are chosen, BETFLOW_REPORT in which file the result
// is to be written as JSON.
package crash

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/betflow/betflow/test/scenario/program"
	"github.com/betflow/betflow/test/scenario/synthetic"
)

var betflow program.Binary

func TestMain(m *testing.M) { program.Main(m, &betflow) }

// often is the setting of disturbed runs: checkpoints come so often that a
// program which lives for a moment only gets on.
const often = "BETFLOW_LOG_CHECKPOINT=100ms"

func TestAReplayThatIsDisturbedEndsAsOneThatIsNot(t *testing.T) {
	kills, quotes := number(t, "BETFLOW_KILLS", 22), number(t, "BETFLOW_QUOTES", 0)
	seed := uint64(number(t, "BETFLOW_SEED", int(time.Now().UnixNano()>>10)))
	betflow.Patience = 30 * time.Minute
	r := record(t, quotes)
	t.Run("killed", func(t *testing.T) {
		s := newSuite(r, seed)
		t.Logf("seed %d", seed)
		for s.report.Kills < kills && !t.Failed() {
			s.folder(t, kills)
		}
		s.report.publish(t)
	})
	t.Run("stopped", r.stopped)
}

// number reads a whole number from the environment.
func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		t.Fatalf("%s=%q is no number", name, text)
	}
	return n
}

// replay is one recording and what an undisturbed run makes of it.
type replay struct {
	file      string
	responses int
	quotes    int
	took      time.Duration // what an undisturbed run takes on this machine now
	log       program.Log
	tables    program.Tables
	maxBytes  int64 // of the log of a disturbed run
}

// record makes a recording that gives at least so many quotes, and plays it.
func record(t *testing.T, quotes int) *replay {
	t.Helper()
	world := synthetic.Recording{Leagues: []string{"nfl", "nhl", "epl"}, Games: 4, Rounds: 45, Every: 2 * time.Minute, Spoiled: true}
	if quotes > 0 {
		const perRound = 1800 // less than what a round of so many games gives
		world.Leagues = append(world.Leagues, "nba", "wnba", "mls", "laliga", "bundesliga", "ucl")
		world.Games, world.Rounds = 60, 1+quotes/perRound
	}
	r := &replay{}
	r.file, r.responses = world.Write(t)
	data := t.TempDir()
	began := time.Now()
	r.play(t, data, "BETFLOW_LOG_MAX_BYTES=1099511627776").Succeed(t)
	r.took = time.Since(began)
	r.log, r.tables = program.ReadLog(t, data), betflow.Tables(t, data)
	r.quotes = len(r.tables["quotes"])
	for _, table := range []string{"quotes", "windows_line_movement", "quarantine", "late", "games", "weather", "signals", "inplay", "totals_weather"} {
		if len(r.tables[table]) == 0 {
			t.Errorf("table %s is empty: the recording shows nothing of it", table)
		}
	}
	if r.quotes < quotes {
		t.Fatalf("the recording gives %d rows of quotes, want %d at least", r.quotes, quotes)
	}
	// So large that nothing is removed for its age, and as small as may be, so that
	// compaction, which begins at the 32nd part, has its turns.
	r.maxBytes = max(64<<20, 2*size(t, filepath.Join(data, "log")))
	remove(t, data)
	t.Logf("undisturbed: %d responses, %d rows of quotes, %d records in the log, %s", r.responses, r.quotes, r.log.Count(), r.took.Round(time.Millisecond))
	return r
}

func size(t *testing.T, dir string) int64 {
	t.Helper()
	bytes := int64(0)
	err := filepath.WalkDir(dir, func(_ string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// remove makes room before the end of the test.
func remove(t *testing.T, data string) {
	t.Helper()
	if err := os.RemoveAll(data); err != nil {
		t.Fatal(err)
	}
}

// start starts a run that is to be disturbed.
func (r *replay) start(t *testing.T, data string) *program.Process {
	t.Helper()
	return r.play(t, data, often, fmt.Sprint("BETFLOW_LOG_MAX_BYTES=", r.maxBytes))
}

func (r *replay) play(t *testing.T, data string, settings ...string) *program.Process {
	t.Helper()
	return betflow.Start(t, data, settings, "up", "--replay", r.file, "--speed", "max", "--exit", "--json")
}

// compare returns how a data folder differs from what the undisturbed run made.
func (r *replay) compare(t *testing.T, data string) program.Differences {
	t.Helper()
	d := program.ReadLog(t, data).Compare(r.log)
	d.Add(betflow.Tables(t, data).Compare(r.tables))
	return d
}

// stopped sends SIGTERM in the middle; the next run goes on.
func (r *replay) stopped(t *testing.T) {
	data := t.TempDir()
	p := r.start(t, data)
	p.Addresses(t)
	p.Terminate(t)
	if out := p.Succeed(t); out != "" {
		t.Fatalf("the replay was over before the signal came: %s", out)
	}
	if _, err := os.Stat(filepath.Join(data, "addresses.json")); !os.IsNotExist(err) {
		t.Errorf("addresses.json is still there after a clean stop: %v", err)
	}
	r.start(t, data).Succeed(t)
	if d := r.compare(t, data); d.Any() {
		t.Errorf("a run that was stopped and went on differs: %s", &d)
	}
}

// report is what the suite has found.
type report struct {
	Seed        uint64              `json:"seed"`
	Responses   int                 `json:"responses"`
	Quotes      int                 `json:"quotes"`  // rows, of one run
	Records     int                 `json:"records"` // in the log of one run
	Kills       int                 `json:"kills"`
	Phases      map[string]int      `json:"phases"`     // kills, by what the program was doing
	Compacting  int                 `json:"compacting"` // kills in the middle of a compaction of the log
	Stops       int                 `json:"stops"`      // SIGTERMs that had their way before the kill
	Folders     int                 `json:"folders"`    // data folders that came to their end
	Differences program.Differences `json:"differences"`
	Undisturbed float64             `json:"undisturbed_seconds"` // what a run takes that nobody disturbs
	Elapsed     float64             `json:"elapsed_seconds"`
}

// publish prints the report and writes it to BETFLOW_REPORT.
func (r *report) publish(t *testing.T) {
	t.Helper()
	t.Logf("seed %d: %d kills %v, %d of them in a compaction, and %d stops over %d data folders of %d rows of quotes, %d records: %s; %.0f s",
		r.Seed, r.Kills, r.Phases, r.Compacting, r.Stops, r.Folders, r.Quotes, r.Records, &r.Differences, r.Elapsed)
	file := os.Getenv("BETFLOW_REPORT")
	if file == "" {
		return
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = os.WriteFile(file, append(text, '\n'), 0o644)
	}
	if err != nil {
		t.Errorf("writing the report: %v", err)
	}
}

func newSuite(r *replay, seed uint64) *suite {
	return &suite{replay: r, random: rand.New(rand.NewPCG(seed, 0)), began: time.Now(), starting: time.Second, stopping: 200 * time.Millisecond,
		report: report{Seed: seed, Responses: r.responses, Quotes: r.quotes, Records: r.log.Count(), Phases: map[string]int{}, Undisturbed: r.took.Seconds()}}
}
