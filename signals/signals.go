// Package signals holds the default rules of signals and reads users' own.
package signals

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/internal/signal"
)

//go:embed *.yaml
var defaults embed.FS

// Rules are the rules of every league.
type Rules struct {
	base     signal.Rules
	byLeague map[string]*signal.Rules
}

// Of returns a league's rules.
func (r *Rules) Of(league string) *signal.Rules {
	if own := r.byLeague[league]; own != nil {
		return own
	}
	return &r.base
}

// Leagues lists the leagues that have rules of their own.
func (r *Rules) Leagues() []string { return slices.Sorted(maps.Keys(r.byLeague)) }

// Load returns the default rules, changed by the files in dir, if dir is not
// empty, in order of their names. A file names only what differs. All that is
// wrong with any file is reported together, with file and line.
func Load(dir string) (*Rules, error) {
	var s stack
	err := s.addAll(defaults, "signals")
	if dir != "" {
		err = errors.Join(err, s.addAll(os.DirFS(dir), dir))
	}
	if err != nil {
		return nil, err
	}
	return s.rules()
}

// Parse reads the default rules changed by one text.
func Parse(text []byte) (*Rules, error) {
	var s stack
	if err := s.addAll(defaults, "signals"); err != nil {
		return nil, err
	}
	if err := s.add("text", text); err != nil {
		return nil, fmt.Errorf("reading rules of signals: %w", err)
	}
	return s.rules()
}

// stack gathers files: each goes over those before it. What they say of single
// leagues goes over all of them in the end.
type stack struct {
	base    signal.Rules
	leagues []override
}

// override is what a file says of one league.
type override struct {
	file   string
	text   []byte
	league string
	node   ast.Node
}

func (s *stack) addAll(fsys fs.FS, where string) error {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return fmt.Errorf("listing rules of signals: %w", err)
	}
	var all []error
	for _, e := range entries {
		if path.Ext(e.Name()) != ".yaml" {
			continue
		}
		text, err := fs.ReadFile(fsys, e.Name())
		if err == nil {
			err = s.add(where+"/"+e.Name(), text)
		}
		if err != nil {
			all = append(all, fmt.Errorf("reading rules of signals %s/%s: %w", where, e.Name(), err))
		}
	}
	return errors.Join(all...)
}

// document is a file as it is written.
type document struct {
	signal.Rules `yaml:",inline"`
	Leagues      map[string]any `yaml:"leagues"`
}

// add puts a file over those before it. One that is wrong changes nothing.
func (s *stack) add(file string, text []byte) error {
	if parsed, err := parser.ParseBytes(text, 0); err == nil && !slices.ContainsFunc(parsed.Docs, func(d *ast.DocumentNode) bool { return d.Body != nil }) {
		return nil // nothing is said, which the reader would take for nothing is there
	}
	d := document{Rules: clone(s.base)}
	if err := decode(func() error { return yaml.UnmarshalWithOptions(text, &d, yaml.Strict()) }); err != nil {
		return placed(err, text)
	}
	if err := validate(&d.Rules, text, ""); err != nil {
		return err
	}
	var found []override
	for _, league := range slices.Sorted(maps.Keys(d.Leagues)) {
		node, err := find(text, "leagues", league)
		if err != nil {
			return fmt.Errorf("finding league %s: %w", league, err)
		}
		found = append(found, override{file, text, league, node})
	}
	s.base = d.Rules
	s.leagues = append(s.leagues, found...)
	return nil
}

// rules applies what was said of single leagues.
func (s *stack) rules() (*Rules, error) {
	r := &Rules{base: s.base, byLeague: map[string]*signal.Rules{}}
	var all []error
	for _, o := range s.leagues {
		own := clone(*r.Of(o.league))
		err := decode(func() error { return yaml.NodeToValue(o.node, &own, yaml.Strict()) })
		if err != nil {
			err = placed(err, o.text)
		} else {
			err = validate(&own, o.text, "leagues."+o.league+".")
		}
		if err != nil {
			all = append(all, fmt.Errorf("reading rules of signals %s for league %s: %w", o.file, o.league, err))
			continue
		}
		r.byLeague[o.league] = &own
	}
	return r, errors.Join(all...)
}

// clone copies the rules with what they list.
func clone(r signal.Rules) signal.Rules {
	r.Markets = slices.Clone(r.Markets)
	return r
}

func validate(r *signal.Rules, text []byte, prefix string) error {
	field, err := r.Validate()
	if err == nil {
		return nil
	}
	return fmt.Errorf("line %d: %w", lineOf(text, prefix+field), err)
}

// decode runs the reader of YAML, which panics on some of what is no YAML, such
// as a tag with nothing behind it.
func decode(read func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("not readable as YAML: %v", r)
		}
	}()
	return read()
}

// placed adds the line to an error of a type that does not know it.
func placed(err error, text []byte) error {
	var span *metric.SpanError
	if !errors.As(err, &span) {
		return err
	}
	for _, t := range lexer.Tokenize(string(text)) {
		if t.Value == span.Text && t.NextType() != token.MappingValueType {
			return fmt.Errorf("line %d: %w", t.Position.Line, span)
		}
	}
	return fmt.Errorf("line 1: %w", span)
}

// lineOf finds where a field stands, or the nearest that is written down around
// it; one that is nowhere is at line 1.
func lineOf(text []byte, field string) int {
	names := strings.Split(field, ".")
	for n := len(names); n > 0; n-- {
		if node, err := find(text, names[:n]...); err == nil && node != nil {
			return node.GetToken().Position.Line
		}
	}
	return 1
}

// find returns the node at a path of names.
func find(text []byte, names ...string) (ast.Node, error) {
	b := new(yaml.PathBuilder).Root()
	for _, name := range names {
		b = b.Child(name)
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, err
	}
	return b.Build().FilterFile(file)
}
