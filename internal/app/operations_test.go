package app

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the list of series in docs/operations.md anew")

// kindOf is the type of a series by the conventions of names.
func kindOf(name string) string {
	switch {
	case strings.HasSuffix(name, "_total"):
		return "counter"
	case strings.HasSuffix(name, "_duration_seconds"):
		return "summary"
	}
	return "gauge"
}

func TestTheListOfSeriesIsCurrent(t *testing.T) {
	var b strings.Builder
	b.WriteString("| series | type | labels | |\n|---|---|---|---|\n")
	all := newMetering(&system{}).series
	slices.SortFunc(all, func(a, b series) int { return strings.Compare(a.name, b.name) })
	for _, s := range all {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.name, kindOf(s.name), strings.Join(s.labels, ", "), s.help)
	}
	const from, to = "<!-- series: written by go test ./internal/app -run Series -update -->\n", "<!-- end of series -->\n"
	file := filepath.Join("..", "..", "docs", "operations.md")
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(page), from)
	list, after, ended := strings.Cut(rest, to)
	if !ok || !ended {
		t.Fatalf("%s has no place for the list of series", file)
	}
	if *update {
		if err := os.WriteFile(file, []byte(before+from+b.String()+to+after), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if list != b.String() {
		t.Errorf("%s does not list what the program exports: run the test with -update", file)
	}
}

// running starts a system on a simulated world and returns its address; it stops
// with the test.
func running(t *testing.T, cfg Config) string {
	t.Helper()
	return runningAt(t, cfg, time.Now)
}

// runningAt is running with a clock.
func runningAt(t *testing.T, cfg Config, now func() time.Time) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	started, ended := make(chan Addresses, 1), make(chan error, 1)
	go func() {
		ended <- Run(ctx, cfg, Options{Started: func(a Addresses) { started <- a }}, Deps{Logger: quiet(), Now: now})
	}()
	select {
	case a := <-started:
		t.Cleanup(func() {
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
		return a.HTTP
	case err := <-ended:
		stop()
		t.Fatal(err)
		return ""
	}
}

// get asks until an answer is as wanted.
func get(t *testing.T, url string, enough func(text string) bool) string {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; <-time.After(20 * time.Millisecond) {
		resp, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode == http.StatusOK && enough(string(text)) {
			return string(text)
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not answer as wanted: %s %s", url, resp.Status, text)
		}
	}
}

// TestWhatIsScrapedIsListedAndTheOtherWayRound also holds the debug pages of the
// same run: a run takes seconds.
func TestWhatIsScrapedIsListedAndTheOtherWayRound(t *testing.T) {
	cfg := freeConfig(t, ModeSimulator)
	cfg.Log.Checkpoint = 100 * time.Millisecond
	url := running(t, cfg)
	listed := map[string][]string{}
	for _, s := range newMetering(&system{}).series {
		if s.name != "betflow_signals_total" { // comes with the first signal
			listed[s.name] = s.labels
		}
	}
	text := get(t, url+"/metrics", func(text string) bool {
		for name := range listed {
			if !strings.Contains(text, "\n"+name) {
				return false
			}
		}
		return regexp.MustCompile(`betflow_task_checkpoint_timestamp_seconds\{task="compute-1"`).MatchString(text)
	})
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (betflow_\w+) (\w+)$`).FindAllStringSubmatch(text, -1) {
		if _, ok := listed[m[1]]; !ok && m[1] != "betflow_signals_total" {
			t.Errorf("%s is scraped and not listed", m[1])
		}
		if kindOf(m[1]) != m[2] {
			t.Errorf("%s is a %s, its name says %s", m[1], m[2], kindOf(m[1]))
		}
	}
	for name, labels := range listed {
		line := regexp.MustCompile(`(?m)^` + name + `(_count)?(\{.*\})? `).FindString(text)
		for _, label := range labels {
			if !strings.Contains(line, label+`="`) {
				t.Errorf("%s comes without the label %s: %s", name, label, line)
			}
		}
	}
	checkDebugPages(t, url)
}

