package process

import (
	"slices"

	"github.com/betflow/betflow/internal/feed"
)

// side is what a join keeps of a record while it waits: one of its parts is set.
// Its fields are its form in a checkpoint.
type side struct {
	Game      *gameSide    `json:"game,omitempty"`
	Line      *lineSide    `json:"line,omitempty"`
	Confirmed *confirmSide `json:"confirmed,omitempty"`
	Weather   *weatherSide `json:"weather,omitempty"`
	Start     feed.Time    `json:"start,omitempty"` // of the game, as published
	Seen      feed.Time    `json:"seen"`
}

func (s *side) known() bool {
	return s.Game != nil || s.Line != nil || s.Confirmed != nil || s.Weather != nil || s.Start != 0
}

// gameSide is a game's state.
type gameSide struct {
	State   feed.GameState `json:"state"`
	Status  string         `json:"status"`
	Detail  string         `json:"detail"`
	Period  int32          `json:"period"`
	Clock   string         `json:"clock"`
	Seconds *float64       `json:"seconds"`
	Home    *int32         `json:"home"`
	Away    *int32         `json:"away"`
	Event   feed.Time      `json:"event"`
}

// same tells whether two states say the same of score and clock.
func (g *gameSide) same(o *gameSide) bool {
	return g.State == o.State && g.Status == o.Status && g.Detail == o.Detail && g.Period == o.Period && g.Clock == o.Clock &&
		equal(g.Seconds, o.Seconds) && equal(g.Home, o.Home) && equal(g.Away, o.Away)
}

// lineSide is the main line of a market.
type lineSide struct {
	Market    string        `json:"market"`
	Line      *float64      `json:"line"`
	Books     int32         `json:"books"`
	Method    string        `json:"method"`
	Outcomes  []lineOutcome `json:"outcomes"`
	Confirmed feed.Time     `json:"confirmed"` // by the provider: event time of the newest price, or of its last confirmation
}

type lineOutcome struct {
	Outcome   string   `json:"outcome"`
	Fair      *float64 `json:"fair"`
	BestPrice *float64 `json:"best_price"`
	BestBook  string   `json:"best_book"`
}

// usable tells whether the books have said something of every outcome.
func (s *lineSide) usable() bool {
	return s.Books > 0 && len(s.Outcomes) > 1 && !slices.ContainsFunc(s.Outcomes, func(o lineOutcome) bool { return o.Fair == nil })
}

// fair returns the fair probability of an outcome, nil without one.
func (s *lineSide) fair(outcome string) *float64 {
	for i := range s.Outcomes {
		if s.Outcomes[i].Outcome == outcome {
			return s.Outcomes[i].Fair
		}
	}
	return nil
}

// points is the line as a number, 0 where the market has none.
func (s *lineSide) points() float64 { return value(s.Line) }

// confirmSide says that the main line of a market stands as it did.
type confirmSide struct {
	Market string    `json:"market"`
	Event  feed.Time `json:"event"`
}

// weatherSide is one reading.
type weatherSide struct {
	Venue         string    `json:"venue"`
	Temperature   *float64  `json:"temperature"`
	Wind          *float64  `json:"wind"`
	Gust          *float64  `json:"gust"`
	Precipitation *float64  `json:"precipitation"`
	Humidity      *float64  `json:"humidity"`
	Event         feed.Time `json:"event"`
}

// heard is a record as the join needs it.
type heard struct {
	kind    feed.Kind
	seq     int64
	fixture string
	at      feed.Time // event time; the tick's
	side    side
}

// heardOf copies what is needed of a *feed.Game, *feed.MarketState or
// *feed.Weather.
func heardOf(record any) heard {
	switch r := record.(type) {
	case *feed.Game:
		h := heard{kind: r.Kind, seq: r.Seq, fixture: r.FixtureID, at: r.EventTime, side: side{Seen: r.SeenTime}}
		if r.Kind == feed.KindGame {
			h.side.Game = &gameSide{
				State: r.State, Status: r.Status, Detail: r.Detail, Period: r.Period, Clock: r.Clock,
				Seconds: copied(r.ClockSeconds), Home: copied(r.HomeScore), Away: copied(r.AwayScore), Event: r.EventTime,
			}
		}
		return h
	case *feed.MarketState:
		h := heard{kind: r.Kind, seq: r.Seq, fixture: r.FixtureID, at: r.EventTime, side: side{Seen: r.SeenTime}}
		switch r.Kind {
		case feed.KindMarket:
			h.side.Line = lineSideOf(r)
		case feed.KindSeen:
			h.side.Confirmed = &confirmSide{r.Market, r.EventTime}
		case feed.KindStart:
			h.side.Start, h.at = r.EventTime, r.SeenTime
		}
		return h
	case *feed.Weather:
		h := heard{kind: r.Kind, seq: r.Seq, fixture: r.FixtureID, at: r.EventTime, side: side{Seen: r.SeenTime}}
		if r.Kind == feed.KindWeather {
			h.side.Weather = &weatherSide{
				Venue: r.VenueID, Temperature: copied(r.TemperatureC), Wind: copied(r.WindMS), Gust: copied(r.WindGustMS),
				Precipitation: copied(r.Precipitation), Humidity: copied(r.Humidity), Event: r.EventTime,
			}
		}
		return h
	}
	panic("process: a join reads no such record")
}

// lineSideOf copies what is needed of a state. One without an open price was
// confirmed when it was seen to be so.
func lineSideOf(s *feed.MarketState) *lineSide {
	l := &lineSide{Market: s.Market, Line: copied(s.Line), Books: s.Books, Method: s.Method, Confirmed: s.EventTime}
	if l.Confirmed == 0 {
		l.Confirmed = s.SeenTime
	}
	for i := range s.Outcomes {
		o := &s.Outcomes[i]
		l.Outcomes = append(l.Outcomes, lineOutcome{o.Outcome, copied(o.Fair), copied(o.BestPrice), o.BestBook})
	}
	return l
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}
