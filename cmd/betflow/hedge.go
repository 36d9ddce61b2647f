package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	calc "github.com/betflow/betflow/internal/calculator"
)

func newHedge() *cobra.Command {
	var flags priceFlags
	var q calc.Hedge
	cmd := &cobra.Command{
		Use:   "hedge STAKE@PRICE PRICE...",
		Short: "Balance an open bet with stakes on all other outcomes",
		Long: `Takes an open bet and the prices now of all other outcomes, and prints the stakes
on them with which every outcome has the same result, up to rounding.
` + reading,
		Example: `  betflow arb hedge 25@6 2.5 3.5
  betflow arb hedge 25@6 2.5 3.5 --round 1 --json`,
		Args: misuse(cobra.MinimumNArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Bet, q.Others, q.Format = args[0], args[1:], flags.format
			a, err := q.Answer()
			return reply(cmd, flags.json, a, err, printHedge)
		},
	}
	flags.register(cmd)
	registerRound(cmd, &q.Round)
	return cmd
}

func printHedge(out io.Writer, a calc.HedgeAnswer) error {
	err := table(out, func(w io.Writer) {
		fmt.Fprintln(w, "\tprice\tstake\tresult\t")
		for i, price := range a.Prices {
			bet := "hedge"
			if i == 0 {
				bet = "open"
			}
			fmt.Fprintf(w, "%s\t%.4f\t%s\t%s\t\n", bet, price, a.Stakes[i], a.Profits[i])
		}
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "certain %s   staked %s\n", a.Profit, a.Total)
	return err
}
