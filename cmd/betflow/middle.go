package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	calc "github.com/betflow/betflow/internal/calculator"
)

func newMiddle() *cobra.Command {
	var flags priceFlags
	var q calc.Middle
	cmd := &cobra.Command{
		Use:   "middle PRICE PRICE",
		Short: "Pair bets on both sides at different lines",
		Long: `Takes the prices of over a lower line and under a higher one, or of two spreads
that overlap, and prints how often the result must land between them for the pair
to break even, and what it costs if it does not.
` + reading,
		Example: `  betflow arb middle --stake 220 -- -110 -110
  betflow arb middle 1.95 1.95 --probability 6%`,
		Args: misuse(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Prices, q.Format = args, flags.format
			a, err := q.Answer()
			return reply(cmd, flags.json, a, err, func(out io.Writer, a calc.MiddleAnswer) error { return printMiddle(out, args, a) })
		},
	}
	flags.register(cmd)
	cmd.Flags().StringVar(&q.Probability, "probability", "", "`CHANCE` of landing between the lines, for the expected value")
	registerStake(cmd, &q.Stake, &q.Round)
	return cmd
}

func printMiddle(out io.Writer, args []string, a calc.MiddleAnswer) error {
	if a.Staking != nil {
		err := table(out, func(w io.Writer) {
			fmt.Fprintln(w, "price\tdecimal\tstake\tif it wins alone\t")
			for i, price := range a.Prices {
				fmt.Fprintf(w, "%s\t%.4f\t%s\t%s\t\n", args[i], price, a.Stakes[i], a.Profits[i])
			}
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "if both win %s   ", *a.Both)
	}
	fmt.Fprintf(out, "breaks even at %.4f%%   costs %s if missed", 100*a.BreakEven, percent(a.Cost))
	if a.EV != nil {
		fmt.Fprintf(out, "   expected %s", gain(*a.EV))
	}
	_, err := fmt.Fprintln(out)
	return err
}
