package models

import (
	"errors"
	"fmt"
	"time"

	"github.com/betflow/betflow/internal/board"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/model/inplay"
)

// Beyond these ages nothing is computed or compared. Before a game prices are
// asked for by the hour; of running games see inplay.MaxAge.
const (
	maxAgeBefore = time.Hour
	maxClosing   = 24 * time.Hour // of the closing prices at the start
)

// maker fills in a model of a fixture. Its error says why there are no numbers.
type maker struct {
	name   Name
	method string
	fill   func(m *Model, f *fixture) error
}

// makers returns the models of games that can or cannot end in a draw.
func makers(draw bool) []maker {
	if draw {
		return []maker{
			{DixonColesH2H, "Goals are Poisson with the correction of Dixon and Coles for low scores; the rates are what the consensus result market implies with a typical rho.", (*Model).dixonColesH2H},
			{DixonColes, "Goals are Poisson with the correction of Dixon and Coles for low scores; rates and rho are what the consensus result market and total imply together.", (*Model).dixonColes},
			{PoissonInGame, "Goals come at the constant rates that the market implied before the game, whatever the score; added time is not counted.", (*Model).poissonInGame},
		}
	}
	return []maker{
		{NormalMargin, "The final margin is normal around what the consensus spread implies, with the league's standard deviation; a tie is half a win (Stern 1991).", (*Model).normalMargin},
		{NormalTotal, "The total is normal around what the consensus total implies, with the league's standard deviation.", (*Model).normalTotal},
		{Brownian, "The margin moves as a Brownian motion from the score at hand, with the drift of the spread before the game and the league's standard deviation; who has the ball is not known (Stern 1994).", (*Model).brownian},
	}
}

// Of returns the models of a fixture as its league plays, at the board's clock.
func Of(d board.Detail, l *league.League, now feed.Time) View {
	f := &fixture{Detail: d, league: l, now: now}
	v := View{FixtureID: d.Fixture.FixtureID, League: d.Fixture.League, Now: now, State: d.Fixture.State, Models: []Model{}}
	for _, of := range makers(l.Draw) {
		m := Model{Model: of.name, Method: of.method, Inputs: []Input{}, Parameters: []Parameter{}, Markets: []Comparison{}}
		if err := of.fill(&m, f); err != nil {
			m.Absent, m.Parameters, m.Markets = err.Error(), []Parameter{}, []Comparison{}
		}
		v.Models = append(v.Models, m)
	}
	return v
}

// fixture is what the models look at.
type fixture struct {
	board.Detail
	league *league.League
	now    feed.Time
}

// before returns why there is nothing to say before the game, if so.
func (f *fixture) before() error {
	switch v := &f.Fixture; {
	case v.State == feed.GameDelayed:
		return nil
	case v.State == feed.GameIn:
		return errors.New("the game has begun: its prices know the score")
	case v.State != feed.GamePre:
		return fmt.Errorf("the game is %s", v.State)
	case v.StartTime != 0 && f.now > v.StartTime:
		return errors.New("the start has passed and no source tells whether the game has begun")
	}
	return nil
}

// score returns the state of a game that runs, or an error that says why there is
// nothing to say in it.
func (f *fixture) score() (inplay.Score, error) {
	v := &f.Fixture
	age := f.now.Sub(v.GameSeen)
	s, err := inplay.Game{
		State: v.State, Status: v.Status, Home: v.Home.Score, Away: v.Away.Score, Age: age,
		Clock: inplay.Clock{Period: v.Period, Seconds: v.Seconds, Detail: v.Detail},
	}.Score(f.league.Periods)
	if errors.Is(err, inplay.ErrOld) {
		err = fmt.Errorf("%w: last seen %s ago", err, span(age))
	}
	return s, err
}

// span prints an age to the second.
func span(d time.Duration) string { return d.Round(time.Second).String() }