func checkDebugPages(t *testing.T, url string) {
	t.Helper()
	for _, page := range regexp.MustCompile(`href="([^"]+)"`).FindAllStringSubmatch(get(t, url+"/debug/", func(string) bool { return true }), -1) {
		get(t, url+page[1], func(text string) bool { return text != "" })
	}
	var tasks []TaskReport
	get(t, url+"/debug/tasks?largest=2", func(text string) bool {
		tasks = nil
		if err := json.Unmarshal([]byte(text), &tasks); err != nil {
			t.Fatal(err)
		}
		return !slices.ContainsFunc(tasks, func(r TaskReport) bool { // the first checkpoints may be of very little
			return len(r.Inputs) == 0 || len(r.Largest) == 0 ||
				slices.ContainsFunc(r.Inputs, func(in InputReport) bool { return in.Clock == 0 })
		})
	})
	if len(tasks) != 6 {
		t.Fatalf("%d tasks are reported", len(tasks))
	}
	for _, r := range tasks {
		if !r.Running || !r.Checkpoint.Current || r.Checkpoint.Bytes == 0 || len(r.Largest) == 0 || len(r.Largest) > 2 {
			t.Errorf("%+v", r)
		}
		for _, in := range r.Inputs {
			if in.Taken == nil || *in.Taken < in.Position || *in.End < *in.Taken || *in.LagRecords != *in.End-*in.Taken || in.Clock == 0 {
				t.Errorf("%s: %+v", r.Task, in)
			}
		}
	}
	var one []TaskReport
	text := get(t, url+"/debug/tasks?task=compute-1", func(string) bool { return true })
	if err := json.Unmarshal([]byte(text), &one); err != nil || len(one) != 1 || one[0].Task != "compute-1" {
		t.Errorf("one task: %s (%v)", text, err)
	}
	var marks []WatermarkReport
	get(t, url+"/debug/watermarks", func(text string) bool {
		marks = nil
		return json.Unmarshal([]byte(text), &marks) == nil && len(marks) > 0
	})
	for _, m := range marks {
		want := 30.0 // the disorder of the default metrics
		if m.Metric == "joins" {
			want = 5
		}
		if m.BehindSeconds != want {
			t.Errorf("%+v", m)
		}
	}
	for query, want := range map[string]int{"?task=nobody": http.StatusNotFound, "?largest=x": http.StatusBadRequest, "?largest=1001": http.StatusBadRequest} {
		resp, err := http.Get(url + "/debug/tasks" + query)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %s, want %d", query, resp.Status, want)
		}
	}
}

func TestDebugPagesAreForThisMachineUnlessSaidOtherwise(t *testing.T) {
	for _, c := range []struct {
		setting, ip string
		want        bool
	}{
		{"auto", "127.0.0.1", true}, {"auto", "127.8.0.1", true}, {"auto", "::1", true},
		{"auto", "0.0.0.0", false}, {"auto", "::", false}, {"auto", "192.0.2.7", false},
		{"true", "0.0.0.0", true}, {"false", "127.0.0.1", false},
	} {
		if got := debugging(c.setting, &net.TCPAddr{IP: net.ParseIP(c.ip), Port: 1}); got != c.want {
			t.Errorf("%s on %s: %v", c.setting, c.ip, got)
		}
	}
	for setting, good := range map[string]bool{"auto": true, "true": true, "false": true, "yes": false} {
		file := filepath.Join(t.TempDir(), "c.yaml")
		if err := os.WriteFile(file, []byte("http:\n  debug: "+setting+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, _, err := Load(Layers{File: file})
		if (err == nil) != good || good && cfg.HTTP.Debug != setting {
			t.Errorf("debug: %s is read as %q (%v)", setting, cfg.HTTP.Debug, err)
		}
	}
}
