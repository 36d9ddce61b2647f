// Package metrics holds the default metric definitions and reads users' own.
package metrics

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sort"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"

	"github.com/betflow/betflow/internal/metric"
)

//go:embed *.yaml
var defaults embed.FS

// Load returns the default definitions and those in dir, if dir is not empty.
// A file that names an existing metric replaces it. All that is wrong with any
// file is reported together, with file and line.
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
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return fmt.Errorf("listing %s: %w", where, err)
	}
	var all []error
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err == nil {
			var d metric.Definition
			if d, err = Parse(text); err == nil {
				into[d.Name] = d
				continue
			}
		}
		all = append(all, fmt.Errorf("reading metric %s/%s: %w", where, name, err))
	}
	return errors.Join(all...)
}

// Parse reads one definition. Unknown fields are refused; errors carry the line.
func Parse(text []byte) (metric.Definition, error) {
	var d metric.Definition
	if err := yaml.UnmarshalWithOptions(text, &d, yaml.Strict()); err != nil {
		return metric.Definition{}, err
	}
	if field, err := d.Validate(); err != nil {
		return metric.Definition{}, fmt.Errorf("line %d: %w", lineOf(text, field), err)
	}
	return d, nil
}

// lineOf finds where a top level field stands; a missing field is at line 1.
func lineOf(text []byte, field string) int {
	path, err := yaml.PathString("$." + field)
	if err != nil {
		return 1
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return 1
	}
	node, err := path.FilterFile(file)
	if err != nil || node == nil {
		return 1
	}
	return node.GetToken().Position.Line
}
