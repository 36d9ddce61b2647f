package dirlock

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSecondLockNamesDirectoryAndHolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	first, err := Acquire(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Acquire(dir)
	var held *HeldError
	if !errors.As(err, &held) {
		t.Fatalf("second lock: got %v, want a HeldError", err)
	}
	if held.Dir != dir || held.PID != os.Getpid() {
		t.Errorf("got %+v, want directory %s and process %d", held, dir, os.Getpid())
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := Acquire(dir)
	if err != nil {
		t.Fatalf("lock after release: %v", err)
	}
	if err := again.Release(); err != nil {
		t.Fatal(err)
	}
}

func TestHeldErrorNamesItsHolder(t *testing.T) {
	for _, tc := range []struct {
		name string
		pid  int
		want string
	}{
		{"unknown", 0, "by another process:"},
		{"own", os.Getpid(), "by this process:"},
		{"other", 1 << 30, "by process 1073741824:"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := (&HeldError{Dir: "d", PID: tc.pid}).Error(); !strings.Contains(got, tc.want) {
				t.Errorf("got %q, want it to contain %q", got, tc.want)
			}
		})
	}
}

func TestStrangeLockFileIsNoObstacle(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), []byte("not a number, and rather long as lock files go"), 0o644); err != nil {
		t.Fatal(err)
	}
	l, err := Acquire(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
}
