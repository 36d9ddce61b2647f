package signal

import (
	"math"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// opinions is what the books of one market say together: the weighted mean of
// the fair probabilities of those that are complete, fresh and no outliers. It
// is kept as sums, so that any book can be left out in a few additions.
type opinions struct {
	counts   []bool      // by book: it has an opinion
	distance []float64   // by book: from the median, in MADs of the logit on the outcome where it is furthest; 0 for who is not complete
	furthest []int       // by book: that outcome
	sums     []float64   // by outcome: of weight times fair probability
	median   []float64   // by outcome: median fair probability
	weight   float64     // total
	books    int         // that have an opinion
	logits   [][]float64 // by outcome and book
	sorted   []float64
}

// leastMAD keeps books that agree almost to the digit from calling the next one
// an outlier: it is a quarter of a percentage point at even chances.
const leastMAD = 0.01

// form gathers the opinions on a market.
func (o *opinions) form(m *Market, r Opinions, now feed.Time) {
	n := len(m.Outcomes)
	o.counts, o.distance, o.furthest = sized(o.counts, len(m.Books)), sized(o.distance, len(m.Books)), sized(o.furthest, len(m.Books))
	o.sums, o.median = sized(o.sums, n), sized(o.median, n)
	o.weight, o.books = 0, 0
	for j := range m.Books {
		b := &m.Books[j]
		o.counts[j] = b.complete() && b.Trust.Weight > 0 && now.Sub(b.oldest()) <= time.Duration(r.MaxAge)
		if o.counts[j] {
			o.books++
		}
	}
	o.measure(m)
	o.exclude(r.MADs)
	for j := range m.Books {
		if !o.counts[j] {
			continue
		}
		b := &m.Books[j]
		o.weight += b.Trust.Weight
		for i, p := range b.Fair {
			o.sums[i] += b.Trust.Weight * p
		}
	}
}

// measure finds each complete book's distance from the median of the opinions.
func (o *opinions) measure(m *Market) {
	if o.books == 0 {
		return
	}
	judged := len(m.Outcomes)
	if judged == 2 {
		judged = 1 // the logit of the other is the same number with another sign
	}
	for len(o.logits) < judged {
		o.logits = append(o.logits, nil)
	}
	for i := range judged {
		o.logits[i] = sized(o.logits[i], len(m.Books))
		o.sorted = o.sorted[:0]
		for j := range m.Books {
			if !m.Books[j].complete() {
				continue
			}
			p := m.Books[j].Fair[i]
			o.logits[i][j] = math.Log(p / (1 - p))
			if o.counts[j] {
				o.sorted = append(o.sorted, o.logits[i][j])
			}
		}
		center := median(o.sorted)
		o.median[i] = 1 / (1 + math.Exp(-center))
		for k, v := range o.sorted {
			o.sorted[k] = math.Abs(v - center)
		}
		mad := max(leastMAD, median(o.sorted))
		for j := range m.Books {
			if !m.Books[j].complete() {
				continue
			}
			if d := math.Abs(o.logits[i][j]-center) / mad; d > o.distance[j] {
				o.distance[j], o.furthest[j] = d, i
			}
		}
	}
	if judged < len(m.Outcomes) {
		o.median[1] = 1 - o.median[0]
	}
}

// exclude takes the opinions of outliers out. An outlier is one against a
// majority: of two opinions neither is, and where most would be, none is.
func (o *opinions) exclude(mads float64) {
	out := 0
	for j, counts := range o.counts {
		if counts && o.distance[j] > mads {
			out++
		}
	}
	if out == 0 || 2*out > o.books {
		return
	}
	o.books -= out
	for j, counts := range o.counts {
		o.counts[j] = counts && o.distance[j] <= mads
	}
}

// outlier tells whether a book is one.
func (o *opinions) outlier(j int, mads float64) bool {
	return o.distance[j] > mads && !o.counts[j]
}

// without returns the consensus on an outcome of all but one book, and how many
// those are. Fair probabilities sum to one, so their weighted mean does too.
func (o *opinions) without(b *Book, j, outcome int) (p float64, books int) {
	sum, weight, books := o.sums[outcome], o.weight, o.books
	if o.counts[j] {
		sum -= b.Trust.Weight * b.Fair[outcome]
		weight -= b.Trust.Weight
		books--
	}
	if books == 0 || weight <= 0 {
		return 0, 0
	}
	return sum / weight, books
}

// median returns the middle value, or the mean of the two, and sorts them.
// Insertion is the fastest sort for as many as there are books.
func median(values []float64) float64 {
	for i := 1; i < len(values); i++ {
		v := values[i]
		k := i
		for ; k > 0 && values[k-1] > v; k-- {
			values[k] = values[k-1]
		}
		values[k] = v
	}
	n := len(values)
	if n%2 == 1 {
		return values[n/2]
	}
	return (values[n/2-1] + values[n/2]) / 2
}

// sized returns v with length n and all values zero, in its own memory if that
// suffices.
func sized[T any](v []T, n int) []T {
	if cap(v) < n {
		return make([]T, n)
	}
	v = v[:n]
	clear(v)
	return v
}
