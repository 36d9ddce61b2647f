package duckdb

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/betflow/betflow/internal/feed"
)

// writerEnv makes the test binary a writer of the store it names.
const writerEnv = "BETFLOW_TEST_WRITER"

func TestMain(m *testing.M) {
	if path := os.Getenv(writerEnv); path != "" {
		if err := writeForever(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writeForever applies batches from where the store stands, and prints the last
// sequence number of each batch that is stored.
func writeForever(path string) error {
	s, err := Open(context.Background(), path, nil)
	if err != nil {
		return err
	}
	seq := s.seqs[quotesAt]
	for {
		var quotes []*feed.Quote
		for range 1 + seq%400 {
			seq++
			quotes = append(quotes, quote(seq))
		}
		if err := s.Apply(context.Background(), batchOf(quotes...)); err != nil {
			return err
		}
		fmt.Println(seq)
	}
}

// TestAKilledWriterLeavesRowsAndPositionsThatAgree kills a process that applies
// batches without pause, again and again.
func TestAKilledWriterLeavesRowsAndPositionsThatAgree(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hot.duckdb")
	rounds := 8
	if testing.Short() {
		rounds = 2
	}
	for round := range rounds {
		stored := runAndKill(t, path, 3+round*2)
		s := openAt(t, path)
		got := ask(t, s, `SELECT (SELECT count(*) FROM quotes), (SELECT count(DISTINCT seq) FROM quotes), (SELECT max(seq) FROM quotes), seq, next_offset - 100 FROM betflow_positions`)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if len(got) != 1 {
			t.Fatalf("round %d: positions %v", round, got)
		}
		n := got[0][0].(int64)
		for _, v := range got[0][1:] {
			if v != n {
				t.Fatalf("round %d: rows, distinct, newest, position and offset differ: %v", round, got[0])
			}
		}
		if n < stored {
			t.Fatalf("round %d: %d were stored for good, %d are there", round, stored, n)
		}
	}
}

// runAndKill lets a writer report some batches and kills it. It returns the last
// sequence number that the writer knew to be stored.
func runAndKill(t *testing.T, path string, batches int) (stored int64) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), writerEnv+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if _, err := fmt.Sscan(lines.Text(), &stored); err != nil {
			t.Fatalf("the writer said %q", lines.Text())
		}
		if n == batches {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != -1 {
		t.Fatalf("the writer ended by itself: %v", err)
	}
	return stored
}
