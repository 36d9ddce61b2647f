package nfl

import (
	"cmp"
	"math"
	"slices"

	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/signal"
	"github.com/betflow/betflow/internal/source/table"
	"github.com/betflow/betflow/internal/study"
)

// Rule says what a line move against the bets is.
type Rule struct {
	Market  string  `json:"market"`       // spread or total
	Tickets float64 `json:"tickets"`      // least share of the bets on the side that the line moves away from
	Points  float64 `json:"points"`       // least move
	Bets    float64 `json:"minimum_bets"` // least number of bets that the share is of
}

// rules are the definitions that are tried, the usual one first. All of them
// count in the correction for many tests.
var rules = []Rule{
	{"spread", 0.6, 0.5, 0},
	{"spread", 0.6, 0.5, manyBets},
	{"spread", 0.6, 1, 0},
	{"spread", 0.7, 0.5, 0},
	{"spread", 0.8, 0.5, 0},
	{"total", 0.6, 0.5, 0},
	{"total", 0.8, 0.5, 0},
}

// Reversal is the record of bets on the side to which the line has moved
// against the bets.
type Reversal struct {
	Rule
	Close   Record       `json:"close"`  // at the closing line, which a bettor can have
	Open    Record       `json:"open"`   // at the opening line, which nobody could: the move came after it
	HolmP   study.Number `json:"holm_p"` // of the close's record against a coin, for all rules together
	Move    study.Number `json:"mean_move"`
	Seasons []Yearly     `json:"seasons"`
}

// Yearly is the record of a season.
type Yearly struct {
	Season int    `json:"season"`
	Record Record `json:"record"`
}

// reversals tries every rule.
func reversals(games []market) []Reversal {
	var out []Reversal
	for _, r := range rules {
		out = append(out, reversal(games, r))
	}
	p := make([]float64, len(out))
	for i, r := range out {
		p[i] = float64(r.Close.P)
	}
	for i, adjusted := range holm(p) {
		out[i].HolmP = study.Number(adjusted)
	}
	return out
}

func reversal(games []market, r Rule) Reversal {
	out := Reversal{Rule: r}
	rule := signal.ReverseMove{Tickets: r.Tickets, Points: r.Points}
	var closing, opening tally
	var size score.Mean
	for _, season := range score.Clusters(games, func(m market) int { return m.Season }) {
		var year tally
		for i := range season {
			m := &season[i]
			l, bets, tickets := m.spreadLine(), m.Bets.Spread.Bets, m.Bets.Spread.Second // on home
			if r.Market == "total" {
				l, bets, tickets = m.totalLine(), m.Bets.Total.Bets, m.Bets.Total.First // on over
			}
			side, ok := rule.Side(tickets, l.close-l.open)
			if !ok || bets < r.Bets {
				continue
			}
			sign := 1.0 // home and over win by points above the line
			if side == 1 {
				sign = -1
			}
			year.add(sign * (l.result - l.close))
			closing.add(sign * (l.result - l.close))
			opening.add(sign * (l.result - l.open))
			size.Add(math.Abs(l.close - l.open))
		}
		if n := year.won + year.lost; n > 0 {
			out.Seasons = append(out.Seasons, Yearly{season[0].Season, year.record()})
		}
	}
	out.Close, out.Open, out.Move = closing.record(), opening.record(), study.Number(size.Value())
	return out
}

// holm corrects p-values for their number (Holm 1979).
func holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	out, highest := make([]float64, len(p)), 0.0
	for rank, i := range order {
		highest = max(highest, min(1, p[i]*float64(len(p)-rank)))
		out[i] = highest
	}
	return out
}

// splitsOf counts the games whose bets on spreads are known, and those that are
// known by at least a number of bets.
func splitsOf(games []market, bets float64) (known, many int) {
	for i := range games {
		if s := games[i].Bets.Spread; table.Has(s.First) {
			known++
			if s.Bets >= bets {
				many++
			}
		}
	}
	return known, many
}
