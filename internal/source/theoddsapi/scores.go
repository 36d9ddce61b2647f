package theoddsapi

import (
	"strconv"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source/cursor"
)

// ParseScores reads an answer of the scores endpoint. Defects and the error are
// as in ParseOdds.
func ParseScores(body []byte) ([]ScoredEvent, []feed.Defect, error) {
	r, err := open(body, "scores")
	if err != nil {
		return nil, nil, err
	}
	if err := r.expect(cursor.Array, "scores"); err != nil {
		return nil, nil, err
	}
	var events []ScoredEvent
	r.each(func() string {
		e, reason := r.scoredEvent()
		if reason == "" {
			events = append(events, e)
		}
		return reason
	})
	return events, r.defects, nil
}

func (r *reader) scoredEvent() (s ScoredEvent, reason string) {
	wrong := ""
	s.Event, reason = r.event(func(name []byte) {
		switch string(name) {
		case "completed":
			var ok bool
			if s.Completed, ok = r.Bool(); !ok {
				wrong = "completed is neither true nor false"
			}
		case "scores":
			r.at("scores", func() { s.Scores = r.scores() })
		case "last_update":
			s.LastUpdate = r.optionalTime("last_update")
		}
	})
	if reason == "" {
		reason = wrong
	}
	return s, reason
}

func (r *reader) scores() []Score {
	var scores []Score
	r.each(func() string {
		if kind := r.Kind(); kind != cursor.Object {
			r.Skip()
			return "a score was expected, not a " + kind.String()
		}
		var s Score
		named := true
		for name := range r.Fields() {
			switch string(name) {
			case "name":
				s.Name = r.text(&named)
			case "score":
				s.Text = r.text(&named)
			}
		}
		if !named || s.Name == "" {
			return "the score has no name, or one that is no text"
		}
		s.Points = whole(s.Text)
		scores = append(scores, s)
		return ""
	})
	return scores
}

// whole reads a text as a whole number, nil if it is none.
func whole(text string) *int32 {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return nil
	}
	v := int32(n)
	return &v
}
