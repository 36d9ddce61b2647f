package soccer

import (
	"fmt"
	"math"
	"slices"

	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/footballdata"
	"github.com/betflow/betflow/internal/study"
)

// Efficiency asks whether one book's prices are right on average, and whether
// the close knows all that the price before the match knew.
type Efficiency struct {
	Book       string         `json:"book"`
	Method     odds.Method    `json:"method"`
	Matches    int            `json:"matches"` // with both prices
	Tests      []LogitTest    `json:"tests"`
	Encompass  []Encompassing `json:"encompassing"`
	Moves      []Move         `json:"moves"`
	Gain       estimate       `json:"gain"` // log loss before less that at the close; interval by bootstrap over days
	LossBefore number         `json:"log_loss_pre_match"`
	LossClose  number         `json:"log_loss_closing"`
}

// LogitTest is logit P(side) = a + b logit p, a = 0 and b = 1 if p is right.
type LogitTest struct {
	Phase string   `json:"phase"`
	Side  string   `json:"side"`
	A     estimate `json:"a"`
	B     estimate `json:"b"`
	P     number   `json:"p"` // of both at once, Wald
}

// Encompassing is logit P(side) = a + b logit close + c logit pre-match. c = 0 if
// the close knows everything.
type Encompassing struct {
	Side  string   `json:"side"`
	Close estimate `json:"closing"`
	Pre   estimate `json:"pre_match"`
	P     number   `json:"p"` // of c = 0
}

// Move is how far fair probabilities went between the two times.
type Move struct {
	Side   string   `json:"side"`
	Mean   estimate `json:"mean"`   // in probability, interval over days
	Size   number   `json:"size"`   // mean of the absolute move
	Median number   `json:"median"` // of the absolute move
	Logit  number   `json:"logit"`  // root mean square of the move of the logit
	Large  number   `json:"large"`  // share of moves of largeMove and more
}

// largeMove is a move that anybody sees.
const largeMove = 0.02

// efficiency tests one book.
func efficiency(games []game, book string, o Options) *Efficiency {
	out := &Efficiency{Book: book, Method: odds.DefaultMethod}
	var fairs [2][3][]float64 // by phase and side
	var won [3][]bool
	type gain struct {
		day  int
		loss float64
	}
	var gains []gain
	var cards [2]score.Card
	var days []int
	for _, g := range games {
		before, ok := g.H2H(book, footballdata.PreMatch)
		closing, closes := g.H2H(book, footballdata.Closing)
		if !ok || !closes {
			continue
		}
		out.Matches++
		days = append(days, g.day)
		var l [2]float64
		for phase, prices := range [2][3]float64{before, closing} {
			p, _ := fairH2H(odds.DefaultMethod, prices)
			for side, v := range p {
				fairs[phase][side] = append(fairs[phase][side], v)
			}
			l[phase] = judge(&cards[phase], p, g.won)
		}
		for side := range won {
			won[side] = append(won[side], side == g.won)
		}
		gains = append(gains, gain{g.day, l[0] - l[1]})
	}
	if out.Matches < fewest {
		return nil
	}
	for side, name := range sides {
		for phase := range fairs {
			if e, err := score.Efficient(fairs[phase][side], won[side]); err == nil {
				out.Tests = append(out.Tests, LogitTest{
					Phase: footballdata.Phase(phase).String(), Side: name, P: number(e.Wald.P),
					A: estimated(e.A.Value, e.A.CI(level)), B: estimated(e.B.Value, e.B.CI(level)),
				})
			}
		}
		before, closing := logits(fairs[0][side]), logits(fairs[1][side])
		if fit, err := score.Logistic(won[side], closing, before); err == nil {
			b, c := fit.Coefficients[1], fit.Coefficients[2]
			out.Encompass = append(out.Encompass, Encompassing{
				Side: name, P: number(c.P), Close: estimated(b.Value, b.CI(level)), Pre: estimated(c.Value, c.CI(level)),
			})
		}
		out.Moves = append(out.Moves, moved(name, fairs[0][side], fairs[1][side], days))
	}
	out.Gain = meanOver(score.Clusters(gains, func(g gain) int { return g.day }), func(g gain) float64 { return g.loss }, o)
	out.LossBefore, out.LossClose = number(cards[0].LogLoss.Value()), number(cards[1].LogLoss.Value())
	return out
}

