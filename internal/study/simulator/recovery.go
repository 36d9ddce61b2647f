package simulator

import (
	"math"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/odds"
)

// Recovery is how near a method's fair probabilities come to the true ones.
type Recovery struct {
	Method odds.Method `json:"method"`
	Books  Distance    `json:"books"`  // each book's winner market alone
	Joint  Distance    `json:"joint"`  // the mean of all books' fair probabilities
	Errors int         `json:"errors"` // books that the method could not read
}

// Distance is the mean distance from the truth over looks at fixtures.
type Distance struct {
	Looks  int     `json:"looks"`
	Excess float64 `json:"excess"` // expected log loss above that of the truth, sum p ln(p/q), nats
	RMSE   float64 `json:"rmse"`   // of a probability
	Bias   float64 `json:"bias"`   // mean error of the least likely outcome's probability: above 0 where long shots are overrated
}

// recovery gathers looks.
type recovery struct {
	methods []methodRecovery
	last    map[string]feed.Time // by fixture: the last look
	prices  []float64
	fair    []float64
}

type methodRecovery struct {
	method       odds.Method
	books, joint distance
	errors       int
}

type distance struct{ excess, square, bias score.Mean }

// between is the time from one look at a fixture to the next: looks that follow
// each other closely say the same again.
const between = 10 * feed.Minute

func newRecovery() *recovery {
	r := &recovery{last: map[string]feed.Time{}}
	for _, m := range odds.Methods() {
		r.methods = append(r.methods, methodRecovery{method: m})
	}
	return r
}

// look holds every book's winner market to the truth.
func (r *recovery) look(l *look) {
	if l.at-r.last[l.id] < between {
		return
	}
	r.last[l.id] = l.at
	table := l.table(feed.MarketKey{FixtureID: l.id, Market: feed.MarketH2H, Period: feed.PeriodFull})
	if table == nil || len(table.outcomes) != len(l.outcomes()) {
		return
	}
	truth := l.winner()
	for i := range r.methods {
		m := &r.methods[i]
		joint, used := make([]float64, len(truth)), 0
		for _, row := range table.rows {
			if r.prices = row.prices(r.prices[:0]); len(r.prices) != len(truth) {
				continue
			}
			res, err := odds.Fair(r.fair, m.method, r.prices)
			if err != nil {
				m.errors++
				continue
			}
			r.fair = res.Probabilities
			m.books.add(truth, r.fair)
			for j, p := range r.fair {
				joint[j] += p
			}
			used++
		}
		if used < 3 {
			continue
		}
		for j := range joint {
			joint[j] /= float64(used)
		}
		m.joint.add(truth, joint)
	}
}

// prices appends the row's open prices, none if one of them was garbled.
func (r *row) prices(dst []float64) []float64 {
	for i := range r.quotes {
		if q := &r.quotes[i]; q.garbled {
			return nil
		} else if q.open() {
			dst = append(dst, q.price)
		}
	}
	return dst
}

func (d *distance) add(truth, fair []float64) {
	excess, square, least := 0.0, 0.0, 0
	for i, p := range truth {
		if p > 0 {
			excess += p * math.Log(p/fair[i])
		}
		square += (fair[i] - p) * (fair[i] - p)
		if p < truth[least] {
			least = i
		}
	}
	d.excess.Add(excess)
	d.square.Add(square / float64(len(truth)))
	d.bias.Add(fair[least] - truth[least])
}

func (d *distance) result() Distance {
	return Distance{Looks: d.excess.N(), Excess: known(d.excess), RMSE: math.Sqrt(known(d.square)), Bias: known(d.bias)}
}

func (r *recovery) results() []Recovery {
	var out []Recovery
	for i := range r.methods {
		m := &r.methods[i]
		out = append(out, Recovery{Method: m.method, Books: m.books.result(), Joint: m.joint.result(), Errors: m.errors})
	}
	return out
}

func (r *recovery) merge(o *recovery) {
	for i := range r.methods {
		a, b := &r.methods[i], &o.methods[i]
		a.books.merge(&b.books)
		a.joint.merge(&b.joint)
		a.errors += b.errors
	}
}

func (d *distance) merge(o *distance) {
	d.excess.Merge(o.excess)
	d.square.Merge(o.square)
	d.bias.Merge(o.bias)
}
