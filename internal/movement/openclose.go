package movement

import (
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// startSlack is how much later than scheduled a game may be seen to run and
// still count as having begun on time. Scoreboards are polled and games begin
// some minutes late as a rule; within that, the schedule is the safe end of the
// time before the game.
const startSlack = 10 * feed.Minute

// Start returns when a game really began, for the question what was known before
// it: the scheduled start, or the instant at which the game was first seen to run
// if that was earlier, or later by more than ten minutes. Records count only if
// an earlier one had the game before its start: who comes in the middle of a game
// does not know when it began. Records stand in the order of their numbers.
func Start(scheduled feed.Time, games []feed.Game) (at feed.Time, observed bool) {
	waiting := false
	for i := range games {
		switch g := &games[i]; g.State {
		case feed.GamePre, feed.GameDelayed, feed.GamePostponed:
			waiting = true
		case feed.GameIn:
			switch {
			case !waiting:
				return scheduled, false
			case g.SeenTime < scheduled, g.SeenTime > scheduled+startSlack, scheduled.IsZero():
				return g.SeenTime, true
			}
			return scheduled, true
		}
	}
	return scheduled, false
}

// The rules of opening and closing, as they are written beside a price.
const (
	RuleOpen          = "first two-sided quote"
	RuleOpenConsensus = "first instant with enough two-sided books"
	RuleClose         = "last two-sided quote seen by the start"
)

// Stand is where a book stood at its opening or closing.
type Stand struct {
	Book     string    `json:"book"`
	Line     *float64  `json:"line"`
	Prices   []Price   `json:"prices"`
	Event    feed.Time `json:"event_time"`
	Seen     feed.Time `json:"seen_time"`
	Age      float64   `json:"age_s"`    // seconds from the event time to the start
	Standing bool      `json:"standing"` // still on offer at the start
	Rule     string    `json:"rule"`
}

// Price is one outcome's of a stand.
type Price struct {
	Outcome string   `json:"outcome"`
	Price   float64  `json:"price"`
	Fair    *float64 `json:"fair"` // nil where the method has no answer
}

// Opening returns a book's first two-sided quote. ok is false if it had none.
func (m *Market) Opening(t *Track, by odds.Method, start feed.Time) (s Stand, ok bool) {
	for i := range t.Quotes {
		if q := &t.Quotes[i]; q.Open() && q.Seen <= start {
			return m.stand(t, q, by, start, RuleOpen), true
		}
	}
	return Stand{}, false
}

// Closing returns a book's last two-sided quote that was seen by the actual
// start and is not older than maxAge then; 0 is any age. The age counts from the
// quote's event time: a price that stood unchanged is as old as its last change,
// for confirmations are not kept in the hot store.
func (m *Market) Closing(t *Track, by odds.Method, start feed.Time, maxAge time.Duration) (s Stand, ok bool) {
	q := t.closing(start)
	if q == nil || maxAge > 0 && start.Sub(q.Event) > maxAge {
		return Stand{}, false
	}
	return m.stand(t, q, by, start, RuleClose), true
}

// closing returns the last two-sided quote seen by an instant.
func (t *Track) closing(by feed.Time) *Quote {
	var last *Quote
	for i := range t.Quotes {
		if q := &t.Quotes[i]; q.Open() && q.Seen <= by {
			last = q
		}
	}
	return last
}

// standing returns what was on offer at an instant, which may be nothing.
func (t *Track) standing(at feed.Time) *Quote {
	var last *Quote
	for i := range t.Quotes {
		if t.Quotes[i].Seen <= at {
			last = &t.Quotes[i]
		}
	}
	return last
}

func (m *Market) stand(t *Track, q *Quote, by odds.Method, start feed.Time, rule string) Stand {
	s := Stand{Book: t.Book, Line: q.Line.Ptr(), Event: q.Event, Seen: q.Seen, Age: start.Sub(q.Event).Seconds(), Standing: t.standing(start) == q, Rule: rule}
	fair, ok := q.Fair(by)
	for i, price := range q.Prices {
		p := Price{Outcome: m.Outcomes[i], Price: price}
		if ok {
			p.Fair = &fair[i]
		}
		s.Prices = append(s.Prices, p)
	}
	return s
}

// LimitWeighted is the mean of the books' closing prices of one outcome at the
// reference line, each weighted by the most that the book takes. It stands where
// volumes are not known and is no VWAP.
type LimitWeighted struct {
	Outcome string   `json:"outcome"`
	Price   Estimate `json:"price"` // N is the books with a limit
}

// LimitWeighted returns the limit-weighted price of every outcome at an instant,
// over the books that stand at the reference line then.
func (m *Market) LimitWeighted(reference feed.Line, at feed.Time) []LimitWeighted {
	out := make([]LimitWeighted, len(m.Outcomes))
	for k, outcome := range m.Outcomes {
		var prices, limits []float64
		for i := range m.Tracks {
			q := m.Tracks[i].standing(at)
			if q != nil && q.Line == reference && q.Limits != nil && q.Limits[k] > 0 {
				prices, limits = append(prices, q.Prices[k]), append(limits, q.Limits[k])
			}
		}
		out[k] = LimitWeighted{outcome, tooFew(len(prices), 1)}
		if p, err := odds.LimitWeighted(prices, limits); err == nil {
			out[k].Price = of(p, len(prices))
		}
	}
	return out
}

// Consensus is the mean of the books' fair probabilities of the first outcome at
// the reference line.
type Consensus struct {
	Fair  float64   `json:"fair"`
	Books int       `json:"books"`
	Seen  feed.Time `json:"seen_time"`
	Rule  string    `json:"rule"`
}

// OpeningConsensus returns the consensus at the first instant at which at least
// a number of books stood with two-sided quotes, by the times at which they were
// seen and not after the start. ok is false if that never was.
func (m *Market) OpeningConsensus(by odds.Method, l Lines, reference feed.Line, books int, start feed.Time) (c Consensus, ok bool) {
	for _, at := range m.instants(start) {
		sum, n := 0.0, 0
		for i := range m.Tracks {
			q := m.Tracks[i].standing(at)
			if q == nil {
				continue
			}
			fair, priced := q.Fair(by)
			if !priced {
				continue
			}
			if p, mapped := l.Move(m.Market, fair[0], q.Line, reference); mapped {
				sum += p
				n++
			}
		}
		if n >= max(1, books) {
			return Consensus{Fair: sum / float64(n), Books: n, Seen: at, Rule: RuleOpenConsensus}, true
		}
	}
	return Consensus{}, false
}

// instants returns the times up to an instant at which any book's quote was
// seen.
func (m *Market) instants(until feed.Time) []feed.Time {
	var all []feed.Time
	for i := range m.Tracks {
		for j := range m.Tracks[i].Quotes {
			if at := m.Tracks[i].Quotes[j].Seen; at <= until {
				all = append(all, at)
			}
		}
	}
	return sortedOnce(all)
}
