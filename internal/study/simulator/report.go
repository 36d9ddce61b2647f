package simulator

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/betflow/betflow/internal/chart"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/study"
)

// Report writes the results up.
func (r *Results) Report(command string) *study.Report {
	best := r.nearest()
	d := &r.Discovery
	return &study.Report{
		Name: "simulator", Title: "The simulated world: estimates against the truth", Command: command, Results: r,
		Abstract: []string{
			fmt.Sprintf("%s hours of a simulated world (seed %d; %s), asked every %s seconds, went through the same operators as live data: %d responses about %d fixtures. The world knows the true probability of everything at every moment, so what was computed can be marked.",
				decimal(r.Hours, 0), r.Seed, strings.Join(r.Leagues, ", "), decimal(r.Every, 0), r.Responses, r.Fixtures),
			fmt.Sprintf("Nearest to the truth is %s, with a mean error of %s of a probability over the books together. Of the signals on value, %s were right. By the lag of their prices, books stand in the order of their true delay in %s of the pairs.",
				best.Method, percent(best.Joint.RMSE, 2), percent(r.of(feed.RuleValue).precision(), 0), percent(share(d.Order, d.Pairs), 0)),
		},
		Sections: []study.Section{r.recoverySection(best), r.detectionSection(), r.discoverySection()},
	}
}

// nearest is the method whose consensus has the least error.
func (r *Results) nearest() Recovery {
	return slices.MinFunc(r.Recovery, func(a, b Recovery) int { return cmp.Compare(a.Joint.RMSE, b.Joint.RMSE) })
}

func (r *Results) of(rule string) *Detection {
	for i := range r.Detection {
		if r.Detection[i].Rule == rule {
			return &r.Detection[i]
		}
	}
	return &Detection{}
}

func (d *Detection) precision() float64 { return share(d.Right, d.Signals) }

func (r *Results) recoverySection(best Recovery) study.Section {
	s := study.Section{
		Heading: "The margin: which method finds the truth",
		Text: []string{
			fmt.Sprintf("Every ten minutes each fixture's winner market is read by each method, at every book and as the mean of all. The error of a book alone is mostly its own: it sees the truth late and errs. What the mean of the books leaves is the method's: %s comes nearest here, with an expected log loss of %s nats above that of the truth.",
				best.Method, decimal(best.Joint.Excess, 6)),
			"The bias is that of the least likely outcome: above zero where long shots come out too likely. Books of this world take half of their margin in proportion and half evenly, so the methods that take off too little from long shots and those that take off too much lie on either side.",
		},
		Notes: []string{"Which method is nearest says how this world's books spread their margin, and nothing about real ones."},
	}
	rows := slices.Clone(r.Recovery)
	slices.SortFunc(rows, func(a, b Recovery) int { return cmp.Compare(a.Joint.RMSE, b.Joint.RMSE) })
	t := study.Table{Columns: []string{"method", "error, one book", "error, all books", "log loss above truth", "bias of the long shot", "unread"}}
	f := chart.Figure{Title: "Error of the fair probability by method", Y: chart.Axis{Label: "root mean square error", Percent: true}}
	var alone, joint chart.Series
	alone, joint = chart.Series{Name: "one book", Mark: chart.Bars}, chart.Series{Name: "mean of all books", Mark: chart.Bars}
	for i, m := range rows {
		t.Rows = append(t.Rows, []string{string(m.Method), percent(m.Books.RMSE, 3), percent(m.Joint.RMSE, 3), decimal(m.Joint.Excess, 6), fmt.Sprintf("%+.3f %%", 100*m.Joint.Bias), fmt.Sprint(m.Errors)})
		f.Categories = append(f.Categories, string(m.Method))
		alone.Points = append(alone.Points, chart.Point{X: float64(i), Y: m.Books.RMSE})
		joint.Points = append(joint.Points, chart.Point{X: float64(i), Y: m.Joint.RMSE})
	}
	f.Series = []chart.Series{alone, joint}
	if len(rows) > 0 {
		t.Caption = fmt.Sprintf("%d looks at single books, %d at all of them", rows[0].Books.Looks, rows[0].Joint.Looks)
	}
	s.Tables, s.Figures = []study.Table{t}, []chart.Figure{f}
	return s
}

// truths says what makes a signal of a rule right here.
var truths = map[string]string{
	feed.RuleArbitrage: "every leg can still be had at its price at the next look",
	feed.RuleLowHold:   "every leg can still be had at its price at the next look",
	feed.RuleMiddle:    "the two bets win in the mean, by the true distribution of the result",
	feed.RuleValue:     "the price wins in the mean, by the true probability",
	feed.RuleSteam:     "the truth has gone that way by half the threshold, within the window and the delay of the slowest book",
	feed.RuleDrop:      "the same, by the closing threshold",
	feed.RuleStaleLine: "the book's fair probability lies below the truth by the closing threshold",
	feed.RuleOutlier:   "the book's fair probability is off the truth by the rule's gap; chances are the markets whose prices were exchanged on purpose",
}

