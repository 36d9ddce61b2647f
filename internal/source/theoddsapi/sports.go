package theoddsapi

import (
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source/cursor"
)

// ParseSports reads an answer of the sports endpoint. Defects and the error are
// as in ParseOdds.
func ParseSports(body []byte) ([]Sport, []feed.Defect, error) {
	r, err := open(body, "sports")
	if err != nil {
		return nil, nil, err
	}
	if err := r.expect(cursor.Array, "sports"); err != nil {
		return nil, nil, err
	}
	var sports []Sport
	r.each(func() string {
		s, reason := r.sport()
		if reason == "" {
			sports = append(sports, s)
		}
		return reason
	})
	return sports, r.defects, nil
}

func (r *reader) sport() (s Sport, reason string) {
	if kind := r.Kind(); kind != cursor.Object {
		r.Skip()
		return s, "a sport was expected, not a " + kind.String()
	}
	named := true
	for name := range r.Fields() {
		switch string(name) {
		case "key":
			s.Key = r.text(&named)
		case "group":
			s.Group = r.text(&named)
		case "title":
			s.Title = r.text(&named)
		case "description":
			s.Description = r.text(&named)
		case "active":
			s.Active, _ = r.Bool()
		case "has_outrights":
			s.HasOutrights, _ = r.Bool()
		}
	}
	if !named || s.Key == "" {
		return s, "the sport has no key, or a name that is no text"
	}
	return s, ""
}
