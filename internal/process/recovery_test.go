package process

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/log"
)

// TestATaskTellsHowItCatchesUp: from nothing, from a checkpoint, and anew from
// the log for each reason.
func TestATaskTellsHowItCatchesUp(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	raw := w.rawLog(newScene(w, 12).play(60))
	whole, half := int64(0), int64(0)
	for at, rs := range raw {
		whole += int64(len(rs))
		half += int64(len(rs) - len(head(raw, 30)[at]))
	}
	for name, c := range map[string]struct {
		spoil   func(t *testing.T, dir string)
		reason  string
		records int64
	}{
		"from its checkpoint": {func(*testing.T, string) {}, "", half},
		"missing":             {func(t *testing.T, dir string) { removeAll(t, dir) }, "it was missing", whole},
		"of another format":   {func(t *testing.T, dir string) { setRaw(t, dir, keyFormat, "0") }, "it had another format", whole},
		"not to be read": {func(t *testing.T, dir string) {
			setRaw(t, dir, prefixOperator+keyLeague+"nhl/"+keyRequests, "{")
		}, "it could not be read", whole},
		"corrupt": {func(t *testing.T, dir string) { damage(t, dir, "MANIFEST-*") }, "it was corrupt", whole},
	} {
		t.Run(name, func(t *testing.T) {
			cl, dir := newCluster(t, w), t.TempDir()
			cl.fill(head(raw, 30))
			first := cl.normalise(cl.dial(), dir, 0)
			cl.finish(first)
			if r := first.Progress().Recovery; r.Reason != "" || !r.Over || r.Records != whole-half || r.Done != r.Records || r.Share() != 1 {
				t.Errorf("without any state: %+v", r)
			}
			c.spoil(t, filepath.Join(dir, "normalise-0"))
			cl.fill(tail(raw, 30))
			task := cl.normalise(cl.dial(), dir, 0)
			cl.finish(task)
			if r := task.Progress().Recovery; r.Reason != c.reason || r.Records != c.records || r.Done != c.records || !r.Over || r.Rebuilding() {
				t.Errorf("got %+v, want reason %q and %d records", r, c.reason, c.records)
			}
			if said := strings.Contains(cl.logs.String(), "has caught up with the log"); said != (c.reason != "") {
				t.Errorf("the log of the program says so: %v; %s", said, &cl.logs)
			}
		})
	}
}

func removeAll(t *testing.T, dir string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
}

func TestARecoveryTellsItsShare(t *testing.T) {
	p := log.Partition{Topic: "t"}
	task := newTask(newWorld(t, 1, "nhl").config(), "x", 0, nil, []log.Partition{p}, nil)
	r := task.newRecovery("it was missing", map[log.Partition]int64{p: 100}, map[log.Partition]int64{p: 500})
	if r.Done = 100; r.Share() != .25 || !r.Rebuilding() {
		t.Errorf("a quarter is %v of %+v", r.Share(), r.Recovery)
	}
	if r := task.newRecovery("", map[log.Partition]int64{p: 500}, map[log.Partition]int64{p: 500}); !r.Over || r.Share() != 1 {
		t.Errorf("nothing to do is %+v", r.Recovery)
	}
}
