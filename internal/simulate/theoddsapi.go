package simulate

import (
	"net/http"
	"strconv"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
)

// oddsAhead is how long before their start fixtures appear at The Odds API.
const oddsAhead = 60 * feed.Hour

// snapshotEvery is the spacing of historical snapshots.
const snapshotEvery = 5 * feed.Minute

// competitionOf finds a sport by its key at The Odds API.
func (s *Simulator) competitionOf(r *http.Request) (*competition, *reply) {
	for _, c := range s.competitions {
		if c.oddsID != "" && c.oddsID == r.PathValue("sport") {
			return c, nil
		}
	}
	out := refused(http.StatusNotFound, "UNKNOWN_SPORT", "Unknown sport")
	return nil, &out
}

// sports answers /v4/sports, which is free.
func (s *Simulator) sports(*http.Request, feed.Time) reply {
	out := []oddsSport{}
	for _, c := range s.competitions {
		if c.oddsID != "" {
			out = append(out, oddsSport{Key: c.oddsID, Group: c.group, Title: c.league.Name, Description: c.league.Name, Active: true})
		}
	}
	return reply{status: http.StatusOK, body: marshal(out)}
}

// events answers /v4/sports/{sport}/events, which is free.
func (s *Simulator) events(r *http.Request, at feed.Time) reply {
	c, refusal := s.competitionOf(r)
	if refusal != nil {
		return *refusal
	}
	q, refusal := parseOddsQuery(r.URL.Path, r.URL.Query(), false)
	if refusal != nil {
		return *refusal
	}
	return reply{status: http.StatusOK, body: s.cached(at, q.key, func() any {
		out := []oddsEvent{}
		for _, f := range c.current(at) {
			if q.covers(f.OddsID, f.published(at)) {
				out = append(out, f.event(at))
			}
		}
		return out
	})}
}

// odds answers /v4/sports/{sport}/odds.
func (s *Simulator) odds(r *http.Request, at feed.Time) reply {
	c, refusal := s.competitionOf(r)
	if refusal != nil {
		return *refusal
	}
	q, refusal := parseOddsQuery(r.URL.Path, r.URL.Query(), true)
	if refusal != nil {
		return *refusal
	}
	return charged(s.cached(at, q.key, func() any { return s.priced(c, &q, at) }), q.cost())
}

// charged is a good answer, free of charge if it is an empty list.
func charged(body []byte, cost int) reply {
	if len(body) <= len("[]") {
		cost = 0
	}
	return reply{status: http.StatusOK, body: body, cost: cost}
}

// eventOdds answers /v4/sports/{sport}/events/{event}/odds with the featured
// markets.
func (s *Simulator) eventOdds(r *http.Request, at feed.Time) reply {
	c, refusal := s.competitionOf(r)
	if refusal != nil {
		return *refusal
	}
	q, refusal := parseOddsQuery(r.URL.Path, r.URL.Query(), true)
	if refusal != nil {
		return *refusal
	}
	for _, f := range c.current(at) {
		if f.OddsID != r.PathValue("event") {
			continue
		}
		out := pricedEvent{oddsEvent: f.event(at), Bookmakers: s.bookmakers(f, &q, at)}
		if len(out.Bookmakers) == 0 {
			return reply{status: http.StatusOK, body: marshal(out)}
		}
		return reply{status: http.StatusOK, body: marshal(out), cost: q.cost()}
	}
	return refused(http.StatusNotFound, "EVENT_NOT_FOUND", "Event not found. The event may have expired or the event id is invalid")
}

// historicalOdds answers /v4/historical/sports/{sport}/odds: the world of
// another instant, for ten times the price.
func (s *Simulator) historicalOdds(r *http.Request, at feed.Time) reply {
	c, refusal := s.competitionOf(r)
	if refusal != nil {
		return *refusal
	}
	q, refusal := parseOddsQuery(r.URL.Path, r.URL.Query(), true)
	if refusal != nil {
		return *refusal
	}
	date, err := time.Parse("2006-01-02T15:04:05Z", r.URL.Query().Get("date"))
	if err != nil || feed.At(date) > at {
		return refused(http.StatusUnprocessableEntity, "INVALID_HISTORICAL_TIMESTAMP", "Invalid date parameter. The format must be YYYY-MM-DDTHH:MM:SSZ, and the date must be past")
	}
	then := feed.At(date).Truncate(snapshotEvery)
	out := oddsSnapshot{
		Timestamp:         then.String(),
		PreviousTimestamp: (then - snapshotEvery).String(),
		NextTimestamp:     (then + snapshotEvery).String(),
		Data:              s.priced(c, &q, then),
	}
	cost := 10 * q.cost()
	if len(out.Data) == 0 {
		cost = 0
	}
	return reply{status: http.StatusOK, body: marshal(out), cost: cost}
}

