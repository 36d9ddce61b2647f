package cursor

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"testing"
)

// tree reads the next value as encoding/json would into an any.
func tree(c *Cursor) any {
	switch c.Kind() {
	case Object:
		m := map[string]any{}
		for name := range c.Fields() {
			m[string(name)] = tree(c)
		}
		return m
	case Array:
		s := []any{}
		for range c.Elements() {
			s = append(s, tree(c))
		}
		return s
	case String:
		t, _ := c.Text()
		return string(t)
	case Number:
		t, _ := c.Text()
		return json.Number(t)
	case Bool:
		b, _ := c.Bool()
		return b
	default:
		c.Skip()
		return nil
	}
}

func reference(t *testing.T, doc []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("encoding/json refuses %q: %v", doc, err)
	}
	return v
}

func TestWalkSeesWhatEncodingJSONSees(t *testing.T) {
	for _, doc := range []string{
		`null`, ` true `, `-1.5e3`, `""`, `"a\"b\\"`, `[]`, `{}`, `[ ]`, `{ }`,
		`[1,"a",null,{"b":[true,false]},[[]]]`,
		"\n{\"a\" : 1 ,\t\"b\":\r\n{\"c\":[1 , 2]}, \"a\":\"again\"}\n",
		`{"\u00e9t\u00e9":"\ud83d\ude00 \/"}`, "[\"bad \xff utf-8\"]",
	} {
		c, err := Open([]byte(doc))
		if err != nil {
			t.Fatalf("opening %q: %v", doc, err)
		}
		if got, want := tree(c), reference(t, []byte(doc)); !reflect.DeepEqual(got, want) {
			t.Errorf("%q reads as %#v, want %#v", doc, got, want)
		}
	}
}

func TestBrokenDocumentIsRefusedWithItsOffset(t *testing.T) {
	for _, doc := range []string{``, `[1,`, `{"a":NaN}`, `[1]x`, `{"a" 1}`} {
		if _, err := Open([]byte(doc)); err == nil {
			t.Errorf("%q was opened", doc)
		}
	}
}

func TestValuesLeftAloneAreSkipped(t *testing.T) {
	c, err := Open([]byte(`{"skip":{"deep":[1,"]}",{}]},"want":7,"rest":[1,2]}`))
	if err != nil {
		t.Fatal(err)
	}
	var got float64
	for name := range c.Fields() {
		if string(name) == "want" {
			got, _ = c.Float()
		}
	}
	if got != 7 || c.Pos() != len(c.doc) {
		t.Errorf("got %v at offset %d, want 7 at the end", got, c.Pos())
	}
}

func TestBreakConsumesTheWholeContainer(t *testing.T) {
	c, err := Open([]byte(`[[1,2,3],{"a":1,"b":2},"last"]`))
	if err != nil {
		t.Fatal(err)
	}
	var last string
	for i := range c.Elements() {
		switch i {
		case 0:
			for range c.Elements() {
				break
			}
		case 1:
			for range c.Fields() {
				break
			}
		case 2:
			b, _ := c.Text()
			last = string(b)
		}
	}
	if last != "last" {
		t.Errorf("the element after the broken loops reads %q", last)
	}
}

func TestWrongKindIsConsumedAndReported(t *testing.T) {
	c, err := Open([]byte(`[{"a":1},[2],"three",true]`))
	if err != nil {
		t.Fatal(err)
	}
	var oks []bool
	for i := range c.Elements() {
		var ok bool
		switch i {
		case 0:
			_, ok = c.Text()
		case 1:
			_, ok = c.Bool()
		case 2:
			_, ok = c.Float()
		case 3:
			for range c.Fields() {
				t.Error("a boolean has fields")
			}
		}
		oks = append(oks, ok)
	}
	if want := []bool{false, false, false, false}; !reflect.DeepEqual(oks, want) {
		t.Errorf("got %v, want %v", oks, want)
	}
}

func TestParseFloatTakesDecimalNumbersOnly(t *testing.T) {
	good := map[string]float64{"1": 1, "-105.0": -105, "+150": 150, "1.5e2": 150}
	for text, want := range good {
		if got, ok := ParseFloat([]byte(text)); !ok || got != want {
			t.Errorf("%q is %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "inf", "NaN", "0x10", "1_000", "1e999", "-", "1.2.3", " 1"} {
		if got, ok := ParseFloat([]byte(text)); ok {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestSinceReturnsTheValuesBytes(t *testing.T) {
	c, err := Open([]byte(`[ {"a": 1} , 2 ]`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for range c.Elements() {
		start := c.Pos()
		c.Skip()
		got = append(got, string(c.Since(start)))
	}
	if want := []string{`{"a": 1}`, `2`}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The walk must see exactly the tree that encoding/json sees, for any document
// that encoding/json accepts, and never panic.
func FuzzWalk(f *testing.F) {
	for _, s := range []string{`{"a":[1,2,{"b":null}],"c":"\u0041\\"}`, `[]`, `"x"`, `1`, ` [ 1 , 2 ] `} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		c, err := Open(doc)
		if err != nil {
			if json.Valid(doc) {
				t.Fatalf("valid document refused: %v", err)
			}
			return
		}
		if got, want := tree(c), reference(t, doc); !reflect.DeepEqual(got, want) {
			t.Fatalf("reads as %#v, want %#v", got, want)
		}
		if c.space(); c.Pos() != len(doc) {
			t.Fatalf("stopped at %s of %d", strconv.Itoa(c.Pos()), len(doc))
		}
	})
}
