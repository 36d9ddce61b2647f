package nfl

import (
	"fmt"

	"github.com/betflow/betflow/internal/study"
)

func (r *Results) efficiencySection() (study.Section, bool) {
	e := r.Efficiency
	if len(e.Lines) == 0 && len(e.Sides) == 0 {
		return study.Section{}, false
	}
	s := study.Section{Heading: "Is the line right?"}
	wrong := 0
	for _, l := range e.Lines {
		if !l.B.Holds(1) {
			wrong++
		}
	}
	s.Text = append(s.Text, fmt.Sprintf("A line that is right on average has a = 0 and b = 1 in result = a + b line. Of %d fits, %d have an interval of b without 1.", len(e.Lines), wrong))
	if x := e.Encompass; x != nil {
		s.Text = append(s.Text, fmt.Sprintf("Beside the close the open has a coefficient of %s for spreads and %s for the log odds of moneylines: %s",
			ci(x.Spread.Estimate, 2), ci(x.Moneyline.Estimate, 2),
			either(x.Spread.Holds(0) && x.Moneyline.Holds(0), "nothing is seen that the open knows and the close has forgotten.", "the open seems to know something that the close has forgotten.")))
	}
	if len(e.Move) > 0 {
		moves := study.Table{Caption: "Can the move be foretold? move = a + b x, towards home or over", Columns: []string{"move on x", "games", "a", "p of a = 0", "b", "p of b = 0", "explained"}}
		best, foretold := e.Move[0], 0
		for _, m := range e.Move {
			if !m.B.Holds(0) {
				foretold++
			}
			moves.Rows = append(moves.Rows, []string{m.On, study.Count(m.Games), ci(m.A.Estimate, 3), prob(m.A.P), ci(m.B.Estimate, 3), prob(m.B.P), m.R2.Percent(1)})
			if m.R2 > best.R2 {
				best = m
			}
		}
		s.Tables = append(s.Tables, moves)
		s.Text = append(s.Text, fmt.Sprintf("%s: %d of %d slopes differ from 0, and the best of the regressions, %s, explains %s of the variance. An a that is not 0 says that lines as a whole were opened too high or too low in these seasons. When the bets were counted is not told: their split may be younger than the move.", either(best.R2 < 0.05, "Moves can hardly be foretold", "Moves can be foretold in part"), foretold, len(e.Move), best.On, best.R2.Percent(1)))
	}
	if len(e.Sides) > 0 {
		above, coin := 0, 0
		for _, x := range e.Sides {
			if x.Record.Share.Above(breakEven) {
				above++
			}
			if x.HolmP < 0.05 {
				coin++
			}
		}
		s.Text = append(s.Text, fmt.Sprintf("Records of sides that differ from a coin after correction: %d of %d; whose interval is above break-even: %d. A bias smaller than the book's share cannot be bet on.", coin, len(e.Sides), above))
		sides := study.Table{Caption: "Records against the closing line, spreads without neutral ground; a dog is who is not the favourite; corrected over all rows", Columns: []string{"side", "seasons", "record", "won", "p", "p (Holm)", "verdict"}}
		for _, x := range e.Sides {
			sides.Rows = append(sides.Rows, []string{x.Side, x.Era, wlp(x.Record), pcCI(x.Record.Share), prob(x.Record.P), prob(x.HolmP), verdict(x.Record)})
		}
		s.Tables = append(s.Tables, sides)
	}
	lines := study.Table{Caption: "result = a + b line", Columns: []string{"line", "games", "a", "p of a = 0", "b", "p of b = 1", "sigma"}}
	for _, l := range e.Lines {
		lines.Rows = append(lines.Rows, []string{l.Line, study.Count(l.Games), ci(l.A.Estimate, 2), prob(l.A.P), ci(l.B.Estimate, 3), prob(l.B.P), l.Sigma.Text(2)})
	}
	money := study.Table{Caption: "logit P(home wins) = a + b logit p", Columns: []string{"fair moneyline", "games", "a", "b", "p of both"}}
	for _, m := range e.Moneyline {
		money.Rows = append(money.Rows, []string{m.Line, study.Count(m.N), ci(m.A.Estimate, 3), ci(m.B.Estimate, 3), prob(m.P)})
	}
	s.Tables = append(s.Tables, lines)
	if len(money.Rows) > 0 {
		s.Tables = append(s.Tables, money)
	}
	s.Figures = present(r.sidesFigure())
	return s, true
}

func (r *Results) keySection() (study.Section, bool) {
	if len(r.Efficiency.Margins) == 0 {
		return study.Section{}, false
	}
	s := study.Section{Heading: "Key numbers", Figures: present(r.marginFigure())}
	three, five, seven := r.Efficiency.Margins[3].Share, r.Efficiency.Margins[5].Share, r.Efficiency.Margins[7].Share
	s.Text = []string{fmt.Sprintf("Since the longer extra point of 2015, %s of games end three points apart, %s five and %s seven. A half point through 3 is worth %s times one through 5; a normal curve has them nearly equal.", pcCI(three), pcCI(five), pcCI(seven), (three.Value / five.Value).Text(1))}
	t := study.Table{Caption: fmt.Sprintf("Whole spreads that were returned, since 1979, and what a normal curve with sigma %.2f expects", sternSigma), Columns: []string{"spread", "games", "returned", "normal"}}
	for _, p := range r.Efficiency.Pushes {
		t.Rows = append(t.Rows, []string{fmt.Sprint(p.Spread), study.Count(p.Share.N), pcCI(p.Share), p.Normal.Percent(1)})
	}
	s.Tables = []study.Table{t}
	return s, true
}

