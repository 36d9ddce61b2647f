package bet

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// Game is what is known of a game after the fact: how it closed and how it
// ended.
type Game struct {
	Event
	Quotes []Quote
	Final  *Final // nil if not known
}

// closingColumns are the columns of a file of closing prices beside those that
// name game, market and price.
var closingColumns = aliases(map[string]string{
	"home_score": "home_score home_points home_goals",
	"away_score": "away_score away_points away_goals",
	"status":     "status state",
	"age":        "age age_s close_age_s",
})

// Closing reads a file of closing prices, a row for each book and outcome, and
// of final scores, which may stand in rows of their own or beside any price of
// the game. Errors are reported as those of Bets.
func (im Importer) Closing(r io.Reader, file string) (games []Game, ignored []string, err error) {
	names := map[string]string{}
	for alias, ours := range columns {
		switch ours {
		case "stake", "placed", "currency", "commission", "result", "id":
		default:
			names[alias] = ours
		}
	}
	for alias, ours := range closingColumns {
		names[alias] = ours
	}
	names["date"] = "start"
	t, err := openTable(r, file, names)
	if err != nil {
		return nil, nil, err
	}
	if err := t.need("the game", "fixture", "home", "event"); err != nil {
		return nil, nil, err
	}
	at := map[Event]int{}
	for t.next() {
		e := im.event(t)
		i, ok := at[e]
		if !ok {
			i = len(games)
			at[e] = i
			games = append(games, Game{Event: e})
		}
		im.closing(t, &games[i])
	}
	if err := t.err(); err != nil {
		return nil, nil, err
	}
	return games, t.ignored, nil
}

// closing reads price and score of the row at hand.
func (im Importer) closing(t *table, g *Game) {
	if t.cell("price") != "" {
		q := Quote{Selection: im.selection(t, &g.Event), Book: cmp.Or(t.cell("book"), "close")}
		q.Price, _, _ = im.price(t)
		q.Age = read(t, "age", parseSeconds)
		g.Quotes = append(g.Quotes, q)
	}
	home, away := t.cell("home_score"), t.cell("away_score")
	f := Final{State: read(t, "status", parseState), Regular: im.regular(g.League)}
	if home != "" || away != "" {
		f.Home, f.Away = read(t, "home_score", parseScore), read(t, "away_score", parseScore)
		if home == "" || away == "" {
			t.problem("", errors.New("a score has two sides"))
		}
		f.State = cmp.Or(f.State, feed.GamePost)
	}
	if f.State == "" {
		return
	}
	if old := g.Final; old != nil && (old.State != f.State || old.Home != f.Home || old.Away != f.Away) {
		t.problem("home_score", fmt.Errorf("another row of this game says %s %d:%d", old.State, old.Home, old.Away))
	}
	g.Final = &f
}

// regular is how many regular periods a league's games have, 0 if not known.
func (im Importer) regular(leagueID string) int {
	if im.Leagues != nil {
		if l, ok := im.Leagues.League(leagueID); ok {
			return l.Periods.Count
		}
	}
	return 0
}

func parseScore(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 999 {
		return 0, fmt.Errorf("%q is no score", text)
	}
	return n, nil
}

func parseState(text string) (feed.GameState, error) {
	switch s := feed.GameState(key(text)); s {
	case feed.GamePost, feed.GamePre, feed.GameIn, feed.GamePostponed, feed.GameCancelled, feed.GameSuspended, feed.GameDelayed, feed.GameAbandoned:
		return s, nil
	case "final", "finished", "ft", "over":
		return feed.GamePost, nil
	case "canceled", "void":
		return feed.GameCancelled, nil
	}
	return "", fmt.Errorf("%q is no state of a game: write post, postponed, cancelled or abandoned", text)
}

func parseSeconds(text string) (time.Duration, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v >= 0 && v < math.MaxInt32) {
		return 0, fmt.Errorf("%q is no number of seconds", text)
	}
	return time.Duration(v * float64(time.Second)), nil
}
