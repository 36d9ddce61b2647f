package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/betflow/betflow/internal/movement"
	"github.com/betflow/betflow/internal/store"
)

func printDiscovery(out io.Writer, d *store.Discovery) error {
	began := "as scheduled, not seen to begin"
	switch {
	case d.Until < d.Start:
		began = "to come; up to " + d.Until.String()
	case d.Observed && d.Start == d.Scheduled:
		began = "on time"
	case d.Observed:
		began = "scheduled " + d.Scheduled.String()
	}
	fmt.Fprintf(out, "%s   start %s (%s)   method %s\n", d.FixtureID, d.Start, began, d.Method)
	for i := range d.Markets {
		if err := printMarketDiscovery(out, &d.Markets[i]); err != nil {
			return err
		}
	}
	if len(d.Markets) == 0 {
		_, err := fmt.Fprintln(out, "\nno quotes")
		return err
	}
	return nil
}

func printMarketDiscovery(out io.Writer, d *movement.Discovery) error {
	fmt.Fprintf(out, "\n%s %s: %d quotes, log odds of %s", d.Market, d.Period, d.Quotes, d.Outcome)
	if d.Line != nil {
		fmt.Fprintf(out, " at %s", number(*d.Line))
	}
	if d.LeftOut > 0 {
		fmt.Fprintf(out, "; %d quotes without a fair price there", d.LeftOut)
	}
	fmt.Fprintln(out)
	if c := d.OpenConsensus; c != nil {
		fmt.Fprintf(out, "consensus of %d books opened at %.4f, %s\n", c.Books, c.Fair, c.Seen)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\tbook\tline\tprices\tage at start\tstood")
	printStands(w, "open", d.Open)
	printStands(w, "close", d.Close)
	for _, l := range d.Limited {
		if l.Price.Enough() {
			fmt.Fprintf(w, "limit-weighted\t%s\t\t%.3f of %d books\n", l.Outcome, *l.Price.Value, l.Price.N)
		}
	}
	printBookMoves(w, d.Books)
	if len(d.Leads) > 0 {
		printOrder(w, d)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return printInformation(out, d)
}

func printStands(w io.Writer, name string, stands []movement.Stand) {
	for _, s := range stands {
		line := "-"
		if s.Line != nil {
			line = number(*s.Line)
		}
		prices := make([]string, len(s.Prices))
		for i, p := range s.Prices {
			prices[i] = strconv.FormatFloat(p.Price, 'f', 3, 64)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%v\n", name, s.Book, line, strings.Join(prices, " / "), seconds(s.Age), s.Standing)
	}
}

func printBookMoves(w io.Writer, books []movement.BookMoves) {
	fmt.Fprintln(w, "\nmoves\tbook\tnet\tlines\tvelocity/min\tvolatility/√h\tdeviation\tfirst moves\tat close since")
	for _, b := range books {
		deviation, since := "-", "-"
		if b.Deviation != nil {
			deviation = fmt.Sprintf("%+.4f", *b.Deviation)
		}
		if b.Arrival != nil {
			since = seconds(b.Arrival.Before) + " before"
		}
		fmt.Fprintf(w, "\t%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\n", b.Book, estimate(b.Net, "%+.4f"), b.LineMoves,
			estimate(b.Velocity, "%+.5f"), estimate(b.Volatility, "%.4f"), deviation, estimate(b.FirstMoves, "%.2f"), since)
	}
}

// printOrder prints who went before whom.
func printOrder(w io.Writer, d *movement.Discovery) {
	fmt.Fprintln(w, "\nleads\tleader\tfollower\tlag s\tcorrelation\tmoves")
	for _, l := range d.Leads {
		fmt.Fprintf(w, "\t%s\t%s\t%s\t%s\t%d\n", l.Leader, l.Follower, estimate(l.Lag, "%.0f"), estimate(l.Correlation, "%.3f"), l.Correlation.N)
	}
	fmt.Fprintln(w, "\nfollows\tleader\tfollower\tmedian s\tfollowed\tnever")
	for _, f := range d.Follows {
		fmt.Fprintf(w, "\t%s\t%s\t%s\t%d\t%d\n", f.Leader, f.Follower, estimate(f.Median, "%.0f"), f.Median.N, f.Never)
	}
}

func printInformation(out io.Writer, d *movement.Discovery) error {
	i := &d.Information
	switch {
	case d.Obstacle != "":
		_, err := fmt.Fprintf(out, "\ninformation shares: %s\n", d.Obstacle)
		return err
	case i.Need == 0:
		_, err := fmt.Fprintln(out, "\ninformation shares: not enough data (fewer than two books moved)")
		return err
	case len(i.Books) == 0:
		_, err := fmt.Fprintf(out, "\ninformation shares: not enough data (%d steps of %d, least moves of a book %d)\n", i.N, i.Need, i.Moves)
		return err
	}
	fmt.Fprintf(out, "\ninformation shares, of %d steps of %s, order %d\n", i.N, seconds(i.Step), i.Lags)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\tbook\tshare\tbounds\tcomponent")
	for _, p := range i.Books {
		fmt.Fprintf(w, "\t%s\t%.3f\t%.3f to %.3f\t%.3f\n", p.Book, p.Share, p.Low, p.High, p.Component)
	}
	return w.Flush()
}

// estimate prints a value with its standard error, or how many observations there
// are of those that are needed.
func estimate(e movement.Estimate, format string) string {
	switch {
	case e.Value == nil:
		return fmt.Sprintf("%d of %d", e.N, e.Need)
	case e.SE != nil:
		return fmt.Sprintf(format+" ±"+format, *e.Value, *e.SE)
	}
	return fmt.Sprintf(format, *e.Value)
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// seconds prints a span as a duration.
func seconds(s float64) string {
	return time.Duration(s * float64(time.Second)).Round(time.Second).String()
}
