package books

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/betflow/betflow/internal/odds"
)

func load(t testing.TB, dir string) odds.Books {
	t.Helper()
	all, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheDefaultsKnowTheSharpBooks(t *testing.T) {
	all := load(t, "")
	unknown := all.Of("corner shop")
	if unknown != (odds.Book{Kind: odds.Retail, Weight: 1}) {
		t.Errorf("an unknown book is %+v", unknown)
	}
	for key, kind := range map[string]odds.BookKind{
		"pinnacle": odds.Sharp, "circasports": odds.Sharp, "bookmaker": odds.Sharp,
		"betfair_ex_eu": odds.Exchange, "betfair_ex_uk": odds.Exchange, "novig": odds.Exchange, "prophetx": odds.Exchange,
		"draftkings": odds.Retail, "fanduel": odds.Retail, "betmgm": odds.Retail, "caesars": odds.Retail,
	} {
		b := all.Of(key)
		if b.Kind != kind || b.Title == "" || (kind == odds.Retail) != (b.Weight == unknown.Weight) || b.Weight < unknown.Weight {
			t.Errorf("%s is %+v, want %s and more weight than a retail book's", key, b, kind)
		}
	}
	for key, b := range all.Known {
		if b.Commission > 0 && b.Kind != odds.Exchange {
			t.Errorf("%s takes a commission and is no exchange", key)
		}
	}
}

func TestTheZeroValueWeighsAllAlike(t *testing.T) {
	if got := (odds.Books{}).Of("pinnacle"); got != (odds.Book{Kind: odds.Retail, Weight: 1}) {
		t.Errorf("got %+v", got)
	}
}

func TestUserFilesAddAndReplace(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "mine.yaml", "default: {kind: retail, weight: 0}\nbooks:\n  pinnacle: {kind: sharp, weight: 9}\n")
	write(t, dir, "club.yml", "books:\n  club: {title: The Club, kind: exchange, weight: 1, commission: 0.01}\n")
	write(t, dir, "notes.txt", "no books")
	all := load(t, dir)
	for key, want := range map[string]odds.Book{
		"pinnacle": {Kind: odds.Sharp, Weight: 9},
		"club":     {Title: "The Club", Kind: odds.Exchange, Weight: 1, Commission: .01},
		"nobody":   {Kind: odds.Retail},
		"circasports": {
			Title: "Circa Sports", Kind: odds.Sharp, Weight: load(t, "").Of("circasports").Weight,
		},
	} {
		if got := all.Of(key); got != want {
			t.Errorf("%s is %+v, want %+v", key, got, want)
		}
	}
}

func TestBadFilesAreRefusedWithFileAndLine(t *testing.T) {
	const good = "default: {kind: retail, weight: 1}\nbooks:\n  a: {kind: sharp, weight: 2}\n  b:\n    kind: exchange\n    weight: 1\n    commission: 0.02\n"
	if _, err := parse("good.yaml", []byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct{ from, to, want string }{
		"unknown field":   {"weight: 2", "wait: 2", "bad.yaml:3: "},
		"wrong type":      {"weight: 2", "weight: much", "bad.yaml:3: "},
		"no yaml":         {"books:", "books: {{[", "bad.yaml:"},
		"book twice":      {"  b:", "  a:", "bad.yaml:4: "},
		"unknown kind":    {"kind: exchange", "kind: friendly", `bad.yaml:5: books.b.kind: "friendly" is no kind`},
		"negative weight": {"    weight: 1", "    weight: -1", "bad.yaml:6: books.b.weight: -1 is no weight"},
		"no number":       {"    weight: 1", "    weight: .nan", "bad.yaml:6: books.b.weight: NaN is no weight"},
		"commission":      {"0.02", "2", "bad.yaml:7: books.b.commission: 2 is no commission"},
		"missing kind":    {"kind: sharp, ", "", `bad.yaml:3: books.a.kind: "" is no kind`},
		"bad default":     {"kind: retail", "kind: x", "bad.yaml:1: default.kind: "},
		"empty key":       {"  a:", `  "":`, `"" is no key`},
		"two documents":   {"books:", "---\nbooks:", "more than one document"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse("bad.yaml", []byte(strings.Replace(good, tc.from, tc.to, 1)))
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), "bad.yaml") {
				t.Errorf("got %v, want %q in it", err, tc.want)
			}
		})
	}
}

func TestLoadRefusesFoldersItCannotUse(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "absent")); err == nil {
		t.Error("a folder that is not there was read as empty")
	}
	dir := t.TempDir()
	write(t, dir, "a.yaml", "books: {a: {kind: sharp, weight: 1}}")
	write(t, dir, "b.yaml", "books: {a: {kind: sharp, weight: 1}}")
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "b.yaml: a stands in a.yaml already") || !strings.Contains(err.Error(), dir) {
		t.Errorf("got %v", err)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// FuzzParse: whatever is read can be used, and reads the same after it was
// written.
func FuzzParse(f *testing.F) {
	text, err := defaults.ReadFile("books.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add("default: {kind: sharp, weight: 0}")
	f.Add("books: {a: {kind: exchange, weight: 1e3, commission: 0.5}}")
	f.Add("books: {? [a] : 1}")
	f.Add("books: !tag # nothing")
	f.Add("- 1")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parse("fuzz.yaml", []byte(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "fuzz.yaml") {
				t.Errorf("error %v names no file", err)
			}
			return
		}
		for key, b := range got.Books {
			if field, reason := b.Check(); reason != "" {
				t.Errorf("%s.%s: %s", key, field, reason)
			}
		}
		written, err := yaml.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := parse("fuzz.yaml", written); err != nil || len(got.Books) > 0 && !reflect.DeepEqual(back, got) {
			t.Fatalf("written as\n%s\nread as %+v, %v", written, back, err)
		}
	})
}
