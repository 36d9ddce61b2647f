package simulate

// negligible is the probability below which the ends of a distribution are cut.
const negligible = 1e-13

// dist is a distribution of whole numbers: p[i] is the probability of lo+i.
type dist struct {
	lo int
	p  []float64
}

// certain is the distribution of a number that is known.
func certain(n int) dist { return dist{lo: n, p: []float64{1}} }

// mass is the sum of all probabilities.
func (d dist) mass() float64 {
	var sum float64
	for _, p := range d.p {
		sum += p
	}
	return sum
}

// at is the probability of n.
func (d dist) at(n int) float64 {
	if i := n - d.lo; i >= 0 && i < len(d.p) {
		return d.p[i]
	}
	return 0
}

// plus is the distribution of the sum of two independent numbers.
func (d dist) plus(e dist) dist {
	if len(d.p) == 0 || len(e.p) == 0 {
		return dist{}
	}
	out := dist{lo: d.lo + e.lo, p: make([]float64, len(d.p)+len(e.p)-1)}
	for i, a := range d.p {
		if a == 0 {
			continue
		}
		row := out.p[i : i+len(e.p)]
		for j, b := range e.p {
			row[j] += a * b
		}
	}
	return out.trim()
}

// trim cuts ends that do not matter.
func (d dist) trim() dist {
	i, j := 0, len(d.p)
	for i < j && d.p[i] < negligible {
		i++
	}
	for j > i && d.p[j-1] < negligible {
		j--
	}
	return dist{lo: d.lo + i, p: d.p[i:j]}
}

// add adds w times e to the distribution, which grows as needed.
func (d *dist) add(e dist, w float64) {
	if len(e.p) == 0 || w == 0 {
		return
	}
	if len(d.p) == 0 {
		d.lo = e.lo
	}
	lo := min(d.lo, e.lo)
	hi := max(d.lo+len(d.p), e.lo+len(e.p))
	if lo < d.lo || hi > d.lo+len(d.p) {
		grown := make([]float64, hi-lo)
		copy(grown[d.lo-lo:], d.p)
		d.lo, d.p = lo, grown
	}
	for i, p := range e.p {
		d.p[e.lo-d.lo+i] += w * p
	}
}

// times is the distribution of the sum of n independent numbers, by repeated
// squaring.
func (d dist) times(n int) dist {
	sum := certain(0)
	for {
		if n&1 == 1 {
			sum = sum.plus(d)
		}
		if n >>= 1; n == 0 {
			return sum
		}
		d = d.plus(d)
	}
}

// mean of the distribution, which must have mass 1.
func (d dist) mean() float64 {
	var sum float64
	for i, p := range d.p {
		sum += p * float64(d.lo+i)
	}
	return sum
}

// tails turns the distribution into its upper tail: out[i] is the probability
// of a number of at least lo+i, with a final 0.
func (d dist) tails() []float64 {
	out := make([]float64, len(d.p)+1)
	for i := len(d.p) - 1; i >= 0; i-- {
		out[i] = out[i+1] + d.p[i]
	}
	return out
}
