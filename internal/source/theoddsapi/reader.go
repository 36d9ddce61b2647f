package theoddsapi

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source"
	"github.com/betflow/betflow/internal/source/cursor"
)

// reader walks one body. Methods named after a shape consume one value and
// return it with what is wrong with it as a whole, "" if nothing is.
type reader struct {
	*cursor.Cursor
	format   string
	place    []byte            // of the value being read, such as [3].bookmakers[1]
	texts    map[string]string // one copy of each name: books, teams and markets repeat
	outcomes map[outcomeKey]struct{}
	defects  []feed.Defect
}

func open(body []byte, what string) (*reader, error) {
	c, err := cursor.Open(body)
	if err != nil {
		return nil, source.Unreadable(feed.SourceOdds, what, err)
	}
	return &reader{Cursor: c, texts: make(map[string]string), outcomes: make(map[outcomeKey]struct{})}, nil
}

// defect records what is wrong with the value that began at start and has been
// consumed.
func (r *reader) defect(start int, reason string) {
	r.defects = append(r.defects, feed.Defect{Place: string(r.place), Reason: reason, Body: r.Since(start)})
}

// at extends the place while f reads what is there.
func (r *reader) at(step string, f func()) {
	n := len(r.place)
	if n > 0 {
		r.place = append(r.place, '.')
	}
	r.place = append(r.place, step...)
	f()
	r.place = r.place[:n]
}

// each reads the elements of a list, with the index as part of the place. An
// element for which read returns a reason is a defect. Null is an empty list.
func (r *reader) each(read func() (reason string)) {
	start := r.Pos()
	if kind := r.Kind(); kind != cursor.Array {
		r.Skip()
		if kind != cursor.Null {
			r.defect(start, "a list was expected, not a "+kind.String())
		}
		return
	}
	n := len(r.place)
	for i := range r.Elements() {
		r.place = append(strconv.AppendInt(append(r.place, '['), int64(i), 10), ']')
		start := r.Pos()
		if reason := read(); reason != "" {
			r.defect(start, reason)
		}
		r.place = r.place[:n]
	}
}

// text reads a string, or a number as its text. Null is empty; other kinds are
// too, and clear ok.
func (r *reader) text(ok *bool) string {
	kind := r.Kind()
	b, read := r.Text()
	if !read && kind != cursor.Null {
		*ok = false
	}
	if s, known := r.texts[string(b)]; known {
		return s
	}
	s := string(b)
	r.texts[s] = s
	return s
}

// time reads an instant: RFC 3339, or Unix seconds (dateFormat=unix). Null is
// the zero instant.
func (r *reader) time() (t feed.Time, ok bool) {
	switch r.Kind() {
	case cursor.Null:
		r.Skip()
		return 0, true
	case cursor.Number:
		seconds, ok := r.Float()
		const lastYear9999 = 253402300799
		if !ok || seconds < 0 || seconds > lastYear9999 {
			return 0, false
		}
		return feed.Time(seconds * float64(feed.Second)), true
	case cursor.String:
		b, _ := r.Text()
		std, err := time.Parse(time.RFC3339, string(b))
		return feed.At(std), err == nil
	default:
		r.Skip()
		return 0, false
	}
}

// optionalTime reads an instant that may be missing; one that cannot be read is
// a defect and counts as missing.
func (r *reader) optionalTime(name string) (t feed.Time) {
	r.at(name, func() {
		start := r.Pos()
		var ok bool
		if t, ok = r.time(); !ok {
			r.defect(start, "no instant")
		}
	})
	return t
}

// expect refuses a body of another kind. The provider reports errors as an
// object with a message.
func (r *reader) expect(kind cursor.Kind, what string) error {
	if r.Kind() == kind {
		return nil
	}
	err := fmt.Errorf("an %s was expected, not a %s", kind, r.Kind())
	if e, ok := ParseError(r.Skip()); ok {
		err = errors.New(e.String())
	}
	return source.Unreadable(feed.SourceOdds, what, err)
}
