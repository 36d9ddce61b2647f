package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"

	"github.com/twmb/avro"
)

// schema is an Avro schema as it was first registered.
type schema struct {
	text   string
	form   string // normalForm of text
	parsed *avro.Schema
}

func parseSchema(text string) (schema, error) {
	parsed, err := avro.Parse(text)
	if err != nil {
		return schema{}, err
	}
	form, err := normalForm(text)
	if err != nil {
		return schema{}, err
	}
	return schema{text: text, form: form, parsed: parsed}, nil
}

// normalForm spells a valid schema in one way: no white space, attributes in
// alphabetical order, full names, and no {"type": ...} around a type that has
// no other attribute. Unlike Avro's Parsing Canonical Form it keeps everything
// that changes how records are read or understood: defaults, aliases, logical
// types and documentation.
func normalForm(text string) (string, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return "", fmt.Errorf("reading schema as JSON: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return "", errors.New("schema is followed by more text")
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	names := make(names)
	if err := enc.Encode(names.spell(v, "")); err != nil {
		return "", fmt.Errorf("spelling schema: %w", err)
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

// names are the full names of the types defined so far. A type is known only
// after its definition, so one pass in the order of the text resolves them all.
type names map[string]bool

// spell spells a type inside the namespace.
func (n names) spell(v any, namespace string) any {
	switch t := v.(type) {
	case string:
		return n.ref(t, namespace)
	case []any: // a union
		branches := make([]any, len(t))
		for i, branch := range t {
			branches[i] = n.spell(branch, namespace)
		}
		return branches
	case map[string]any:
		return n.object(t, namespace)
	}
	return v
}

func (n names) object(m map[string]any, namespace string) any {
	inner := m["type"]
	if len(m) == 1 && inner != nil {
		return n.spell(inner, namespace)
	}
	out := maps.Clone(m)
	switch inner {
	case "record", "error", "enum", "fixed":
		namespace = n.define(out, namespace)
		n.fields(out, namespace)
	case "array":
		out["items"] = n.spell(m["items"], namespace)
	case "map":
		out["values"] = n.spell(m["values"], namespace)
	default:
		out["type"] = n.spell(inner, namespace)
	}
	return out
}

// define gives a named type its full name and aliases, and returns the
// namespace in which its fields are. Only a name without one, inside one, still
// needs the attribute.
func (n names) define(named map[string]any, enclosing string) string {
	namespace := enclosing
	if own, ok := named["namespace"].(string); ok {
		namespace = own
	}
	delete(named, "namespace")
	name, _ := named["name"].(string)
	name = qualify(name, namespace)
	named["name"] = name
	n[name] = true
	namespace = name[:max(strings.LastIndexByte(name, '.'), 0)]
	if namespace == "" && enclosing != "" {
		named["namespace"] = ""
	}
	if aliases, ok := named["aliases"].([]any); ok {
		full := make([]any, len(aliases))
		for i, a := range aliases {
			full[i] = a
			if s, ok := a.(string); ok {
				full[i] = qualify(s, namespace)
			}
		}
		named["aliases"] = full
	}
	return namespace
}

func (n names) fields(record map[string]any, namespace string) {
	fields, ok := record["fields"].([]any)
	if !ok {
		return
	}
	normal := make([]any, len(fields))
	for i, f := range fields {
		normal[i] = f
		if m, ok := f.(map[string]any); ok {
			m = maps.Clone(m)
			m["type"] = n.spell(m["type"], namespace)
			normal[i] = m
		}
	}
	record["fields"] = normal
}

// ref spells the name of a type. A primitive type has no namespace, and what
// the namespace does not have is a type without one.
func (n names) ref(name, namespace string) string {
	switch name {
	case "null", "boolean", "int", "long", "float", "double", "bytes", "string":
		return name
	}
	if full := qualify(name, namespace); n[full] {
		return full
	}
	return name
}

func qualify(name, namespace string) string {
	if namespace == "" || strings.Contains(name, ".") {
		return name
	}
	return namespace + "." + name
}
