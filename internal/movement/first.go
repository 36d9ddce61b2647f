package movement

import (
	"cmp"
	"math"
	"slices"

	"github.com/betflow/betflow/internal/feed"
)

// Share is a book's part of something that all books share.
type Share struct {
	Book  string   `json:"book"`
	Share Estimate `json:"share"`
}

// leastWaves is how many waves a share of first moves needs.
const leastWaves = 5

// FirstMovers returns each book's share of first moves. A wave is a run of moves
// in one direction, by at least two books, in which no move comes later than the
// window after the one before. The first move is that of the wave's first
// instant; books that share it share it equally. Moves smaller than least, in
// log odds, do not count. The standard error is the binomial one. It is the
// simple measure of price discovery, and robust where prices are polled.
func FirstMovers(paths []Path, from, to, window feed.Time, least float64) []Share {
	firsts, waves := make(map[string]float64), 0
	for _, up := range []bool{true, false} {
		var moves []Move
		for i := range paths {
			for _, m := range paths[i].Moves(from, to) {
				if (m.Delta > 0) == up && math.Abs(m.Delta) >= least {
					moves = append(moves, m)
				}
			}
		}
		slices.SortFunc(moves, func(a, b Move) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Book, b.Book)) })
		for len(moves) > 0 {
			n := 1
			for n < len(moves) && moves[n].At-moves[n-1].At <= window {
				n++
			}
			if leaders, several := leadersOf(moves[:n]); several {
				waves++
				for _, book := range leaders {
					firsts[book] += 1 / float64(len(leaders))
				}
			}
			moves = moves[n:]
		}
	}
	shares := make([]Share, len(paths))
	for i := range paths {
		shares[i] = Share{paths[i].Book, tooFew(waves, leastWaves)}
		if waves >= leastWaves {
			s := firsts[paths[i].Book] / float64(waves)
			shares[i].Share = of(s, waves).withSE(math.Sqrt(s * (1 - s) / float64(waves)))
		}
	}
	return shares
}

// leadersOf returns the books that moved at a wave's first instant and whether
// the wave has several books.
func leadersOf(wave []Move) (leaders []string, several bool) {
	for _, m := range wave {
		if m.At == wave[0].At && !slices.Contains(leaders, m.Book) {
			leaders = append(leaders, m.Book)
		}
		several = several || m.Book != wave[0].Book
	}
	return leaders, several
}

// Arrival is since when a book has stood where the market closed.
type Arrival struct {
	Book   string    `json:"book"`
	Since  feed.Time `json:"since"`
	Before float64   `json:"before_start_s"` // seconds from then to the start
}

// Arrivals tells who was at the closing price first: for each book that closes
// within the tolerance, in log odds, of the mean closing x of all books, the
// instant since which it has been there and on offer. The earliest comes first.
func Arrivals(paths []Path, start feed.Time, tolerance float64) []Arrival {
	var closes []float64
	for i := range paths {
		if x, ok := paths[i].At(start); ok {
			closes = append(closes, x)
		}
	}
	slices.Sort(closes)
	mean := 0.0
	for _, x := range closes {
		mean += x / float64(len(closes))
	}
	var out []Arrival
	for i := range paths {
		if _, stands := paths[i].At(start); !stands {
			continue
		}
		since := feed.Time(math.MaxInt64)
		for _, q := range slices.Backward(paths[i].Points) {
			if q.At > start {
				continue
			}
			if q.Gone || math.Abs(q.X-mean) > tolerance {
				break
			}
			since = q.At
		}
		if since <= start {
			out = append(out, Arrival{paths[i].Book, since, start.Sub(since).Seconds()})
		}
	}
	slices.SortFunc(out, func(a, b Arrival) int { return cmp.Or(cmp.Compare(a.Since, b.Since), cmp.Compare(a.Book, b.Book)) })
	return out
}

// Follow is how long one book takes to follow another.
type Follow struct {
	Leader   string   `json:"leader"`
	Follower string   `json:"follower"`
	Median   Estimate `json:"median_s"` // seconds; N is the moves that were followed
	Lower    *float64 `json:"lower_s"`  // quartiles
	Upper    *float64 `json:"upper_s"`
	Never    int      `json:"never"` // moves of the leader that were not followed within the horizon
}

// leastFollows is how many followed moves a median needs.
const leastFollows = 5

// TimeToFollow returns the median lag of a follower behind the moves of a leader:
// for each of the leader's moves of at least the size, the time to the follower's
// next move in the same direction, strictly later and within the horizon.
func TimeToFollow(leader, follower *Path, from, to, horizon feed.Time, least float64) Follow {
	f := Follow{Leader: leader.Book, Follower: follower.Book}
	var lags []float64
	answers := follower.Moves(from, to)
	for _, m := range leader.Moves(from, to) {
		if math.Abs(m.Delta) < least {
			continue
		}
		i := slices.IndexFunc(answers, func(a Move) bool { return a.At > m.At && (a.Delta > 0) == (m.Delta > 0) })
		if i < 0 || answers[i].At-m.At > horizon {
			f.Never++
			continue
		}
		lags = append(lags, answers[i].At.Sub(m.At).Seconds())
	}
	slices.Sort(lags)
	f.Median = tooFew(len(lags), leastFollows)
	if len(lags) >= leastFollows {
		lower, upper := quantile(lags, 0.25), quantile(lags, 0.75)
		f.Median, f.Lower, f.Upper = of(quantile(lags, 0.5), len(lags)), &lower, &upper
	}
	return f
}

// quantile interpolates between sorted values.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
