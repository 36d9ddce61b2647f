package simulate

import (
	"fmt"
	"math"

	"github.com/betflow/betflow/internal/league"
)

// sport is how the games of a sport go: what a chance is worth and how the
// clock of the arena runs against the clock on the wall.
type sport struct {
	weights  []score // relative frequency of scores by points; sums to 1
	digits   int     // how many times the fate of a chance is half revealed before its end
	innings  bool    // one side has all its chances of a period, then the other; else they take turns
	pace     float64 // seconds on the wall for a second on the clock
	untimed  float64 // minutes on the wall of a period that has no clock
	pause    float64 // minutes between periods
	halftime float64 // minutes at the middle, where there is one
	stoppage float64 // minutes added to a period, at most
	reach    float64 // the least pre-game handicap that books offer
	suspends bool    // books suspend when someone scores
	overtime overtime
	uid      int     // the sport's number in ESPN's uids
	wind     float64 // change of the total for each metre a second above a breeze, as a share of it
	group    string  // the sport's title at The Odds API
}

// score is one way of scoring: the points and how often it is this way.
type score struct {
	points int
	weight float64
}

// overtime is what follows a tie. It goes by rounds in which both sides get the
// same number of chances. A lead at the end of a round decides.
type overtime struct {
	rounds   int  // at most; 0 leaves the tie
	sudden   bool // any lead decides at once
	joined   bool // all rounds belong to one period
	whole    bool // a round has the chances of an overtime period, not one for each side
	shootout bool // what is still tied after the last round is decided by a coin, one point
}

// sports known by the name that league files use. American football without
// overtime minutes is the college game: rounds until it is decided.
var sports = map[string]sport{
	"football": {
		weights: []score{{7, .55}, {3, .36}, {6, .04}, {8, .03}, {2, .02}}, digits: 4,
		pace: 2.9, pause: 2, halftime: 13, suspends: true, uid: 20, wind: -.012, group: "American Football",
		overtime: overtime{rounds: 2, joined: true},
	},
	"basketball": {
		weights: []score{{2, .68}, {3, .27}, {1, .05}},
		pace:    2.5, pause: 2.5, halftime: 15, uid: 40, group: "Basketball",
		overtime: overtime{rounds: 4, whole: true, shootout: true},
	},
	"hockey": {
		weights: []score{{1, 1}},
		pace:    2, pause: 18, halftime: 18, reach: 1.5, suspends: true, uid: 70, group: "Ice Hockey",
		overtime: overtime{rounds: 4, sudden: true, joined: true, shootout: true},
	},
	"baseball": {
		weights: []score{{1, .58}, {2, .25}, {3, .11}, {4, .06}}, digits: 3, innings: true,
		untimed: 17.5, reach: 1.5, suspends: true, uid: 1, group: "Baseball",
		overtime: overtime{rounds: 8, whole: true, shootout: true},
	},
	"soccer": {
		weights: []score{{1, 1}},
		pace:    1, pause: 15, halftime: 15, stoppage: 6, suspends: true, uid: 600, group: "Soccer",
	},
}

// mostChances is how many chances a side may have in a game. More of them bring
// the score nearer to a Poisson process and cost time.
const mostChances = 90

// mostCertain is the greatest probability that a chance brings points.
const mostCertain = .95

// model is the scoring of one league.
type model struct {
	sport
	periods league.Periods
	chances int     // of each side in a regular period
	value   float64 // mean points of a chance that scores
}

