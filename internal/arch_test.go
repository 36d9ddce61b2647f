// Package internal_test holds the direction of the arrows between the packages.
package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/betflow/betflow/"

// pure packages compute and nothing else.
var pure = []string{
	"internal/odds", "internal/league", "internal/feed", "internal/metric", "internal/model",
	"internal/signal", "internal/movement", "internal/exchange", "internal/bet", "internal/calculator", "internal/pack", "internal/recount",
}

// numeric is the one library that pure packages share: linear algebra and
// distributions, no I/O in it.
const numeric = "gonum.org/v1/gonum/"

// impure is what a pure package must not import.
var impure = []string{"os", "os/exec", "net", "net/http", "log", "log/slog", "syscall", "io/ioutil", "database/sql", "math/rand"}

// homes are the only places where the engines and drivers are known.
var homes = map[string][]string{
	"github.com/duckdb/duckdb-go":        {"internal/store/duckdb"},
	"github.com/twmb/franz-go/pkg/kfake": {"internal/log/embedded"},
	"github.com/cockroachdb/pebble":      {"internal/process"},
	"github.com/spf13/cobra":             {"cmd"},
	"github.com/prometheus/":             {"internal/app"},
	"gonum.org/v1/plot":                  {"internal/chart"},
	module + "internal/app":              {"cmd"},
}

// levels are the floors of the house, the lowest first: a package imports from
// its own folder and from floors below. What is on one floor does not know each
// other, but for the pure packages. Folders of definitions lie beside the
// packages that read them.
var levels = [][]string{
	{
		"internal/odds", "internal/league", "internal/feed", "internal/metric", "internal/model",
		"internal/signal", "internal/movement", "internal/exchange", "internal/bet", "internal/calculator", "internal/pack", "internal/recount",
	},
	{"leagues", "metrics", "books", "signals", "strategies"},
	{"internal/source", "internal/log", "internal/chart"},
	{"internal/simulate", "internal/store", "internal/process", "internal/parity"},
	{"internal/board", "internal/study", "internal/backtest"},
	{"internal/api", "web"},
	{"internal/app"},
	{"cmd"},
}

// file is a parsed source file of the module.
type file struct {
	name    string // relative to the module
	dir     string
	syntax  *ast.File
	imports []string
}

// sources parses every file of the program itself: neither tests nor tools.
func sources(t *testing.T) []file {
	t.Helper()
	var out []file
	for _, top := range []string{"cmd", "internal", "leagues", "metrics", "books", "signals", "web"} {
		err := fs.WalkDir(os.DirFS(".."), top, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || name == "web/build" || name == "web/dev") {
				return fs.SkipDir
			}
			if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return nil
			}
			f, err := parse(name)
			out = append(out, f)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func parse(name string) (file, error) {
	syntax, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", filepath.FromSlash(name)), nil, parser.SkipObjectResolution)
	if err != nil {
		return file{}, err
	}
	f := file{name: name, dir: path.Dir(name), syntax: syntax}
	for _, i := range syntax.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return file{}, err
		}
		f.imports = append(f.imports, p)
	}
	return f, nil
}

// isPure tells whether a folder belongs to a pure package or lies in one.
func isPure(dir string) bool {
	return slices.ContainsFunc(pure, func(p string) bool { return within(dir, p) })
}

// within tells whether a folder is another or lies in it.
func within(dir, parent string) bool { return dir == parent || strings.HasPrefix(dir, parent+"/") }

func TestPurePackagesImportTheStandardLibraryAndEachOther(t *testing.T) {
	seen := 0
	for _, f := range sources(t) {
		if !isPure(f.dir) {
			continue
		}
		seen++
		for _, p := range f.imports {
			own, inModule := strings.CutPrefix(p, module)
			standard := !strings.Contains(strings.Split(p, "/")[0], ".") || strings.HasPrefix(p, numeric)
			switch {
			case inModule && !isPure(own), !inModule && !standard, slices.Contains(impure, p):
				t.Errorf("%s imports %s", f.name, p)
			}
		}
	}
	if seen == 0 {
		t.Error("no pure package was found")
	}
}

// TestPurePackagesTakeTimeAsAnArgument looks for what reads the clock or waits.
func TestPurePackagesTakeTimeAsAnArgument(t *testing.T) {
	clocks := []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
	for _, f := range sources(t) {
		if !isPure(f.dir) {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && slices.Contains(clocks, s.Sel.Name) {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" {
					t.Errorf("%s uses time.%s", f.name, s.Sel.Name)
				}
			}
			return true
		})
	}
}

func TestDriversAreKnownInTheirOwnPackageOnly(t *testing.T) {
	used := map[string]bool{}
	for _, f := range sources(t) {
		for _, p := range f.imports {
			for driver, allowed := range homes {
				if !strings.HasPrefix(p, driver) {
					continue
				}
				used[driver] = true
				if !slices.ContainsFunc(allowed, func(home string) bool { return within(f.dir, home) }) {
					t.Errorf("%s imports %s, which only %v may", f.name, p, allowed)
				}
			}
		}
	}
	for driver := range homes {
		if !used[driver] {
			t.Errorf("nothing imports %s: is the rule still about anything?", driver)
		}
	}
}

func TestArrowsPointDown(t *testing.T) {
	for _, f := range sources(t) {
		from, family := levelOf(f.dir)
		if from < 0 {
			t.Errorf("%s is on no floor: give %s a place", f.name, f.dir)
			continue
		}
		for _, p := range f.imports {
			own, ok := strings.CutPrefix(p, module)
			if !ok {
				continue
			}
			to, other := levelOf(own)
			if to > from || to == from && other != family && from > 0 {
				t.Errorf("%s imports %s, which is not below it", f.name, own)
			}
		}
	}
}

// levelOf returns the floor of a folder and the family that has it.
func levelOf(dir string) (level int, family string) {
	for i, families := range levels {
		for _, f := range families {
			if within(dir, f) {
				return i, f
			}
		}
	}
	return -1, ""
}
