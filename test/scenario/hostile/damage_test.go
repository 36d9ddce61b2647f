package hostile

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// damagedFiles spoils files of a run that was killed in the middle.
func (w *world) damagedFiles(t *testing.T) {
	// Whatever the first start has to say, the folder can be completed.
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, data string)
		says  string // in its log
	}{
		{"a task has lost its state", removed("state/compute-1"), ""},
		{"all state is lost", removed("state"), ""},
		{"a raw partition is gone", removed("log/broker/partitions/raw.theoddsapi-0"), "ahead of the log"},
		{"a derived partition is gone", removed("log/broker/partitions/quotes.nfl-*"), "ahead of the log"},
		{"a raw partition has lost its end", shortened("log/broker/partitions/raw.theoddsapi-1"), ""},
		{"a derived partition has lost its end", shortened("log/broker/partitions/quotes.nfl-0"), ""},
		{"indexes of the log are gone", each("log/broker/partitions", ".idx", os.Remove), ""},
		{"indexes of the log are cut", each("log/broker/partitions", ".idx", func(path string) error { return os.Truncate(path, 20) }), ""},
		{"the hot store is gone", removed("hot.duckdb"), ""},
		{"the hot store is cut", each("", "hot.duckdb", func(path string) error { return os.Truncate(path, 5000) }), "built anew"},
		{"the schema registry is gone", removed("registry"), ""},
		{"addresses.json is no JSON", written("addresses.json", "{"), ""},
		{"the lock names nobody", written("log/LOCK", "nobody\n"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := copyOf(t, w.half)
			c.spoil(t, data)
			if stderr := w.completes(t, data); !strings.Contains(stderr, c.says) {
				t.Errorf("the program does not say %q:\n%s", c.says, stderr)
			}
		})
	}
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("state, seed ", seed), func(t *testing.T) {
			data := copyOf(t, w.half)
			t.Log(spoilOne(t, rand.New(rand.NewPCG(seed, 9)), filepath.Join(data, "state")))
			w.completes(t, data)
		})
	}
	whole := long(t)
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, data string)
		says  []string
	}{
		{"the middle of a partition", func(t *testing.T, data string) { flip(t, segmented(t, data)[0]) }, []string{"is damaged: records from offset", "truncate -s"}},
		{"a segment in the middle is gone", func(t *testing.T, data string) {
			if err := os.Remove(segmented(t, data)[1]); err != nil {
				t.Fatal(err)
			}
		}, []string{"is damaged: records from offset", "truncate -s"}},
		{"the list of topics is gone", removed("log/broker/topics.json"), []string{"topics.json", "put a copy in its place"}},
		{"the broker's meta data are cut", written("log/broker/meta.json", "{"), []string{"meta.json", "put a copy in its place"}},
		{"a schema is damaged", func(t *testing.T, data string) { flip(t, filepath.Join(data, "registry", "journal.jsonl")) }, []string{"is damaged at line", "restore the file"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := copyOf(t, whole)
			c.spoil(t, data)
			partitions := filepath.Join(data, "log", "broker", "partitions")
			before := size(t, partitions)
			w.refuses(t, w.start(t, data, "--exit"), c.says...)
			if after := size(t, partitions); after < before && slices.Contains(c.says, "truncate -s") { // elsewhere the log itself starts, and tidies up
				t.Errorf("the partitions have lost %d bytes more", before-after)
			}
		})
	}
}

// long is the data folder of a run so long that partitions have three segments,
// however large the batches were that this machine made.
func long(t *testing.T) (data string) {
	t.Helper()
	data = t.TempDir()
	file, _ := recorded(150).Write(t)
	play(t, file, data, "--exit").Succeed(t)
	return data
}

// removed takes a file or a folder away.
func removed(path string) func(t *testing.T, data string) {
	return func(t *testing.T, data string) {
		t.Helper()
		found, err := filepath.Glob(filepath.Join(data, filepath.FromSlash(path)))
		if err != nil || len(found) == 0 {
			t.Fatalf("nothing is at %s: %v", path, err)
		}
		if err := os.RemoveAll(found[0]); err != nil { // half a replay may not have written to all
			t.Fatal(err)
		}
	}
}

func written(path, text string) func(t *testing.T, data string) {
	return func(t *testing.T, data string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(data, filepath.FromSlash(path)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// shortened cuts the last segment of a partition in its middle.
func shortened(folder string) func(t *testing.T, data string) {
	return func(t *testing.T, data string) {
		t.Helper()
		last := ""
		for _, path := range segmentsIn(t, filepath.Join(data, filepath.FromSlash(folder))) {
			last = path
		}
		info, err := os.Stat(last)
		if err == nil {
			err = os.Truncate(last, info.Size()/2)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// each does something to every file of a folder whose name ends in a suffix.
func each(folder, suffix string, do func(path string) error) func(t *testing.T, data string) {
	return func(t *testing.T, data string) {
		t.Helper()
		n := 0
		for _, path := range files(t, filepath.Join(data, filepath.FromSlash(folder)), suffix) {
			if strings.HasSuffix(path, suffix) {
				n++
				if err := do(path); err != nil {
					t.Fatal(err)
				}
			}
		}
		if n == 0 {
			t.Fatalf("no file %s in %s", suffix, folder)
		}
	}
}

// segmentsIn lists the segments of a partition by their offsets.
func segmentsIn(t *testing.T, folder string) []string {
	t.Helper()
	byLength := func(path string) int { return len(filepath.Base(path)) }
	var all []string
	for _, path := range files(t, folder, ".dat") {
		i := 0
		for i < len(all) && (byLength(all[i]) < byLength(path) || byLength(all[i]) == byLength(path) && all[i] < path) {
			i++
		}
		all = append(all[:i], append([]string{path}, all[i:]...)...)
	}
	return all
}

// segmented lists the segments of a partition that has three at least.
func segmented(t *testing.T, data string) []string {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(data, "log", "broker", "partitions", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if all := segmentsIn(t, folder); len(all) > 2 {
			return all
		}
	}
	t.Fatal("no partition has three segments")
	return nil
}

func flip(t *testing.T, path string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 1
	if err := os.WriteFile(path, raw, 0o644); err != nil {
		t.Fatal(err)
	}
}

// spoilOne flips bytes of one of the files below a folder, cuts it or removes it.
func spoilOne(t *testing.T, random *rand.Rand, folder string) string {
	t.Helper()
	all := files(t, folder, "")
	path := all[random.IntN(len(all))]
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	what := "removed"
	switch at := random.IntN(len(raw) + 1); {
	case random.IntN(3) == 0:
		err = os.Remove(path)
	case random.IntN(2) == 0:
		what = fmt.Sprint("cut at ", at)
		err = os.Truncate(path, int64(at))
	default:
		what = fmt.Sprint("flipped at ", at)
		for i := at; i < min(at+32, len(raw)); i++ {
			raw[i] ^= 0xff
		}
		err = os.WriteFile(path, raw, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(path, folder) + " " + what
}
