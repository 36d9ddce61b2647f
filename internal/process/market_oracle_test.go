package process

import (
	"math"
	"slices"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// naivePricer recomputes from the quotes what market states there must be, each
// from the whole history. Of package odds it uses only what reads one book.
type naivePricer struct {
	cc    ComputeConfig
	sigma map[string]float64 // of the line models, by market
	main  map[ladderKey]float64
	moves map[[4]float64]float64 // sigma, from, to and fair probability -> moved
}

type ladderKey struct{ fixture, market string }

func (n *naivePricer) states(quotes []feed.Quote) []feed.MarketState {
	n.main, n.moves = map[ladderKey]float64{}, map[[4]float64]float64{}
	var states []feed.MarketState
	last := map[feed.MarketKey]feed.MarketState{}
	begin := 0
	for i := range quotes {
		if quotes[i].Kind == feed.KindTick {
			begin = i + 1
			continue
		}
		if !quotes[i].Last {
			continue
		}
		changed := map[feed.MarketKey]bool{}
		for _, q := range quotes[begin : i+1] {
			if q.Kind == feed.KindQuote {
				changed[q.MarketKey()] = true
			}
		}
		begin = i + 1
		var keys []feed.MarketKey // in the order of their first quotes
		for _, q := range quotes[:i+1] {
			if k := q.MarketKey(); q.Kind == feed.KindQuote && !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
		n.elect(quotes[:i+1], keys, changed, quotes[i].SeenTime)
		for _, k := range keys {
			if !changed[k] {
				continue
			}
			s := n.state(quotes[:i+1], keys, k, quotes[i].SeenTime)
			if old, ok := last[k]; !ok || !sameNumbers(&old, &s, 1e-9) {
				last[k] = s
				states = append(states, s)
			}
		}
	}
	return states
}

// elect notes the main lines of what has changed, and that they have changed.
func (n *naivePricer) elect(history []feed.Quote, keys []feed.MarketKey, changed map[feed.MarketKey]bool, now feed.Time) {
	for k := range changed {
		l := ladderKey{k.FixtureID, k.Market}
		if !k.Line.Set {
			continue
		}
		before, had := n.main[l]
		most := 0
		for _, rung := range keys {
			if rung.FixtureID != k.FixtureID || rung.Market != k.Market {
				continue
			}
			books, sum := 0, 0.0
			for _, o := range n.opinions(history, rung, now) {
				if o.age <= n.cc.MaxAge && o.fair != nil {
					books++
					sum += o.fair[n.cc.Method][0]
				}
			}
			if books == 0 {
				continue
			}
			better := books > most
			if books == most {
				mine, other := n.evenness(history, rung, now), n.evenness(history, lineOf(keys, k, n.main[l]), now)
				a, b := rung.Line.Points, n.main[l]
				better = mine < other || mine == other && (math.Abs(a) < math.Abs(b) || math.Abs(a) == math.Abs(b) && a < b)
			}
			if better {
				most, n.main[l] = books, rung.Line.Points
			}
		}
		if had {
			changed[lineOf(keys, k, before)] = true
		}
		if now, ok := n.main[l]; ok {
			changed[lineOf(keys, k, now)] = true
		}
	}
}

func (n *naivePricer) evenness(history []feed.Quote, key feed.MarketKey, now feed.Time) float64 {
	books, sum := 0.0, 0.0
	for _, o := range n.opinions(history, key, now) {
		if o.age <= n.cc.MaxAge && o.fair != nil {
			books++
			sum += o.fair[n.cc.Method][0]
		}
	}
	return math.Round(math.Abs(sum/books-.5) * 1e9)
}

func lineOf(keys []feed.MarketKey, k feed.MarketKey, line float64) feed.MarketKey {
	k.Line.Points = line
	if !slices.Contains(keys, k) {
		panic("no such line")
	}
	return k
}

// naiveOpinion is what one book says about one market.
type naiveOpinion struct {
	book    string
	open    int
	prices  []float64 // one per outcome, if all are open
	age     time.Duration
	hold    float64
	fair    map[odds.Method][]float64 // nil if it cannot be read
	current []currentPrice            // one per outcome
}

type currentPrice struct {
	open        bool
	price       float64
	event, seen feed.Time
}

func outcomesOf(history []feed.Quote, key feed.MarketKey) []string {
	var outcomes []string
	for _, q := range history {
		if q.Kind == feed.KindQuote && q.MarketKey() == key && !slices.Contains(outcomes, q.Outcome) {
			outcomes = append(outcomes, q.Outcome)
		}
	}
	slices.Sort(outcomes)
	order := []string{"home", "over", "draw", "away", "under"}
	slices.SortStableFunc(outcomes, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
	return outcomes
}

func (n *naivePricer) opinions(history []feed.Quote, key feed.MarketKey, now feed.Time) []naiveOpinion {
	latest := map[[2]string]feed.Quote{} // by outcome and book
	confirmed := map[string]feed.Quote{} // by book
	var books []string
	for _, q := range history {
		switch {
		case q.Kind == feed.KindSeen && q.FixtureID == key.FixtureID && q.Market == key.Market:
			confirmed[q.Book] = q
		case q.Kind == feed.KindQuote && q.MarketKey() == key:
			latest[[2]string{q.Outcome, q.Book}] = q
			books = append(books, q.Book)
		}
	}
	slices.Sort(books)
	outcomes := outcomesOf(history, key)
	var all []naiveOpinion
	for _, b := range slices.Compact(books) {
		o := naiveOpinion{book: b}
		for _, outcome := range outcomes {
			q := latest[[2]string{outcome, b}]
			c := currentPrice{q.State == feed.StateOpen, q.Price, max(q.EventTime, confirmed[b].EventTime), max(q.SeenTime, confirmed[b].SeenTime)}
			o.current = append(o.current, c)
			if c.open {
				o.open++
				o.prices = append(o.prices, c.price)
				o.age = max(o.age, now.Sub(c.event))
			}
		}
		if o.open == len(outcomes) && o.open > 1 {
			if r, err := odds.Fair(nil, odds.Shin, o.prices); err == nil { // else its own prices cross
				o.hold, o.fair = r.Hold, map[odds.Method][]float64{}
				for _, m := range pricedBy {
					r, err := odds.Fair(nil, m, o.prices)
					if err != nil {
						panic(err) // what one method reads, all do
					}
					o.fair[m] = r.Probabilities
				}
			}
		}
		all = append(all, o)
	}
	return all
}

func (n *naivePricer) state(history []feed.Quote, keys []feed.MarketKey, key feed.MarketKey, now feed.Time) feed.MarketState {
	s := feed.MarketState{
		Kind: feed.KindMarket, FixtureID: key.FixtureID, Market: key.Market, Period: key.Period, Line: key.Line.Ptr(),
		Method: string(n.cc.Method), Average: string(n.cc.Average), SeenTime: now, LeftOut: []feed.LeftOut{},
	}
	main, ok := n.main[ladderKey{key.FixtureID, key.Market}]
	s.Main = !key.Line.Set || ok && main == key.Line.Points
	for _, o := range outcomesOf(history, key) {
		s.Outcomes = append(s.Outcomes, feed.OutcomeState{Outcome: o})
	}
	opinions := n.opinions(history, key, now)
	reasons := n.judge(opinions)
	var used []naiveOpinion
	for _, o := range opinions {
		if r := reasons[o.book]; r != "" {
			s.LeftOut = append(s.LeftOut, feed.LeftOut{Book: o.book, Reason: r})
		} else if o.open > 0 {
			used = append(used, o)
		}
		for i, c := range o.current {
			out := &s.Outcomes[i]
			if !c.open || now.Sub(c.event) > n.cc.MaxAge {
				continue
			}
			s.EventTime = max(s.EventTime, c.event)
			out.Prices++
			if out.OldestEventTime == 0 || c.event < out.OldestEventTime {
				out.OldestEventTime = c.event
			}
			if reasons[o.book] == feed.ReasonOutlier {
				continue
			}
			if best := out.BestPrice; best == nil || c.price > *best || c.price == *best && c.event > out.BestEventTime {
				out.BestPrice, out.BestBook, out.BestEventTime, out.BestSeenTime = point(c.price), o.book, c.event, c.seen
			}
		}
	}
	sum := 0.0
	for _, o := range s.Outcomes {
		if o.BestPrice == nil {
			sum = math.NaN()
			break
		}
		sum += 1 / *o.BestPrice
	}
	if len(s.Outcomes) > 1 && !math.IsNaN(sum) {
		s.BestSum = &sum
	}
	if s.Books = int32(len(used)); len(used) > 0 {
		n.conclude(&s, used)
	}
	start := feed.Time(math.MaxInt64)
	for _, q := range history {
		if q.Kind == feed.KindStart && q.FixtureID == key.FixtureID {
			start = q.EventTime
		}
	}
	if key.Line.Set && s.Main && n.sigma[key.Market] > 0 && len(s.Outcomes) == 2 && now < start {
		n.common(&s, history, keys, key, now)
	}
	return s
}

func (n *naivePricer) conclude(s *feed.MarketState, used []naiveOpinion) {
	count := float64(len(used))
	holds, mean, squares := 0.0, 0.0, 0.0
	for _, o := range used {
		holds += o.hold / count
		mean += o.fair[n.cc.Method][0] / count
	}
	for _, o := range used {
		squares += math.Pow(o.fair[n.cc.Method][0]-mean, 2)
	}
	s.Hold = &holds
	if count > 1 {
		s.Dispersion = point(math.Sqrt(squares / (count - 1)))
	}
	by := map[odds.Method][]float64{}
	for _, m := range pricedBy {
		by[m] = n.average(used, m)
	}
	for i := range s.Outcomes {
		o := &s.Outcomes[i]
		o.Multiplicative, o.Power, o.Shin, o.Fair = &by[odds.Multiplicative][i], &by[odds.Power][i], &by[odds.Shin][i], &by[n.cc.Method][i]
	}
}

func (n *naivePricer) weight(o naiveOpinion) float64 {
	w := n.cc.Books.Of(o.book).Weight
	if n.cc.HalfLife > 0 {
		w *= math.Pow(2, -max(0, o.age.Seconds())/n.cc.HalfLife.Seconds())
	}
	return w
}

// average combines the books' fair probabilities by a method.
func (n *naivePricer) average(used []naiveOpinion, m odds.Method) []float64 {
	fair := make([]float64, len(used[0].prices))
	total := 0.0
	for i := range fair {
		weight, sum := 0.0, 0.0
		slices.SortFunc(used, func(a, b naiveOpinion) int {
			if a.fair[m][i] < b.fair[m][i] {
				return -1
			}
			return 1
		})
		for _, o := range used {
			w := n.weight(o)
			weight += w
			switch n.cc.Average {
			case odds.LogitMean:
				sum += w * naiveLogit(o.fair[m][i])
			default:
				sum += w * o.fair[m][i]
			}
		}
		switch n.cc.Average {
		case odds.LogitMean:
			fair[i] = 1 / (1 + math.Exp(-sum/weight))
		case odds.Median:
			low, high := math.NaN(), math.NaN()
			below := 0.0
			for _, o := range used {
				below += n.weight(o)
				if math.IsNaN(low) && below >= weight/2-1e-12 {
					low = o.fair[m][i]
				}
				if math.IsNaN(high) && below > weight/2+1e-12 {
					high = o.fair[m][i]
				}
			}
			fair[i] = (low + high) / 2
		default:
			fair[i] = sum / weight
		}
		total += fair[i]
	}
	for i := range fair {
		fair[i] /= total
	}
	return fair
}

func naiveLogit(p float64) float64 { return math.Log(p / (1 - p)) }

// judge says who takes no part in the consensus and why.
func (n *naivePricer) judge(opinions []naiveOpinion) map[string]feed.Reason {
	reasons := map[string]feed.Reason{}
	var usable []naiveOpinion
	for _, o := range opinions {
		switch {
		case o.open == 0:
		case o.open < len(o.current) || o.open < 2:
			reasons[o.book] = feed.ReasonIncomplete
		case o.fair == nil:
			reasons[o.book] = feed.ReasonCrossed
		case n.cc.Books.Of(o.book).Weight == 0:
			reasons[o.book] = feed.ReasonUntrusted
		case o.age > n.cc.MaxAge:
			reasons[o.book] = feed.ReasonStale
		default:
			usable = append(usable, o)
		}
	}
	if n.cc.OutlierMADs == 0 || len(usable) == 0 {
		return reasons
	}
	out := map[string]bool{}
	for i := range usable[0].prices {
		logits := make([]float64, len(usable))
		for j, o := range usable {
			logits[j] = naiveLogit(o.fair[n.cc.Method][i])
		}
		center := naiveMedian(logits)
		away := make([]float64, len(usable))
		for j := range usable {
			away[j] = math.Abs(logits[j] - center)
		}
		limit := n.cc.OutlierMADs * max(.01, naiveMedian(away))
		for j, o := range usable {
			if away[j] > limit {
				out[o.book] = true
			}
		}
		if len(usable[0].prices) == 2 {
			break // the other outcome says the same
		}
	}
	if len(out) <= len(usable)-len(out) {
		for b := range out {
			reasons[b] = feed.ReasonOutlier
		}
	}
	return reasons
}

func naiveMedian(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	if h := len(v) / 2; len(v)%2 == 0 {
		return (v[h-1] + v[h]) / 2
	}
	return v[len(v)/2]
}

// common brings every book's nearest line to the main one.
func (n *naivePricer) common(s *feed.MarketState, history []feed.Quote, keys []feed.MarketKey, key feed.MarketKey, now feed.Time) {
	byBook := map[string]naiveOpinion{}
	away := map[string]feed.Line{}
	for _, k := range keys {
		if k.FixtureID != key.FixtureID || k.Market != key.Market || len(outcomesOf(history, k)) != 2 {
			continue
		}
		for _, o := range n.opinions(history, k, now) {
			if o.fair == nil || o.age > n.cc.MaxAge {
				continue
			}
			other, ok := away[o.book]
			mine, its := math.Abs(k.Line.Points-key.Line.Points), math.Abs(other.Points-key.Line.Points)
			if ok && (mine > its || mine == its && k.Line.Points > other.Points) {
				continue
			}
			away[o.book] = k.Line
			sign := 1.0
			if key.Market == feed.MarketTotals {
				sign = -1
			}
			p := n.move(n.sigma[key.Market], sign*k.Line.Points, sign*key.Line.Points, o.fair[n.cc.Method][0])
			o.fair = map[odds.Method][]float64{n.cc.Method: {p, 1 - p}}
			byBook[o.book] = o
		}
	}
	var opinions, used []naiveOpinion
	for _, o := range byBook {
		opinions = append(opinions, o)
	}
	reasons := n.judge(opinions)
	for _, o := range opinions {
		if reasons[o.book] == "" {
			used = append(used, o)
		}
	}
	if s.CommonBooks = int32(len(used)); len(used) > 0 {
		fair := n.average(used, n.cc.Method)
		s.Outcomes[0].Common, s.Outcomes[1].Common = &fair[0], &fair[1]
	}
}

// move finds by halving the mean of the results with which a side has the chance
// at one line, and adds up its chance at the other, result by result.
func (n *naivePricer) move(sigma, from, to, p float64) float64 {
	if from == to {
		return p
	}
	id := [4]float64{sigma, from, to, p}
	if moved, ok := n.moves[id]; ok {
		return moved
	}
	lo, hi := -40.0, 40.0
	for range 60 {
		if mid := (lo + hi) / 2; naiveChance(sigma, mid, from) < p {
			lo = mid
		} else {
			hi = mid
		}
	}
	n.moves[id] = naiveChance(sigma, lo, to)
	return n.moves[id]
}

func naiveChance(sigma, mean, line float64) float64 {
	upTo := func(x float64) float64 { return math.Erfc((mean-x)/sigma/math.Sqrt2) / 2 }
	won, lost := 0.0, 0.0
	for r := -60.0; r <= 60; r++ {
		mass := upTo(r+.5) - upTo(r-.5)
		profit := 0.0
		for _, half := range []float64{math.Floor(line*2) / 2, math.Ceil(line*2) / 2} {
			switch {
			case r+half > 0:
				profit += .5
			case r+half < 0:
				profit -= .5
			}
		}
		won += mass * max(0, profit)
		lost += mass * max(0, -profit)
	}
	return won / (won + lost)
}

// sameNumbers tells whether two states differ in their times alone, and in the
// last digits of means.
func sameNumbers(a, b *feed.MarketState, digits float64) bool {
	return a.Books == b.Books && a.Main == b.Main && within(a.Hold, b.Hold, digits) && slices.EqualFunc(a.Outcomes, b.Outcomes, func(x, y feed.OutcomeState) bool {
		return x.Outcome == y.Outcome && near(x.BestPrice, y.BestPrice) && x.BestBook == y.BestBook && x.Prices == y.Prices &&
			within(x.Fair, y.Fair, digits) && within(x.Common, y.Common, digits)
	})
}

func near(a, b *float64) bool { return within(a, b, 1e-12) }

func within(a, b *float64, digits float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return math.Abs(*a-*b) <= digits
}

func sameState(a, b *feed.MarketState) bool {
	return sameNumbers(a, b, 1e-12) && a.FixtureID == b.FixtureID && a.Market == b.Market && a.Period == b.Period && near(a.Line, b.Line) &&
		a.Method == b.Method && a.Average == b.Average && a.CommonBooks == b.CommonBooks && slices.Equal(a.LeftOut, b.LeftOut) &&
		near(a.BestSum, b.BestSum) && near(a.Dispersion, b.Dispersion) && a.EventTime == b.EventTime && a.SeenTime == b.SeenTime &&
		slices.EqualFunc(a.Outcomes, b.Outcomes, func(x, y feed.OutcomeState) bool {
			return x.BestEventTime == y.BestEventTime && x.BestSeenTime == y.BestSeenTime && x.OldestEventTime == y.OldestEventTime &&
				near(x.Multiplicative, y.Multiplicative) && near(x.Power, y.Power) && near(x.Shin, y.Shin)
		})
}
