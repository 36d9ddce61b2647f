package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	calc "github.com/betflow/betflow/internal/calculator"
	"github.com/betflow/betflow/internal/odds"
)

func newCLV() *cobra.Command {
	var c calculator
	var q calc.CLV
	cmd := &cobra.Command{
		Use:   "clv PRICE CLOSE CLOSE...",
		Short: "Compare a bet's price with the market's close",
		Long: `Takes the price of a bet and the closing prices of all outcomes of its market,
the bet's own outcome first, and prints the closing line value: how much better
the bet's price was, as a price, without the close's margin, as probability and
in cents of american odds. Positive is good in all four.
` + reading,
		Example: `  betflow clv 2.25 2.05 1.85
  betflow clv --method shin --json -- -125 -150 +130`,
		Args: misuse(cobra.MinimumNArgs(3)),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Bet, q.Closing, q.Format = args[0], args[1:], c.format
			a, err := q.Answer()
			return reply(cmd, c.json, a, err, printCLV)
		},
	}
	c.register(cmd)
	cmd.Flags().StringVar(&q.Method, "method", "", "how the margin is taken out of the close (default "+string(odds.DefaultMethod)+")")
	return cmd
}

func printCLV(out io.Writer, a calc.CLVAnswer) error {
	fair := 1 / a.Fair
	err := table(out, func(w io.Writer) {
		fmt.Fprintln(w, "\tbet\tclose\tfair close\t")
		fmt.Fprintf(w, "decimal\t%.4f\t%.4f\t%.4f\t\n", a.Bet, a.Closing[0], fair)
		for _, f := range []odds.Format{odds.FormatAmerican, odds.FormatProbability} {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t\n", f, display(a.Bet, f), display(a.Closing[0], f), display(fair, f))
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "price %s   no vig %s   probability %s   cents %+.0f   method %s", gain(a.Price), gain(a.NoVig), gain(a.Probability), a.Cents, a.Method)
	if a.Status != odds.StatusOK {
		fmt.Fprintf(out, "   status %s", a.Status)
	}
	_, err = fmt.Fprintln(out)
	return err
}
