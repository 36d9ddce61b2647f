// Package metrics holds the default metric definitions and reads users' own.
package metrics

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/betflow/betflow/internal/metric"
)

//go:embed *.yaml
var defaults embed.FS

// Load returns the default definitions and those in dir, if dir is not empty.
// A file in dir that names a default metric replaces it. All that is wrong with
// any file is reported together, with file and line.
func Load(dir string) ([]metric.Definition, error) {
	byName := map[string]metric.Definition{}
	err := loadAll(defaults, "metrics", byName)
	if dir != "" {
		err = errors.Join(err, loadAll(os.DirFS(dir), dir, byName))
	}
	if err != nil {
		return nil, err
	}
	defs := make([]metric.Definition, 0, len(byName))
	for _, d := range byName {
		defs = append(defs, d)
	}
	sort.Slice(defs, func(i, j int) bool { return defs[i].Name < defs[j].Name })
	return defs, nil
}

func loadAll(fsys fs.FS, where string, into map[string]metric.Definition) error {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return fmt.Errorf("listing metrics: %w", err)
	}
	var all []error
	files := map[string]string{} // metric -> the file that defines it
	for _, e := range entries {
		if path.Ext(e.Name()) != ".yaml" {
			continue
		}
		d, err := read(fsys, e.Name())
		if other := files[d.Name]; err == nil && other != "" {
			err = fmt.Errorf("metric %s stands in %s already", d.Name, other)
		}
		if err != nil {
			all = append(all, fmt.Errorf("reading metric %s/%s: %w", where, e.Name(), err))
			continue
		}
		files[d.Name] = e.Name()
		into[d.Name] = d
	}
	return errors.Join(all...)
}

func read(fsys fs.FS, name string) (metric.Definition, error) {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return metric.Definition{}, err
	}
	return Parse(text)
}

// Parse reads one definition. Unknown fields are refused; errors carry the line.
func Parse(text []byte) (metric.Definition, error) {
	var d metric.Definition
	if err := decode(text, &d); err != nil {
		var span *metric.SpanError
		if errors.As(err, &span) {
			err = fmt.Errorf("line %d: %w", lineOfValue(text, span.Text), span)
		}
		return metric.Definition{}, err
	}
	if field, err := d.Validate(); err != nil {
		return metric.Definition{}, fmt.Errorf("line %d: %w", lineOf(text, field), err)
	}
	return d, nil
}

// decode reads YAML. The reader panics on some of what is no YAML, such as a tag
// with nothing behind it.
func decode(text []byte, into *metric.Definition) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("not readable as YAML: %v", r)
		}
	}()
	return yaml.UnmarshalWithOptions(text, into, yaml.Strict())
}

// lineOfValue finds the first place of a value: the reader of YAML does not say
// which one a type has refused.
func lineOfValue(text []byte, value string) int {
	for _, t := range lexer.Tokenize(string(text)) {
		if t.Value == value && t.NextType() != token.MappingValueType {
			return t.Position.Line
		}
	}
	return 1
}

// lineOf finds where a field stands, as in windows.sliding[0].every. Where it is
// missing, what should hold it is the place; without that it is line 1.
func lineOf(text []byte, field string) int {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return 1
	}
	for field != "" {
		at, err := yaml.PathString("$." + field)
		if err != nil {
			return 1
		}
		if node, err := at.FilterFile(file); err == nil && node != nil {
			return node.GetToken().Position.Line
		}
		field = field[:max(0, strings.LastIndexAny(field, ".["))]
	}
	return 1
}
