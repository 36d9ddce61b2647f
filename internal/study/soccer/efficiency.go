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
	Gain       study.Estimate `json:"gain"` // log loss before less that at the close; interval by bootstrap over days
	LossBefore study.Number   `json:"log_loss_pre_match"`
	LossClose  study.Number   `json:"log_loss_closing"`
}

// LogitTest is logit P(side) = a + b logit p, a = 0 and b = 1 if p is right.
type LogitTest struct {
	Phase string         `json:"phase"`
	Side  string         `json:"side"`
	A     study.Estimate `json:"a"`
	B     study.Estimate `json:"b"`
	P     study.Number   `json:"p"` // of both at once, Wald
}

// Encompassing is logit P(side) = a + b logit close + c logit pre-match. c = 0 if
// the close knows everything.
type Encompassing struct {
	Side  string         `json:"side"`
	Close study.Estimate `json:"closing"`
	Pre   study.Estimate `json:"pre_match"`
	P     study.Number   `json:"p"` // of c = 0
}

// Move is how far fair probabilities went between the two times.
type Move struct {
	Side   string         `json:"side"`
	Mean   study.Estimate `json:"mean"`   // in probability, interval over days
	Size   study.Number   `json:"size"`   // mean of the absolute move
	Median study.Number   `json:"median"` // of the absolute move
	Logit  study.Number   `json:"logit"`  // root mean square of the move of the logit
	Large  study.Number   `json:"large"`  // share of moves of largeMove and more
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
					Phase: footballdata.Phase(phase).String(), Side: name, P: study.Number(e.Wald.P),
					A: study.Estimated(e.A.Value, e.A.CI(study.Level)), B: study.Estimated(e.B.Value, e.B.CI(study.Level)),
				})
			}
		}
		before, closing := logits(fairs[0][side]), logits(fairs[1][side])
		if fit, err := score.Logistic(won[side], closing, before); err == nil {
			b, c := fit.Coefficients[1], fit.Coefficients[2]
			out.Encompass = append(out.Encompass, Encompassing{
				Side: name, P: study.Number(c.P), Close: study.Estimated(b.Value, b.CI(study.Level)), Pre: study.Estimated(c.Value, c.CI(study.Level)),
			})
		}
		out.Moves = append(out.Moves, moved(name, fairs[0][side], fairs[1][side], days))
	}
	out.Gain = meanOver(score.Clusters(gains, func(g gain) int { return g.day }), func(g gain) float64 { return g.loss }, o)
	out.LossBefore, out.LossClose = study.Number(cards[0].LogLoss.Value()), study.Number(cards[1].LogLoss.Value())
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
		Side: side, Mean: d.ratio(), Size: study.Number(size.Value()), Median: study.Number(sizes[len(sizes)/2]),
		Logit: study.Number(math.Sqrt(squares / n)), Large: study.Number(float64(large) / n),
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
			study.Count(e.Matches), bookName(e.Book), e.LossBefore.Text(5), e.LossClose.Text(5), e.Gain.Value.Text(5), e.Gain.Span(5),
			either(e.Gain.Above(0), "the market learns", either(e.Gain.Below(0), "the close knows less", "no more than chance explains"))))
		for _, t := range e.Tests {
			if t.P < 0.05 {
				failed++
			}
			tests.Rows = append(tests.Rows, []string{priceName(e.Book, t.Phase), t.Side, t.A.Value.Text(3), t.A.Span(3), t.B.Value.Text(3), t.B.Span(3), t.P.Text(3)})
		}
		for _, t := range e.Encompass {
			if t.P < 0.05 {
				adds++
			}
			encompass.Rows = append(encompass.Rows, []string{bookName(e.Book), t.Side, t.Close.Value.Text(3), t.Close.Span(2), t.Pre.Value.Text(3), t.Pre.Span(2), t.P.Text(3)})
		}
		for _, m := range e.Moves {
			moves.Rows = append(moves.Rows, []string{bookName(e.Book), m.Side, m.Mean.Value.Percent(2), m.Mean.PercentSpan(2), m.Size.Percent(2), m.Median.Percent(2), m.Large.Percent(1), m.Logit.Text(3)})
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
