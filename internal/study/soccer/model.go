package soccer

import (
	"fmt"
	"math"
	"time"

	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/footballdata"
	"github.com/betflow/betflow/internal/study"
)

// Models are forecasts from results alone, made before each match, held against
// one book's close.
type Models struct {
	Book    string        `json:"book"`
	Matches int           `json:"matches"` // with both prices, that all models could forecast
	Rows    []ModelScore  `json:"rows"`    // the close first
	Bets    []ModelReturn `json:"bets"`
}

// ModelScore is how well one forecast did.
type ModelScore struct {
	Model   string         `json:"model"`
	LogLoss study.Number   `json:"log_loss"`
	Brier   study.Number   `json:"brier"`
	RPS     study.Number   `json:"rps"`
	Behind  study.Estimate `json:"behind"` // log loss less the close's, interval by bootstrap over days
	// Adds is c in logit P(home) = a + b logit close + c logit model; nil for the
	// close itself.
	Adds *study.Estimate `json:"adds,omitempty"`
}

// ModelReturn is a unit on every outcome that a model values above its price.
type ModelReturn struct {
	Model string         `json:"model"`
	Phase string         `json:"phase"` // of the price
	Edge  float64        `json:"edge"`  // the least expected return by the model
	Bets  int            `json:"bets"`
	ROI   study.Estimate `json:"roi"` // interval over days
	CLV   study.Number   `json:"clv"` // mean, at the fair close
}

// leastEdge is the expected return from which on a bet is made.
const leastEdge = 0.05

// The forecasts that are compared.
var forecasters = []string{"close", "pre-match", "Dixon-Coles strengths", "Elo", "shares so far"}

// models scores what was forecast from results.
func models(games []game, said []forecasts, book string, o Options) *Models {
	out := &Models{Book: book}
	cards := make([]score.Card, len(forecasters))
	home := make([][]float64, len(forecasters))
	var won []bool
	var rows []losses
	type bets struct {
		byDay
		clv score.Mean
	}
	made := map[quoter]*bets{}
	for _, model := range forecasters[2:4] {
		made[quoter{model, footballdata.PreMatch}], made[quoter{model, footballdata.Closing}] = &bets{}, &bets{}
	}
	for i, g := range games {
		before, ok := g.H2H(book, footballdata.PreMatch)
		closing, closes := g.H2H(book, footballdata.Closing)
		if !ok || !closes || !said[i].ok {
			continue
		}
		all := make([][3]float64, len(forecasters))
		all[0], _ = fairH2H(odds.DefaultMethod, closing)
		all[1], _ = fairH2H(odds.DefaultMethod, before)
		all[2], all[3], all[4] = said[i].strengths, said[i].elo, said[i].base
		l := losses{g.day, make([]float64, len(all))}
		for k := range all {
			l.of[k] = judge(&cards[k], all[k], g.won)
			home[k] = append(home[k], all[k][footballdata.Home])
		}
		rows = append(rows, l)
		won = append(won, g.won == footballdata.Home)
		for k := 2; k < 4; k++ {
			for phase, prices := range [2][3]float64{before, closing} {
				b := made[quoter{forecasters[k], footballdata.Phase(phase)}]
				for side, price := range prices {
					if odds.EV(all[k][side], price) >= leastEdge {
						b.add(g.day, 1, profit(side == g.won, price))
						b.clv.Add(odds.EV(all[0][side], price))
					}
				}
			}
		}
	}
	if len(rows) < fewest {
		return nil
	}
	out.Matches = len(rows)
	days := score.Clusters(rows, func(r losses) int { return r.day })
	for k, name := range forecasters {
		row := ModelScore{Model: name, LogLoss: study.Number(cards[k].LogLoss.Value()), Brier: study.Number(cards[k].Brier.Value()), RPS: study.Number(cards[k].RPS.Value())}
		row.Behind = meanOver(days, func(r losses) float64 { return r.of[k] - r.of[0] }, o)
		if k > 0 {
			row.Adds = adds(won, home[0], home[k])
		}
		out.Rows = append(out.Rows, row)
	}
	for _, model := range forecasters[2:4] {
		for _, phase := range []footballdata.Phase{footballdata.PreMatch, footballdata.Closing} {
			if b := made[quoter{model, phase}]; b.clv.N() > 0 {
				out.Bets = append(out.Bets, ModelReturn{Model: model, Phase: phase.String(), Edge: leastEdge, Bets: b.clv.N(), ROI: b.ratio(), CLV: study.Number(b.clv.Value())})
			}
		}
	}
	return out
}

