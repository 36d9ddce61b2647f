package soccer

import (
	"fmt"
	"slices"

	"github.com/betflow/betflow/internal/chart"
	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/footballdata"
	"github.com/betflow/betflow/internal/study"
)

// Arbitrage holds what the best prices seem to offer against what is left when
// each price has a book, a time and neighbours that agree with it.
type Arbitrage struct {
	Guards  Guards         `json:"guards"`
	Naive   []Crossing     `json:"naive"` // the maximum of the market, by who summed it up and when
	Guarded []GuardedPhase `json:"guarded"`
}

// Guards say which prices may be combined.
type Guards struct {
	Books  int     `json:"books"`  // that have to quote all outcomes in the same phase
	MADs   float64 `json:"mads"`   // from the median logit of the books: farther off is an outlier
	Return float64 `json:"return"` // that has to be certain: less is lost to rounded stakes and moving prices
}

// guards are those of the live signals, as far as files without a clock allow.
var guards = Guards{Books: 3, MADs: 4, Return: 0.01}

// Crossing counts markets whose best prices cross.
type Crossing struct {
	Source  string         `json:"source"`
	Matches int            `json:"matches"`
	Crossed int            `json:"crossed"`
	Share   study.Estimate `json:"share"`  // Wilson's interval
	Booksum study.Number   `json:"median"` // of the best prices
	ROI     study.Number   `json:"roi"`    // mean of those that cross
}

// GuardedPhase tells what is left of the crossings of one phase.
type GuardedPhase struct {
	Phase string     `json:"phase"`
	Steps []Crossing `json:"steps"` // each guard on top of those before it
	// Dropped says why the crossings of the market's maximum are none under all
	// guards. Each has one reason, the first that holds in the order of the list.
	Naive   int      `json:"naive"`
	Kept    int      `json:"kept"`
	Dropped []Reason `json:"dropped"`
}

