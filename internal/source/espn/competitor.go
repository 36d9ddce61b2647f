package espn

import (
	"strconv"

	"github.com/betflow/betflow/internal/source/cursor"
)

// side is a competitor with what homeAway says about it.
type side struct {
	Competitor
	at string // home, away or empty
}

// pair finds home and away. One side may lack its homeAway, for then the other
// tells; position never does.
func pair(sides []side) (home, away Competitor, reason string) {
	if len(sides) != 2 {
		return home, away, "a game has two competitors, not " + strconv.Itoa(len(sides))
	}
	a, b := sides[0], sides[1]
	switch {
	case a.at == "home" && b.at != "home", b.at == "away" && a.at == "":
		home, away = a.Competitor, b.Competitor
	case b.at == "home" && a.at != "home", a.at == "away" && b.at == "":
		home, away = b.Competitor, a.Competitor
	default:
		return home, away, "homeAway does not tell which competitor is at home"
	}
	if home.Name == "" || away.Name == "" {
		return home, away, "a competitor has no name"
	}
	return home, away, ""
}

func (r *reader) side(i int) (s side) {
	step := ".competitions[0].competitors[" + strconv.Itoa(i) + "]"
	summary := ""
	for name := range r.Fields() {
		switch string(name) {
		case "homeAway":
			s.at = r.text()
		case "team":
			r.team(&s.Competitor)
		case "score":
			s.Score = r.score(step + ".score")
		case "linescores":
			s.Periods = r.periods(step + ".linescores")
		case "records":
			s.Record = r.records()
		case "record":
			summary = r.record()
		}
	}
	if s.Record == "" {
		s.Record = summary
	}
	return s
}

func (r *reader) team(c *Competitor) {
	for name := range r.Fields() {
		switch string(name) {
		case "id":
			c.TeamID = r.text()
		case "displayName":
			c.Name = r.text()
		case "location":
			c.Location = r.text()
		case "name":
			c.Nickname = r.text()
		case "abbreviation":
			c.Abbreviation = r.text()
		}
	}
	if c.Name == "" {
		c.Name = c.Nickname
	}
}

// score reads points written as "12", 12 or {"value": 12}. Null and "" are
// none, and anything else is a defect and none.
func (r *reader) score(step string) (points *int32) {
	start := r.Pos()
	switch r.Kind() {
	case cursor.Null:
		r.Skip()
		return nil
	case cursor.Object:
		for name := range r.Fields() {
			if string(name) == "value" {
				points = r.count()
			}
		}
	default:
		points = r.count()
	}
	if points == nil && string(r.Since(start)) != `""` {
		r.defect(step, start, "the score is no whole number")
	}
	return points
}

// periods reads points by period. If one cannot be read the list is dropped:
// without it the later ones would move to an earlier period.
func (r *reader) periods(step string) []int32 {
	start := r.Pos()
	var points []int32
	bad := false
	for range r.Elements() {
		var value, shown *int32
		for name := range r.Fields() {
			switch string(name) {
			case "value":
				value = r.count()
			case "displayValue":
				shown = r.count()
			}
		}
		if value == nil {
			value = shown
		}
		if value == nil {
			bad = true
			continue
		}
		points = append(points, *value)
	}
	if bad {
		r.defect(step, start, "a period's points are no whole number")
		return nil
	}
	return points
}

// records reads the season's record: the one of type total, or else the first.
func (r *reader) records() (record string) {
	for i := range r.Elements() {
		kind, summary := "", ""
		for name := range r.Fields() {
			switch string(name) {
			case "type":
				kind = r.text()
			case "summary":
				summary = r.text()
			}
		}
		if i == 0 || kind == "total" {
			record = summary
		}
	}
	return record
}

// record reads the field as older scoreboards have it: a text or a list.
func (r *reader) record() string {
	if r.Kind() == cursor.Array {
		return r.records()
	}
	return r.text()
}
