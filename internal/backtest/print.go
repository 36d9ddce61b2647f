package backtest

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/betflow/betflow/internal/bet"
)

// Span prints the time that the records cover.
func (r *Report) Span() string {
	return r.From.Std().Format("2006-01-02 15:04") + " to " + r.To.Std().Format("2006-01-02 15:04") + " UTC"
}

// Percent is the level of the intervals.
func (r *Report) Percent() float64 { return 100 * r.Level }

// Facts lists the numbers of a strategy with their names.
func (o *Outcome) Facts() [][2]string {
	facts := append(o.Performance.Facts(o.Currency),
		[2]string{"bankroll at the end", bet.FormatAmount(o.Final, o.Currency) + " " + o.Currency},
		[2]string{"candidates", fmt.Sprint(o.Candidates)})
	if o.Expected != nil {
		facts = append(facts, [2]string{"expected when decided", bet.Percent(*o.Expected)})
	}
	if len(o.Bets) > 0 {
		facts = append(facts, [2]string{"price moved in flight", bet.Percent(o.Slippage)})
	}
	for _, reason := range slices.SortedFunc(maps.Keys(o.Rejected), func(a, b Reason) int {
		return cmp.Or(cmp.Compare(o.Rejected[b], o.Rejected[a]), cmp.Compare(a, b))
	}) {
		facts = append(facts, [2]string{"rejected: " + strings.ReplaceAll(string(reason), "_", " "), fmt.Sprint(o.Rejected[reason])})
	}
	return facts
}

// Print writes the report for a terminal.
func (r *Report) Print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s %s\n%s\n%d records, %d fixtures, %d results\n", r.Source.Kind, r.Source.Name, r.Span(), r.Records, r.Fixtures, r.Results)
	for i := range r.Strategies {
		o := &r.Strategies[i]
		fmt.Fprintf(w, "\n%s\n%s\n\n", strings.ToUpper(o.Strategy.Name), o.Performance.Sentence(r.Level))
		for _, f := range o.Facts() {
			fmt.Fprintf(w, "  %s\t%s\n", f[0], f[1])
		}
		for _, g := range bet.Groupings() {
			buckets := o.Buckets[g.Name]
			if len(buckets) == 0 {
				continue
			}
			fmt.Fprintf(w, "\n  by %s\tbets\tstaked\tprofit\treturn\t\n", g.Name)
			for _, b := range buckets {
				fmt.Fprintf(w, "  %s\t%d\t%s\t%s\t%s\t\n", b.Name, b.Bets, bet.FormatAmount(b.Staked, o.Currency), bet.FormatAmount(b.Profit, o.Currency), b.ROI)
			}
		}
	}
	for _, text := range slices.Concat(r.Warnings, r.Source.Notes) {
		fmt.Fprintf(w, "\nnote: %s", text)
	}
	fmt.Fprintln(w)
	return w.Flush()
}