// Reason is why a crossing was dropped, and how often.
type Reason struct {
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

// crossings sums up one source.
type crossings struct {
	sums  []float64
	roi   score.Mean
	count int
}

// add takes a booksum of best prices, which cross below the limit.
func (c *crossings) add(booksum, limit float64) {
	c.sums = append(c.sums, booksum)
	if booksum < limit {
		c.count++
		c.roi.Add(1/booksum - 1)
	}
}

func (c *crossings) result(source string) Crossing {
	n := len(c.sums)
	out := Crossing{Source: source, Matches: n, Crossed: c.count, ROI: study.Number(c.roi.Value())}
	if n > 0 {
		slices.Sort(c.sums)
		out.Booksum = study.Number(c.sums[n/2])
		out.Share = study.Estimated(float64(c.count)/float64(n), score.Wilson(c.count, n, study.Level))
	}
	return out
}

// best is the highest price of each outcome; 0 where nobody quotes it.
type best [3]float64

func (b *best) add(prices [3]float64) {
	for side, price := range prices {
		b[side] = max(b[side], price)
	}
}

// booksum returns the sum of the best prices; ok is false without all three.
func (b *best) booksum() (sum float64, ok bool) {
	sum, _, err := odds.Arbitrage(b[:])
	return sum, err == nil
}

// arbitrages looks at every match in both phases.
func arbitrages(games []game) *Arbitrage {
	out := &Arbitrage{Guards: guards}
	for _, q := range []quoter{
		{footballdata.BetbrainMaximum, footballdata.PreMatch}, {footballdata.MarketMaximum, footballdata.PreMatch}, {footballdata.MarketMaximum, footballdata.Closing},
	} {
		var c crossings
		for _, g := range games {
			if prices, ok := g.H2H(q.book, q.phase); ok {
				b := best(prices)
				if sum, ok := b.booksum(); ok {
					c.add(sum, 1)
				}
			}
		}
		if len(c.sums) > 0 {
			out.Naive = append(out.Naive, c.result(priceName(q.book, q.phase.String())))
		}
	}
	for _, phase := range []footballdata.Phase{footballdata.PreMatch, footballdata.Closing} {
		if p, ok := guarded(games, phase); ok {
			out.Guarded = append(out.Guarded, p)
		}
	}
	return out
}

// guarded puts one guard after the other on the matches for which somebody sums
// up the market. ok is false if nobody does.
func guarded(games []game, phase footballdata.Phase) (out GuardedPhase, ok bool) {
	out.Phase = phase.String()
	guard := []struct{ name, reason string }{ // the reason is why a crossing does not pass
		{"maximum", ""},
		{"named, mixed", "a best price belongs to no book of the file"},
		{"named, one time", "the best prices belong to books, but not at one time"},
		{fmt.Sprintf("+ %d books", guards.Books), fmt.Sprintf("fewer than %d books quote all outcomes", guards.Books)},
		{"+ no outliers", "a best price is an outlier among the books"},
		{"+ " + study.Number(guards.Return).Percent(0) + " return", "the return is below " + study.Number(guards.Return).Percent(0)},
	}
	steps := make([]crossings, len(guard))
	dropped := make([]int, len(guard))
	var m market
	for _, g := range games {
		maximum, ok := maximumOf(g.Match, phase)
		if !ok {
			continue
		}
		m.take(g.Match, phase)
		open := true // no guard has dropped it yet
		for i, b := range []best{maximum, m.mixed, m.named, m.enough, m.clean, m.clean} {
			limit := 1.0
			if i == len(steps)-1 {
				limit = 1 / (1 + guards.Return)
			}
			sum, quoted := b.booksum()
			if quoted {
				steps[i].add(sum, limit)
			}
			crosses := quoted && sum < limit
			switch {
			case i == 0:
				open = crosses
			case open && !crosses:
				open = false
				dropped[i]++
			}
		}
		if open {
			out.Kept++
		}
	}
	for i, g := range guard {
		out.Steps = append(out.Steps, steps[i].result(g.name))
		if i > 0 {
			out.Dropped = append(out.Dropped, Reason{g.reason, dropped[i]})
		}
	}
	out.Naive = steps[0].count
	return out, len(steps[0].sums) > 0
}

// maximumOf returns the best prices of the market by whoever sums it up.
func maximumOf(m *footballdata.Match, phase footballdata.Phase) (best, bool) {
	for _, book := range []string{footballdata.MarketMaximum, footballdata.BetbrainMaximum} {
		if prices, ok := m.H2H(book, phase); ok {
			return prices, true
		}
	}
	return best{}, false
}

// section tells what is left of arbitrage.
func (a *Arbitrage) section() study.Section {
	s := study.Section{Heading: "Arbitrage, naive and guarded"}
	for _, p := range a.Guarded {
		first, last := p.Steps[0], p.Steps[len(p.Steps)-1]
		clean := p.Steps[len(p.Steps)-2]
		s.Text = append(s.Text, capital(fmt.Sprintf(
			"%s: the market's maximum crosses in %s of %s matches. Of books with a name, at one time, at least %d of them and without outliers, %s are left (95 %%: %s), and %s with a certain return of %s and more.",
			phaseName(p.Phase), first.Share.Value.Percent(1), study.Count(first.Matches), a.Guards.Books, clean.Share.Value.Percent(1), clean.Share.PercentSpan(1),
			last.Share.Value.Percent(1), study.Number(a.Guards.Return).Percent(0))))
		most := slices.MaxFunc(p.Dropped, func(x, y Reason) int { return x.Count - y.Count })
		if most.Count > 0 {
			s.Text = append(s.Text, fmt.Sprintf("Of the maximum's %s crossings %s are dropped, most of them (%s) because %s.",
				study.Count(p.Naive), study.Count(p.Naive-p.Kept), study.Count(most.Count), most.Reason))
		}
	}
	t := study.Table{Caption: "The maximum of all books, with no name and a time of its own for each price", Columns: crossingColumns("prices")}
	for _, c := range a.Naive {
		t.Rows = append(t.Rows, c.row())
	}
	s.Tables = append(s.Tables, t)
	for _, p := range a.Guarded {
		steps := study.Table{Caption: "Guard by guard, " + phaseName(p.Phase), Columns: crossingColumns("best of")}
		for _, c := range p.Steps {
			steps.Rows = append(steps.Rows, c.row())
		}
		why := study.Table{Caption: fmt.Sprintf("Why the maximum's %s crossings are dropped, %s: the first reason that holds", study.Count(p.Naive), phaseName(p.Phase)), Columns: []string{"reason", "crossings", "share"}}
		for _, r := range append(slices.Clone(p.Dropped), Reason{"kept under all guards", p.Kept}) {
			why.Rows = append(why.Rows, []string{r.Reason, study.Count(r.Count), study.Number(float64(r.Count) / float64(p.Naive)).Percent(1)})
		}
		s.Tables = append(s.Tables, steps, why)
	}
	s.Figures = append(s.Figures, a.figure())
	s.Notes = append(s.Notes,
		fmt.Sprintf("A book is an outlier if its fair probability of an outcome is more than %g median absolute deviations from the median logit of the books. Named, mixed: the better of each book's pre-match and closing prices, as on a page of highest prices that forgets nothing.", a.Guards.MADs),
		"Even one time is not one moment here: the files' pre-match prices were collected over hours, and every book has a closing time of its own. The signals of live prices also refuse legs that were confirmed more than a minute and a half apart; the files have no clock to ask. What is left is an upper bound of what could be had.")
	return s
}

func crossingColumns(name string) []string {
	return []string{name, "matches", "cross", "share", "95 %", "median booksum", "mean return"}
}

func (c Crossing) row() []string {
	return []string{c.Source, study.Count(c.Matches), study.Count(c.Crossed), c.Share.Value.Percent(2), c.Share.PercentSpan(2), c.Booksum.Text(4), c.ROI.Percent(2)}
}

// figure shows the share that is left after each guard.
func (a *Arbitrage) figure() chart.Figure {
	f := chart.Figure{Title: "Matches whose best prices cross, guard by guard", Y: chart.Axis{Label: "share of matches", Percent: true}}
	for _, p := range a.Guarded {
		s := chart.Series{Name: phaseName(p.Phase), Mark: chart.Bars}
		for i, c := range p.Steps {
			if i == len(f.Categories) {
				f.Categories = append(f.Categories, c.Source)
			}
			s.Points = append(s.Points, c.Share.Point(float64(i)))
		}
		f.Series = append(f.Series, s)
	}
	return f
}
