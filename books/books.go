// Package books holds the file that says how far each book is trusted, and reads
// users' own beside it.
package books

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"

	"github.com/betflow/betflow/internal/odds"
)

//go:embed *.yaml
var defaults embed.FS

// file is what a file of books holds.
type file struct {
	Default *odds.Book           `yaml:"default,omitempty"` // what is taken for books that no file names
	Books   map[string]odds.Book `yaml:"books,omitempty"`   // by the key that sources use
}

// Load returns the books that BetFlow comes with and those of the *.yaml files in
// a directory, if dir is not empty. A file there replaces what it names, the
// default too. An error names the file and, where it can, the line.
func Load(dir string) (odds.Books, error) {
	all := odds.Books{Known: map[string]odds.Book{}}
	if err := loadAll(defaults, &all); err != nil {
		return odds.Books{}, err
	}
	if dir == "" {
		return all, nil
	}
	if err := loadAll(os.DirFS(dir), &all); err != nil {
		return odds.Books{}, fmt.Errorf("reading books in %s: %w", dir, err)
	}
	return all, nil
}

// loadAll puts the books of the files in the root of a file system over those in
// all. No two files there may name the same.
func loadAll(files fs.FS, all *odds.Books) error {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return err
	}
	source := map[string]string{} // what is named -> file
	for _, e := range entries {
		if ext := path.Ext(e.Name()); e.IsDir() || ext != ".yaml" && ext != ".yml" {
			continue
		}
		text, err := fs.ReadFile(files, e.Name())
		if err != nil {
			return err
		}
		f, err := parse(e.Name(), text)
		if err != nil {
			return err
		}
		named := slices.Sorted(maps.Keys(f.Books))
		if f.Default != nil {
			named = append(named, "default")
			all.Default = f.Default
		}
		for _, key := range named {
			if other := source[key]; other != "" {
				return fmt.Errorf("%s: %s stands in %s already", e.Name(), key, other)
			}
			source[key] = e.Name()
		}
		maps.Copy(all.Known, f.Books)
	}
	return nil
}

// parse reads one file and checks every book in it. The name is for errors.
func parse(name string, text []byte) (f file, err error) {
	defer func() { // the reader panics on some of what is no YAML
		if r := recover(); r != nil {
			f, err = file{}, fmt.Errorf("%s: not readable as YAML: %v", name, r)
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict())
	if err := d.Decode(&f); err != nil {
		return file{}, located(name, err)
	}
	if err := d.Decode(new(file)); !errors.Is(err, io.EOF) {
		return file{}, fmt.Errorf("%s: the file holds more than one document", name)
	}
	if f.Default != nil {
		if field, reason := f.Default.Check(); reason != "" {
			return file{}, placed(name, text, "default", field, reason)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(f.Books)) {
		if key == "" || strings.TrimSpace(key) != key || key == "default" {
			return file{}, placed(name, text, "books", "", fmt.Sprintf("%q is no key of a book", key))
		}
		if field, reason := f.Books[key].Check(); reason != "" {
			return file{}, placed(name, text, "books."+key, field, reason)
		}
	}
	return f, nil
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

// placed says what is wrong with a field of a book. A field that is missing is
// placed at its book.
func placed(name string, text []byte, book, field, reason string) error {
	problem := fmt.Errorf("%s: %s", strings.TrimSuffix(book+"."+field, "."), reason)
	for _, at := range []string{book + "." + field, book} {
		if line := lineOf(text, at); line > 0 {
			return fmt.Errorf("%s:%d: %w", name, line, problem)
		}
	}
	return fmt.Errorf("%s: %w", name, problem)
}

// lineOf finds where something stands, 0 if it does not.
func lineOf(text []byte, at string) int {
	p, err := yaml.PathString("$." + at)
	if err != nil {
		return 0
	}
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		return 0
	}
	node, err := p.FilterFile(tree)
	if err != nil || node == nil || node.GetToken() == nil {
		return 0
	}
	return node.GetToken().Position.Line
}
