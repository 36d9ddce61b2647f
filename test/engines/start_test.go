//go:build engines

package engines

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// startTime is how long an engine may take, its download included.
const startTime = 10 * time.Minute

// engine is what its start script printed.
type engine map[string]string

// environment is where the scripts keep what runs: a folder of this run.
var environment []string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "betflow-engines-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	environment = append(os.Environ(), "ENGINES_RUN="+dir)
	defer func() {
		for _, name := range []string{"kafka", "registry"} {
			if out, err := script(context.Background(), name, "stop"); err != nil {
				fmt.Fprintln(os.Stderr, name, "stop:", err, out)
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}()
	return m.Run()
}

// runFolder is where things of this run are kept.
func runFolder() string {
	_, dir, _ := strings.Cut(environment[len(environment)-1], "=")
	return dir
}

// script runs an engine's script and returns what it printed.
func script(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "./"+args[0], args[1:]...)
	cmd.Dir, cmd.Env = filepath.Join(name), environment
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return errs.String(), fmt.Errorf("running %s/%s: %w", name, strings.Join(args, " "), err)
	}
	return string(out), nil
}

func start(name string, args ...string) (engine, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	out, err := script(ctx, name, append([]string{"start"}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	e := engine{}
	for line := range strings.Lines(out) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			e[key] = value
		}
	}
	return e, nil
}

// Each engine is started when the first test asks for it.
var (
	kafkaOnce    = sync.OnceValues(func() (engine, error) { return start("kafka", "1") })
	registryOnce = sync.OnceValues(func() (engine, error) { return start("registry") })
)

func kafka(t testing.TB) engine {
	t.Helper()
	return must(t, kafkaOnce)
}

func schemas(t *testing.T) engine {
	t.Helper()
	return must(t, registryOnce)
}

func must(t testing.TB, once func() (engine, error)) engine {
	t.Helper()
	e, err := once()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// brokers lists the addresses of one of the listeners.
func (e engine) brokers(listener string) []string { return strings.Split(e[listener], ",") }
