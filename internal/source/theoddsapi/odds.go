package theoddsapi

import (
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source/cursor"
)

// notText is the reason of a part with a name that is a list, an object or a
// boolean.
const notText = "a name is neither text nor null"

// ParseOdds reads an answer of the odds endpoint. Format is feed.FormatDecimal
// or feed.FormatAmerican and decides which prices are impossible; see FormatOf.
//
// Every element of the list is either among the events or a defect. The error
// is a *source.Error of class Corrupt: the body as a whole is no list.
func ParseOdds(body []byte, format string) ([]Event, []feed.Defect, error) {
	r, err := openOdds(body, format)
	if err != nil {
		return nil, nil, err
	}
	if err := r.expect(cursor.Array, "odds"); err != nil {
		return nil, nil, err
	}
	events := r.events()
	return events, r.defects, nil
}

// ParseHistorical reads an answer of the historical odds endpoint, as ParseOdds
// does.
func ParseHistorical(body []byte, format string) (Snapshot, []feed.Defect, error) {
	r, err := openOdds(body, format)
	if err != nil {
		return Snapshot{}, nil, err
	}
	if err := r.expect(cursor.Object, "historical odds"); err != nil {
		return Snapshot{}, nil, err
	}
	var s Snapshot
	message, named := "", true
	for name := range r.Fields() {
		switch string(name) {
		case "timestamp":
			s.Timestamp = r.optionalTime("timestamp")
		case "previous_timestamp":
			s.Previous = r.optionalTime("previous_timestamp")
		case "next_timestamp":
			s.Next = r.optionalTime("next_timestamp")
		case "data":
			r.at("data", func() { s.Events = r.events() })
		case "message":
			message = r.text(&named)
		}
	}
	if s.Timestamp.IsZero() {
		return Snapshot{}, nil, unexpected("historical odds", "no timestamp", message)
	}
	return s, r.defects, nil
}

// ParseEvents reads an answer of the events endpoint: games without prices.
func ParseEvents(body []byte) ([]Event, []feed.Defect, error) {
	return ParseOdds(body, feed.FormatDecimal)
}

func openOdds(body []byte, format string) (*reader, error) {
	r, err := open(body, "odds")
	if err != nil {
		return nil, err
	}
	r.format = format
	return r, nil
}

func (r *reader) events() []Event {
	var events []Event
	ids := make(map[string]struct{})
	r.each(func() string {
		e, reason := r.event(nil)
		if _, twice := ids[e.ID]; reason == "" && twice {
			reason = "the event's id stands in the list twice"
		}
		if reason == "" {
			ids[e.ID] = struct{}{}
			events = append(events, e)
		}
		return reason
	})
	return events
}

// event reads a game. Fields that are not those of every event are offered to
// more.
func (r *reader) event(more func(name []byte)) (e Event, reason string) {
	if kind := r.Kind(); kind != cursor.Object {
		r.Skip()
		return e, "an event was expected, not a " + kind.String()
	}
	defects := len(r.defects)
	timed, named := true, true
	for name := range r.Fields() {
		switch string(name) {
		case "id":
			e.ID = r.text(&named)
		case "sport_key":
			e.SportKey = r.text(&named)
		case "sport_title":
			e.SportTitle = r.text(&named)
		case "commence_time":
			e.CommenceTime, timed = r.time()
		case "home_team":
			e.HomeTeam = r.text(&named)
		case "away_team":
			e.AwayTeam = r.text(&named)
		case "bookmakers":
			r.at("bookmakers", func() { e.Bookmakers = r.bookmakers() })
		default:
			if more != nil {
				more(name)
			}
		}
	}
	e.Partial = len(r.defects) > defects
	switch {
	case !named:
		reason = notText
	case e.ID == "":
		reason = "the event has no id"
	case e.SportKey == "":
		reason = "the event has no sport_key"
	case !timed || e.CommenceTime.IsZero():
		reason = "the event has no readable commence_time"
	}
	if reason != "" {
		r.defects = r.defects[:defects] // the whole event is the defect, its parts are inside
	}
	return e, reason
}

func (r *reader) bookmakers() []Bookmaker {
	var books []Bookmaker
	r.each(func() string {
		b, reason := r.bookmaker()
		for i := range books {
			if reason == "" && books[i].Key == b.Key {
				reason = "the book stands in the event twice"
			}
		}
		if reason == "" {
			books = append(books, b)
		}
		return reason
	})
	return books
}

func (r *reader) bookmaker() (b Bookmaker, reason string) {
	if kind := r.Kind(); kind != cursor.Object {
		r.Skip()
		return b, "a bookmaker was expected, not a " + kind.String()
	}
	defects, named := len(r.defects), true
	for name := range r.Fields() {
		switch string(name) {
		case "key":
			b.Key = r.text(&named)
		case "title":
			b.Title = r.text(&named)
		case "last_update":
			b.LastUpdate = r.optionalTime("last_update")
		case "markets":
			r.at("markets", func() { b.Markets = r.markets() })
		}
	}
	switch {
	case !named:
		reason = notText
	case b.Key == "":
		reason = "the bookmaker has no key"
	}
	if reason != "" {
		r.defects = r.defects[:defects]
	}
	return b, reason
}

func (r *reader) markets() []Market {
	var markets []Market
	r.each(func() string {
		m, reason := r.market()
		for i := range markets {
			if reason == "" && markets[i].Key == m.Key {
				reason = "the market stands in the book twice"
			}
		}
		if reason == "" {
			markets = append(markets, m)
		}
		return reason
	})
	return markets
}

func (r *reader) market() (m Market, reason string) {
	if kind := r.Kind(); kind != cursor.Object {
		r.Skip()
		return m, "a market was expected, not a " + kind.String()
	}
	defects, named := len(r.defects), true
	for name := range r.Fields() {
		switch string(name) {
		case "key":
			m.Key = r.text(&named)
		case "last_update":
			m.LastUpdate = r.optionalTime("last_update")
		case "outcomes":
			r.at("outcomes", func() { m.Outcomes = r.marketOutcomes() })
		}
	}
	switch {
	case !named:
		reason = notText
	case m.Key == "":
		reason = "the market has no key"
	}
	if reason != "" {
		r.defects = r.defects[:defects]
	}
	return m, reason
}
