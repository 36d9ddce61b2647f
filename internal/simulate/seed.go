package simulate

// seed is a point in a tree of random numbers. Every random fact of the world is
// the seed of the thing it belongs to, extended by what is asked of it, so facts
// can be drawn in any order and again.
type seed uint64

// at returns the seed of child n, by the finaliser of SplitMix64 (Steele, Lea
// and Flood 2014).
func (s seed) at(n uint64) seed {
	z := uint64(s) + (n+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return seed(z ^ z>>31)
}

// of returns the seed of the child with a name, by FNV-1a.
func (s seed) of(name string) seed {
	h := uint64(14695981039346656037)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	return s.at(h)
}

// uniform returns a number in [0, 1).
func (s seed) uniform() float64 { return float64(s.at(0)>>11) / (1 << 53) }

// bell returns a number with mean 0 and standard deviation 1, bell shaped and
// within -3 and 3: the sum of three uniform ones. The bound keeps means of
// scores positive without a second rule.
func (s seed) bell() float64 {
	return 2 * (s.at(1).uniform() + s.at(2).uniform() + s.at(3).uniform() - 1.5)
}

// below returns a whole number in [0, n).
func (s seed) below(n int) int { return int(s.uniform() * float64(n)) }

// smooth returns a bell number that moves continuously with x and is drawn
// anew at each whole x. Its standard deviation is 1 at whole x and a little
// less between.
func (s seed) smooth(x float64) float64 {
	i := int64(x)
	if float64(i) > x {
		i--
	}
	f := x - float64(i)
	f = f * f * (3 - 2*f)
	return s.at(uint64(i)).bell()*(1-f) + s.at(uint64(i+1)).bell()*f
}

// shuffled returns the numbers 0 to n-1 in random order.
func (s seed) shuffled(n int) []int {
	order := make([]int, n)
	for i := range order {
		j := s.at(uint64(i)).below(i + 1)
		order[i], order[j] = order[j], i
	}
	return order
}
