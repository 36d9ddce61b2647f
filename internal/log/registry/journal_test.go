package registry

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/log/embedded/dirlock"
)

// someHistory makes a change of each kind.
func someHistory(t *testing.T, r *Registry) {
	t.Helper()
	for _, step := range [][3]string{
		{"POST", "/subjects/s/versions", quoted(record(fieldA))},
		{"POST", "/subjects/s/versions", quoted(record(fieldA, fieldBDefault))},
		{"POST", "/subjects/t/versions", quoted(record(fieldA))},
		{"POST", "/subjects/gone/versions", quoted(`"bytes"`)},
		{"PUT", "/config", `{"compatibility":"FULL"}`},
		{"PUT", "/config/s", `{"compatibility":"NONE"}`},
		{"PUT", "/config/t", `{"compatibility":"NONE"}`},
		{"DELETE", "/config/t", ""},
		{"DELETE", "/subjects/s/versions/1", ""},
		{"DELETE", "/subjects/gone", ""},
		{"DELETE", "/subjects/gone?permanent=true", ""},
	} {
		if status, body := ask(r, step[0], step[1], step[2]); status != 200 {
			t.Fatalf("%s %s: %d %s", step[0], step[1], status, body)
		}
	}
}

// contents is everything a client can see.
func contents(r *Registry) string {
	var b strings.Builder
	for _, target := range []string{"/schemas?deleted=true", "/schemas", "/config", "/config/s", "/config/t", "/schemas/ids/3", "/subjects?deleted=true"} {
		_, body := ask(r, "GET", target, "")
		fmt.Fprintln(&b, target, body)
	}
	return b.String()
}

func TestEverythingIsThereAfterRestart(t *testing.T) {
	dir := t.TempDir()
	r := open(t, dir)
	someHistory(t, r)
	want := contents(r)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if got := contents(open(t, dir)); got != want {
		t.Errorf("after a restart:\n%s\nbefore:\n%s", got, want)
	}
}

func TestTornLastLineIsCut(t *testing.T) {
	dir := t.TempDir()
	r := open(t, dir)
	someHistory(t, r)
	want := contents(r)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, journalName)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	line, err := encodeLine(event{Op: opLevel, Level: Full})
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(line) {
		if err := os.WriteFile(path, append(bytes.Clone(whole), line[:n]...), 0o644); err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		r, err := New(Config{Dir: dir, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatalf("with %d bytes of a line: %v", n, err)
		}
		if got := contents(r); got != want {
			t.Errorf("with %d bytes of a line:\n%s\nwant:\n%s", n, got, want)
		}
		if said := strings.Contains(log.String(), fmt.Sprintf("bytes=%d", n)); said != (n > 0) {
			t.Errorf("with %d bytes of a line it said %q", n, log.String())
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDamagedFileIsAnErrorThatHelps(t *testing.T) {
	good := func(e event) string {
		line, err := encodeLine(e)
		if err != nil {
			t.Fatal(err)
		}
		return string(line)
	}
	first := good(event{Op: opRegister, Subject: "s", Version: 1, ID: 1, Schema: `"int"`})
	for _, tc := range []struct {
		name, file, want string
		line             int
	}{
		{"not ours", "hello\n", "no checksum", 1},
		{"no number", "xxxxxxxx {}\n", "reading checksum", 1},
		{"changed", first + strings.Replace(first, "int", "itn", 1), "wrong checksum", 2},
		{"empty line", first + "\n" + first, "no checksum", 2},
		{"line missing", good(event{Op: opRegister, Subject: "s", Version: 2, ID: 1}), "from version 0 to 2", 1},
		{"line twice", first + first, "from version 1 to 1", 2},
		{"id skipped", good(event{Op: opRegister, Subject: "s", Version: 1, ID: 2, Schema: `"int"`}), "id goes from 0 to 2", 1},
		{"unknown id", good(event{Op: opRegister, Subject: "s", Version: 1, ID: 1}), "unknown schema 1", 1},
		{"bad schema", good(event{Op: opRegister, Subject: "s", Version: 1, ID: 1, Schema: `"itn"`}), "reading schema 1", 1},
		{"unknown level", good(event{Op: opLevel, Level: "SOME"}), "unknown compatibility level", 1},
		{"unknown change", good(event{Op: "rename"}), "unknown change", 1},
		{"unknown version", good(event{Op: opDelete, Subject: "s", Versions: []int{1}}), "no version 1", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, journalName)
			if err := os.WriteFile(path, []byte(tc.file), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := New(Config{Dir: dir})
			var corrupt *CorruptError
			if !errors.As(err, &corrupt) || corrupt.Line != tc.line || corrupt.Path != path {
				t.Fatalf("got %v, want damage in line %d of %s", err, tc.line, path)
			}
			if !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), "restore the file") {
				t.Errorf("got %q, want it to contain %q and what to do", err, tc.want)
			}
			if left, err := os.ReadFile(path); err != nil || string(left) != tc.file {
				t.Errorf("the damaged file was changed to %q (error %v)", left, err)
			}
		})
	}
}

