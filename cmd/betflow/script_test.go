package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts run the command by its name.
func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"betflow": main}) }

// TestCommands runs the scripts, each in a folder and with a data folder of its
// own. No configuration of the caller reaches them.
func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("FREE", "127.0.0.1:0")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"await": await, "objects": objects, "exits": exits, "occupy": occupy,
		},
	})
}

// await waits until a file is there that holds a text: await FILE TEXT.
func await(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: await FILE TEXT")
	}
	name := ts.MkAbs(args[0])
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-time.After(20 * time.Millisecond) {
		if text, err := os.ReadFile(name); err == nil && bytes.Contains(text, []byte(args[1])) {
			return
		}
	}
	ts.Fatalf("file %s with %q does not come", args[0], args[1])
}

// objects holds that the last command printed one JSON object a line, with
// exactly these fields in this order: objects LINES|any FIELD...
func objects(ts *testscript.TestScript, _ bool, args []string) {
	lines := strings.Split(strings.TrimSuffix(ts.ReadFile("stdout"), "\n"), "\n")
	if want := args[0]; want != "any" && want != strconv.Itoa(len(lines)) {
		ts.Fatalf("%d lines, want %s", len(lines), want)
	}
	for _, line := range lines {
		if got, want := strings.Join(fields(ts, line), " "), strings.Join(args[1:], " "); got != want {
			ts.Fatalf("the fields are %q, want %q", got, want)
		}
	}
}

// fields lists the names of an object's fields in their order.
func fields(ts *testscript.TestScript, line string) []string {
	d := json.NewDecoder(strings.NewReader(line))
	var names []string
	if tok, err := d.Token(); err != nil || tok != json.Delim('{') {
		ts.Fatalf("no JSON object: %s", line)
	}
	for d.More() {
		name, err := d.Token()
		ts.Check(err)
		names = append(names, name.(string))
		var value json.RawMessage
		ts.Check(d.Decode(&value))
	}
	return names
}

// exits runs a command that has to end with a code: exits CODE COMMAND...
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	if err != nil {
		code = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if code != args[0] {
		ts.Fatalf("%s ends with %s, want %s", strings.Join(args[1:], " "), code, args[0])
	}
}

// occupy listens on a free port until the script ends and puts the address into
// a variable: occupy NAME.
func occupy(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
	ts.Setenv(args[0], l.Addr().String())
}

// TestEveryCommandHasAnExample asks every command for help, those inside
// commands included.
func TestEveryCommandHasAnExample(t *testing.T) {
	names := regexp.MustCompile(`(?m)^  ([a-z]+) +\S`)
	var visit func(path []string)
	visited := 0
	visit = func(path []string) {
		var out, errs bytes.Buffer
		if code := run(t.Context(), append(path, "--help"), &out, &errs); code != 0 {
			t.Fatalf("%v --help ends with %d: %s", path, code, errs.String())
		}
		text := out.String()
		if len(path) > 0 && path[0] != "help" && !strings.Contains(text, "Examples:\n  ") {
			t.Errorf("the help of %v has no example:\n%s", path, text)
		}
		visited++
		_, commands, found := strings.Cut(text, "Available Commands:\n")
		if !found {
			return
		}
		commands, _, _ = strings.Cut(commands, "\n\n")
		for s := bufio.NewScanner(strings.NewReader(commands)); s.Scan(); {
			if m := names.FindStringSubmatch(s.Text()); m != nil && m[1] != "help" {
				visit(append(append([]string{}, path...), m[1]))
			}
		}
	}
	visit(nil)
	if visited < 11 {
		t.Errorf("only %d commands were found", visited)
	}
}
