package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"time"
)

const epoch = "dev"

var books = []string{"pinnacle", "circa", "draftkings", "fanduel", "betmgm", "caesars", "betrivers", "bovada", "williamhill_us"}

type competition struct {
	id, name, sport string
	draw            bool
	total, sigma    float64
	teams           []string
}

var competitions = []competition{
	{"nfl", "NFL", "american_football", false, 45.5, 13.5, []string{"Kansas City Chiefs", "Buffalo Bills", "Dallas Cowboys", "San Francisco 49ers", "Green Bay Packers", "Detroit Lions"}},
	{"nba", "NBA", "basketball", false, 224.5, 12, []string{"Boston Celtics", "Denver Nuggets", "New York Knicks", "Los Angeles Lakers", "Phoenix Suns", "Milwaukee Bucks"}},
	{"epl", "Premier League", "soccer", true, 2.5, 1.6, []string{"Arsenal", "Manchester City", "Liverpool", "Brighton & Hove Albion", "Wolverhampton Wanderers", "Aston Villa"}},
	{"nhl", "NHL", "ice_hockey", false, 6.5, 2.4, []string{"Colorado Avalanche", "Toronto Maple Leafs", "Boston Bruins", "Edmonton Oilers"}},
}

// game is one invented fixture: a home advantage in points that wanders, and
// the books' prices about it.
type game struct {
	id         string
	league     *competition
	home, away string
	state      string
	start      time.Time
	edge       float64 // home's expected margin in points
	score      [2]int
	quoted     time.Time
	trend      [][2]float64
}

type world struct {
	mu    sync.Mutex
	dice  *rand.Rand
	games []*game
	seq   int64

	open            []*finding
	closed, dropped []object // newest first
}

// newWorld invents fixtures; the same number gives the same ones.
func newWorld(fixtures int, now time.Time) *world {
	w := &world{dice: rand.New(rand.NewPCG(1, 2))}
	states := []string{"in", "pre", "pre", "in", "pre", "post"}
	for i := range fixtures {
		l := &competitions[i%len(competitions)]
		home := i / len(competitions) % len(l.teams)
		g := &game{
			id: fmt.Sprintf("%s-%03d", l.id, i), league: l,
			home: l.teams[home], away: l.teams[(home+1+i/24)%len(l.teams)],
			state: states[(i/len(competitions)+i)%len(states)], edge: w.dice.NormFloat64() * l.sigma * 0.4,
		}
		if g.away == g.home {
			g.away = l.teams[(home+2)%len(l.teams)]
		}
		g.start = now.Add(time.Duration(i%40+1) * 37 * time.Minute).Truncate(5 * time.Minute)
		if g.state != "pre" {
			g.start = now.Add(-time.Duration(20+i%90) * time.Minute).Truncate(5 * time.Minute)
			g.score = [2]int{w.dice.IntN(int(l.total/2) + 2), w.dice.IntN(int(l.total/2) + 2)}
		}
		g.quoted = now.Add(-time.Duration(math.Pow(w.dice.Float64(), 4)*2400) * time.Second)
		for t := 120; t > 0; t-- {
			g.edge += w.dice.NormFloat64() * l.sigma * 0.02
			g.trend = append(g.trend, [2]float64{float64(now.Add(-time.Duration(t) * 2 * time.Minute).UnixMilli()), g.fair()["home"]})
		}
		w.games = append(w.games, g)
	}
	for range 400 {
		w.stir(now.Add(-time.Duration(w.dice.IntN(90)) * time.Second))
	}
	return w
}

// move changes a few games that are not over, and perhaps a signal, and returns
// what it changed.
func (w *world) move(now time.Time, count int) (moved, signals []object) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for range count {
		g := w.games[w.dice.IntN(len(w.games))]
		if g.state == "post" {
			continue
		}
		g.edge += w.dice.NormFloat64() * g.league.sigma * 0.03
		g.quoted = now.Add(-time.Duration(w.dice.IntN(20)) * time.Second)
		g.trend = append(g.trend[1:], [2]float64{float64(now.UnixMilli()), g.fair()["home"]})
		if g.state == "in" && w.dice.IntN(12) == 0 {
			g.score[w.dice.IntN(2)]++
		}
		moved = append(moved, g.fixture(now))
	}
	w.seq++
	return moved, w.stir(now)
}

func (w *world) board(now time.Time) object {
	w.mu.Lock()
	defer w.mu.Unlock()
	fixtures := []object{}
	for _, g := range w.games {
		fixtures = append(fixtures, g.fixture(now))
	}
	var all []object
	for _, l := range competitions {
		all = append(all, object{"id": l.id, "name": l.name, "sport": l.sport, "draw": l.draw})
	}
	return object{"epoch": epoch, "seq": w.seq, "now": stamp(now), "mode": mode, "leagues": all, "fixtures": fixtures, "signals": w.signals(now)}
}

// find returns the game and runs f while no other goroutine moves it.
func (w *world) find(id string, f func(*game)) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, g := range w.games {
		if g.id == id {
			f(g)
			return true
		}
	}
	return false
}

var mode = object{"source": "simulator", "speed": 1}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// fair is the true probability of each result by a normal margin.
func (g *game) fair() map[string]float64 {
	above := func(x float64) float64 { return 0.5 * math.Erfc((x-g.edge)/g.league.sigma/math.Sqrt2) }
	if g.league.draw {
		return map[string]float64{"home": above(0.5), "draw": above(-0.5) - above(0.5), "away": 1 - above(-0.5)}
	}
	return map[string]float64{"home": above(0), "away": 1 - above(0)}
}
