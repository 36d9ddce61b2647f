package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	calc "github.com/betflow/betflow/internal/calculator"
)

func newLay() *cobra.Command {
	var flags priceFlags
	var q calc.Lay
	cmd := &cobra.Command{
		Use:   "lay STAKE@PRICE LAY",
		Short: "Balance a back bet with a lay bet on an exchange",
		Long: `Takes a back bet and the price at which the same outcome can be laid on an
exchange, and prints the lay stake with which the result is the same whatever
comes. With --free the back bet is a free one, whose stake is not returned.
` + reading,
		Example: `  betflow arb lay 10@5.0 5.2 --commission 2%
  betflow arb lay 10@5.0 5.2 --commission 2% --free`,
		Args: misuse(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Bet, q.Price, q.Format = args[0], args[1], flags.format
			a, err := q.Answer()
			return reply(cmd, flags.json, a, err, printLay)
		},
	}
	flags.register(cmd)
	cmd.Flags().StringVar(&q.Commission, "commission", "", "`SHARE` of winnings that the exchange takes")
	cmd.Flags().BoolVar(&q.Free, "free", false, "the stake is a free bet and not returned")
	return cmd
}

func printLay(out io.Writer, a calc.LayAnswer) error {
	err := table(out, func(w io.Writer) {
		fmt.Fprintln(w, "\tprice\tstake\tliability\t")
		fmt.Fprintf(w, "back\t%.4f\t%s\t\t\n", a.Price, a.Stake)
		fmt.Fprintf(w, "lay\t%.4f\t%s\t%s\t\n", a.Lay, a.LayStake, a.Liability)
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "result %s   of the stake %s\n", a.Result, gain(a.Rate))
	return err
}
