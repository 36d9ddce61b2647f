package espn

import (
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source"
	"github.com/betflow/betflow/internal/source/cursor"
)

// ParseScoreboard reads a scoreboard. Every element of its events is either
// among the events returned or a defect whose place is that element. Parts of
// an event that it can do without, such as a score, are left out when they
// cannot be read, and are defects with places of their own.
//
// The error is a *source.Error of class Corrupt: the body as a whole is no
// scoreboard.
func ParseScoreboard(body []byte) ([]Event, []feed.Defect, error) {
	c, err := cursor.Open(body)
	if err != nil {
		return nil, nil, source.Unreadable(feed.SourceGames, "scoreboard", err)
	}
	r := &reader{Cursor: c}
	var events []Event
	listed, message := false, ""
	week := 0
	for name := range r.Fields() {
		switch string(name) {
		case "events":
			listed = r.Kind() == cursor.Array
			events = r.events()
		case "week":
			week = int(r.inner("number"))
		case "message":
			message = r.text()
		}
	}
	if !listed {
		if message == "" {
			message = "there is no list of events"
		}
		return nil, nil, source.Unreadable(feed.SourceGames, "scoreboard", errors.New(message))
	}
	for i := range events {
		if events[i].Week == 0 {
			events[i].Week = week
		}
	}
	return events, r.defects, nil
}

// reader walks one body. Its methods consume one value each, whatever it is.
type reader struct {
	*cursor.Cursor
	place   string // of the event being read
	defects []feed.Defect
}

// defect records what is wrong with the value that began at start and has been
// consumed; step leads to it from the event.
func (r *reader) defect(step string, start int, reason string) {
	r.defects = append(r.defects, feed.Defect{Place: r.place + step, Reason: reason, Body: r.Since(start)})
}

func (r *reader) events() []Event {
	var events []Event
	ids := make(map[string]struct{})
	for i := range r.Elements() {
		r.place = "events[" + strconv.Itoa(i) + "]"
		start, defects := r.Pos(), len(r.defects)
		e, reason := r.event()
		if _, twice := ids[e.ID]; reason == "" && twice {
			reason = "the event's id stands in the list twice"
		}
		if reason != "" {
			r.defects = r.defects[:defects] // the whole event is the defect, its parts are inside
			r.defect("", start, reason)
			continue
		}
		ids[e.ID] = struct{}{}
		events = append(events, e)
	}
	return events
}

// text reads a string or a number as text; anything else is empty.
func (r *reader) text() string {
	b, _ := r.Text()
	return string(b)
}

// integer reads a whole number, written as a number or a string; anything else
// is zero.
func (r *reader) integer() int32 {
	if n := r.count(); n != nil {
		return *n
	}
	return 0
}

// count reads a whole number that may be missing.
func (r *reader) count() *int32 {
	f, ok := r.Float()
	if !ok || f != math.Trunc(f) || math.Abs(f) > math.MaxInt32 {
		return nil
	}
	n := int32(f)
	return &n
}

// float reads a number that may be missing.
func (r *reader) float() *float64 {
	f, ok := r.Float()
	if !ok {
		return nil
	}
	return &f
}

// inner reads one whole number out of an object.
func (r *reader) inner(field string) (n int32) {
	for name := range r.Fields() {
		if string(name) == field {
			n = r.integer()
		}
	}
	return n
}

// time reads an instant. ESPN leaves the seconds out.
func (r *reader) time() (t feed.Time, ok bool) {
	text := r.text()
	for _, layout := range []string{"2006-01-02T15:04Z07:00", time.RFC3339} {
		if std, err := time.Parse(layout, text); err == nil {
			return feed.At(std), true
		}
	}
	return 0, false
}
