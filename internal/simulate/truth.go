package simulate

import (
	"fmt"

	"github.com/betflow/betflow/internal/feed"
)

// Truth is what is true about a fixture at an instant: the exact probabilities
// of its result given everything that has happened, overtime and shootouts
// included. Prices are fair at these probabilities.
type Truth struct {
	State     feed.GameState // GamePre, GameIn or GamePost
	HomeScore int
	AwayScore int
	Home      float64 // probability that the home side wins
	Draw      float64 // probability of a draw, 0 where there is always a winner
	Away      float64
	Margin    float64 // mean of home minus away
	Total     float64 // mean of home plus away
	outlook   *outlook
}

// Spread returns the probabilities that the home side covers its handicap, that
// stakes are returned, and that the away side covers.
func (t Truth) Spread(handicap float64) (home, push, away float64) {
	return t.outlook.spread(handicap)
}

// Over returns the probabilities of a total over, equal to and under a line.
func (t Truth) Over(line float64) (over, push, under float64) {
	return t.outlook.over(line)
}

// Truth returns what is true about a fixture at an instant, which may lie in
// the simulated future. The fixture must be one that Fixtures returned.
func (s *Simulator) Truth(f Fixture, at feed.Time) (Truth, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.find(f)
	if x == nil {
		return Truth{}, fmt.Errorf("looking up the truth: league %q has no fixture %s", f.League, f.OddsID)
	}
	o := x.at(at)
	t := Truth{State: x.state(at), Home: o.home, Draw: o.draw, Away: o.away, outlook: o,
		Margin: o.margin.mean(), Total: o.total.mean()}
	t.HomeScore, t.AwayScore = x.scoreAt(at)
	return t, nil
}

// keptOutlooks bounds the outlooks that a fixture keeps.
const keptOutlooks = 24

// mostDigits is greater than the digits of any sport, to number moments.
const mostDigits = 8

// at is the outlook at an instant. It changes in steps only (news, a chance
// that ends, a digit of one under way), which is what makes keeping it worth
// while: all books look at the same few moments.
func (f *fixture) at(t feed.Time) *outlook {
	w := t - f.kickoff()
	var moment, step, n, digits int
	if w < 0 {
		step = f.newsAt(t)
		moment = step
	} else {
		g := f.play()
		if w >= g.end {
			return settled(g.result())
		}
		n = g.done(w)
		digits = g.known(n, w, f.digits)
		moment = newsSteps + 1 + n*mostDigits + digits
	}
	if o, ok := f.outlooks[moment]; ok {
		return o
	}
	if len(f.outlooks) >= keptOutlooks {
		clear(f.outlooks)
	}
	var o *outlook
	if w < 0 {
		o = f.before(step)
	} else {
		o = f.during(n, digits)
	}
	f.outlooks[moment] = o
	return o
}

// during is the outlook when n chances are over and some digits of the next one
// are known.
func (f *fixture) during(n, digits int) *outlook {
	g := f.play()
	home, away := g.score(n)
	round := f.round(g.home, g.away)
	rounds := f.overtime.rounds
	if n == len(g.chances) { // a tie before the coin, or the last instant
		now := stage{margin: certain(home - away)}
		if home == away {
			now.tied = certain(0)
		} else {
			now.decided = certain(0)
		}
		return finish(now, round, 0, f.overtime.shootout, home+away)
	}
	at := g.chances[n].round
	left := f.remaining(n)
	if at > 0 && f.overtime.sudden {
		return finish(sudden(left, g.home, g.away), round, rounds-at, f.overtime.shootout, home+away)
	}
	var homeLeft, awayLeft int
	for _, ofHome := range left {
		if ofHome {
			homeLeft++
		} else {
			awayLeft++
		}
	}
	homePoints, awayPoints := certain(0), certain(0)
	if digits > 0 { // the chance under way is no longer like the others
		c := &g.chances[n]
		if c.ofHome {
			homeLeft--
			homePoints = revealed(g.home, c.u, digits).trim()
		} else {
			awayLeft--
			awayPoints = revealed(g.away, c.u, digits).trim()
		}
	}
	now := open(home-away, homePoints.plus(g.home.times(homeLeft)), awayPoints.plus(g.away.times(awayLeft)))
	return finish(now, round, rounds-at, f.overtime.shootout, home+away)
}

// remaining lists who has the chances that are left from number n on to the end
// of regular time or of its round of overtime, true for home. It goes by the
// rules and not by the course of the game, which may end a sudden round early.
func (f *fixture) remaining(n int) []bool {
	each, end := f.chances, 2*f.chances*f.periods.Count
	if n >= end {
		each = f.extra()
		n = (n - end) % (2 * each)
		end = 2 * each
	}
	left := make([]bool, 0, end-n)
	for i := n; i < end; i++ {
		left = append(left, f.turn(i%(2*each), each))
	}
	return left
}

// state is where the game stands.
func (f *fixture) state(t feed.Time) feed.GameState {
	switch w := t - f.kickoff(); {
	case w < 0:
		return feed.GamePre
	case w < f.play().end:
		return feed.GameIn
	}
	return feed.GamePost
}

// scoreAt is the score at an instant.
func (f *fixture) scoreAt(t feed.Time) (home, away int) {
	w := t - f.kickoff()
	if w < 0 {
		return 0, 0
	}
	g := f.play()
	if w >= g.end {
		return g.result()
	}
	return g.score(g.done(w))
}
