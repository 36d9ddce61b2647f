package soccer

import (
	"cmp"
	"slices"

	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/footballdata"
	"github.com/betflow/betflow/internal/study"
)

// floor is the least probability that a winner is scored with. The linear
// methods can call an outcome of a large margin impossible; its loss would be
// infinite, and so would be that of a price of a billion. Score.Floored says how
// often that was so.
const floor = 1e-6

// Score is how well a method reads the prices of one book, means per match.
type Score struct {
	Matches     int          `json:"matches"` // with a result and three prices
	LogLoss     study.Number `json:"value"`   // natural logarithms
	Brier       study.Number `json:"brier"`   // over the three outcomes, 0 to 2
	RPS         study.Number `json:"rps"`
	Underround  int          `json:"underround"`  // matches whose prices have no margin: read by the multiplicative method
	Problematic int          `json:"problematic"` // matches with a probability outside (0, 1)
	Floored     int          `json:"floored"`     // winners with a probability below the floor of 1e-6
}

// Methods is a score for each method.
type Methods map[odds.Method]Score

// LogLoss is the loss of the market's average price.
type LogLoss struct {
	Closing  Methods `json:"closing"`
	PreMatch Methods `json:"pre_match"`
}

// Book is the loss of one book's prices, or of an average's, on all matches that
// it quotes.
type Book struct {
	Book    string  `json:"book"`
	Phase   string  `json:"phase"`
	Matches int     `json:"matches"`
	Methods Methods `json:"methods"`
}

// tally counts one book, phase and method.
type tally struct {
	card                             score.Card
	underround, problematic, floored int
}

func (t *tally) add(method odds.Method, prices [3]float64, won int) {
	p, status := fairH2H(method, prices)
	switch status {
	case odds.StatusUnderround:
		t.underround++
	case odds.StatusProblematic:
		t.problematic++
	}
	if p[won] < floor {
		t.floored++
	}
	judge(&t.card, p, won)
}

// judge scores a forecast and returns its log loss, both above the floor.
func judge(c *score.Card, p [3]float64, won int) float64 {
	c.Brier.Add(score.Brier(p[:], won))
	c.RPS.Add(score.RPS(p[:], won))
	p[won] = max(p[won], floor)
	l := score.LogLoss(p[:], won)
	c.LogLoss.Add(l)
	return l
}

func (t *tally) score() Score {
	return Score{
		Matches: t.card.N(), LogLoss: study.Number(t.card.LogLoss.Value()), Brier: study.Number(t.card.Brier.Value()), RPS: study.Number(t.card.RPS.Value()),
		Underround: t.underround, Problematic: t.problematic, Floored: t.floored,
	}
}

// quoter is who quotes and when.
type quoter struct {
	book  string
	phase footballdata.Phase
}

// lossByBook scores whoever quotes three prices, by every method, the maxima
// left out: no book offers them. It is in the order of names and phases.
func lossByBook(games []game) []Book {
	methods := odds.Methods()
	tallies := map[quoter][]tally{}
	for _, g := range games {
		for i := range g.Quotes {
			q := &g.Quotes[i]
			if !q.HasH2H() || isMaximum(q.Book) {
				continue
			}
			key := quoter{q.Book, q.Phase}
			if tallies[key] == nil {
				tallies[key] = make([]tally, len(methods))
			}
			for j, m := range methods {
				tallies[key][j].add(m, q.H2H, g.won)
			}
		}
	}
	out := make([]Book, 0, len(tallies))
	for key, all := range tallies {
		b := Book{Book: key.book, Phase: key.phase.String(), Matches: all[0].card.N(), Methods: Methods{}}
		for j, m := range methods {
			b.Methods[m] = all[j].score()
		}
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b Book) int { return cmp.Or(cmp.Compare(a.Book, b.Book), cmp.Compare(a.Phase, b.Phase)) })
	return out
}

func isMaximum(book string) bool {
	return book == footballdata.MarketMaximum || book == footballdata.BetbrainMaximum
}

// lossOf takes one book's scores out of the list; all methods have no matches if
// it is not there.
func lossOf(books []Book, name string, phase footballdata.Phase) Methods {
	for _, b := range books {
		if b.Book == name && b.Phase == phase.String() {
			return b.Methods
		}
	}
	none := Methods{}
	for _, m := range odds.Methods() {
		none[m] = (&tally{}).score()
	}
	return none
}
