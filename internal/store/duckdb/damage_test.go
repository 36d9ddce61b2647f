package duckdb

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// storedQuotes is how many quotes the stores of these tests hold.
const storedQuotes = 5000

// writeStore makes a store in a folder of its own and closes it.
func writeStore(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	s := openAt(t, filepath.Join(dir, "hot.duckdb"))
	for first := int64(1); first < storedQuotes; first += 1000 {
		var quotes []*feed.Quote
		for n := first; n < first+1000; n++ {
			quotes = append(quotes, quote(n))
		}
		apply(t, s, batchOf(quotes...))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// spoil changes one of the store's files in one of several ways and says how.
func spoil(t *testing.T, random *rand.Rand, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "hot.duckdb*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no file of a store in %s: %v", dir, err)
	}
	file := files[random.IntN(len(files))]
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := random.IntN(len(raw))
	what := ""
	switch random.IntN(4) {
	case 0:
		raw, what = raw[:at], "cut at"
	case 1:
		raw[at] ^= byte(1 + random.IntN(255))
		what = "flipped at"
	case 2:
		clear(raw[at:min(len(raw), at+4096)])
		what = "zeroed at"
	case 3:
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		return filepath.Base(file) + " removed"
	}
	if err := os.WriteFile(file, raw, 0o644); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(filepath.Base(file), " ", what, " ", at)
}

// TestADamagedStoreHasTheRowsOfItsPositionOrSaysThatItIsDamaged spoils the files
// of stores that were closed, and of one that was killed.
func TestADamagedStoreHasTheRowsOfItsPositionOrSaysThatItIsDamaged(t *testing.T) {
	killed := t.TempDir()
	runAndKill(t, filepath.Join(killed, "hot.duckdb"), 12)
	closed := writeStore(t)
	outcomes := map[string]int{}
	for seed := range uint64(60) {
		dir, from := t.TempDir(), closed
		if seed%2 == 0 {
			from = killed
		}
		if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		what := spoil(t, rand.New(rand.NewPCG(seed, 1)), dir)
		outcomes[openSpoiled(t, filepath.Join(dir, "hot.duckdb"), what)]++
	}
	t.Log(outcomes)
	if outcomes["damaged"] == 0 || outcomes["whole"] == 0 {
		t.Errorf("the outcomes %v do not show both", outcomes)
	}
}

func openSpoiled(t *testing.T, path, what string) (outcome string) {
	t.Helper()
	outcome = "whole"
	s, err := Open(t.Context(), path, nil)
	if err == nil {
		var last int64
		if last = s.seqs[quotesAt]; last > 0 {
			var r [][]any
			if r, err = queryRows(s, "SELECT count(*), count(DISTINCT seq), max(seq), sum(length(book)) FROM quotes"); err == nil {
				for _, v := range r[0][:3] {
					if v != last {
						t.Errorf("%s: the position is %d, count, distinct and newest are %v", what, last, r[0])
					}
				}
			}
		}
		if err == nil {
			err = s.Apply(t.Context(), batchOf(quote(last+1)))
		}
		if closing := s.Close(); err == nil && closing != nil {
			t.Errorf("%s: closing: %v", what, closing)
		}
	}
	if err == nil {
		return outcome
	}
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("%s: got %v, want ErrDamaged", what, err)
	}
	// Wherever it showed, the next start knows, and a new store can be opened.
	if _, err := Open(t.Context(), path, nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("%s: opened again: got %v, want ErrDamaged", what, err)
	}
	if _, err := SetAside(path, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	fresh := openAt(t, path)
	if r, err := queryRows(fresh, "SELECT count(*) FROM quotes"); err != nil || r[0][0] != int64(0) {
		t.Errorf("%s: the new store holds %v (error %v)", what, r, err)
	}
	if err := fresh.Close(); err != nil {
		t.Fatal(err)
	}
	return "damaged"
}

func queryRows(s *Store, query string) ([][]any, error) {
	r, err := s.Query(context.Background(), query, 0)
	if err != nil {
		return nil, err
	}
	return r.Rows, nil
}

// TestAQuestionCannotTalkOfDamage: the words of an error may come from the
// question.
func TestAQuestionCannotTalkOfDamage(t *testing.T) {
	dir := writeStore(t)
	path := filepath.Join(dir, "hot.duckdb")
	s := openAt(t, path)
	for _, q := range []string{
		"SELECT error('Corrupt database file')", "SELECT error('IO Error: Corrupt database file')", `SELECT "Corrupt database file"`,
		"SELECT CAST('IO Error: Corrupt database file' AS INTEGER)",
	} {
		if _, err := queryRows(s, q); err == nil || errors.Is(err, ErrDamaged) {
			t.Errorf("%s: got %v", q, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := intact(path); err != nil {
		t.Error(err)
	}
}

// TestALogOfChangesAloneIsDamage: DuckDB would take it for all there is.
func TestALogOfChangesAloneIsDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hot.duckdb")
	runAndKill(t, path, 5)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, nil); !errors.Is(err, ErrDamaged) {
		t.Fatalf("got %v, want ErrDamaged", err)
	}
	aside, err := SetAside(path, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(aside + ".wal"); err != nil {
		t.Error(err)
	}
}
