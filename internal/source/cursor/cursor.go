// Package cursor walks through a JSON document without building a tree of it.
//
// The document is checked as a whole once, in Open. After that a walk cannot
// meet broken syntax, so readers only decide about meaning: is this value of
// the kind expected, and if not, what are its bytes. Every reading method
// consumes exactly one value whatever its kind, so a wrong value never leads
// astray what follows it.
package cursor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"unicode/utf8"
)

// Kind of a JSON value, named by the first character it may begin with.
type Kind byte

// The kinds.
const (
	Object Kind = '{'
	Array  Kind = '['
	String Kind = '"'
	Number Kind = '0'
	Bool   Kind = 't'
	Null   Kind = 'n'
)

// String names the kind as JSON does.
func (k Kind) String() string {
	switch k {
	case Object:
		return "object"
	case Array:
		return "array"
	case String:
		return "string"
	case Number:
		return "number"
	case Bool:
		return "boolean"
	default:
		return "null"
	}
}

// Cursor stands before a value of a valid document. It is not safe for
// concurrent use.
type Cursor struct {
	doc []byte
	pos int
}

// Open checks the document and places a cursor before its value. The error
// tells the offset at which the document stops being JSON.
func Open(doc []byte) (*Cursor, error) {
	if !json.Valid(doc) {
		var any json.RawMessage
		err := json.Unmarshal(doc, &any)
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, fmt.Errorf("reading JSON at byte %d of %d: %w", syntax.Offset, len(doc), err)
		}
		return nil, fmt.Errorf("reading JSON: %w", err)
	}
	c := &Cursor{doc: doc}
	c.space()
	return c, nil
}

// Kind tells what the cursor stands before. At the end of the document it is
// Null.
func (c *Cursor) Kind() Kind {
	if c.pos >= len(c.doc) {
		return Null
	}
	switch b := c.doc[c.pos]; b {
	case '{', '[', '"', 'n':
		return Kind(b)
	case 't', 'f':
		return Bool
	default:
		return Number
	}
}

// Pos is the offset of the next value, to be handed to Since.
func (c *Cursor) Pos() int { return c.pos }

// Since returns the bytes of the value that began at pos and has been consumed.
// They are part of the document.
func (c *Cursor) Since(pos int) []byte { return c.doc[pos:c.pos:c.pos] }

// Fields enters an object and yields the name of each field with the cursor
// before its value. A value that the body of the loop leaves alone is skipped,
// as are the rest after a break. Of a value of another kind nothing is yielded,
// and it is consumed. The name is valid until the next step.
func (c *Cursor) Fields() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		if c.Kind() != Object {
			c.Skip()
			return
		}
		c.pos++
		on := true
		for c.space(); c.doc[c.pos] != '}'; c.separator() {
			name := c.text()
			c.space()
			c.pos++ // the colon
			c.space()
			on = c.step(on, func() bool { return yield(name) })
		}
		c.pos++
	}
}

// Elements enters an array and yields the index of each element with the cursor
// before it. It treats what the loop leaves alone, and other kinds, as Fields
// does.
func (c *Cursor) Elements() iter.Seq[int] {
	return func(yield func(int) bool) {
		if c.Kind() != Array {
			c.Skip()
			return
		}
		c.pos++
		on := true
		i := 0
		for c.space(); c.doc[c.pos] != ']'; c.separator() {
			on = c.step(on, func() bool { return yield(i) })
			i++
		}
		c.pos++
	}
}

// step lets the loop's body see a value unless the loop was left, and consumes
// the value if the body did not.
func (c *Cursor) step(on bool, yield func() bool) bool {
	start := c.pos
	if on {
		on = yield()
	}
	if c.pos == start {
		c.Skip()
	}
	return on
}

// separator moves over the comma that may follow a value.
func (c *Cursor) separator() {
	c.space()
	if c.doc[c.pos] == ',' {
		c.pos++
		c.space()
	}
}

func (c *Cursor) space() {
	for c.pos < len(c.doc) {
		switch c.doc[c.pos] {
		case ' ', '\t', '\r', '\n':
			c.pos++
		default:
			return
		}
	}
}

// Skip consumes the next value and returns its bytes, which are part of the
// document.
func (c *Cursor) Skip() []byte {
	start := c.pos
	for depth := 0; c.pos < len(c.doc); {
		switch c.doc[c.pos] {
		case '{', '[':
			depth++
			c.pos++
		case '}', ']':
			depth--
			c.pos++
		case '"':
			c.skipString()
		case ',', ':', ' ', '\t', '\r', '\n':
			c.pos++
		default:
			c.skipLiteral()
		}
		if depth == 0 {
			break
		}
	}
	return c.Since(start)
}

// skipLiteral consumes a number, true, false or null.
func (c *Cursor) skipLiteral() {
	for c.pos < len(c.doc) {
		switch c.doc[c.pos] {
		case ',', '}', ']', ' ', '\t', '\r', '\n':
			return
		}
		c.pos++
	}
}

// skipString consumes a string and tells whether it stands for itself: plain
// ASCII without escapes.
func (c *Cursor) skipString() (plain bool) {
	plain = true
	for i := c.pos + 1; ; i++ {
		switch b := c.doc[i]; {
		case b == '"':
			c.pos = i + 1
			return plain
		case b == '\\':
			plain = false
			i++
		case b >= utf8.RuneSelf:
			plain = false
		}
	}
}

// text consumes a string and returns its content.
func (c *Cursor) text() []byte {
	start := c.pos
	plain := c.skipString()
	content := c.doc[start+1 : c.pos-1]
	if plain || bytes.IndexByte(content, '\\') < 0 && utf8.Valid(content) {
		return content
	}
	var s string
	if err := json.Unmarshal(c.doc[start:c.pos], &s); err != nil {
		panic(fmt.Sprintf("cursor: a checked document holds a bad string: %v", err)) // Open has refused it
	}
	return []byte(s)
}

// Text consumes a string or a number and returns its content: what a provider
// writes as "12" today may be 12 tomorrow. ok is false for other kinds.
func (c *Cursor) Text() (content []byte, ok bool) {
	switch c.Kind() {
	case String:
		return c.text(), true
	case Number:
		return c.Skip(), true
	default:
		c.Skip()
		return nil, false
	}
}

// Float consumes a number, or a string that holds one, and returns its value.
// ok is false for other kinds, for text that is no decimal number and for
// numbers too large for a float64.
func (c *Cursor) Float() (value float64, ok bool) {
	content, ok := c.Text()
	if !ok {
		return 0, false
	}
	return ParseFloat(content)
}

// ParseFloat reads a decimal number with an optional sign. Unlike
// strconv.ParseFloat it accepts neither names such as "inf" nor other bases.
func ParseFloat(text []byte) (value float64, ok bool) {
	for _, b := range text {
		switch {
		case b >= '0' && b <= '9', b == '.', b == '-', b == '+', b == 'e', b == 'E':
		default:
			return 0, false
		}
	}
	value, err := strconv.ParseFloat(string(text), 64)
	return value, err == nil
}

// Bool consumes a boolean. ok is false for other kinds.
func (c *Cursor) Bool() (value, ok bool) {
	ok = c.Kind() == Bool
	return string(c.Skip()) == "true", ok
}
