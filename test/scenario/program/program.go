// Package program builds the betflow command and drives it from outside, as a
// user does: command lines, signals, files and addresses.
package program

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Binary is a built betflow command.
type Binary struct {
	// Patience bounds every wait for the program. It is far beyond what anything
	// takes and only keeps a broken program from holding up the tests. Main sets it
	// to two minutes.
	Patience time.Duration

	path string
}

// Main builds the command, runs the package's tests and exits. It is the body
// of a TestMain.
func Main(m *testing.M, built *Binary) {
	MainWith(m, built, func(string) ([]string, error) { return nil, nil })
}

// MainWith is Main with flags for the build. They may name files that prepare puts
// into a folder which is gone when the tests are over.
func MainWith(m *testing.M, built *Binary, prepare func(dir string) (flags []string, err error)) {
	dir, err := os.MkdirTemp("", "betflow-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	flags, err := prepare(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	built.path, built.Patience = filepath.Join(dir, "betflow"), 2*time.Minute
	code := 1
	build := exec.Command("go", slices.Concat([]string{"build", "-o", built.path}, flags, []string{"github.com/betflow/betflow/cmd/betflow"})...)
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the command: %v\n%s", err, out)
	} else {
		code = m.Run()
	}
	_ = os.RemoveAll(dir) // a temporary folder: the system clears what stays
	os.Exit(code)
}

// Root is the folder of the module.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}

// Shared returns the path of a file of the real data that may lie beside the
// module; ok is false if it does not.
func Shared(name string) (path string, ok bool) {
	path = filepath.Join(Root(), "..", "shared", "data", filepath.FromSlash(name))
	_, err := os.Stat(path)
	return path, err == nil
}

// Process is one run of the command.
type Process struct {
	Data     string // its data folder
	patience time.Duration
	cmd      *exec.Cmd
	stdout   bytes.Buffer
	stderr   output
	ended    chan struct{}
	err      error
}

// output collects what is written while it is read.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// Start starts a command on a data folder, with free ports and with settings in
// the environment. It is killed at the end of the test if it still runs.
func (b *Binary) Start(t testing.TB, data string, settings []string, args ...string) *Process {
	t.Helper()
	p := &Process{Data: data, patience: b.Patience, ended: make(chan struct{})}
	args = append(slices.Clone(args), "--data", data, "--http", "127.0.0.1:0", "--kafka", "127.0.0.1:0")
	p.cmd = exec.Command(b.path, args...)
	p.cmd.Env = environment(settings)
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("starting betflow: %v", err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(p.Kill)
	return p
}

// environment is the caller's without what configures a betflow.
func environment(settings []string) []string {
	env := slices.DeleteFunc(os.Environ(), func(entry string) bool {
		return strings.HasPrefix(entry, "BETFLOW_") || strings.HasPrefix(entry, "ODDS_API_KEY=") || strings.HasPrefix(entry, "OPENWEATHER_API_KEY=")
	})
	return append(env, settings...)
}

// Kill ends the process at once, as kill -9 does, and waits until it is gone.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.ended
}

// Terminate asks the process to stop.
func (p *Process) Terminate(t testing.TB) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatalf("sending SIGTERM: %v", err)
	}
}

// Pid is the process's id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Stderr returns what the process has printed to its standard error so far.
func (p *Process) Stderr() string { return p.stderr.String() }

// Ended is closed when the process has ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Wait waits for the end of the process and returns its exit code and what it
// has printed.
func (p *Process) Wait(t testing.TB) (code int, stdout, stderr string) {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(p.patience):
		p.Kill()
		t.Fatalf("betflow %s did not end; it printed:\n%s", strings.Join(p.cmd.Args[1:], " "), p.stderr.String())
	}
	return p.cmd.ProcessState.ExitCode(), p.stdout.String(), p.stderr.String()
}

// Succeed waits for the end and fails the test unless the exit code is 0. It
// returns what was printed.
func (p *Process) Succeed(t testing.TB) string {
	t.Helper()
	code, stdout, stderr := p.Wait(t)
	if code != 0 {
		t.Fatalf("betflow %s ended with %d:\n%s", strings.Join(p.cmd.Args[1:], " "), code, stderr)
	}
	return stdout
}

// Run runs a command on a data folder to its end, which has to be a success,
// and returns what it printed.
func (b *Binary) Run(t testing.TB, data string, args ...string) string {
	t.Helper()
	return b.Start(t, data, nil, args...).Succeed(t)
}

// Query runs `query --json` and calls row with each line it prints.
func (b *Binary) Query(t testing.TB, data, sql string, row func(line []byte)) {
	t.Helper()
	lines := bufio.NewReader(strings.NewReader(b.Run(t, data, "query", "--json", sql)))
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return
		}
		row(line)
	}
}

// Rows runs `query --json` and returns the rows, decoded into T.
func Rows[T any](t testing.TB, b *Binary, data, sql string) []T {
	t.Helper()
	var rows []T
	b.Query(t, data, sql, func(line []byte) {
		var r T
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("reading row %s: %v", line, err)
		}
		rows = append(rows, r)
	})
	return rows
}

// Addresses are where a running betflow says it is to be reached.
type Addresses struct{ HTTP, Kafka, Registry, Simulator, Instance string }

// Addresses waits until the process is ready and returns what its
// addresses.json says.
func (p *Process) Addresses(t testing.TB) Addresses {
	t.Helper()
	var a Addresses
	p.Until(t, "the program to be ready", func() bool {
		var ok bool
		a, ok = p.Ready()
		return ok
	})
	return a
}

// Ready looks once whether the process is ready. The file of one that was killed
// before it names another instance.
func (p *Process) Ready() (a Addresses, ok bool) {
	text, err := os.ReadFile(filepath.Join(p.Data, "addresses.json"))
	if err != nil || json.Unmarshal(text, &a) != nil {
		return a, false
	}
	client := http.Client{Timeout: time.Second}
	resp, err := client.Get(a.HTTP + "/healthz")
	if err != nil {
		return a, false
	}
	_ = resp.Body.Close() // it has none
	if resp.Header.Get("Betflow-Instance") != a.Instance {
		return a, false
	}
	resp, err = client.Get(a.HTTP + "/readyz")
	if err != nil {
		return a, false
	}
	_ = resp.Body.Close()
	return a, resp.StatusCode == http.StatusNoContent
}

// Until polls until the condition holds. It fails the test when the process
// ends before, or after a time far beyond what anything takes.
func (p *Process) Until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(p.patience)
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for !holds() {
		select {
		case <-poll.C:
		case <-p.ended:
			if holds() {
				return
			}
			t.Fatalf("waiting for %s: betflow has ended with %d:\n%s", what, p.cmd.ProcessState.ExitCode(), p.stderr.String())
		case <-deadline:
			p.Kill()
			t.Fatalf("waiting in vain for %s; betflow printed:\n%s", what, p.stderr.String())
		}
	}
}
