package soccer

import (
	"fmt"

	"github.com/betflow/betflow/internal/chart"
	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/footballdata"
	"github.com/betflow/betflow/internal/study"
)

// Calibration holds fair probabilities against what came.
type Calibration struct {
	Book    string           `json:"book"`
	Phase   string           `json:"phase"`
	Method  odds.Method      `json:"method"`
	Matches int              `json:"matches"`
	Bins    []CalibrationBin `json:"bins"` // all three outcomes together
	ECE     study.Number     `json:"ece"`
	// P is of Spiegelhalter's test, one side at a time, for the three depend on
	// each other.
	P      [3]study.Number `json:"p"`
	Murphy score.Murphy    `json:"murphy"` // of the three-outcome Brier score
}

// CalibrationBin is the outcomes in a range of probabilities.
type CalibrationBin struct {
	Outcomes  int            `json:"outcomes"`
	Forecast  study.Number   `json:"forecast"`
	Frequency study.Estimate `json:"frequency"` // Wilson's interval
}

// calibrationBins are the bins of the table, of equal width.
const calibrationBins = 20

// calibrate sorts all outcomes by their fair probability.
func calibrate(games []game, book string, phase footballdata.Phase, method odds.Method) *Calibration {
	edges := score.EqualEdges(calibrationBins)
	all := score.NewCalibration(edges)
	var bySide [3]*score.Calibration
	for side := range bySide {
		bySide[side] = score.NewCalibration(edges)
	}
	out := &Calibration{Book: book, Phase: phase.String(), Method: method}
	for _, g := range games {
		prices, ok := g.H2H(book, phase)
		if !ok {
			continue
		}
		out.Matches++
		p, _ := fairH2H(method, prices)
		for side, v := range p {
			all.Add(v, side == g.won)
			bySide[side].Add(v, side == g.won)
		}
	}
	if out.Matches == 0 {
		return nil
	}
	for _, b := range all.Bins() {
		out.Bins = append(out.Bins, CalibrationBin{Outcomes: b.N, Forecast: study.Number(b.Forecast), Frequency: study.Estimated(b.Frequency, b.CI(study.Level))})
	}
	out.ECE = study.Number(all.ECE())
	for side, c := range bySide {
		out.P[side] = study.Number(c.Spiegelhalter().P)
		out.Murphy = out.Murphy.Plus(c.Murphy())
	}
	return out
}

// calibrationSection tells whether probabilities are frequencies.
func calibrationSection(all []*Calibration) study.Section {
	s := study.Section{Heading: "Calibration"}
	f := chart.Figure{
		Title: "Fair probability at the close against what came",
		X:     chart.Axis{Label: "fair probability", Percent: true, Max: 1}, Y: chart.Axis{Label: "share that came", Percent: true, Max: 1},
		Series: []chart.Series{{Name: "perfect", Mark: chart.Dashed, Points: []chart.Point{{}, {X: 1, Y: 1}}}},
	}
	off := chart.Figure{
		Title: "What came less fair probability at the close", X: chart.Axis{Label: "fair probability", Percent: true, Max: 1},
		Y:      chart.Axis{Label: "difference", Percent: true},
		Series: []chart.Series{{Mark: chart.Dashed, Points: []chart.Point{{}, {X: 1}}}},
	}
	for i, c := range all {
		outside := 0
		t := study.Table{
			Caption: fmt.Sprintf("All three outcomes at the %s, %s matches, %s; 95 %% by Wilson", priceName(c.Book, c.Phase), study.Count(c.Matches), c.Method),
			Columns: []string{"fair probability", "outcomes", "came", "95 %"},
		}
		series := chart.Series{Name: priceName(c.Book, c.Phase)}
		differences := series
		for _, b := range c.Bins {
			if !b.Frequency.Holds(float64(b.Forecast)) {
				outside++
			}
			t.Rows = append(t.Rows, []string{b.Forecast.Percent(2), study.Count(b.Outcomes), b.Frequency.Value.Percent(2), b.Frequency.PercentSpan(2)})
			if b.Outcomes < fewest {
				continue // its bar would hide the others
			}
			p := float64(b.Forecast)
			series.Points = append(series.Points, b.Frequency.Point(p))
			differences.Points = append(differences.Points, chart.Point{
				X: p + beside(i, len(all))/calibrationBins, Y: float64(b.Frequency.Value) - p, Low: float64(b.Frequency.Low) - p, High: float64(b.Frequency.High) - p,
			})
		}
		s.Text = append(s.Text, fmt.Sprintf(
			"At the %s the mean distance of fair probability and frequency is %s (expected calibration error over %d bins); %s outside its 95 %% interval, %.1f would be by chance. Spiegelhalter's test, which needs no bins: p = %s for home, %s for draw, %s for away.",
			priceName(c.Book, c.Phase), c.ECE.Percent(2), len(c.Bins), either(outside == 1, "1 is", study.Count(outside)+" are"), 0.05*float64(len(c.Bins)), c.P[0].Text(2), c.P[1].Text(2), c.P[2].Text(2)))
		s.Text = append(s.Text, fmt.Sprintf(
			"Murphy's decomposition of its Brier score: reliability %s, resolution %s, uncertainty %s, within bins %s.",
			study.Number(c.Murphy.Reliability).Text(5), study.Number(c.Murphy.Resolution).Text(5), study.Number(c.Murphy.Uncertainty).Text(5), study.Number(c.Murphy.Within).Text(5)))
		s.Tables = append(s.Tables, t)
		f.Series, off.Series = append(f.Series, series), append(off.Series, differences)
	}
	s.Figures = append(s.Figures, f, off)
	return s
}