// moved sums up the way from one time to the other.
func moved(side string, before, closing []float64, days []int) Move {
	var d byDay
	var size score.Mean
	sizes := make([]float64, len(before))
	squares, large := 0.0, 0
	for i := range before {
		step := closing[i] - before[i]
		d.add(days[i], 1, step)
		sizes[i] = math.Abs(step)
		size.Add(sizes[i])
		if sizes[i] >= largeMove {
			large++
		}
		l := logit(closing[i]) - logit(before[i])
		squares += l * l
	}
	slices.Sort(sizes)
	n := float64(len(sizes))
	return Move{
		Side: side, Mean: d.ratio(), Size: number(size.Value()), Median: number(sizes[len(sizes)/2]),
		Logit: number(math.Sqrt(squares / n)), Large: number(float64(large) / n),
	}
}

// logit is finite, also of what prices of a billion call certain.
func logit(p float64) float64 { return score.Logit(min(max(p, floor), 1-floor)) }

func logits(p []float64) []float64 {
	out := make([]float64, len(p))
	for i, v := range p {
		out[i] = logit(v)
	}
	return out
}

// efficiencySection tells whether prices are right and what the close knows.
func efficiencySection(all []*Efficiency) study.Section {
	s := study.Section{Heading: "Is the market efficient?"}
	tests := study.Table{
		Caption: "logit P(side) = a + b logit fair; a = 0 and b = 1 if prices are right; p of both at once (Wald)",
		Columns: []string{"prices", "side", "a", "95 %", "b", "95 %", "p"},
	}
	encompass := study.Table{
		Caption: "logit P(side) = a + b logit close + c logit pre-match; c = 0 if the close knows all that was known before",
		Columns: []string{"book", "side", "close b", "95 %", "pre-match c", "95 %", "p of c = 0"},
	}
	moves := study.Table{
		Caption: "Fair probability at the close less pre-match; large: two points and more; logit: root mean square",
		Columns: []string{"book", "side", "mean", "95 %", "mean size", "median size", "large", "logit"},
	}
	failed, adds := 0, 0
	for _, e := range all {
		s.Text = append(s.Text, fmt.Sprintf("On %s matches the log loss of %s goes from %s to %s at the close, a gain of %s (95 %%: %s): %s.",
			count(e.Matches), bookName(e.Book), decimals(e.LossBefore, 5), decimals(e.LossClose, 5), decimals(e.Gain.Value, 5), e.Gain.span(5),
			either(e.Gain.above(0), "the market learns", either(e.Gain.below(0), "the close knows less", "no more than chance explains"))))
		for _, t := range e.Tests {
			if t.P < 0.05 {
				failed++
			}
			tests.Rows = append(tests.Rows, []string{priceName(e.Book, t.Phase), t.Side, decimals(t.A.Value, 3), t.A.span(3), decimals(t.B.Value, 3), t.B.span(3), decimals(t.P, 3)})
		}
		for _, t := range e.Encompass {
			if t.P < 0.05 {
				adds++
			}
			encompass.Rows = append(encompass.Rows, []string{bookName(e.Book), t.Side, decimals(t.Close.Value, 3), t.Close.span(2), decimals(t.Pre.Value, 3), t.Pre.span(2), decimals(t.P, 3)})
		}
		for _, m := range e.Moves {
			moves.Rows = append(moves.Rows, []string{bookName(e.Book), m.Side, percent(m.Mean.Value, 2), m.Mean.percentSpan(2), percent(m.Size, 2), percent(m.Median, 2), percent(m.Large, 1), decimals(m.Logit, 3)})
		}
	}
	s.Text = append(s.Text,
		fmt.Sprintf("Are prices right on average at every level? %s.", ofTests(failed, len(tests.Rows))),
		fmt.Sprintf("Does the pre-match price know what the close does not? %s. %s", ofTests(adds, len(encompass.Rows)),
			either(adds == 0, "Nothing was found in it that the close has not.", "")))
	s.Tables = []study.Table{tests, encompass, moves}
	s.Notes = append(s.Notes, "There are two prices a match, so whether moves go on or turn back cannot be asked here. The tests of the three sides of a match, and of the two books, are not independent of each other.")
	return s
}
