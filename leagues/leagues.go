// Package leagues holds the files that describe the leagues and reads them, and
// a user's own files beside them. What the fields mean stands in package league.
package leagues

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/betflow/betflow/internal/league"
)

//go:embed *.yaml
var defaults embed.FS

// Load returns the leagues that BetFlow comes with, by id.
func Load() ([]league.League, error) { return readAll(defaults) }

// LoadDir returns the default leagues and those of the *.yaml and *.yml files in
// a directory, by id. A file whose league has a default's id replaces it. An
// error names the file and, where it can, the line.
func LoadDir(dir string) ([]league.League, error) {
	all, err := Load()
	if err != nil {
		return nil, err
	}
	own, err := readAll(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("reading leagues in %s: %w", dir, err)
	}
	for _, l := range own {
		all = slices.DeleteFunc(all, func(d league.League) bool { return d.ID == l.ID })
	}
	return sorted(append(all, own...)), nil
}

// Parse reads one league file and validates it. The name is for errors.
func Parse(name string, text []byte) (league.League, error) {
	var l league.League
	d := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict())
	if err := d.Decode(&l); err != nil {
		return league.League{}, located(name, err)
	}
	if err := d.Decode(new(league.League)); !errors.Is(err, io.EOF) {
		return league.League{}, fmt.Errorf("%s: the file holds more than one document: write a file for each league", name)
	}
	if err := league.Validate(l); err != nil {
		return league.League{}, placed(name, text, err)
	}
	return l, nil
}

// readAll reads the league files in the root of a file system.
func readAll(files fs.FS) ([]league.League, error) {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, err
	}
	var all []league.League
	source := map[string]string{} // league id -> file
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml") {
			continue
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		l, err := Parse(name, text)
		if err != nil {
			return nil, err
		}
		if other := source[l.ID]; other != "" {
			return nil, fmt.Errorf("%s: league %q stands in %s already", name, l.ID, other)
		}
		source[l.ID] = name
		all = append(all, l)
	}
	return sorted(all), nil
}

func sorted(all []league.League) []league.League {
	slices.SortFunc(all, func(a, b league.League) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// located puts file and line before an error of the YAML reader, without the
// excerpt that it would print.
func located(name string, err error) error {
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil && at.GetToken().Position != nil {
		return fmt.Errorf("%s:%d: %s", name, at.GetToken().Position.Line, at.GetMessage())
	}
	return fmt.Errorf("%s: %w", name, err)
}

// placed puts file and line before a problem that validation found. A field that
// is missing is placed at what should hold it.
func placed(name string, text []byte, err error) error {
	var p *league.Problem
	if !errors.As(err, &p) {
		return fmt.Errorf("%s: %w", name, err)
	}
	file, parseErr := parser.ParseBytes(text, 0)
	if parseErr != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for path := p.Path; path != ""; path = parent(path) {
		if n := nodeAt(file, path); n != nil && n.GetToken() != nil {
			return fmt.Errorf("%s:%d: %w", name, n.GetToken().Position.Line, err)
		}
	}
	return fmt.Errorf("%s: %w", name, err)
}

// nodeAt returns what stands at a path such as "teams[3].name", nil if nothing
// does.
func nodeAt(file *ast.File, path string) ast.Node {
	p, err := yaml.PathString("$." + path)
	if err != nil {
		return nil
	}
	n, err := p.FilterFile(file)
	if err != nil {
		return nil
	}
	return n
}

// parent cuts the last step off a path.
func parent(path string) string {
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}
