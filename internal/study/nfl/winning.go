package nfl

import (
	"math"

	"github.com/betflow/betflow/internal/model"
	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/table"
	"github.com/betflow/betflow/internal/study"
)

// The published standard deviations of margins around the spread.
const (
	sternSigma     = 13.86 // Stern 1991, seasons 1981 to 1984
	referenceSigma = 13.45 // Pro-Football-Reference
)

// Winning is the normal model of margins around the spread, beside the market.
type Winning struct {
	Eras      []Sigma      `json:"eras"`
	Test      Sigma        `json:"out_of_sample"` // sigma fitted before 2018, log loss since
	Moneyline *Duel        `json:"moneyline"`     // on the games with closing moneylines
	Points    []AtLine     `json:"by_spread"`
	Bins      []WinBin     `json:"bins"` // of the model with the sigma fitted before 2018, on the games since
	Expected  study.Number `json:"expected_calibration_error"`
}

// Sigma is a fit of the standard deviation.
type Sigma struct {
	Era       string       `json:"era"`
	Games     int          `json:"games"`
	Deviation study.Number `json:"deviation"` // of margins around the spread
	Best      study.Number `json:"best"`      // with the lowest log loss of winners
	LogLoss   study.Number `json:"log_loss"`  // with the best
	Stern     study.Number `json:"log_loss_13_86"`
	Reference study.Number `json:"log_loss_13_45"`
}

// Duel is the model against the moneyline on the same games.
type Duel struct {
	Games    int          `json:"games"`
	Sigma    study.Number `json:"sigma"`
	Model    study.Number `json:"model"` // log loss from the closing spread
	Market   study.Number `json:"market"`
	Behind   Estimate     `json:"behind"`        // model less market, by bootstrap over weeks
	Distance study.Number `json:"mean_distance"` // of the two probabilities
}

// AtLine is how often home won at a spread.
type AtLine struct {
	Spread study.Number `json:"spread"` // home's handicap, the mean of the games
	Won    Estimate     `json:"won"`
	Model  study.Number `json:"model"`
}

// WinBin is the forecasts of one range.
type WinBin struct {
	Forecast study.Number `json:"forecast"`
	Won      Estimate     `json:"won"`
}

// homeWins is home's probability to win, given that somebody does, when the
// margin is normal around the spread.
func homeWins(spread, sigma float64) float64 {
	win, _, lose := model.Normal{Mean: -spread, Sigma: sigma}.Against(0)
	return win / (win + lose)
}

// winning fits and judges the model.
func winning(games []market, past []result, o Options) Winning {
	const split = 2018
	var out Winning
	decided := filter(past, func(r *result) bool { return r.lined() && r.margin != 0 })
	last := lastSeason(past)
	for _, e := range erasUpTo(1979, last) {
		if rows := during(decided, e); len(rows) > 0 {
			out.Eras = append(out.Eras, fitSigma(e.String(), rows, rows))
		}
	}
	train, test := during(decided, era{1979, split - 1}), during(decided, era{split, last})
	if len(train) == 0 || len(test) == 0 {
		return out
	}
	out.Test = fitSigma(era{split, last}.String(), train, test)
	sigma := float64(out.Test.Best)
	out.Moneyline = duel(games, sigma, o)
	out.Points = atLines(decided, sigma)
	c := score.NewCalibration([]float64{0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8})
	for i := range test {
		c.Add(homeWins(test[i].Spread, sigma), test[i].margin > 0)
	}
	for _, b := range c.Bins() {
		out.Bins = append(out.Bins, WinBin{study.Number(b.Forecast), estimated(b.Frequency, b.CI(study.Level), b.N)})
	}
	out.Expected = study.Number(c.ECE())
	return out
}

// fitSigma fits on some games and scores on others.
func fitSigma(name string, train, test []result) Sigma {
	var around score.Mean
	for i := range train {
		around.Add(train[i].cover())
	}
	best := lowest(func(sigma float64) float64 { return lossAt(train, sigma) }, 8, 25)
	return Sigma{
		Era: name, Games: len(test), Deviation: study.Number(around.SD()), Best: study.Number(best), LogLoss: study.Number(lossAt(test, best)),
		Stern: study.Number(lossAt(test, sternSigma)), Reference: study.Number(lossAt(test, referenceSigma)),
	}
}

// lossAt is the mean log loss of the model.
func lossAt(games []result, sigma float64) float64 {
	var m score.Mean
	for i := range games {
		m.Add(loss(homeWins(games[i].Spread, sigma), games[i].margin > 0))
	}
	return m.Value()
}

// lowest finds where a function with one valley has it, by golden sections, to
// a thousandth.
func lowest(f func(float64) float64, low, high float64) float64 {
	golden := (math.Sqrt(5) - 1) / 2
	a, b := high-golden*(high-low), low+golden*(high-low)
	fa, fb := f(a), f(b)
	for high-low > 1e-3 {
		if fa < fb {
			high, b, fb = b, a, fa
			a = high - golden*(high-low)
			fa = f(a)
		} else {
			low, a, fa = a, b, fb
			b = low + golden*(high-low)
			fb = f(b)
		}
	}
	return (low + high) / 2
}

// duel holds the model, from the closing spread, against closing moneylines.
func duel(games []market, sigma float64, o Options) *Duel {
	type row struct {
		week          int
		model, market float64
	}
	var rows []row
	var ours, theirs, distance score.Mean
	for i := range games {
		m := &games[i]
		q := m.closeHome(odds.DefaultMethod)
		if m.margin == 0 || !table.Has(m.spread, q) {
			continue
		}
		p := homeWins(m.spread, sigma)
		r := row{m.week, loss(p, m.margin > 0), loss(q, m.margin > 0)}
		ours.Add(r.model)
		theirs.Add(r.market)
		distance.Add(math.Abs(p - q))
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		return nil
	}
	weeks := score.Clusters(rows, func(r row) int { return r.week })
	return &Duel{
		Games: len(rows), Sigma: study.Number(sigma), Model: study.Number(ours.Value()), Market: study.Number(theirs.Value()),
		Behind: average(weeks, o, func(r row) float64 { return r.model - r.market }), Distance: study.Number(distance.Value()),
	}
}

// atLines counts winners by spread, in steps of two points.
func atLines(games []result, sigma float64) []AtLine {
	const step, most = 2, 16
	var out []AtLine
	for middle := -most; middle <= most; middle += step {
		won := 0
		var spread score.Mean
		for i := range games {
			if g := &games[i]; math.Abs(g.Spread-float64(middle)) < step/2 {
				spread.Add(g.Spread)
				if g.margin > 0 {
					won++
				}
			}
		}
		if n := spread.N(); n > 0 {
			out = append(out, AtLine{study.Number(spread.Value()), share(won, n), study.Number(homeWins(spread.Value(), sigma))})
		}
	}
	return out
}