func (r *Results) detectionSection() study.Section {
	s := study.Section{
		Heading: "The signals: how many are right, how much they find",
		Text: []string{
			"Precision is the share of signals that are right, recall the share of chances that had a signal while they lasted. A chance is what is truly there by the rule's own opening threshold, before the game, at two looks in a row: what is gone at the next answer nobody could have taken. Guards cost recall: a chance that rests on too few books, or on a book far from the others, is refused.",
			fmt.Sprintf("Once in a while the study exchanges both sides' prices of a book's market for %d minutes, at %s of all markets at any time: the commonest blunder of real books. A signal that rests on such a price is wrong, whatever it says.",
				garbleSpan/feed.Minute, percent(garbleShare, 2)),
		},
		Notes: []string{"There are no splits of tickets in this world, so the rule on reverse moves is not marked here."},
	}
	t := study.Table{Columns: []string{"rule", "signals", "right", "precision", "95 %", "chances", "found", "recall", "95 %", "seconds to signal"}}
	means := study.Table{Caption: "What a right signal is", Columns: []string{"rule", "right if"}}
	f := chart.Figure{Title: "Precision and recall by rule", Y: chart.Axis{Percent: true, Max: 1}}
	precision, recall := chart.Series{Name: "precision", Mark: chart.Bars}, chart.Series{Name: "recall", Mark: chart.Bars}
	for i := range r.Detection {
		d := &r.Detection[i]
		t.Rows = append(t.Rows, []string{
			d.Rule, fmt.Sprint(d.Signals), fmt.Sprint(d.Right), percent(d.precision(), 0), interval(d.Precision, d.Signals),
			fmt.Sprint(d.Chances), fmt.Sprint(d.Found), percent(share(d.Found, d.Chances), 0), interval(d.Recall, d.Chances), decimal(d.Delay, 0),
		})
		means.Rows = append(means.Rows, []string{d.Rule, truths[d.Rule]})
		f.Categories = append(f.Categories, d.Rule)
		precision.Points = append(precision.Points, bar(i, d.precision(), d.Precision, d.Signals))
		recall.Points = append(recall.Points, bar(i, share(d.Found, d.Chances), d.Recall, d.Chances))
	}
	f.Series = []chart.Series{precision, recall}
	s.Tables, s.Figures = []study.Table{t, means, r.claims(), r.refusals()}, []chart.Figure{f}
	return s
}

// claims holds the returns that signals promise to the true ones.
func (r *Results) claims() study.Table {
	t := study.Table{Caption: "Expected return, as the signals say and in truth", Columns: []string{"rule", "claimed", "true"}}
	for _, rule := range [...]string{feed.RuleValue, feed.RuleMiddle} {
		if d := r.of(rule); d.Signals > 0 {
			t.Rows = append(t.Rows, []string{rule, percent(d.Claimed, 2), percent(d.True, 2)})
		}
	}
	return t
}

// refusals lists what guards refused, by reason.
func (r *Results) refusals() study.Table {
	t := study.Table{Caption: "Candidates that guards refused", Columns: []string{"rule", "reason", "candidates"}}
	for i := range r.Detection {
		d := &r.Detection[i]
		for _, reason := range slices.SortedFunc(maps.Keys(d.Dropped), func(a, b string) int {
			return cmp.Or(cmp.Compare(d.Dropped[b], d.Dropped[a]), cmp.Compare(a, b))
		}) {
			t.Rows = append(t.Rows, []string{d.Rule, reason, fmt.Sprint(d.Dropped[reason])})
		}
	}
	return t
}

func (r *Results) discoverySection() study.Section {
	d := &r.Discovery
	s := study.Section{Heading: "Price discovery: who leads"}
	if d.Games == 0 || len(d.Books) == 0 {
		s.Text = []string{fmt.Sprintf("No game was followed for the %d hours before its start that the estimators want.", followed/feed.Hour)}
		return s
	}
	leader := slices.MaxFunc(d.Books, func(a, b BookLead) int { return cmp.Compare(a.Information, b.Information) })
	s.Text = []string{fmt.Sprintf("On the winner markets of %d games, followed for at least %d hours up to their start, the book with the highest information share is %s (%s); the one with the least true delay is %s. Of %d pairs of books whose delays differ by more than a minute, the lag of Hayashi and Yoshida names the faster one in %s (95 %%: %s).",
		d.Games, followed/feed.Hour, leader.Book, percent(leader.Information, 0), d.Books[0].Book, d.Pairs, percent(share(d.Order, d.Pairs), 0), interval(d.Signed, d.Pairs))}
	s.Notes = []string{"Books err for minutes at a time in this world, and such an error is a first move that nobody follows: shares of first moves say less here than lags and information shares do."}
	t := study.Table{Columns: []string{"book", "true delay, s", "lag behind the fastest, s", "information share", "in games", "share of first moves"}}
	f := chart.Figure{
		Title: "True delay and estimated lag behind " + d.Books[0].Book, X: chart.Axis{Label: "true delay behind the fastest book, s"}, Y: chart.Axis{Label: "median lag, s"},
	}
	var points chart.Series
	points.Name = "books"
	farthest := 0.0
	for _, b := range d.Books {
		t.Rows = append(t.Rows, []string{b.Book, decimal(b.Delay, 0), decimal(b.Lag, 0), percent(b.Information, 0), fmt.Sprint(b.InfoGames), percent(b.FirstMoves, 0)})
		if b.Estimates > 0 {
			points.Points = append(points.Points, chart.Point{X: b.Delay - d.Books[0].Delay, Y: b.Lag})
			farthest = max(farthest, b.Delay-d.Books[0].Delay)
		}
	}
	f.Series = []chart.Series{{Name: "lag = delay", Mark: chart.Dashed, Points: []chart.Point{{}, {X: farthest, Y: farthest}}}, points}
	s.Tables = []study.Table{t}
	if len(points.Points) > 0 {
		s.Figures = []chart.Figure{f}
	}
	return s
}

func bar(i int, value float64, ci score.Interval, n int) chart.Point {
	p := chart.Point{X: float64(i), Y: value}
	if n > 0 {
		p.Low, p.High = ci.Low, ci.High
	}
	return p
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

func decimal(v float64, digits int) string { return study.Number(v).Text(digits) }
func percent(v float64, digits int) string { return study.Number(v).Percent(digits) }

func interval(i score.Interval, n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f to %.0f %%", 100*i.Low, 100*i.High)
}
