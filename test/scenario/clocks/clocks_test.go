// Package clocks sets the clock of the built program while it works, and before
// it starts: by hours forward and back, over the end of summer time, behind the
// newest record of its log, by more than a year. Nothing that was captured is lost
// or there twice, no row is wrong, and nothing waits for the clock.
package clocks

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/test/scenario/program"
)

// summerEnds is a quarter of a minute before clocks in Berlin are set back.
var summerEnds = time.Date(2026, 10, 25, 0, 59, 45, 0, time.UTC)

// desk is a betflow that asks a provider, and the clock of its machine.
type desk struct {
	*program.Process
	at       program.Addresses
	watch    *watch
	provider *provider
	wheel    *wheel
	data     string
}

func TestAClockThatIsSetSpoilsNothing(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the clock of the program is steered through memory that Linux shares")
	}
	d := &desk{provider: newProvider(t, summerEnds, "nhl", "nba"), wheel: newWheel(t), data: t.TempDir()}
	d.set(t, 0)
	d.start(t)
	d.begins(t, "a start, and the end of summer time")
	first := d.told(t)
	if first.Sub(feed.At(summerEnds)) > 10*time.Minute {
		t.Fatalf("it is %s, want that of the world", first)
	}

	d.set(t, 3*time.Hour)
	d.Until(t, "time to follow the clock forward", func() bool { return d.told(t)-first >= 3*feed.Hour })
	d.goesOn(t, "three hours forward")

	d.set(t, 0)
	d.goesOn(t, "three hours back")
	if ahead := d.metric(t, "betflow_clock_ahead_seconds"); ahead < 10_799 || ahead > 10_801 {
		t.Errorf("the log is said to be %v s ahead of the clock, want 3 h", ahead)
	}
	d.set(t, -2*time.Hour)
	d.goesOn(t, "two more hours back")
	odds := d.requests(t, "theoddsapi")
	d.Until(t, "odds to be asked for again", func() bool { return d.requests(t, "theoddsapi") > odds })

	d.stop(t)
	end := d.check(t)
	d.set(t, -time.Hour)
	d.start(t)
	d.Until(t, "time to go on from the log's end", func() bool { return d.told(t) > end })
	d.begins(t, "a start behind the log")
	if !strings.Contains(d.Stderr(), "clock is behind the log") {
		t.Errorf("nothing is said of the clock:\n%s", d.Stderr())
	}

	d.stop(t)
	d.check(t)
	d.set(t, 400*24*time.Hour)
	d.start(t)
	d.begins(t, "a start with a clock that is a year ahead")
	d.stop(t)
	d.check(t)
	rows := program.Rows[struct{ N int }](t, &betflow, d.data, fmt.Sprintf("SELECT count(*) AS n FROM quotes WHERE seen_time <= make_timestamp(%d)", first))
	if rows[0].N == 0 {
		t.Error("the rows of the beginning are gone, though nothing of them is old")
	}
	d.rebuilt(t)
}

// set lets the clock of the machine be ahead of the world's.
func (d *desk) set(t *testing.T, by time.Duration) {
	t.Helper()
	d.wheel.set(t, d.provider.offset+by)
}

// settings let it ask the provider often enough for a test, in a country with
// summer time.
func (d *desk) settings() []string {
	return []string{
		d.wheel.setting(), "TZ=Europe/Berlin", "ODDS_API_KEY=test", "BETFLOW_LEAGUES=nhl,nba", "BETFLOW_LOG_PARTITIONS=2", "BETFLOW_LOG_CHECKPOINT=1s",
		"BETFLOW_SOURCES_ODDS_URL=" + d.provider.URL, "BETFLOW_SOURCES_GAMES_URL=" + d.provider.URL,
		"BETFLOW_SOURCES_WEATHER_URL=" + d.provider.URL,
	}
}

func (d *desk) start(t *testing.T) {
	t.Helper()
	d.Process = betflow.Start(t, d.data, d.settings(), "up")
	d.at = d.Addresses(t)
	d.watch = watching(t, d.at)
}

// told is what time the board has come to.
func (d *desk) told(t *testing.T) feed.Time {
	t.Helper()
	var status struct{ Now feed.Time }
	ask(t, d.at.HTTP+"/api/v1/status", &status)
	return status.Now
}

// progress is what must not stand still.
type progress struct {
	board, stream feed.Time
	checkpoints   int64   // of the task that has made the fewest
	games         float64 // requests for them
	watermarks    map[watermark]feed.Time
}

// watermark names one.
type watermark struct{ Task, League, Metric string }

// after tells whether everything has moved that was there before, time by seconds.
func (p progress) after(from progress) bool {
	for mark, t := range from.watermarks {
		if p.watermarks[mark]-t <= 2*feed.Second {
			return false
		}
	}
	return p.board-from.board > 2*feed.Second && p.stream > from.stream && p.checkpoints > from.checkpoints && p.games > from.games
}

func (d *desk) progress(t *testing.T) progress {
	t.Helper()
	p := progress{board: d.told(t), watermarks: map[watermark]feed.Time{}}
	p.stream, _ = d.watch.told()
	var marks []struct {
		watermark
		Time feed.Time
	}
	ask(t, d.at.HTTP+"/debug/watermarks", &marks)
	for _, m := range marks {
		p.watermarks[m.watermark] = m.Time
	}
	var tasks []struct{ Checkpoint struct{ Made int64 } }
	ask(t, d.at.HTTP+"/debug/tasks", &tasks)
	for i, task := range tasks {
		if i == 0 || task.Checkpoint.Made < p.checkpoints {
			p.checkpoints = task.Checkpoint.Made
		}
	}
	p.games = d.requests(t, "espn")
	return p
}