// newModel derives the scoring from the league's file.
//
// With n chances a side, mean m and scores of mean v and mean square w, a
// side's variance is m*w/v - m*m/n. The number of chances is the one for which
// twice that is the league's SigmaMargin squared, so the spread of results is
// the league's own. Where even infinitely many chances vary too little (goals),
// it is as many as allowed.
func newModel(l *league.League) (model, error) {
	sp, ok := sports[l.Sport]
	if !ok {
		return model{}, fmt.Errorf("league %s: no scoring is known for sport %q", l.ID, l.Sport)
	}
	switch {
	case len(l.Teams) < 2:
		return model{}, fmt.Errorf("league %s: it needs at least two teams", l.ID)
	case l.Score.Total <= 0 || l.Score.SigmaMargin <= 0:
		return model{}, fmt.Errorf("league %s: score.total and score.sigma_margin must be positive", l.ID)
	case l.Periods.Count <= 0 || l.Periods.Minutes <= 0 && sp.untimed == 0:
		return model{}, fmt.Errorf("league %s: periods.count and periods.minutes must be positive", l.ID)
	}
	if l.Sport == "football" && l.Periods.Overtime == 0 {
		sp.overtime = overtime{rounds: 8, shootout: true}
	}
	m := model{sport: sp, periods: l.Periods}
	var square float64
	for _, s := range sp.weights {
		m.value += s.weight * float64(s.points)
		square += s.weight * float64(s.points*s.points)
	}
	mean := l.Score.Total / 2
	n := float64(mostChances)
	if spare := mean*square/m.value - l.Score.SigmaMargin*l.Score.SigmaMargin/2; spare > 0 {
		n = min(n, mean*mean/spare)
	}
	n = max(n, 1.25*mean/(mostCertain*m.value))
	m.chances = max(1, int(math.Round(n/float64(l.Periods.Count))))
	return m, nil
}

// most is the greatest mean score of a side that the model can produce.
func (m *model) most() float64 {
	return mostCertain * m.value * float64(m.chances*m.periods.Count)
}

// chance is the distribution of the points of one chance of a side that scores
// mean points in a regular game.
func (m *model) chance(mean float64) dist {
	scores := mean / (m.value * float64(m.chances*m.periods.Count))
	var top int
	for _, s := range m.weights {
		top = max(top, s.points)
	}
	d := dist{p: make([]float64, top+1)}
	for _, s := range m.weights {
		d.p[s.points] = scores * s.weight
	}
	d.p[0] = 1 - scores
	return d
}

// extra is how many chances each side has in a round of overtime.
func (m *model) extra() int {
	switch {
	case !m.overtime.whole:
		return 1
	case m.untimed > 0:
		return m.chances
	}
	return max(1, int(math.Round(float64(m.chances)*m.periods.Overtime/m.periods.Minutes)))
}

// turn tells whether chance i of a period or round belongs to the home side,
// when each side has n of them. The away side begins.
func (m *model) turn(i, n int) bool {
	if m.innings {
		return i >= n
	}
	return i%2 == 1
}

// extraSeconds is how long a round of overtime lasts on the wall.
func (m *model) extraSeconds() float64 {
	switch {
	case m.untimed > 0:
		return m.untimed * 60
	case m.periods.Overtime == 0:
		return 8 * 60 // college football: a possession each, without a clock
	case m.overtime.joined:
		return m.periods.Overtime * 60 * m.pace / float64(m.overtime.rounds)
	}
	return m.periods.Overtime * 60 * m.pace
}

// fate returns what a chance with distribution d brings when its number in
// [0, 1) is u: the smaller u, the more points.
func fate(d dist, u float64) int {
	for i := len(d.p) - 1; i > 0; i-- {
		if u -= d.p[i]; u < 0 {
			return d.lo + i
		}
	}
	return d.lo
}

// revealed is the distribution of a chance once the first binary digits of its
// number u are known: u is then uniform in an interval. With every digit the
// distribution moves as a martingale from d towards the fate of u.
func revealed(d dist, u float64, digits int) dist {
	width := math.Ldexp(1, -digits)
	from := math.Floor(u/width) * width
	out := dist{lo: d.lo, p: make([]float64, len(d.p))}
	upper := 0.0
	for i := len(d.p) - 1; i >= 0; i-- {
		lower := upper
		upper += d.p[i]
		if i == 0 {
			upper = 1
		}
		out.p[i] = max(0, min(upper, from+width)-max(lower, from)) / width
	}
	return out
}