func (r *Results) winningSection() (study.Section, bool) {
	w := r.Winning
	if len(w.Eras) == 0 {
		return study.Section{}, false
	}
	s := study.Section{Heading: "The spread as a probability", Figures: present(r.winFigure())}
	smaller := 0
	for _, e := range w.Eras {
		if e.Best < e.Deviation {
			smaller++
		}
	}
	last := w.Eras[len(w.Eras)-1]
	s.Text = []string{fmt.Sprintf("Take the margin as normal around the spread. In %s margins scatter by %s points around it, and the sigma that forecasts winners best is %s. It is the smaller of the two in %d of %d eras, as it is when large margins are commoner than a normal curve has them.",
		last.Era, last.Deviation.Text(2), last.Best.Text(2), smaller, len(w.Eras))}
	if w.Test.Games > 0 {
		s.Text = append(s.Text, fmt.Sprintf("Fitted on the seasons before, sigma is %s, with a log loss of %s on the %s games of %s; with the published 13.86 and 13.45 it is %s and %s. The expected calibration error there is %s.",
			w.Test.Best.Text(2), w.Test.LogLoss.Text(5), study.Count(w.Test.Games), w.Test.Era, w.Test.Stern.Text(5), w.Test.Reference.Text(5), w.Expected.Percent(1)))
	}
	if d := w.Moneyline; d != nil {
		s.Text = append(s.Text, fmt.Sprintf("On the %s games with moneylines the model, from the closing spread alone, has a log loss of %s and the fair moneyline %s. The difference is %s: %s The two probabilities are %s apart on average.",
			study.Count(d.Games), d.Model.Text(5), d.Market.Text(5), ci(d.Behind, 5),
			either(d.Behind.Holds(0), "no difference is seen.", either(d.Behind.Above(0), "the moneyline knows more.", "the spread knows more.")), d.Distance.Percent(1)))
	}
	t := study.Table{Caption: "Standard deviation around the spread, and log loss of the winner", Columns: []string{"seasons", "games", "deviation", "best sigma", "log loss", "at 13.86", "at 13.45"}}
	for _, e := range w.Eras {
		t.Rows = append(t.Rows, []string{e.Era, study.Count(e.Games), e.Deviation.Text(2), e.Best.Text(2), e.LogLoss.Text(5), e.Stern.Text(5), e.Reference.Text(5)})
	}
	s.Tables = []study.Table{t}
	if len(w.Bins) > 0 {
		bins := study.Table{Caption: "Calibration out of sample", Columns: []string{"forecast", "games", "home won"}}
		for _, b := range w.Bins {
			bins.Rows = append(bins.Rows, []string{b.Forecast.Percent(1), study.Count(b.Won.N), pcCI(b.Won)})
		}
		s.Tables = append(s.Tables, bins)
	}
	s.Notes = []string{"Ties are left out. The best sigma of an era is fitted on that era; only the text above is out of sample."}
	return s, true
}

func (r *Results) ratingSection() (study.Section, bool) {
	if r.Rating == nil || len(r.Rating.Eras) == 0 {
		return study.Section{}, false
	}
	s := study.Section{Heading: "Elo beside the spread"}
	behind := 0
	for _, e := range r.Rating.Eras {
		if e.Behind.Above(0) {
			behind++
		}
	}
	s.Text = []string{fmt.Sprintf("Elo knows scores and nothing else. Walked forward through all games, it is behind the closing spread beyond chance in %d of %d eras.", behind, len(r.Rating.Eras))}
	if k := r.Rating.Knows; k != nil {
		s.Text[0] += fmt.Sprintf(" Beside the spread its log odds have a coefficient of %s: %s", ci(k.Estimate, 3), either(k.Holds(0), "there is no sign that it knows what the spread does not.", "it knows something that the spread does not."))
	}
	t := study.Table{Caption: "Log loss of the winner, and mean absolute error of the margin", Columns: []string{"seasons", "games", "Elo", "spread", "Elo behind", "Elo MAE", "spread MAE"}}
	for _, e := range r.Rating.Eras {
		t.Rows = append(t.Rows, []string{e.Era, study.Count(e.Games), e.Elo.Text(5), e.Market.Text(5), ci(e.Behind, 4), e.EloMAE.Text(2), e.CloseMAE.Text(2)})
	}
	s.Tables = []study.Table{t}
	s.Notes = []string{"Elo with FiveThirtyEight's settings for the NFL, begun in 1966; 25 rating points are a point of the margin. The spread becomes a probability with sigma 13.86, published before most of these games."}
	return s, true
}
