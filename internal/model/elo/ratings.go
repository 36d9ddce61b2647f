package elo

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/betflow/betflow/internal/model/result"
)

// Ratings are the ratings of teams after the games so far. They are made by New.
type Ratings struct {
	config  Config
	teams   map[string]*Team
	history []Point
}

// Team is where a team stands.
type Team struct {
	Name   string
	Rating float64
	Games  int
	Last   time.Time // day of its last game
	season string    // of its last game
}

// Point is a team's rating after a game.
type Point struct {
	Date   time.Time
	Team   string
	Rating float64
}

// Forecast is what the ratings said before a game.
type Forecast struct {
	Home, Away float64 // ratings, reverted to the game's season
	Expected   float64 // home's win probability, a draw being half a win
}

// ErrUnknownTeam is returned for a team that has not played.
var ErrUnknownTeam = errors.New("the team has not played in any game of the file")

// New returns ratings before the first game. It returns ErrConfig for a
// configuration that makes no sense.
func New(c Config) (*Ratings, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	return &Ratings{config: c, teams: map[string]*Team{}}, nil
}

// Play forecasts a game from what was known before it and then rates it. Games
// must come in order. A team goes back towards the start at its first game of a
// season; games without a season never do that.
func (r *Ratings) Play(g result.Game) Forecast {
	home, away := r.ready(g.Home, g.Season), r.ready(g.Away, g.Season)
	f := r.forecast(home.Rating, away.Rating, g.Neutral)
	shift := r.config.Shift(r.difference(home.Rating, away.Rating, g.Neutral), g.Margin())
	home.Rating += shift
	away.Rating -= shift
	for _, t := range []*Team{home, away} {
		t.Games++
		t.Last = g.Date
		r.history = append(r.history, Point{g.Date, t.Name, t.Rating})
	}
	return f
}

// ready returns a team, new or reverted to the season.
func (r *Ratings) ready(name, season string) *Team {
	t := r.teams[name]
	if t == nil {
		t = &Team{Name: name, Rating: r.config.Start, season: season}
		r.teams[name] = t
	}
	if season != t.season {
		t.Rating += r.config.Revert * (r.config.Start - t.Rating)
		t.season = season
	}
	return t
}

func (r *Ratings) difference(home, away float64, neutral bool) float64 {
	if neutral {
		return home - away
	}
	return home - away + r.config.HomeAdvantage
}

func (r *Ratings) forecast(home, away float64, neutral bool) Forecast {
	return Forecast{home, away, Expected(r.difference(home, away, neutral))}
}

// Predict forecasts a game between teams as they stand now. It returns
// ErrUnknownTeam for one that has not played.
func (r *Ratings) Predict(home, away string, neutral bool) (Forecast, error) {
	for _, name := range []string{home, away} {
		if r.teams[name] == nil {
			return Forecast{}, fmt.Errorf("%s: %w", name, ErrUnknownTeam)
		}
	}
	return r.forecast(r.teams[home].Rating, r.teams[away].Rating, neutral), nil
}

// Table returns the teams, the best first.
func (r *Ratings) Table() []Team {
	out := make([]Team, 0, len(r.teams))
	for _, t := range r.teams {
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b Team) int {
		return cmp.Or(cmp.Compare(b.Rating, a.Rating), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// History returns every rating after every game, in the order of the games.
func (r *Ratings) History() []Point { return r.history }
