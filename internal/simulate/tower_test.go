package simulate

import (
	"math"
	"testing"
)

// next is the probability of a home win once chance n of a game has brought
// points, whatever it brought in truth.
func next(f *fixture, n, points int) float64 {
	g := f.play()
	c := g.chances[n]
	home, away := g.score(n)
	if c.ofHome {
		home += points
	} else {
		away += points
	}
	each := f.chances * f.periods.Count
	lastOfRound := n == 2*each-1 || n >= 2*each && (n-2*each+1)%(2*f.extra()) == 0
	if home != away && (lastOfRound || c.round > 0 && f.overtime.sudden) {
		if home > away {
			return 1
		}
		return 0
	}
	what := *g
	what.chances = append([]chance(nil), g.chances...)
	what.chances[n].score = [2]int{home, away}
	f.game = &what
	defer func() { f.game = g }()
	return f.during(n+1, 0).home
}

func TestTruthIsTheMeanOfWhatItCanBecome(t *testing.T) {
	s, _ := newTest(t)
	for _, c := range s.competitions {
		overtimes := 0
		for i, f := range sample(t, s, c.league.ID, 40) {
			g := f.play()
			regular := 2 * f.chances * f.periods.Count
			first := 0
			if i > 3 { // a few whole games, then overtimes
				first = regular - 1
			}
			for n := first; n < len(g.chances); n++ {
				home, away := g.score(n)
				decided := n >= regular-1 && n+1 == len(g.chances) && c.overtime.rounds > g.chances[n].round
				if decided {
					continue // no game was played that could go on after a tie
				}
				d := g.away
				if g.chances[n].ofHome {
					d = g.home
				}
				mean := 0.
				for points, p := range d.p {
					if p > 0 {
						mean += p * next(f, n, points)
					}
				}
				if now := f.during(n, 0).home; math.Abs(now-mean) > 1e-9 {
					t.Fatalf("%s: before chance %d of %d (%d:%d) the home side wins with %.9f, after it with %.9f on average",
						c.league.ID, n, len(g.chances), home, away, now, mean)
				}
				if n >= regular {
					overtimes++
				}
			}
		}
		if overtimes == 0 && c.overtime.rounds > 1 {
			t.Errorf("%s: no overtime went on after its first round", c.league.ID)
		}
	}
}

// variance of a distribution.
func variance(d dist) float64 {
	mean, sum := d.mean(), 0.
	for i, p := range d.p {
		x := float64(d.lo+i) - mean
		sum += p * x * x
	}
	return sum
}

func TestTruthBeforeAGameCountsTheNewsToCome(t *testing.T) {
	s, _ := newTest(t)
	for _, id := range []string{"nfl", "epl"} {
		var n, moved, promised, foreseen float64
		for _, f := range sample(t, s, id, 60) {
			last := f.moves()[newsSteps]
			moved += last.home*last.home + last.away*last.away
			promised += 2 * f.moveSigma() * f.moveSigma()
			if n++; n > 40 {
				continue
			}
			opening := f.before(0)
			kept := f.news
			f.news = make([]means, newsSteps+1) // the same truth with nothing to come
			foreseen += (variance(opening.total) - variance(f.before(newsSteps).total)) / (2 * f.moveSigma() * f.moveSigma())
			f.news = kept
		}
		if ratio := moved / promised; math.Abs(ratio-1) > .15 {
			t.Errorf("%s: the variance of all moves is %.2f of the promised one", id, ratio)
		}
		if ratio := foreseen / 40; math.Abs(ratio-1) > .15 {
			t.Errorf("%s: the opening truth foresees %.2f of the variance of the moves", id, ratio)
		}
	}
}
