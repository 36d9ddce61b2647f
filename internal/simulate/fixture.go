package simulate

import (
	"math"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
)

// Fixture is one simulated game: who, where and when, with both providers' ids.
type Fixture struct {
	League  string // the league's id
	OddsID  string // at The Odds API: 32 hexadecimal digits
	ScoreID string // at ESPN: decimal digits
	Home    league.Team
	Away    league.Team
	Venue   league.Venue // of the home team; with coordinates only where the league's file has them
	Start   feed.Time    // as scheduled in the end, before delays and injected faults
	Neutral bool         // no home advantage; The Odds API may list the sides the other way round
}

// fixture is a Fixture with its secrets.
type fixture struct {
	Fixture
	*competition
	seed       seed
	home, away int // positions among the league's teams
	block      int64

	delay     feed.Time // of the kick-off behind the schedule
	announced feed.Time // when a long delay becomes known; 0 for the usual few minutes
	first     feed.Time // the start as published first
	moved     feed.Time // when the start became the final one
	shift     feed.Time // by an injected fault

	homeMean, awayMean float64 // opening truth: mean points of each side
	news               []means // the moves of both means up to each step before the start
	game               *game
	outlooks           map[int]*outlook // by moment
}

// draw fixes everything about the fixture that is known before any news.
func (f *fixture) draw() {
	f.delay = feed.Time(f.seed.of("delay").below(8)) * feed.Minute
	if s := f.seed.of("long delay"); s.uniform() < .04 {
		f.delay = feed.Time(20+5*s.at(1).below(10)) * feed.Minute
		f.announced = f.Start - 25*feed.Minute
	}
	f.first = f.Start
	if s := f.seed.of("moved"); s.uniform() < .1 {
		f.first += feed.Time(5*(s.at(1).below(13)-6)) * feed.Minute
		f.moved = f.Start - feed.Time(6+s.at(2).below(42))*feed.Hour
	}
	sc := f.league.Score
	margin := f.rating(f.home, sc.SigmaMargin) - f.rating(f.away, sc.SigmaMargin)
	if !f.Neutral {
		margin += sc.HomeAdvantage
	}
	total := sc.Total + .25*sc.SigmaTotal*f.seed.of("total").bell()
	if f.wind != 0 && f.Venue.Roof == league.RoofOpen && f.Venue.Latitude != 0 {
		gale := f.weather.at(f.Venue.Latitude, f.Venue.Longitude, f.Start).wind - 3.5
		total *= 1 + f.wind*max(0, gale)
	}
	f.homeMean = f.bounded((total+margin)/2, sc.Total)
	f.awayMean = f.bounded((total-margin)/2, sc.Total)
}

// rating is how many points a team is better than the average of its league.
// Spreads of a league then have about half the standard deviation of results.
func (f *fixture) rating(team int, sigma float64) float64 {
	return .32 * sigma * f.competition.seed.of("rating").of(f.league.Teams[team].ID).bell()
}

// bounded keeps the mean points of a side within what its model can produce.
func (f *fixture) bounded(mean, leagueTotal float64) float64 {
	return math.Max(.15*leagueTotal/2, math.Min(mean, f.most()))
}

// kickoff is when the game begins in truth.
func (f *fixture) kickoff() feed.Time { return f.Start + f.delay + f.shift }

// published is the start that providers give at an instant.
func (f *fixture) published(t feed.Time) feed.Time {
	switch {
	case t < f.moved:
		return f.first + f.shift
	case f.announced > 0 && t >= f.announced+f.shift:
		return f.Start + f.shift + f.delay
	}
	return f.Start + f.shift
}
