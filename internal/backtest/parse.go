package backtest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// ErrNoStrategy is returned for a file without a strategy.
var ErrNoStrategy = errors.New("the file holds no strategy")

// Parse reads the strategies of a file, a YAML document each, separated by lines
// of three dashes. Fields that are not known are refused, names are unique, and
// errors carry the line.
func Parse(text []byte) (strategies []Strategy, err error) {
	defer func() { // the reader panics on some of what is no YAML
		if r := recover(); r != nil {
			strategies, err = nil, fmt.Errorf("not readable as YAML: %v", r)
		}
	}()
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.NullType || doc.Body.Type() == ast.CommentType {
			continue
		}
		var s Strategy
		if err := yaml.NodeToValue(doc.Body, &s, yaml.Strict()); err != nil {
			return nil, err
		}
		s.complete()
		err := s.Validate()
		if err == nil && names[s.Name] {
			err = &FieldError{"name", "another strategy of the file has it"}
		}
		var field *FieldError
		if errors.As(err, &field) {
			return nil, fmt.Errorf("line %d: %w", lineOf(doc.Body, field.Field), err)
		}
		names[s.Name] = true
		strategies = append(strategies, s)
	}
	if len(strategies) == 0 {
		return nil, ErrNoStrategy
	}
	return strategies, nil
}

// lineOf finds where a field stands, or the nearest one around it that is there.
func lineOf(doc ast.Node, field string) int {
	for field != "" {
		at, err := yaml.PathString("$." + field)
		if err != nil {
			break
		}
		if node, err := at.FilterNode(doc); err == nil && node != nil {
			return node.GetToken().Position.Line
		}
		cut := strings.LastIndexByte(field, '.')
		if cut < 0 {
			break
		}
		field = field[:cut]
	}
	return doc.GetToken().Position.Line
}

// trimQuotes takes the quotes off a scalar.
func trimQuotes(text string) string {
	text = strings.TrimSpace(text)
	if n := len(text); n > 1 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
		return text[1 : n-1]
	}
	return text
}
