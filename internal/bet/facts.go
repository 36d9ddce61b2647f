package bet

import (
	"fmt"
	"math"
)

// Sentence says in words what the returns show. The level is that of the
// intervals.
func (p *Performance) Sentence(level float64) string {
	text := p.verdict(level)
	if p.Verdict != Edge && p.CLV != nil && p.CLV.CI != nil && p.CLV.CI.Low > 0 {
		text += " Its closing line value lies above zero, which tells of an edge sooner than results do."
	}
	return text
}

func (p *Performance) verdict(level float64) string {
	interval := ""
	if p.ROI != nil && p.ROI.CI != nil {
		interval = fmt.Sprintf(" (%g %% interval %s to %s)", math.Round(1e6*level)/1e4, Percent(p.ROI.CI.Low), Percent(p.ROI.CI.High))
	}
	switch p.Verdict {
	case Edge:
		return "An edge is shown: the return of " + Percent(p.ROI.Value) + " lies above zero" + interval + "."
	case Losing:
		return "A loss is shown: the return of " + Percent(p.ROI.Value) + " lies below zero" + interval + "."
	case NoEdge:
		text := "No edge shown: the interval of the return includes zero" + interval + "."
		if p.Needed > 0 {
			text += fmt.Sprintf(" If the return stayed as it is, it would take about %d bets to tell it from chance.", p.Needed)
		}
		return text
	}
	switch {
	case p.Bets == 0:
		return "No edge shown: there is not a single bet."
	case p.Settled == 0:
		return "No edge shown: no bet is settled."
	case p.Days == 1:
		return "No edge shown: a single day with settled bets says nothing."
	}
	return fmt.Sprintf("No edge shown: %d days with settled bets are too few to say anything.", p.Days)
}

// Percent prints a share with its sign.
func Percent(v float64) string { return fmt.Sprintf("%+.2f %%", 100*v) }

// String prints the estimate with its interval.
func (e *Estimate) String() string {
	switch {
	case e == nil:
		return "-"
	case e.CI == nil:
		return Percent(e.Value) + "  [too few days]"
	}
	return fmt.Sprintf("%s  [%s, %s]", Percent(e.Value), Percent(e.CI.Low), Percent(e.CI.High))
}

// String prints the share with its counts.
func (s *Share) String() string {
	if s == nil {
		return "-"
	}
	return fmt.Sprintf("%.1f %%  (%d of %d)", 100*s.Value, s.Count, s.Of)
}

// Facts lists the numbers with their names, in the order of a page.
func (p *Performance) Facts(currency string) [][2]string {
	money := func(minor int64) string { return FormatAmount(minor, currency) + " " + currency }
	return [][2]string{
		{"bets", fmt.Sprintf("%d: %d settled, %d not; %d returned", p.Bets, p.Settled, p.Pending, p.Void)},
		{"turnover", money(p.Staked)},
		{"profit", money(p.Profit)},
		{"return", p.ROI.String()},
		{"closing line value", p.CLV.String()},
		{"price over own close", p.CLVPrice.String()},
		{"beat the book's close", p.Beaten.String()},
		{"beat the fair close", p.BeatenFair.String()},
		{"hit rate", p.HitRate.String()},
		{"largest drawdown", money(p.MaxDrop)},
	}
}
