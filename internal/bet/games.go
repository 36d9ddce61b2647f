package bet

import (
	"errors"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
)

// Games finds the game that a bet is about.
type Games struct {
	games     []Game
	leagues   *league.Catalog // may be nil
	byFixture map[string]int
	byTeams   map[string][]int
}

// ErrNoGame is returned for a bet on a game that is not known.
var ErrNoGame = errors.New("no such game is known")

// How far apart the start in a file of bets and the game's may lie, and how long
// after a bet without a start its game may begin.
const (
	startSlack = 36 * feed.Hour
	openSlack  = 14 * 24 * feed.Hour
)

// NewGames indexes games. The catalog, which may be nil, finds teams by any
// spelling of their names.
func NewGames(games []Game, leagues *league.Catalog) *Games {
	g := &Games{games: games, leagues: leagues, byFixture: map[string]int{}, byTeams: map[string][]int{}}
	for i := range games {
		if id := games[i].Fixture; id != "" {
			g.byFixture[id] = i
		}
		for _, k := range g.keys(&games[i].Event) {
			g.byTeams[k] = append(g.byTeams[k], i)
		}
	}
	return g
}

// keys are the names that an event goes by: that of its league and teams, and
// that of its teams as they are spelled.
func (g *Games) keys(e *Event) []string {
	plain := league.Normalise(e.Home) + "|" + league.Normalise(e.Away)
	if e.Home == "" || e.Away == "" {
		return nil
	}
	if g.leagues == nil || e.League == "" {
		return []string{plain}
	}
	home, away := g.leagues.FindTeam(e.League, e.Home), g.leagues.FindTeam(e.League, e.Away)
	if home.Team == nil || away.Team == nil {
		return []string{plain}
	}
	return []string{home.Team.ID + "|" + away.Team.ID, plain}
}

// Find returns the game of a bet: by its fixture id, else by teams and the start
// that is nearest. It returns ErrNoGame.
func (g *Games) Find(b *Bet) (*Game, error) {
	if i, ok := g.byFixture[b.Fixture]; ok && b.Fixture != "" {
		return &g.games[i], nil
	}
	for _, k := range g.keys(&b.Event) {
		best, nearest := -1, feed.Time(0)
		for _, i := range g.byTeams[k] {
			if d, ok := b.distance(&g.games[i]); ok && (best < 0 || d < nearest) {
				best, nearest = i, d
			}
		}
		if best >= 0 {
			return &g.games[best], nil
		}
	}
	return nil, ErrNoGame
}

// distance is how far a game's start lies from where the bet says it is.
func (b *Bet) distance(g *Game) (feed.Time, bool) {
	switch {
	case b.League != "" && g.League != "" && b.League != g.League:
		return 0, false
	case g.Start.IsZero():
		return startSlack, true
	case b.Start.IsZero():
		d := g.Start - b.Placed
		return d, d >= 0 && d <= openSlack
	}
	d := max(g.Start-b.Start, b.Start-g.Start)
	return d, d <= startSlack
}

// Graded is a bet with what became of it.
type Graded struct {
	Bet
	Result Result
	Profit int64  // minor units; 0 while pending
	Value  *Value // at the close; nil if it is not known
	// Notes say in a sentence each why something is missing, and where the
	// score disagrees with the result that the owner told.
	Notes []string
}

// Day is the day that the bet's game is part of, as the instant at which it
// begins: the start's, or without one the bet's. It changes at ten in the
// morning UTC, so that an American evening is one day.
func (g *Graded) Day() feed.Time {
	at := g.Start
	if at.IsZero() {
		at = g.Placed
	}
	return (at - dayShift).Truncate(24 * feed.Hour)
}

// dayShift is where a day begins, as for seasons.
const dayShift = 10 * feed.Hour

// Assess grades a bet and compares it with the close. The game may be nil. A
// result that the owner told counts before that of the score.
func Assess(b Bet, g *Game, r Reading) Graded {
	out := Graded{Bet: b, Result: b.Result}
	if g == nil {
		out.note(ErrNoGame.Error())
		out.Profit = b.Profit(out.Result)
		return out
	}
	out.adopt(&g.Event)
	if g.Final != nil {
		graded, err := Grade(&out.Bet, *g.Final)
		switch {
		case err != nil && !out.Result.Settled():
			out.note(err.Error())
		case err != nil:
		case !out.Result.Settled():
			out.Result = graded
		case out.Result != graded:
			out.note("by the score it is " + string(graded) + ", by its owner " + string(out.Result))
		}
	} else if !out.Result.Settled() {
		out.note("no final score is known")
	}
	out.Profit = b.Profit(out.Result)
	if v, err := NewClose(r, g.Quotes).Value(&out.Bet); err != nil {
		out.note(err.Error())
	} else {
		out.Value = &v
	}
	return out
}

// adopt fills in what the game knows better than the bet's file.
func (g *Graded) adopt(e *Event) {
	if e.Fixture != "" {
		g.Fixture = e.Fixture
	}
	if g.League == "" {
		g.League = e.League
	}
	if g.Home == "" || g.Away == "" {
		g.Home, g.Away = e.Home, e.Away
	}
	if !e.Start.IsZero() && (g.Start.IsZero() || !e.DayOnly) {
		g.Start, g.DayOnly = e.Start, e.DayOnly
	}
}

func (g *Graded) note(text string) { g.Notes = append(g.Notes, text) }

// Late tells whether the bet was placed after its game had started, as far as
// both are known: its closing line value then says nothing.
func (g *Graded) Late() bool { return !g.Start.IsZero() && !g.DayOnly && g.Placed > g.Start }
