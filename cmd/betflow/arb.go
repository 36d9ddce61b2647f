package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	calc "github.com/betflow/betflow/internal/calculator"
)

func newArb() *cobra.Command {
	var flags priceFlags
	var q calc.Arb
	cmd := &cobra.Command{
		Use:   "arb PRICE PRICE...",
		Short: "Sum up best prices: arbitrage or low hold, and the stakes",
		Long: `Prints whether the best prices of all outcomes of a market cross, what balanced
stakes return, and with --stake how much to put on each. Stakes are multiples of
--round; a little of the total is left unspent where that earns more. The profit
is the least that comes of those stakes.
` + reading + `

The commission is taken off winnings, as exchanges do: one for every price, in
their order, or one for all.`,
		Example: `  betflow arb 2.10 2.05 --stake 1000
  betflow arb 3.1 3.5 3.1 --stake 500 --round 5
  betflow arb 2.10 2.12 --commission 0,2% --stake 100
  betflow arb hedge 25@6 2.5 3.5
  betflow arb middle --stake 220 -- -110 -110
  betflow arb lay 10@5.0 5.2 --commission 2% --free`,
		Args: misuse(cobra.MinimumNArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Prices, q.Format = args, flags.format
			a, err := q.Answer()
			return reply(cmd, flags.json, a, err, func(out io.Writer, a calc.ArbAnswer) error { return printArb(out, args, a) })
		},
	}
	flags.register(cmd)
	cmd.Flags().StringSliceVar(&q.Commissions, "commission", nil, "`SHARE` of winnings that an exchange takes: for each price, or one for all")
	registerStake(cmd, &q.Stake, &q.Round)
	cmd.AddCommand(newHedge(), newMiddle(), newLay())
	return cmd
}

// registerStake adds the flags of an amount to split.
func registerStake(cmd *cobra.Command, stake, step *string) {
	cmd.Flags().StringVar(stake, "stake", "", "`TOTAL` to split over the outcomes")
	registerRound(cmd, step)
}

func registerRound(cmd *cobra.Command, step *string) {
	cmd.Flags().StringVar(step, "round", "", "`STEP` that stakes are multiples of (default 0.01)")
}

func printArb(out io.Writer, args []string, a calc.ArbAnswer) error {
	err := table(out, func(w io.Writer) {
		commission := !slices.Equal(a.Prices, a.NetPrices)
		fmt.Fprint(w, "price\tdecimal\t")
		if commission {
			fmt.Fprint(w, "net\t")
		}
		fmt.Fprint(w, "share\t")
		if a.Staking != nil {
			fmt.Fprint(w, "stake\tprofit\t")
		}
		fmt.Fprintln(w)
		for i, share := range a.Shares {
			fmt.Fprintf(w, "%s\t%.4f\t", args[i], a.Prices[i])
			if commission {
				fmt.Fprintf(w, "%.4f\t", a.NetPrices[i])
			}
			fmt.Fprintf(w, "%s\t", percent(share))
			if a.Staking != nil {
				fmt.Fprintf(w, "%s\t%s\t", a.Stakes[i], a.Profits[i])
			}
			fmt.Fprintln(w)
		}
	})
	if err != nil {
		return err
	}
	verdict := "no arbitrage"
	if a.Arbitrage {
		verdict = "arbitrage"
	}
	fmt.Fprintf(out, "%s   booksum %.6f   hold %s   return %s", verdict, a.Booksum, percent(a.Hold), gain(a.ROI))
	if a.Staking != nil {
		fmt.Fprintf(out, "   profit %s of %s", a.Profit, a.Total)
	}
	_, err = fmt.Fprintln(out)
	return err
}
