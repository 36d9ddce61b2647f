package signal

import (
	"slices"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// Detector finds signals in the markets of one league. Fixtures share nothing
// but its working memory.
type Detector struct {
	league string
	rules  *Rules
	models map[string]odds.LineModel // by market
	steps  map[string]float64        // by market: points that make steam
	method string
	window feed.Time // the longest in which movement counts

	state *State // of the fixture at hand
	now   feed.Time
	round int
	out   []feed.Signal

	found    candidate
	lines    []Market // of the family at hand
	places   []int    // theirs in the fixture
	done     []bool   // by market: its family was looked at
	opinions opinions
	best     best
	legs     []leg
	moving   []mover
	rungs    []rung
	crowds   [maxSides]crowd
}

// NewDetector returns a detector of a league's signals. The models are those of
// whole games, by market with lines: where there is none, movement is not
// followed. The method is that of the fair probabilities it will be told.
func NewDetector(league string, rules *Rules, models map[string]odds.LineModel, method string) *Detector {
	d := &Detector{
		league: league, rules: rules, models: models, steps: map[string]float64{}, method: method,
		window: feed.Span(time.Duration(max(rules.Steam.Window, rules.Drop.Window))),
	}
	for market, m := range models {
		d.steps[market] = min(rules.Steam.Points, points(m, rules.Steam.Probability))
	}
	return d
}

// Respond looks at the markets that a response has changed, at the time it was
// seen. It returns the records that follow, in memory that the next call uses
// again.
func (d *Detector) Respond(s *State, f Fixture, changed func(i int) bool, now feed.Time) []feed.Signal {
	d.state, d.now, d.out = s, now, d.out[:0]
	d.round++
	s.Looked = now
	d.done = sized(d.done, f.Markets())
	for i := range d.done {
		if d.done[i] || !changed(i) {
			continue
		}
		id := f.ID(i)
		if !slices.Contains(d.rules.Markets, id.Market) {
			d.leave(id)
			continue
		}
		d.fill(f, id)
		for k, place := range d.places {
			if changed(place) {
				d.line(&d.lines[k])
			}
		}
		d.movement(id)
	}
	return d.out
}

// Tick looks again at the markets that have something under way, if the state is
// Waiting: prices grow old, games begin, and a line is stale only when time has
// passed.
func (d *Detector) Tick(s *State, f Fixture, now feed.Time) []feed.Signal {
	return d.Respond(s, f, func(i int) bool { return s.concerns(f.ID(i)) }, now)
}

// leave ends what was found on a market while the rules still had it.
func (d *Detector) leave(id feed.MarketKey) {
	d.settle(func(k *feed.SignalKey) bool { return k.Market.Market == id.Market && k.Market.Period == id.Period },
		func(*episode) string { return ReasonEnded })
}

// fill gathers the lines of a market's family.
func (d *Detector) fill(f Fixture, id feed.MarketKey) {
	d.places = d.places[:0]
	for k := range d.done {
		if other := f.ID(k); other.Market == id.Market && other.Period == id.Period {
			d.done[k] = true
			d.places = append(d.places, k)
		}
	}
	for len(d.lines) < len(d.places) {
		d.lines = append(d.lines, Market{})
	}
	for n, k := range d.places {
		f.Fill(k, &d.lines[n])
	}
}

// line runs the rules that look at one line of a market.
func (d *Detector) line(m *Market) {
	r := d.rules
	d.opinions.form(m, r.Opinions, d.now)
	if d.best.findNaive(m) {
		if r.Arbitrage.Enabled {
			d.arbitrage(m)
		}
		if r.LowHold.Enabled {
			d.lowHold(m)
		}
	}
	if r.Value.Enabled {
		d.value(m)
	}
	if r.Outlier.Enabled {
		d.outlier(m)
	}
	d.settle(func(k *feed.SignalKey) bool { return !moves(k.Rule) && k.Market == m.ID }, func(e *episode) string {
		return withdrawn(e, func(*feed.SignalLeg) *Market { return m })
	})
}

// movement runs the rules that look at a market over all its lines.
func (d *Detector) movement(id feed.MarketKey) {
	lines := d.lines[:len(d.places)]
	g, ok := d.groundOf(lines)
	if !ok {
		return
	}
	f := d.state.family(id)
	d.locate(f, lines, g)
	if d.rules.Middle.Enabled {
		d.middle(f, lines, g)
	}
	if d.rules.Steam.Enabled {
		d.steam(f, lines, g)
	}
	if d.rules.Drop.Enabled {
		d.drop(f, lines, g)
	}
	if d.rules.StaleLine.Enabled {
		d.staleLine(f, lines, g)
	}
	d.settle(func(k *feed.SignalKey) bool {
		return moves(k.Rule) && k.Market.Market == id.Market && k.Market.Period == id.Period
	}, func(e *episode) string {
		switch {
		case e.Key.Rule == feed.RuleSteam:
			return d.steamOver(e, f, lines, g)
		case e.Key.Rule == feed.RuleStaleLine && f.moved(e.Key.Book):
			return ReasonFollowed
		}
		return withdrawn(e, func(l *feed.SignalLeg) *Market { return lineOf(lines, feed.LineOf(l.Line)) })
	})
}

// moves tells whether a rule looks at a market over all its lines.
func moves(rule string) bool {
	switch rule {
	case feed.RuleMiddle, feed.RuleSteam, feed.RuleDrop, feed.RuleStaleLine:
		return true
	}
	return false
}

func lineOf(lines []Market, line feed.Line) *Market {
	for k := range lines {
		if lines[k].ID.Line == line {
			return &lines[k]
		}
	}
	return nil
}

// withdrawn tells why a signal is over that its rule has not found again: a
// price of it is gone, or it is not good enough any more.
func withdrawn(e *episode, market func(*feed.SignalLeg) *Market) string {
	for i := range e.Last.Legs {
		l := &e.Last.Legs[i]
		m := market(l)
		if m == nil {
			return ReasonWithdrawn
		}
		at := slices.Index(m.Outcomes, l.Outcome)
		j := slices.IndexFunc(m.Books, func(b Book) bool { return b.Name == l.Book })
		if at < 0 || j < 0 || !m.Books[j].Prices[at].Open {
			return ReasonWithdrawn
		}
	}
	return ReasonEnded
}

// candidate begins a new one in memory that is used again. After the start it is
// refused before anything else is asked.
func (d *Detector) candidate(common *Common, rule string, m feed.MarketKey, outcome, book string) *candidate {
	d.found = candidate{common: common, key: feed.SignalKey{Rule: rule, Market: m, Outcome: outcome, Book: book}}
	if start := d.state.Start; !common.InPlay && start != 0 && d.now >= start {
		d.found.refuse(refusal{reason: ReasonInPlay, leg: -1, value: d.now.Sub(start).Seconds()})
	}
	return &d.found
}
