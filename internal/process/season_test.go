package process

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/betflow/betflow/internal/feed"
)

// week is a week of a simulated season: sixteen games with new ids, priced by two
// books in two requests; played, with weather
// and news of the score; one of them postponed.
func (w *world) week(n int) (entries []entry) {
	begin := epoch + feed.Time(n)*7*24*feed.Hour
	l, id := w.league("nfl"), fmt.Sprintf("w%d-g", n)
	start := begin + 5*24*feed.Hour
	take := func(at feed.Time, source, path string, query map[string]string, body []byte) {
		entries = append(entries, entry{time: at, raw: &feed.Raw{Source: source, League: "nfl", FetchedAt: at, Status: 200, Path: path, Query: query, Body: body}})
	}
	for hour := feed.Time(0); hour < 7*24; hour++ {
		at := begin + hour*feed.Hour
		switch {
		case hour%12 == 0 && at < start+3*feed.Hour:
			events := []oddsEvent{}
			games := []any{}
			for g := range 16 {
				home, away := l.Teams[g].Name, l.Teams[16+(g+n)%16].Name
				price := 1.8 + float64((n+g+int(hour))%30)/100
				events = append(events, oddsEvent{ID: id + fmt.Sprint(g), SportKey: "football", Commence: rfc(start), Home: home, Away: away, Bookmakers: []oddsBook{
					book("a", at, h2h(at, home, away, price, 3.8-price)), book("b", at, h2h(at, home, away, price+.05, 3.7-price)),
				}})
				game := scoreboardGame{id: id + fmt.Sprint(g), start: start, home: home, away: away, status: "STATUS_SCHEDULED", state: "pre"}
				if at >= start {
					game.status, game.state, game.period, game.score = "STATUS_IN_PROGRESS", "in", 1, [2]int{int(hour) % 3, 0}
				}
				if g == 0 && n%4 == 0 {
					game.status = "STATUS_POSTPONED"
				}
				games = append(games, ofTeams(game, g, 16+(g+n)%16))
			}
			take(at, feed.SourceOdds, "/v4/sports/football/odds", map[string]string{"oddsFormat": "decimal"}, mustJSON(events))
			take(at+1, feed.SourceOdds, "/v4/sports/football/odds", map[string]string{"oddsFormat": "decimal", "markets": "h2h"}, mustJSON(events[:4]))
			take(at+2, feed.SourceGames, "/scoreboard", nil, mustJSON(map[string]any{"events": games}))
		default:
			entries = append(entries, entry{time: at})
		}
	}
	return entries
}

// ofTeams writes a scoreboard's game with the ids that its teams have all season.
func ofTeams(g scoreboardGame, home, away int) map[string]any {
	game := g.json()
	for i, c := range game["competitions"].([]any)[0].(map[string]any)["competitors"].([]any) {
		c.(map[string]any)["team"].(map[string]any)["id"] = fmt.Sprint([2]int{home, away}[i])
	}
	return game
}

// TestStateDoesNotGrowWithTheSeason: what a season's games leave behind goes
// again, from the state and from memory.
func TestStateDoesNotGrowWithTheSeason(t *testing.T) {
	const weeks, settled = 12, 3
	w := newWorld(t, 1, "nfl")
	raw, canonical, derived := memoryLog{}, memoryLog{}, memoryLog{}
	dir := t.TempDir()
	w.memory = 1 << 30 // what is not forgotten stays
	n := w.normaliser(t, filepath.Join(dir, "n"), 0, raw, canonical)
	c := w.computer(t, filepath.Join(dir, "c"), 0, canonical, derived)
	defer n.close()
	defer c.close()
	most := map[string]int{}
	for i := range weeks {
		for _, rs := range w.rawLog(w.week(i)) {
			for _, r := range rs {
				raw.append(r)
			}
		}
		n.rest()
		n.checkpoint()
		c.rest()
		c.checkpoint()
		for what, held := range holdings(n, c) {
			switch limit := most[what] * 5 / 4; {
			case i < settled:
				most[what] = max(most[what], held)
			case held > max(limit, most[what]+4):
				t.Errorf("week %d: %d %s, at most %d in the first %d weeks", i, held, what, most[what], settled)
			}
		}
	}
	for what, held := range most {
		if held == 0 {
			t.Errorf("there were never any %s", what)
		}
	}
}

// holdings counts what two tasks hold in memory and in their states.
func holdings(n, c *engine) map[string]int {
	out := map[string]int{}
	op := n.run.operator.(*normalise).leagues[0]
	out["known fixtures"] = len(op.identity.Fixtures())
	out["names of teams"] = len(op.identity.TeamAliases())
	out["names published"] = len(op.dims)
	out["fixtures with prices"] = len(op.quotes)
	out["games"] = len(op.games)
	out["requests"] = len(op.requests)
	l := c.run.operator.(*compute).leagues[0]
	out["fixtures with markets"] = len(l.markets) + len(l.away)
	out["fixtures with signals"] = len(l.signals.states)
	for i, win := range l.windows {
		out["bytes of "+c.run.operator.(*compute).defs[i].Name] = win.Held() + 1
	}
	for name, e := range map[string]*engine{"normalise": n, "compute": c} {
		e.must(e.run.state.Each("", func(key string, value []byte) error {
			out["entries of "+name]++
			out["stored bytes of "+name] += len(key) + len(value)
			return nil
		}))
	}
	return out
}
