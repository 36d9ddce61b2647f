package simulate

import (
	"github.com/betflow/betflow/internal/feed"
)

// game is the course of a game. Instants are counted from the kick-off.
type game struct {
	chances  []chance
	periods  []period
	shootout int       // 1 if the home side wins it, -1 if the away side does, 0 if there is none
	end      feed.Time // when the result stands
	home     dist      // of one chance
	away     dist
}

// chance is one opportunity of one side to score.
type chance struct {
	ofHome   bool
	round    int // of overtime; 0 in regular time
	period   int // from 1
	from, to feed.Time
	u        float64 // decides what comes of it, see fate
	points   int
	score    [2]int // home and away, after it
}

// period is a part of the game as the scoreboard counts them.
type period struct {
	number   int
	from, to feed.Time
	full     feed.Time // when its clock runs out; after to if a sudden end cut it short
	seconds  float64   // length on the clock; 0 without a clock
}

// play computes the course of the game, once.
func (f *fixture) play() *game {
	if f.game != nil {
		return f.game
	}
	home, away := f.scoring(newsSteps)
	g := &game{home: f.chance(home), away: f.chance(away)}
	now := feed.Time(0)
	for p := 1; p <= f.periods.Count; p++ {
		if p > 1 {
			now += f.pauseBefore(p)
		}
		to := now + f.periodSpan(p)
		g.periods = append(g.periods, period{number: p, from: now, to: to, full: to, seconds: f.periods.Minutes * 60})
		f.fill(g, p, 0, f.chances, now, to)
		now = to
	}
	f.playOvertime(g)
	g.end = g.periods[len(g.periods)-1].to
	if h, a := g.score(len(g.chances)); h == a && f.overtime.shootout {
		g.shootout = 1
		if f.seed.of("shootout").uniform() < .5 {
			g.shootout = -1
		}
		g.end += 6 * feed.Minute
	}
	f.game = g
	return g
}

// fill plays n chances of each side in [from, to) of a period.
func (f *fixture) fill(g *game, number, round, n int, from, to feed.Time) {
	slot := float64(to-from) / float64(2*n)
	begin := from
	for i := range 2 * n {
		k := len(g.chances)
		s := f.seed.of("chance").at(uint64(k))
		ends := to
		if i < 2*n-1 {
			ends = from + feed.Time(slot*(float64(i)+.7+.6*s.of("length").uniform()))
		}
		c := chance{ofHome: f.turn(i, n), round: round, period: number, from: begin, to: ends, u: s.uniform()}
		home, away := g.score(k)
		if c.ofHome {
			c.points = fate(g.home, c.u)
			home += c.points
		} else {
			c.points = fate(g.away, c.u)
			away += c.points
		}
		c.score = [2]int{home, away}
		g.chances = append(g.chances, c)
		begin = ends
		if round > 0 && f.overtime.sudden && home != away {
			return
		}
	}
}

// playOvertime plays rounds until there is a lead or none is left.
func (f *fixture) playOvertime(g *game) {
	span := feed.Time(f.extraSeconds() * float64(feed.Second))
	number := f.periods.Count
	for round := 1; round <= f.overtime.rounds; round++ {
		if h, a := g.score(len(g.chances)); h != a {
			return
		}
		last := &g.periods[len(g.periods)-1]
		from := last.to
		if round == 1 || !f.overtime.joined {
			number++
			from += feed.Time(max(f.pause, 3) * float64(feed.Minute))
			g.periods = append(g.periods, period{number: number, from: from, to: from, full: from, seconds: f.periods.Overtime * 60})
			last = &g.periods[len(g.periods)-1]
		}
		if f.overtime.joined {
			last.full = last.from + feed.Time(f.overtime.rounds)*span
		} else {
			last.full = from + span
		}
		f.fill(g, number, round, f.extra(), from, from+span)
		last.to = g.chances[len(g.chances)-1].to
	}
}

// pauseBefore is the pause before a regular period.
func (f *fixture) pauseBefore(p int) feed.Time {
	minutes := f.pause
	if f.periods.Count%2 == 0 && p == f.periods.Count/2+1 {
		minutes = f.halftime
	}
	return feed.Time(minutes * float64(feed.Minute))
}

// periodSpan is how long a regular period lasts on the wall.
func (f *fixture) periodSpan(p int) feed.Time {
	s := f.seed.of("period").at(uint64(p))
	if f.untimed > 0 {
		return feed.Time(f.untimed * (.85 + .3*s.uniform()) * float64(feed.Minute))
	}
	span := feed.Time(f.periods.Minutes * f.pace * float64(feed.Minute))
	return span + feed.Time(f.stoppage*s.uniform()*float64(feed.Minute))
}

// score is what both sides have after n chances.
func (g *game) score(n int) (home, away int) {
	if n == 0 {
		return 0, 0
	}
	return g.chances[n-1].score[0], g.chances[n-1].score[1]
}

// result is the final score, with the point that a shootout gives.
func (g *game) result() (home, away int) {
	home, away = g.score(len(g.chances))
	switch g.shootout {
	case 1:
		home++
	case -1:
		away++
	}
	return home, away
}

// done is how many chances are over at an instant.
func (g *game) done(w feed.Time) int {
	lo, hi := 0, len(g.chances)
	for lo < hi {
		mid := (lo + hi) / 2
		if g.chances[mid].to <= w {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// known is how many digits of the chance under way are revealed at an instant.
func (g *game) known(n int, w feed.Time, digits int) int {
	if digits == 0 || n == len(g.chances) || w < g.chances[n].from {
		return 0
	}
	c := &g.chances[n]
	return int(feed.Time(digits+1) * (w - c.from) / (c.to - c.from))
}

// periodAt is the period under way at an instant, or the one that ended last.
func (g *game) periodAt(w feed.Time) *period {
	at := &g.periods[0]
	for i := range g.periods {
		if g.periods[i].from > w {
			break
		}
		at = &g.periods[i]
	}
	return at
}
