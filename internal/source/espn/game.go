package espn

import (
	"strconv"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source/cursor"
)

// event reads one element of a scoreboard's events. A reason means that it is
// no game of two sides.
func (r *reader) event() (e Event, reason string) {
	if kind := r.Kind(); kind != cursor.Object {
		r.Skip()
		return e, "an event was expected, not a " + kind.String()
	}
	start := r.Pos()
	var game competition
	var status *Status
	dated, competitions := false, 0
	for name := range r.Fields() {
		switch string(name) {
		case "id":
			e.ID = r.text()
		case "name":
			e.Name = r.text()
		case "shortName":
			e.ShortName = r.text()
		case "date":
			e.Start, dated = r.time()
		case "season":
			e.SeasonYear, e.SeasonType = r.season()
		case "week":
			e.Week = int(r.inner("number"))
		case "weather":
			e.Weather = r.weather()
		case "status":
			status = r.status()
		case "competitions":
			game, competitions, reason = r.competitions()
		}
	}
	if game.status == nil {
		game.status = status
	}
	switch {
	case e.ID == "":
		return e, "the event has no id"
	case reason != "":
		return e, reason
	case competitions == 0:
		return e, "the event has no competition"
	case !dated && game.start.IsZero():
		return e, "the event has no readable date"
	case !dated:
		e.Start = game.start
	}
	e.Neutral, e.Venue, e.Home, e.Away, e.Situation = game.neutral, game.venue, game.home, game.away, game.situation
	e.Status = r.known(game.status, start)
	return e, ""
}

// known returns the status, and records a defect of the event that began at
// start if the status says nothing we know.
func (r *reader) known(s *Status, start int) Status {
	if s == nil {
		r.defect(".status", start, "the event has no status")
		return Status{}
	}
	if s.State == "" {
		r.defect(".status", start, "neither status "+strconv.Quote(s.Name)+" nor state "+strconv.Quote(s.Phase)+" is known")
	}
	return *s
}

func (r *reader) season() (year, kind int) {
	for name := range r.Fields() {
		switch string(name) {
		case "year":
			year = int(r.integer())
		case "type":
			kind = int(r.integer())
		}
	}
	return year, kind
}

func (r *reader) weather() *Weather {
	if r.Kind() != cursor.Object {
		r.Skip()
		return nil
	}
	var w Weather
	for name := range r.Fields() {
		switch string(name) {
		case "displayValue":
			w.Text = r.text()
		case "temperature":
			w.TemperatureF = r.float()
		}
	}
	return &w
}

func (r *reader) status() *Status {
	if r.Kind() != cursor.Object {
		r.Skip()
		return nil
	}
	var s Status
	for name := range r.Fields() {
		switch string(name) {
		case "clock":
			s.ClockSeconds = r.float()
		case "displayClock":
			s.Clock = r.text()
		case "period":
			s.Period = r.integer()
		case "type":
			r.statusType(&s)
		}
	}
	s.State = stateOf(s.Name, s.Phase)
	return &s
}

func (r *reader) statusType(s *Status) {
	for name := range r.Fields() {
		switch string(name) {
		case "name":
			s.Name = r.text()
		case "state":
			s.Phase = r.text()
		case "detail":
			s.Detail = r.text()
		case "completed":
			s.Completed, _ = r.Bool()
		}
	}
}

// competition is the game inside an event.
type competition struct {
	start      feed.Time
	neutral    bool
	venue      *Venue
	home, away Competitor
	status     *Status
	situation  *Situation
}

// competitions reads the first one; an event of a team sport has no more, and
// if it does each of the others is a defect.
func (r *reader) competitions() (game competition, n int, reason string) {
	for i := range r.Elements() {
		n++
		start := r.Pos()
		if i == 0 {
			game, reason = r.competition()
			continue
		}
		r.Skip()
		r.defect(".competitions["+strconv.Itoa(i)+"]", start, "only the first competition of an event is read")
	}
	return game, n, reason
}

func (r *reader) competition() (game competition, reason string) {
	if kind := r.Kind(); kind != cursor.Object {
		r.Skip()
		return game, "a competition was expected, not a " + kind.String()
	}
	var sides []side
	for name := range r.Fields() {
		switch string(name) {
		case "date":
			game.start, _ = r.time()
		case "neutralSite":
			game.neutral, _ = r.Bool()
		case "venue":
			game.venue = r.venue()
		case "status":
			game.status = r.status()
		case "situation":
			game.situation = r.situation()
		case "competitors":
			for i := range r.Elements() {
				sides = append(sides, r.side(i))
			}
		}
	}
	game.home, game.away, reason = pair(sides)
	return game, reason
}

func (r *reader) venue() *Venue {
	if r.Kind() != cursor.Object {
		r.Skip()
		return nil
	}
	var v Venue
	for name := range r.Fields() {
		switch string(name) {
		case "id":
			v.ID = r.text()
		case "fullName":
			v.Name = r.text()
		case "indoor":
			if indoor, ok := r.Bool(); ok {
				v.Indoor = &indoor
			}
		case "address":
			for name := range r.Fields() {
				switch string(name) {
				case "city":
					v.City = r.text()
				case "state":
					v.State = r.text()
				}
			}
		}
	}
	return &v
}

func (r *reader) situation() *Situation {
	if r.Kind() != cursor.Object {
		r.Skip()
		return nil
	}
	var s Situation
	for name := range r.Fields() {
		switch string(name) {
		case "down":
			s.Down = r.count()
		case "distance":
			s.Distance = r.count()
		case "possession":
			s.Possession = r.text()
		case "downDistanceText":
			s.Text = r.text()
		case "lastPlay":
			s.LastPlay = r.play()
		}
	}
	if s == (Situation{}) {
		return nil // soccer's is only a link
	}
	return &s
}

func (r *reader) play() *Play {
	var p Play
	for name := range r.Fields() {
		switch string(name) {
		case "id":
			p.ID = r.text()
		case "text":
			p.Text = r.text()
		case "scoreValue":
			p.ScoreValue = r.integer()
		case "type":
			for name := range r.Fields() {
				switch string(name) {
				case "id":
					p.TypeID = r.text()
				case "text":
					p.Type = r.text()
				}
			}
		}
	}
	if p.ID == "" {
		return nil
	}
	return &p
}
