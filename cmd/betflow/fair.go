package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	calc "github.com/betflow/betflow/internal/calculator"
	"github.com/betflow/betflow/internal/odds"
)

func newFair() *cobra.Command {
	var flags priceFlags
	var q calc.Fair
	var all bool
	cmd := &cobra.Command{
		Use:   "fair PRICE PRICE...",
		Short: "Take the margin out of a market's prices",
		Long: `Prints the fair probabilities of a market, its margin and hold, and the
parameter of the method. ` + reading + `

Methods: ` + names(odds.Methods()) + `;
wpo is additive, logarithmic and logit are oddsratio. Without --method it is
` + string(odds.DefaultMethod) + `. Prices that sum to less than the winners have an answer by
multiplicative only, which is given with the status underround. The status is
problematic where a method gives a long shot no chance or less than none.`,
		Example: `  betflow fair --method power 2.6 2.4 4.3
  betflow fair --method shin --json 1.5 2.74
  betflow fair --all 1.2 4.8
  betflow fair --winners 3 1.53 1.67 1.25 2.38 2.38 4.5 5.5 6.5 7
  betflow fair -- -110 -110`,
		Args: misuse(cobra.MinimumNArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Prices, q.Format = args, flags.format
			if all && q.Method != "" {
				return &usageError{errors.New("--all shows every method, --method one")}
			}
			if all {
				a, err := q.Compare()
				return reply(cmd, flags.json, a, err, func(out io.Writer, a calc.Comparison) error { return printComparison(out, args, a) })
			}
			a, err := q.Answer()
			return reply(cmd, flags.json, a, err, func(out io.Writer, a calc.FairAnswer) error { return printFair(out, args, a) })
		},
	}
	flags.register(cmd)
	cmd.Flags().StringVar(&q.Method, "method", "", "how the margin is taken out (default "+string(odds.DefaultMethod)+")")
	cmd.Flags().StringVar(&q.Winners, "winners", "", "`COUNT` of outcomes that win, to which fair probabilities sum (default 1)")
	cmd.Flags().BoolVar(&all, "all", false, "every method side by side")
	return cmd
}

func printFair(out io.Writer, args []string, a calc.FairAnswer) error {
	err := table(out, func(w io.Writer) {
		fmt.Fprintln(w, "price\tdecimal\timplied\tfair\tfair price\t")
		for i, p := range a.Fair {
			fmt.Fprintf(w, "%s\t%.4f\t%.4f%%\t%.4f%%\t%.4f\t\n", args[i], a.Prices[i], 100*odds.Implied(a.Prices[i]), 100*p, 1/p)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "method %s   margin %.4f%%   hold %.4f%%", a.Method, 100*a.Margin, 100*a.Hold)
	if a.Parameter != nil {
		fmt.Fprintf(out, "   %s %.9f", a.Method.ParameterName(), *a.Parameter)
	}
	if a.Status != odds.StatusOK {
		fmt.Fprintf(out, "   status %s", a.Status)
	}
	_, err = fmt.Fprintln(out)
	return err
}

func printComparison(out io.Writer, args []string, a calc.Comparison) error {
	err := table(out, func(w io.Writer) {
		fmt.Fprint(w, "method\t")
		for _, text := range args {
			fmt.Fprintf(w, "%s\t", text)
		}
		fmt.Fprintln(w, "status\t")
		for _, m := range a.Methods {
			fmt.Fprintf(w, "%s\t", m.Method)
			for i := range args {
				if m.Fair == nil {
					fmt.Fprint(w, "-\t")
				} else {
					fmt.Fprintf(w, "%.4f%%\t", 100*m.Fair[i])
				}
			}
			fmt.Fprintf(w, "%s\t\n", m.Status)
		}
		fmt.Fprint(w, "spread\t")
		for _, s := range a.Spread {
			fmt.Fprintf(w, "%.4f%%\t", 100*s)
		}
		fmt.Fprintln(w, "\t")
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "margin %.4f%%   hold %.4f%%   largest spread %.4f%%\n", 100*a.Margin, 100*a.Hold, 100*a.MaxSpread)
	return err
}
