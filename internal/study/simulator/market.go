package simulator

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/process"
	"github.com/betflow/betflow/internal/simulate"
)

// market is what the derived records say at the moment, beside what is true.
type market struct {
	world    *simulate.Simulator
	draw     bool // the winner market has a draw; without one a tie returns stakes
	study    *leagueStudy
	fixtures map[string]*fixture
	ordered  []*fixture // by id
	garbler  garbler
	defect   string // of the last response, if it had one
}

// fixture is one game with its open prices.
type fixture struct {
	id      string
	twin    *simulate.Fixture // in the world; nil while no source's id is known
	draw    bool
	swapped bool         // the world's home side is our away side, as happens on neutral ground
	tables  []*table     // by market and line
	history []feed.Quote // of the winner market
}

// look is a fixture before its start at one instant.
type look struct {
	*fixture
	at    feed.Time
	truth simulate.Truth
}

func newMarket(world *simulate.Simulator, draw bool, g garbler, s *leagueStudy) *market {
	return &market{world: world, draw: draw, study: s, fixtures: map[string]*fixture{}, garbler: g}
}

// capture garbles the response where the garbler says so and takes it in.
func (m *market) capture(inline *process.Inline, raw *feed.Raw) error {
	if raw.Source == feed.SourceOdds {
		if err := m.garbler.response(m.world, raw); err != nil {
			return err
		}
	}
	if err := inline.Capture(*raw); err != nil {
		return fmt.Errorf("taking in the response of %s: %w", raw.Path, err)
	}
	if m.defect != "" {
		return fmt.Errorf("the response of %s has a defect, which a world without faults has not: %s", raw.Path, m.defect)
	}
	return nil
}

// take keeps the books' open prices and which game each fixture is.
func (m *market) take(_ string, record process.Sequenced) error {
	switch r := record.(type) {
	case *feed.Fixture:
		return m.identify(r)
	case *feed.Quote:
		if r.Kind != feed.KindQuote {
			return nil
		}
		f := m.fixture(r.FixtureID)
		q := quote{event: r.EventTime, garbled: f.twin != nil && m.garbler.wrong(f.twin.OddsID, r.Book, r.Market, r.SeenTime)}
		if r.State == feed.StateOpen {
			q.price = r.Price
		}
		f.put(r.Key(), q)
		if r.Market == feed.MarketH2H && !q.garbled && (f.twin == nil || r.SeenTime <= f.twin.Start) {
			f.history = append(f.history, *r)
		}
	case *feed.Signal:
		for _, d := range m.study.dockets {
			if d.rule == r.Rule {
				d.word(r)
			}
		}
	case *feed.Quarantine:
		m.defect = r.Place + ": " + r.Reason
	}
	return nil
}

func (m *market) fixture(id string) *fixture {
	f := m.fixtures[id]
	if f == nil {
		f = &fixture{id: id, draw: m.draw}
		m.fixtures[id] = f
		at, _ := slices.BinarySearchFunc(m.ordered, id, func(f *fixture, id string) int { return cmp.Compare(f.id, id) })
		m.ordered = slices.Insert(m.ordered, at, f)
	}
	return f
}

// identify finds the world's game that a fixture is, by the ids it goes by.
func (m *market) identify(r *feed.Fixture) error {
	f := m.fixture(r.FixtureID)
	if f.twin != nil {
		return nil
	}
	for _, x := range m.world.Fixtures(r.League, r.StartTime-2*day, r.StartTime+2*day) {
		for _, a := range r.Aliases {
			if a.Source == feed.SourceOdds && a.ID == x.OddsID || a.Source == feed.SourceGames && a.ID == x.ScoreID {
				if f.twin != nil && f.twin.OddsID != x.OddsID {
					return fmt.Errorf("fixture %s is two games of the world, %s and %s", r.FixtureID, f.twin.OddsID, x.OddsID)
				}
				f.twin, f.swapped = &x, r.HomeID == x.Away.ID
			}
		}
	}
	return nil
}

const day = 24 * feed.Hour

// look returns the fixtures that have not begun.
func (m *market) look(at feed.Time) ([]look, error) {
	var out []look
	for _, f := range m.ordered {
		if f.twin == nil || len(f.tables) == 0 {
			continue
		}
		truth, err := m.world.Truth(*f.twin, at)
		if err != nil {
			return nil, err
		}
		if truth.State == feed.GamePre {
			out = append(out, look{fixture: f, at: at, truth: truth})
		}
	}
	return out, nil
}

// chance returns the true probabilities that a bet on an outcome at a line wins,
// gets its stake back, and loses. ok is false for a market the world has not.
func (l *look) chance(market, outcome string, line feed.Line) (win, push, lose float64, ok bool) {
	t := &l.truth
	switch market {
	case feed.MarketH2H:
		home, away := t.Home, t.Away
		if l.swapped {
			home, away = away, home
		}
		tie := t.Draw
		if l.draw {
			tie = 0
		}
		switch outcome {
		case feed.OutcomeHome:
			return home, tie, 1 - home - tie, true
		case feed.OutcomeDraw:
			return t.Draw, 0, 1 - t.Draw, l.draw
		case feed.OutcomeAway:
			return away, tie, 1 - away - tie, true
		}
	case feed.MarketSpreads:
		home, tie, away := t.Spread(line.Points)
		if l.swapped {
			away, tie, home = t.Spread(-line.Points)
		}
		switch outcome {
		case feed.OutcomeHome:
			return home, tie, away, true
		case feed.OutcomeAway:
			return away, tie, home, true
		}
	case feed.MarketTotals:
		over, tie, under := t.Over(line.Points)
		switch outcome {
		case feed.OutcomeOver:
			return over, tie, under, true
		case feed.OutcomeUnder:
			return under, tie, over, true
		}
	}
	return 0, 0, 0, false
}

// expected is the true expected profit of a unit on an outcome at a price.
func (l *look) expected(market, outcome string, line feed.Line, price float64) (ev float64, ok bool) {
	win, _, lose, ok := l.chance(market, outcome, line)
	return win*(price-1) - lose, ok
}

// outcomes names the outcomes of the winner market in its order.
func (l *look) outcomes() []string {
	if l.draw {
		return []string{feed.OutcomeHome, feed.OutcomeDraw, feed.OutcomeAway}
	}
	return []string{feed.OutcomeHome, feed.OutcomeAway}
}

// winner returns the true probabilities of outcomes, those of a tie that returns
// stakes left out.
func (l *look) winner() []float64 {
	var out []float64
	for _, o := range l.outcomes() {
		win, _, lose, _ := l.chance(feed.MarketH2H, o, feed.Line{})
		out = append(out, win/(win+lose))
	}
	return out
}
