package theoddsapi

import (
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source/cursor"
)

// outcomeKey tells the outcomes of a market apart.
type outcomeKey struct {
	name, description string
	point             feed.Line
}

func (r *reader) marketOutcomes() []Outcome {
	outcomes := make([]Outcome, 0, 3)
	clear(r.outcomes)
	r.each(func() string {
		o, reason := r.outcome()
		if reason != "" {
			return reason
		}
		key := outcomeKey{o.Name, o.Description, feed.LineOf(o.Point)}
		if _, twice := r.outcomes[key]; twice {
			return "the outcome stands in the market twice: the first is kept"
		}
		r.outcomes[key] = struct{}{}
		outcomes = append(outcomes, o)
		return ""
	})
	return outcomes
}

func (r *reader) outcome() (o Outcome, reason string) {
	if kind := r.Kind(); kind != cursor.Object {
		r.Skip()
		return o, "an outcome was expected, not a " + kind.String()
	}
	named, priced, pointed, limited := true, false, true, true
	for name := range r.Fields() {
		switch string(name) {
		case "name":
			o.Name = r.text(&named)
		case "description":
			o.Description = r.text(&named)
		case "price":
			o.PriceText = r.text(&named)
			o.Price, priced = cursor.ParseFloat([]byte(o.PriceText))
		case "point":
			o.Point, pointed = r.number()
		case "bet_limit":
			o.BetLimit, limited = r.number()
		}
	}
	switch {
	case !named:
		return o, notText
	case o.Name == "":
		return o, "the outcome has no name"
	case !priced:
		return o, "the price is no number"
	case !possible(o.Price, r.format):
		return o, "the price " + o.PriceText + " cannot be in " + r.format + " format"
	case !pointed:
		return o, "the point is no number"
	case !limited:
		return o, "the bet_limit is no number"
	}
	return o, ""
}

// number reads an optional number; null is none.
func (r *reader) number() (*float64, bool) {
	if r.Kind() == cursor.Null {
		r.Skip()
		return nil, true
	}
	f, ok := r.Float()
	if !ok {
		return nil, false
	}
	return &f, true
}

// possible tells whether a price can exist: decimal odds pay back more than the
// stake, American ones are at least 100 away from zero.
func possible(price float64, format string) bool {
	if format == feed.FormatAmerican {
		return price <= -100 || price >= 100
	}
	return price > 1
}

// FormatOf returns the price format of a request: the query says it, and
// without a word the provider answers in decimal.
func FormatOf(query map[string]string) string {
	if query["oddsFormat"] == feed.FormatAmerican {
		return feed.FormatAmerican
	}
	return feed.FormatDecimal
}