// addition says what the weight of a forecast next to the market's means.
func addition(e *study.Estimate) string {
	switch {
	case e == nil:
		return ""
	case e.Above(0):
		return "It adds to the close beyond chance."
	case e.Below(0):
		return "Next to the close its weight is below 0: where the two differ, the close does not go too far from it but not far enough."
	}
	return "It adds nothing to the close that chance does not explain."
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// section tells whether the models know more than the close.
func (m *Models) section() study.Section {
	s := study.Section{Heading: "Ratings and strengths of teams against the close"}
	scores := study.Table{
		Caption: fmt.Sprintf("%s matches of %s; behind: log loss less the close's, 95 %% by bootstrap over days; adds: weight of the forecast's logit of home next to the close's", study.Count(m.Matches), bookName(m.Book)),
		Columns: []string{"forecast", "log loss", "behind", "95 %", "Brier", "RPS", "adds", "95 %"},
	}
	for i, row := range m.Rows {
		weight, span := study.None, study.None
		if row.Adds != nil {
			weight, span = row.Adds.Value.Text(3), row.Adds.Span(2)
		}
		scores.Rows = append(scores.Rows, []string{row.Model, row.LogLoss.Text(5), row.Behind.Value.Text(5), row.Behind.Span(5), row.Brier.Text(5), row.RPS.Text(5), weight, span})
		if i < 2 || i == len(m.Rows)-1 {
			continue
		}
		s.Text = append(s.Text, fmt.Sprintf("%s: log loss %s, %s behind the close (95 %%: %s). %s %s", row.Model, row.LogLoss.Text(5), row.Behind.Value.Text(5), row.Behind.Span(5),
			either(row.Behind.Above(0), "The market knows more.", either(row.Behind.Below(0), "It knows more than the market.", "It cannot be told from the market.")),
			addition(row.Adds)))
	}
	gains := 0
	bets := study.Table{
		Caption: fmt.Sprintf("A unit on every outcome that the model gives an expected return of %s and more; interval over days", study.Number(leastEdge).Percent(0)),
		Columns: []string{"model", "price", "bets", "return", "95 %", "mean closing line value"},
	}
	for _, b := range m.Bets {
		if b.ROI.Above(0) {
			gains++
		}
		bets.Rows = append(bets.Rows, []string{b.Model, phaseName(b.Phase), study.Count(b.Bets), b.ROI.Value.Percent(2), b.ROI.PercentSpan(2), b.CLV.Percent(2)})
	}
	if len(m.Bets) > 0 {
		s.Text = append(s.Text, either(gains == 0, "Bets by the models' own expected return make no profit that chance does not explain: no edge.",
			fmt.Sprintf("%d of %d ways to bet by the models make a profit beyond chance.", gains, len(m.Bets))))
	}
	s.Tables = []study.Table{scores}
	if len(bets.Rows) > 0 {
		s.Tables = append(s.Tables, bets)
	}
	s.Notes = append(s.Notes,
		fmt.Sprintf("Every forecast uses results of earlier days only. Strengths are learned again every %d days from three years of results, a game counting half after one year, with rho. Elo has K = 20, 65 points for home, the margin of victory, and is read as three probabilities by logistic curves that are learned from the games before. Forecasts begin after %d games of a league and leave out teams that have not played. None of these numbers was chosen by looking at these results.", int(refit/(24*time.Hour)), firstGame))
	return s
}
