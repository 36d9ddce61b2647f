//go:build ui

package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// program is a running betflow.
type program struct {
	url    string
	cmd    *exec.Cmd
	exited chan struct{} // closed when it has
}

// build compiles betflow and returns the path of the binary.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "betflow")
	out, err := exec.Command("go", "build", "-o", binary, "../../cmd/betflow").CombinedOutput()
	if err != nil {
		t.Fatalf("building betflow: %v\n%s", err, out)
	}
	return binary
}

// up starts betflow on a data folder and waits until it is ready. Settings are
// environment variables such as BETFLOW_SIMULATOR_SEED=7.
func up(t *testing.T, binary, data string, settings []string, args ...string) *program {
	t.Helper()
	addresses := filepath.Join(data, "addresses.json")
	if err := os.RemoveAll(addresses); err != nil { // one that was killed leaves it behind
		t.Fatal(err)
	}
	args = append([]string{"up", "--data", data, "--kafka", "127.0.0.1:0"}, args...)
	p := &program{cmd: exec.Command(binary, args...), exited: make(chan struct{})}
	p.cmd.Env = append(foreign(os.Environ()), settings...)
	var said bytes.Buffer // read only after the end
	p.cmd.Stdout, p.cmd.Stderr = &said, &said
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("starting betflow: %v", err)
	}
	go func() {
		defer close(p.exited)
		_ = p.cmd.Wait() // the tests stop it in more ways than one
	}()
	t.Cleanup(func() {
		p.stop(t, os.Interrupt)
		if t.Failed() {
			t.Logf("betflow said:\n%s", said.Bytes())
		}
	})
	eventually(t, "betflow to write its addresses and be ready", 30*time.Second, func() bool {
		text, err := os.ReadFile(addresses)
		if err != nil {
			return false
		}
		var a struct{ HTTP string }
		if json.Unmarshal(text, &a) != nil {
			return false
		}
		p.url = a.HTTP
		return ready(p.url)
	})
	return p
}

// foreign leaves out the settings of whoever runs the tests.
func foreign(env []string) []string {
	var kept []string
	for _, entry := range env {
		if !strings.HasPrefix(entry, "BETFLOW_") && !strings.Contains(entry, "_API_KEY=") {
			kept = append(kept, entry)
		}
	}
	return kept
}

func ready(url string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusNoContent
}

// stop ends the program with a signal and waits for it.
func (p *program) stop(t *testing.T, signal os.Signal) {
	t.Helper()
	select {
	case <-p.exited:
		return
	default:
	}
	if err := p.cmd.Process.Signal(signal); err != nil {
		t.Errorf("stopping betflow: %v", err)
	}
	select {
	case <-p.exited:
	case <-time.After(15 * time.Second):
		t.Error("betflow did not stop within 15 s of the signal")
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
}

// eventually asks until the answer is yes, and fails the test if it never is.
func eventually(t *testing.T, what string, within time.Duration, yes func() bool) {
	t.Helper()
	deadline := time.After(within)
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for !yes() {
		select {
		case <-deadline:
			t.Fatalf("waited %s in vain for %s", within, what)
		case <-again.C:
		}
	}
}