// scores answers /v4/sports/{sport}/scores. The scores are those of half a
// minute ago at most.
func (s *Simulator) scores(r *http.Request, at feed.Time) reply {
	c, refusal := s.competitionOf(r)
	if refusal != nil {
		return *refusal
	}
	q, refusal := parseOddsQuery(r.URL.Path, r.URL.Query(), false)
	if refusal != nil {
		return *refusal
	}
	cost, back := 1, feed.Time(0)
	if text := r.URL.Query().Get("daysFrom"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 3 {
			return refused(http.StatusUnprocessableEntity, "INVALID_SCORES_DAYS_FROM", "Invalid daysFrom parameter. Valid values are integers from 1 to 3")
		}
		cost, back = 2, feed.Time(n)*day
	}
	seen := at.Truncate(feed.Minute / 2)
	return charged(s.cached(at, q.key, func() any {
		out := []scoredEvent{}
		for _, f := range c.between(at-back-day, at+oddsAhead) {
			live := f.state(seen) != feed.GamePost
			if (live || f.kickoff() >= at-back) && q.covers(f.OddsID, f.published(at)) {
				out = append(out, f.scored(at, seen))
			}
		}
		return out
	}), cost)
}

// scored is a fixture with its score as seen at an instant before at.
func (f *fixture) scored(at, seen feed.Time) scoredEvent {
	out := scoredEvent{oddsEvent: f.event(at), Completed: f.state(seen) == feed.GamePost}
	if f.state(seen) == feed.GamePre {
		return out
	}
	home, away := f.scoreAt(seen)
	out.Scores = []oddsScore{{f.oddsName(f.Home), strconv.Itoa(home)}, {f.oddsName(f.Away), strconv.Itoa(away)}}
	updated := min(seen, f.kickoff()+f.play().end).Truncate(feed.Second).String()
	out.LastUpdate = &updated
	return out
}

// current lists the fixtures that are in play or start soon, by start.
func (c *competition) current(at feed.Time) []*fixture {
	var out []*fixture
	for _, f := range c.between(at-day, at+oddsAhead) {
		if f.state(at) != feed.GamePost {
			out = append(out, f)
		}
	}
	return out
}

// priced lists the fixtures for which a wanted book has prices.
func (s *Simulator) priced(c *competition, q *oddsQuery, at feed.Time) []pricedEvent {
	out := []pricedEvent{}
	for _, f := range c.current(at) {
		if !q.covers(f.OddsID, f.published(at)) {
			continue
		}
		if books := s.bookmakers(f, q, at); len(books) > 0 {
			out = append(out, pricedEvent{oddsEvent: f.event(at), Bookmakers: books})
		}
	}
	return out
}

// bookmakers lists what the wanted books offer of a fixture.
func (s *Simulator) bookmakers(f *fixture, q *oddsQuery, at feed.Time) []oddsBookmaker {
	out := []oddsBookmaker{}
	for i := range s.books {
		b := &s.books[i]
		if !q.wants(b) || s.faults.vanished(b.Key) {
			continue
		}
		m := oddsBookmaker{Key: b.Key, Title: b.Title}
		var latest feed.Time
		for _, o := range b.offers(f, at) {
			if q.markets[o.kind] {
				latest = max(latest, o.updated)
				m.Markets = append(m.Markets, f.market(&o, b, q))
			}
		}
		if len(m.Markets) > 0 {
			m.LastUpdate = latest.String()
			out = append(out, m)
		}
	}
	return out
}

// market writes an offer. Sides come in the order of their names, as they do
// at the service, so that position tells nothing.
func (f *fixture) market(o *offer, b *bookmaker, q *oddsQuery) oddsMarket {
	names := [3]string{f.oddsName(f.Home), f.oddsName(f.Away), "Draw"}
	if o.kind == totals {
		names = [3]string{"Over", "Under"}
	}
	out := oddsMarket{Key: marketKeys[o.kind], LastUpdate: o.updated.String(), Outcomes: make([]oddsOutcome, o.count)}
	points := [2]float64{o.line, o.line}
	if o.kind == spreads {
		points[1] = 0 - o.line
	}
	for i := range out.Outcomes {
		x := &out.Outcomes[i]
		x.Name, x.Price = names[i], shown(o.prices[i], q.american)
		if o.kind == spreads || o.kind == totals {
			x.Point = &points[i]
		}
		if q.limits {
			x.BetLimit = b.Limit
		}
	}
	if o.kind != totals && names[1] < names[0] {
		out.Outcomes[0], out.Outcomes[1] = out.Outcomes[1], out.Outcomes[0]
	}
	return out
}

// event describes a fixture as The Odds API does at an instant. At neutral
// places half of the fixtures have their sides the other way round.
func (f *fixture) event(at feed.Time) oddsEvent {
	out := oddsEvent{
		ID: f.OddsID, SportKey: f.oddsID, SportTitle: f.league.Name, CommenceTime: f.published(at).String(),
		HomeTeam: f.oddsName(f.Home), AwayTeam: f.oddsName(f.Away),
	}
	if f.Neutral && f.seed.of("swapped").uniform() < .5 {
		out.HomeTeam, out.AwayTeam = out.AwayTeam, out.HomeTeam
	}
	return out
}

// oddsName is The Odds API's spelling of a team. In soccer it often differs
// from ESPN's, which uses the team's name.
func (f *fixture) oddsName(t league.Team) string {
	if f.league.Sport == "soccer" && len(t.Aliases) > 0 {
		return t.Aliases[0]
	}
	return t.Name
}
