//go:build engines

package engines

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// session is kafka.session of the replicas under test.
const session = 2 * time.Second

// betflow builds the command once.
var betflow = sync.OnceValues(func() (string, error) {
	path := filepath.Join(runFolder(), "betflow")
	if out, err := exec.Command("go", "build", "-o", path, "github.com/betflow/betflow/cmd/betflow").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the command: %w\n%s", err, out)
	}
	return path, nil
})

// process is one betflow on a data folder of its own.
type process struct {
	t        *testing.T
	name     string
	data     string
	args     []string
	settings []string
	cmd      *exec.Cmd
	out      bytes.Buffer // of all its runs
	ended    chan struct{}
}

// start starts a replica with --exit.
func (c *sharedLog) start(name string, args ...string) *process {
	c.t.Helper()
	dir, err := os.MkdirTemp("", "betflow-"+name+"-")
	if err != nil {
		c.t.Fatal(err)
	}
	p := &process{t: c.t, name: name, data: dir, settings: c.settings,
		args: append([]string{"up", "--exit", "--json", "--data", dir, "--http", "127.0.0.1:0"}, args...)}
	c.t.Cleanup(func() {
		p.kill()
		if c.t.Failed() {
			p.dump()
		}
		p.remove()
	})
	p.again()
	return p
}

// again starts the process once more on its folder.
func (p *process) again() {
	p.t.Helper()
	path, err := betflow()
	if err != nil {
		p.t.Fatal(err)
	}
	fmt.Fprintf(&p.out, "--- start %s\n", time.Now().Format(time.StampMilli))
	p.cmd = exec.Command(path, p.args...)
	p.cmd.Env = p.environment()
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	ended, cmd := make(chan struct{}), p.cmd
	p.ended = ended
	go func() {
		_ = cmd.Wait() // its code is looked at
		close(ended)
	}()
}

// environment is that of the test without its own settings.
func (p *process) environment() []string {
	own := func(entry string) bool { return strings.HasPrefix(entry, "BETFLOW_") }
	return append(slices.DeleteFunc(os.Environ(), own), p.settings...)
}

// code returns the exit code, if the process has ended.
func (p *process) code() (code int, ended bool) {
	select {
	case <-p.ended:
		return p.cmd.ProcessState.ExitCode(), true
	default:
		return 0, false
	}
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended
}

// leave asks the process to stop and waits for it.
func (p *process) leave() {
	p.t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.ended:
	case <-time.After(time.Minute):
		p.dump()
		p.t.Fatalf("%s does not stop when it is told to", p.name)
	}
}

// freeze stops the process for a while, which does not know of it afterwards.
func (p *process) freeze(d time.Duration) {
	_ = p.cmd.Process.Signal(syscall.SIGSTOP)
	time.Sleep(d)
	_ = p.cmd.Process.Signal(syscall.SIGCONT)
}

func (p *process) succeed(patience time.Duration) {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.dump()
		p.t.Fatalf("%s does not end", p.name)
	}
	if code, _ := p.code(); code != 0 {
		p.dump()
		p.t.Fatalf("%s ended with %d", p.name, code)
	}
}

// dump shows the last that the process said.
func (p *process) dump() {
	const most = 12 << 10
	text := p.out.Bytes()
	p.t.Logf("%s said:\n%s", p.name, text[max(0, len(text)-most):])
}

func (p *process) remove() { _ = os.RemoveAll(p.data) }

// tables is what the hot store of a process holds: of each table the number of
// rows and a sum over their hashes.
type tables map[string]string

// differs names the first table that is not the same, "" if all are.
func (ts tables) differs(want tables) string {
	for name, text := range want {
		if ts[name] != text {
			return fmt.Sprintf("table %s is %s, want %s", name, ts[name], text)
		}
	}
	return ""
}

// tables reads the hot store of a process that has ended. Where in the log a
// raw record stands depends on the marks of transactions before it, so offsets
// take no part; that they point to the right record is held on the topics.
func (p *process) tables() tables {
	p.t.Helper()
	out := tables{}
	for _, row := range p.query("SELECT table_name AS name, list(column_name) AS columns FROM information_schema.columns WHERE table_name IN (SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE') GROUP BY ALL") {
		name := row["name"].(string)
		if strings.HasPrefix(name, "betflow_") {
			continue
		}
		exclude := ""
		if slices.Contains(row["columns"].([]any), any("raw_offset")) {
			exclude = " EXCLUDE (raw_offset)"
		}
		rows := p.query(fmt.Sprintf("SELECT count(*) AS n, CAST(sum(hash(t)::HUGEINT) AS VARCHAR) AS h FROM (SELECT *%s FROM %s) t", exclude, name))
		out[name] = fmt.Sprint(rows[0]["n"], " rows, ", rows[0]["h"])
	}
	return out
}

func (p *process) query(sql string) (rows []map[string]any) {
	p.t.Helper()
	path, err := betflow()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.Command(path, "query", "--json", "--data", p.data, sql)
	cmd.Env = p.environment()
	var errs bytes.Buffer
	cmd.Stderr = &errs
	text, err := cmd.Output()
	if err != nil {
		p.t.Fatalf("query %s: %v\n%s", sql, err, errs.String())
	}
	for line := range bytes.Lines(text) {
		var row map[string]any
		if err := json.Unmarshal(line, &row); err != nil {
			p.t.Fatalf("reading row %s: %v", line, err)
		}
		rows = append(rows, row)
	}
	return rows
}
