package simulate

import "math"

// outlook is the exact distribution of how a fixture ends, overtime included.
type outlook struct {
	margin, total         dist // home minus away, home plus away
	marginTail, totalTail []float64
	home, draw, away      float64
}

// stage is what can come out of a part of a game, seen from where it stands:
// the margin at its end and the points made in it, apart for a tie at its end,
// since only a tie goes on.
type stage struct {
	margin        dist
	decided, tied dist // points made, by whether the margin is 0 at the end
}

// open is a stage in which both sides still have chances, with the home side
// ahead by lead. home and away are the distributions of what they still make.
func open(lead int, home, away dist) stage {
	var s stage
	if len(home.p) == 0 || len(away.p) == 0 {
		return s
	}
	s.margin = dist{lo: lead + home.lo - (away.lo + len(away.p) - 1), p: make([]float64, len(home.p)+len(away.p)-1)}
	s.decided = dist{lo: home.lo + away.lo, p: make([]float64, len(home.p)+len(away.p)-1)}
	s.tied = dist{lo: s.decided.lo, p: make([]float64, len(s.decided.p))}
	level := away.lo - home.lo - lead // i - j at a tie: lead + (home.lo+i) - (away.lo+j) = 0
	last := len(away.p) - 1
	for i, a := range home.p {
		margins := s.margin.p[i : i+len(away.p)]
		totals := s.decided.p[i : i+len(away.p)]
		for j, b := range away.p {
			margins[last-j] += a * b
			totals[j] += a * b
		}
		if j := i - level; j >= 0 && j < len(away.p) {
			s.decided.p[i+j] -= a * away.p[j]
			s.tied.p[i+j] += a * away.p[j]
		}
	}
	return s
}

// sudden is a tied stage that the first points end. The chances come in the
// given order, true for home.
func sudden(order []bool, home, away dist) stage {
	var s stage
	still := 1.0
	for _, ofHome := range order {
		d, sign := away, -1
		if ofHome {
			d, sign = home, 1
		}
		for points := 1; points < len(d.p); points++ {
			s.margin.add(certain(sign*points), still*d.p[points])
			s.decided.add(certain(points), still*d.p[points])
		}
		still *= d.p[0]
	}
	s.margin.add(certain(0), still)
	s.tied.add(certain(0), still)
	return s
}

// finish plays a stage to the end of the game: ties go through at most rounds
// of overtime, each like round, and what is tied then is a draw or is decided
// by a shootout, worth one point. points is what both sides have already.
func finish(s stage, round stage, rounds int, shootout bool, points int) *outlook {
	o := &outlook{}
	level := s.tied
	o.total.add(s.decided, 1)
	o.margin.add(s.margin, 1)
	for range rounds {
		if level.mass() < negligible {
			break
		}
		o.margin.add(certain(0), -level.mass())
		o.margin.add(round.margin, level.mass())
		o.total.add(level.plus(round.decided), 1)
		level = level.plus(round.tied)
	}
	if shootout && level.mass() > 0 {
		o.margin.add(certain(0), -level.mass())
		o.margin.add(certain(1), level.mass()/2)
		o.margin.add(certain(-1), level.mass()/2)
		level.lo++
	}
	o.total.add(level, 1)
	o.total.lo += points
	o.close()
	return o
}

// settled is the outlook of a game whose result is known.
func settled(home, away int) *outlook {
	o := &outlook{margin: certain(home - away), total: certain(home + away)}
	o.close()
	return o
}

// close sums up the distributions.
func (o *outlook) close() {
	o.marginTail = o.margin.tails()
	o.totalTail = o.total.tails()
	o.draw = max(0, o.margin.at(0))
	o.home = tailAbove(o.margin, o.marginTail, 0)
	o.away = max(0, 1-o.home-o.draw)
}

// spread returns the probabilities that the home side covers its handicap, that
// the bet is void, and that the away side covers.
func (o *outlook) spread(handicap float64) (home, push, away float64) {
	return split(o.margin, o.marginTail, -handicap)
}

// over returns the probabilities that the total is over, equal to and under the
// line.
func (o *outlook) over(line float64) (over, push, under float64) {
	return split(o.total, o.totalTail, line)
}

// split divides a distribution at x into above, equal and below.
func split(d dist, tail []float64, x float64) (above, equal, below float64) {
	above = tailAbove(d, tail, x)
	if x == math.Trunc(x) {
		equal = max(0, d.at(int(x)))
	}
	return above, equal, max(0, 1-above-equal)
}

// tailAbove is the probability of more than x.
func tailAbove(d dist, tail []float64, x float64) float64 {
	i := int(math.Floor(x)) + 1 - d.lo
	return min(1, tail[min(max(i, 0), len(d.p))])
}

// median is a number in the middle of a distribution with the given tails,
// between whole numbers: the half point at which both sides are most even.
func median(d dist, tail []float64) float64 {
	lo, hi := 0, len(d.p) // the tail falls from 1 to 0
	for hi-lo > 1 {
		mid := (lo + hi) / 2
		if tail[mid] > .5 {
			lo = mid
		} else {
			hi = mid
		}
	}
	if math.Abs(tail[lo]-.5) < math.Abs(tail[hi]-.5) {
		hi = lo
	}
	return float64(d.lo+hi) - .5
}