func TestFailedWriteChangesNothing(t *testing.T) {
	dir := t.TempDir()
	r := open(t, dir)
	someHistory(t, r)
	want := contents(r)
	file := r.journal.file
	readOnly, err := os.Open(filepath.Join(dir, journalName))
	if err != nil {
		t.Fatal(err)
	}
	r.journal.file = readOnly
	for range 2 {
		status, body := ask(r, "PUT", "/config", `{"compatibility":"BACKWARD"}`)
		if status != 500 || !strings.HasPrefix(body, `{"error_code":50001,`) {
			t.Errorf("got %d %s, want a store error", status, body)
		}
	}
	if got := contents(r); got != want {
		t.Errorf("after failed writes:\n%s\nbefore:\n%s", got, want)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestSecondRegistryNamesHolder(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	_, err := New(Config{Dir: dir})
	var held *dirlock.HeldError
	if !errors.As(err, &held) || held.Dir != dir {
		t.Errorf("got %v, want the directory held", err)
	}
}

func TestDirectoryIsRequired(t *testing.T) {
	if _, err := New(Config{}); err == nil || !strings.Contains(err.Error(), "no directory") {
		t.Errorf("got %v", err)
	}
}

// registerUntilKilled registers a schema after the other and prints those that
// were taken.
func registerUntilKilled(dir string) error {
	r, err := New(Config{Dir: dir})
	if err != nil {
		return err
	}
	for n := r.state.lastID; ; n++ {
		status, body := ask(r, "POST", "/subjects/s/versions", quoted(numbered(n)))
		if status != 200 {
			return fmt.Errorf("registering: %d %s", status, body)
		}
		fmt.Printf("taken %d %s\n", n, body)
	}
}

func numbered(n int) string {
	return record(fieldA, fmt.Sprintf(`{"name":"f%d","type":"int","default":0}`, n))
}

func TestRegisteredSchemasSurviveKill(t *testing.T) {
	dir := t.TempDir()
	taken := make(map[int]string) // number in the schema -> answer
	for range 5 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childDir+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		killAt := 1 + rand.IntN(40)
		lines := 0
		for sc := bufio.NewScanner(out); sc.Scan(); lines++ {
			if strings.HasPrefix(sc.Text(), "error ") {
				t.Errorf("child: %s", sc.Text())
			}
			var n int
			var body string
			if _, err := fmt.Sscanf(sc.Text(), "taken %d %s", &n, &body); err == nil && strings.HasSuffix(body, "}") {
				taken[n] = body
			}
			if lines == killAt {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait() // it was killed
	}
	r := open(t, dir)
	for n, body := range taken {
		if _, got := ask(r, "POST", "/subjects/s/versions", quoted(numbered(n))); got != body {
			t.Errorf("schema %d was %s and is now %s", n, body, got)
		}
	}
	if len(taken) < 5 {
		t.Errorf("only %d schemas were taken", len(taken))
	}
}

// FuzzDecodeLine: no line is read that was not written: what decodes encodes
// back to an event that decodes to the same.
func FuzzDecodeLine(f *testing.F) {
	line, err := encodeLine(event{Op: opRegister, Subject: "s", Version: 1, ID: 1, Schema: `"int"`})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line[:len(line)-1])
	f.Add([]byte("00000000 "))
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := decodeLine(raw)
		if err != nil {
			return
		}
		line, err := encodeLine(e)
		if err != nil {
			t.Fatal(err)
		}
		again, err := decodeLine(bytes.TrimSuffix(line, []byte{'\n'}))
		if err != nil || fmt.Sprint(again) != fmt.Sprint(e) {
			t.Fatalf("%+v became %+v (error %v)", e, again, err)
		}
	})
}
