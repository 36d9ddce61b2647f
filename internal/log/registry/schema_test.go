package registry

import (
	"testing"

	"pgregory.net/rapid"
)

func TestSpellingsOfOneSchemaAreOne(t *testing.T) {
	for _, tc := range []struct{ name, a, b string }{
		{"white space", `{"type":"array","items":"int"}`, "{\n \"type\": \"array\", \"items\" :\"int\" }"},
		{"order of attributes", `{"type":"map","values":"int"}`, `{"values":"int","type":"map"}`},
		{"wrapped primitive", `"int"`, `{"type":"int"}`},
		{"escapes", `{"type":"enum","name":"E","doc":"é<","symbols":["A"]}`, `{"type":"enum","name":"E","doc":"\u00e9\u003c","symbols":["A"]}`},
		{"namespace", `{"type":"fixed","name":"n.F","size":1}`, `{"type":"fixed","name":"F","namespace":"n","size":1}`},
		{
			"inherited namespace",
			`{"type":"record","name":"n.R","aliases":["n.Q"],"fields":[{"name":"f","type":{"type":"fixed","name":"n.F","size":1}},{"name":"g","type":["null","n.F"]}]}`,
			`{"type":"record","name":"R","aliases":["Q"],"namespace":"n","fields":[{"name":"f","type":{"type":"fixed","name":"F","size":1}},{"name":"g","type":["null","F"]}]}`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, b := mustParse(t, tc.a), mustParse(t, tc.b)
			if a.form != b.form {
				t.Errorf("got %s and %s", a.form, b.form)
			}
		})
	}
}

func TestDifferentSchemasStayDifferent(t *testing.T) {
	for _, tc := range []struct{ name, a, b string }{
		{"default", record(fieldB), record(fieldBDefault)},
		{"alias", record(fieldARenamed), record(fieldAAliased)},
		{"logical type", `"long"`, `{"type":"long","logicalType":"timestamp-millis"}`},
		{"documentation", record(fieldA), `{"type":"record","name":"R","doc":"d","fields":[` + fieldA + `]}`},
		{"type named as a primitive", hidesInt("int"), hidesInt("x.int")},
		{"order of fields", record(fieldA, fieldB), record(fieldB, fieldA)},
		{"no namespace inside one", `{"type":"record","name":"n.R","fields":[{"name":"f","type":{"type":"fixed","name":"F","size":1}}]}`, `{"type":"record","name":"n.R","fields":[{"name":"f","type":{"type":"fixed","name":"F","namespace":"","size":1}}]}`},
		{"namespace", `{"type":"fixed","name":"F","size":1}`, `{"type":"fixed","name":"n.F","size":1}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, b := mustParse(t, tc.a), mustParse(t, tc.b)
			if a.form == b.form {
				t.Errorf("both are %s", a.form)
			}
		})
	}
}

// hidesInt defines a type named int in a namespace before it uses the given one.
func hidesInt(use string) string {
	return `{"type":"record","name":"x.R","fields":[{"name":"a","type":{"type":"fixed","name":"int","size":1}},{"name":"b","type":"` + use + `"}]}`
}

// TestNormalFormIsItsOwn: spelling a spelled schema changes nothing, and Avro
// sees the same schema in both.
func TestNormalFormIsItsOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := 0
		text := drawType(t, 3, &n)
		given := mustParse(t, text)
		again := mustParse(t, given.form)
		if again.form != given.form {
			t.Errorf("spelled %s, then %s", given.form, again.form)
		}
		if a, b := string(given.parsed.Canonical()), string(again.parsed.Canonical()); a != b {
			t.Errorf("schema changed from %s to %s", a, b)
		}
	})
}

// drawType makes a schema with unique names, some short and some full.
func drawType(t *rapid.T, depth int, named *int) string {
	kinds := []string{"int", "string", "fixed"}
	if depth > 0 {
		kinds = append(kinds, "array", "map", "record", "union")
	}
	kind := rapid.SampledFrom(kinds).Draw(t, "kind")
	*named++
	name := `"name":"` + rapid.SampledFrom([]string{"", "n.", "n.m."}).Draw(t, "prefix") + "N" + string(rune('0'+*named%10)) + string(rune('0'+*named/10)) + `"` +
		rapid.SampledFrom([]string{"", `,"namespace":"x"`, `,"namespace":""`, `,"doc":"d"`}).Draw(t, "more")
	switch kind {
	case "fixed":
		return `{"type":"fixed",` + name + `,"size":4}`
	case "array":
		return `{"items":` + drawType(t, depth-1, named) + `,"type":"array"}`
	case "map":
		return `{"type":"map","values":` + drawType(t, depth-1, named) + `}`
	case "union":
		return `["null",` + `{"type":"record",` + name + `,"fields":[]}` + `]`
	case "record":
		return `{"type":"record",` + name + `,"fields":[{"name":"f","type":` + drawType(t, depth-1, named) +
			`},{"name":"g","type":` + drawType(t, depth-1, named) + `}]}`
	}
	return rapid.SampledFrom([]string{`"` + kind + `"`, `{"type":"` + kind + `"}`}).Draw(t, "spelling")
}

func mustParse(t interface {
	Helper()
	Fatalf(string, ...any)
}, text string) schema {
	t.Helper()
	s, err := parseSchema(text)
	if err != nil {
		t.Fatalf("parsing %s: %v", text, err)
	}
	return s
}

// FuzzParseSchema: a schema that is valid spells as a valid schema, which spells
// as itself and which Avro takes for the same.
func FuzzParseSchema(f *testing.F) {
	f.Add(record(fieldA, fieldBDefault))
	f.Add(`{"type":"record","name":"a.b.C","namespace":"x","doc":"<&>","aliases":["d"],"fields":[{"name":"f","type":["null",{"type":"enum","name":"E","symbols":["A"]},"E"],"default":null}]}`)
	f.Add(`{"type":"array","items":{"type":"map","values":{"type":"fixed","name":"F","namespace":"","size":4,"logicalType":"decimal","precision":4}}}`)
	f.Add(`{"type":"record","name":"n.R","fields":[{"name":"f","type":{"type":"fixed","name":"F","namespace":"","size":1}},{"name":"g","type":"F"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		given, err := parseSchema(text)
		if err != nil {
			return
		}
		again := mustParse(t, given.form)
		if again.form != given.form {
			t.Errorf("%s spells %s, then %s", text, given.form, again.form)
		}
		if a, b := string(given.parsed.Canonical()), string(again.parsed.Canonical()); a != b {
			t.Errorf("%s changed the schema from %s to %s", text, a, b)
		}
	})
}