// goesOn waits until everything has moved since now.
func (d *desk) goesOn(t *testing.T, after string) {
	t.Helper()
	d.moves(t, after, d.progress(t))
}

// begins is goesOn after a start, when the first questions may have been asked
// already and the next ones are far away.
func (d *desk) begins(t *testing.T, after string) {
	t.Helper()
	from := d.progress(t)
	from.games = 0
	d.moves(t, after, from)
}

func (d *desk) moves(t *testing.T, after string, from progress) {
	t.Helper()
	var now progress
	began := time.Now()
	d.Until(t, "everything to go on after: "+after, func() bool {
		now = d.progress(t)
		return now.after(from)
	})
	t.Logf("%s: everything has gone on after %s, time by %s", after, time.Since(began).Round(time.Second), now.board.Sub(from.board))
	if status := ask(t, d.at.HTTP+"/readyz", nil); status != 204 {
		t.Errorf("after %s readyz says %d", after, status)
	}
	if _, back := d.watch.told(); back > 0 {
		t.Errorf("after %s the time of the stream has gone back %d times", after, back)
	}
}

func (d *desk) requests(t *testing.T, source string) float64 {
	t.Helper()
	return d.metric(t, fmt.Sprintf("betflow_source_requests_total{source=%q}", source))
}

// metric reads one series; one that is not there is 0.
func (d *desk) metric(t *testing.T, series string) (v float64) {
	t.Helper()
	for line := range strings.Lines(text(t, d.at.HTTP+"/metrics")) {
		if rest, ok := strings.CutPrefix(line, series+" "); ok {
			if _, err := fmt.Sscan(rest, &v); err != nil {
				t.Fatalf("metric %s: %v", series, err)
			}
		}
	}
	return v
}

// stop ends the program when everything that the provider has answered is in the
// log.
func (d *desk) stop(t *testing.T) {
	t.Helper()
	d.provider.answering(false)
	want := d.provider.answers()
	d.Until(t, "all answers to be captured", func() bool { return len(apart(count(consume(t, d.at.Kafka)), want)) == 0 })
	d.Terminate(t)
	d.Succeed(t)
	d.provider.answering(true)
}

// check looks at what a stopped program has left, and returns its log's time.
func (d *desk) check(t *testing.T) (end feed.Time) {
	t.Helper()
	entries := rawEntries(t, d.data)
	end = inOrder(t, entries)
	if differ := apart(count(entries), d.provider.answers()); len(differ) > 0 {
		t.Errorf("answers and captured responses differ: %s", differ[0])
	}
	rows := program.Rows[struct{ Back, Twice int }](t, &betflow, d.data, `SELECT count(*) FILTER (seen_time < before) AS back, count(*) - count(DISTINCT (fixture_id, seq)) AS twice
		FROM (SELECT *, lag(seen_time) OVER (PARTITION BY fixture_id ORDER BY seq) AS before FROM quotes)`)
	if rows[0].Back > 0 || rows[0].Twice > 0 {
		t.Errorf("%d quotes were seen before an earlier one, %d are there twice", rows[0].Back, rows[0].Twice)
	}
	var found struct{ Checked, Mismatches int }
	out := betflow.Start(t, d.data, d.settings(), "parity", "--json").Succeed(t)
	if unmarshal(t, out, &found); found.Checked == 0 || found.Mismatches > 0 {
		t.Errorf("of %d finished windows %d are wrong, want some and none", found.Checked, found.Mismatches)
	}
	return end
}

// rebuilt makes the derived topics once more from the raw ones, which knows no
// clock, and holds that they are the same to the last byte.
func (d *desk) rebuilt(t *testing.T) {
	t.Helper()
	again := t.TempDir()
	if err := os.CopyFS(again, os.DirFS(d.data)); err != nil {
		t.Fatal(err)
	}
	partitions, err := filepath.Glob(filepath.Join(again, "log", "broker", "partitions", "*"))
	if err != nil || len(partitions) == 0 {
		t.Fatalf("no partitions: %v", err)
	}
	for _, dir := range append(partitions, filepath.Join(again, "state"), filepath.Join(again, "hot.duckdb"), filepath.Join(again, "hot.duckdb.wal")) {
		if !strings.HasPrefix(filepath.Base(dir), "raw.") {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := program.ReadLog(t, d.data)
	p := betflow.Start(t, again, append(d.settings(), "BETFLOW_SOURCES_MODE=none"), "up")
	at := p.Addresses(t)
	p.Until(t, "the derived topics to be made again", func() bool { return len(shorter(program.Consume(t, at.Kafka), want)) == 0 })
	p.Terminate(t)
	p.Succeed(t)
	got := program.ReadLog(t, again)
	for at, records := range got {
		if strings.HasPrefix(at, log.RawTopic("")) { // the same files, and its numbers are times
			delete(got, at)
			delete(want, at)
		} else if w := want[at]; w != nil { // time goes on, with ticks
			got[at] = records.Head(len(w.Numbers))
		}
	}
	if differences := got.Compare(want); differences.Any() {
		t.Errorf("what the raw topics say differs from what was written live: %s", &differences)
	}
}

// shorter lists the partitions that hold fewer records than another log.
func shorter(l, than program.Log) (names []string) {
	for at, want := range than {
		if got := l[at]; got == nil || len(got.Numbers) < len(want.Numbers) {
			names = append(names, at)
		}
	}
	return names
}
