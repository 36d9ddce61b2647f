package soccer

import (
	"fmt"
	"math"

	"github.com/betflow/betflow/internal/model/goals"
	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/footballdata"
	"github.com/betflow/betflow/internal/study"
)

// Totals asks whether a model of goals knows more about over and under 2.5 than
// the market of totals: the model takes its expected goals from the three-way
// prices of the same book at the same time.
type Totals struct {
	Book    string       `json:"book"`
	Phase   string       `json:"phase"`
	Matches int          `json:"matches"` // with all five prices, and expected goals for both models
	NoRates int          `json:"no_rates"`
	Over    study.Number `json:"over"` // share of matches
	Rows    []TotalModel `json:"rows"` // the market first
}

// TotalModel is one forecast of the number of goals.
type TotalModel struct {
	Model    string         `json:"model"`
	LogLoss  study.Number   `json:"log_loss"` // of over and under, nats
	Behind   study.Estimate `json:"behind"`   // log loss less the market's, interval by bootstrap over days
	Forecast study.Number   `json:"forecast"` // mean probability of over
	// Adds is c in logit P(over) = a + b logit market + c logit model: 0 if the
	// model knows nothing that the market does not.
	Adds *study.Estimate `json:"adds,omitempty"`
}

// dixonColes is the dependence that Dixon and Coles (1997) found in English
// football. It is taken from there, for one fitted here would have seen the
// results.
const dixonColes = -0.13

// goalLine is the total that the files have prices for.
const goalLine = 2.5

// totals forecasts every match with the market and both models.
func totals(games []game, book string, phase footballdata.Phase, o Options) *Totals {
	names := []string{"market", "Poisson", "Dixon-Coles", "Dixon-Coles, rho of the market", "share so far"}
	last := len(names) - 1
	out := &Totals{Book: book, Phase: phase.String()}
	var rows []losses
	var overs []bool
	fairs := make([][]float64, len(names))
	means := make([]score.Mean, len(names))
	over := 0
	var rho score.Mean // that the prices of the matches before imply
	for _, g := range games {
		q := g.Quote(book, phase)
		if q == nil || !q.HasH2H() || !q.HasTotal() {
			continue
		}
		p, ok := totalForecasts(q, &rho)
		if !ok {
			out.NoRates++
			continue
		}
		p[last] = (float64(over) + 1) / (float64(len(overs)) + 2)
		came := float64(g.HomeGoals+g.AwayGoals) > goalLine
		if came {
			over++
		}
		overs = append(overs, came)
		l := losses{g.day, make([]float64, len(names))}
		for i, v := range p {
			fairs[i] = append(fairs[i], v)
			l.of[i] = -math.Log(max(floor, either(came, v, 1-v)))
			means[i].Add(l.of[i])
		}
		rows = append(rows, l)
	}
	if len(rows) < fewest {
		return nil
	}
	out.Matches, out.Over = len(rows), study.Number(float64(over)/float64(len(rows)))
	days := score.Clusters(rows, func(r losses) int { return r.day })
	for i, name := range names {
		row := TotalModel{Model: name, LogLoss: study.Number(means[i].Value()), Forecast: study.Number(meanOf(fairs[i]))}
		row.Behind = meanOver(days, func(r losses) float64 { return r.of[i] - r.of[0] }, o)
		if i > 0 && i < last {
			row.Adds = adds(overs, fairs[0], fairs[i])
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// totalForecasts returns the probability of over by the market and by the models
// of its three-way prices; ok is false if no expected goals give those. The third
// model takes for rho what both markets of the matches before implied together,
// and learns from this match.
func totalForecasts(q *footballdata.Quote, rho *score.Mean) (p [5]float64, ok bool) {
	var total [2]float64
	fair(total[:], odds.DefaultMethod, q.Total[:])
	p[0] = total[0]
	h2h, _ := fairH2H(odds.DefaultMethod, q.H2H)
	market := goals.Market{Home: h2h[0], Draw: h2h[1], Away: h2h[2]}
	implied := 0.0
	if rho.N() > 0 {
		implied = rho.Value()
	}
	for i, rho := range []float64{0, dixonColes, implied} {
		rates, err := goals.FromResult(market, rho)
		if err != nil {
			return p, false
		}
		grid, err := rates.Grid()
		if err != nil {
			return p, false
		}
		p[i+1] = grid.Over(goalLine).Win
	}
	if rates, err := goals.FromResultAndTotal(market, goals.Total{Line: goalLine, Over: total[0]}); err == nil {
		rho.Add(rates.Rho)
	}
	return p, true
}

// adds returns what a forecast adds to the market's, nil if that cannot be told.
func adds(won []bool, market, model []float64) *study.Estimate {
	fit, err := score.Logistic(won, logits(market), logits(model))
	if err != nil {
		return nil
	}
	c := fit.Coefficients[2]
	e := study.Estimated(c.Value, c.CI(study.Level))
	return &e
}

func meanOf(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// totalSection tells whether models of goals beat the market of totals.
func totalSection(all []*Totals) study.Section {
	s := study.Section{Heading: "Goals: models from three-way prices against the market of totals"}
	t := study.Table{
		Caption: fmt.Sprintf("Over and under %g goals; behind: log loss less the market's, 95 %% by bootstrap over days; adds: weight of the model's logit next to the market's", goalLine),
		Columns: []string{"prices", "matches", "forecast", "log loss", "behind", "95 %", "mean forecast", "came", "adds", "95 %"},
	}
	better, adding, models := 0, 0, 0
	for _, x := range all {
		for _, row := range x.Rows {
			weight, span := study.None, study.None
			if row.Adds != nil {
				models++
				weight, span = row.Adds.Value.Text(3), row.Adds.Span(2)
				if row.Adds.Above(0) {
					adding++
				}
				if row.Behind.Below(0) {
					better++
				}
			}
			t.Rows = append(t.Rows, []string{priceName(x.Book, x.Phase), study.Count(x.Matches), row.Model, row.LogLoss.Text(5), row.Behind.Value.Text(5),
				row.Behind.Span(5), row.Forecast.Percent(2), x.Over.Percent(2), weight, span})
		}
	}
	s.Text = append(s.Text, either(better == 0,
		"No model of the three-way prices forecasts totals better than the market of totals: no edge.",
		fmt.Sprintf("%d of %d models forecast totals better than the market of totals.", better, models)),
		fmt.Sprintf("%d of %d add something to the market's own probability beyond chance.", adding, models))
	if len(all) > 0 {
		x := all[0]
		s.Text = append(s.Text, fmt.Sprintf("At the %s %s of matches had more than %g goals. The market says %s, Poisson %s and Dixon-Coles %s with the rho of their paper, %s with what the market's totals implied before: the same three-way prices mean other numbers of goals with another rho, so they do not settle the total.",
			priceName(x.Book, x.Phase), x.Over.Percent(1), goalLine, x.Rows[0].Forecast.Percent(1), x.Rows[1].Forecast.Percent(1), x.Rows[2].Forecast.Percent(1), x.Rows[3].Forecast.Percent(1)))
	}
	s.Tables = append(s.Tables, t)
	s.Notes = append(s.Notes, fmt.Sprintf("Dixon-Coles takes rho = %g from their paper, or the mean that three-way prices and totals of the matches before imply together. Share so far is the share of overs in the matches before, with one of each to begin with: a forecast that knows nothing about the match.", dixonColes))
	return s
}
