package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/betflow/betflow/internal/odds"
)

func newFair() *cobra.Command {
	var method, format string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "fair PRICE PRICE...",
		Short: "Take the margin out of a market's prices",
		Long: `Prints the fair probabilities of a market, its margin and hold, and the
parameter of the method. Prices may be decimal, american (+170, -110),
fractional (7/4) or probabilities (55%). Put -- before prices that begin with a
minus.

Methods: ` + methodNames(),
		Example: `  betflow fair --method power 2.6 2.4 4.3
  betflow fair --method shin --json 1.5 2.74
  betflow fair -- -110 -110`,
		Args: misuse(cobra.MinimumNArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			prices := make([]float64, len(args))
			for i, text := range args {
				var err error
				if format == "" {
					prices[i], _, err = odds.GuessPrice(text)
				} else {
					prices[i], err = odds.ParsePrice(text, odds.Format(format))
				}
				if err != nil {
					return &usageError{err}
				}
			}
			m, err := odds.ParseMethod(method)
			if err != nil {
				return &usageError{err}
			}
			r, err := odds.Fair(nil, m, prices)
			if err != nil {
				return err
			}
			if asJSON {
				return printFairJSON(cmd.OutOrStdout(), prices, &r)
			}
			return printFair(cmd.OutOrStdout(), args, prices, &r)
		},
	}
	cmd.Flags().StringVar(&method, "method", string(odds.DefaultMethod), "how the margin is taken out")
	cmd.Flags().StringVar(&format, "format", "", "format of the prices (default: told by their looks)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

func methodNames() string {
	text := ""
	for i, m := range odds.Methods() {
		if i > 0 {
			text += ", "
		}
		text += string(m)
	}
	return text
}

func printFairJSON(out io.Writer, prices []float64, r *odds.Result) error {
	answer := struct {
		Method    odds.Method `json:"method"`
		Prices    []float64   `json:"prices"`
		Fair      []float64   `json:"fair"`
		Margin    float64     `json:"margin"`
		Hold      float64     `json:"hold"`
		Parameter *float64    `json:"parameter"`
		Status    odds.Status `json:"status"`
	}{Method: r.Method, Prices: prices, Fair: r.Probabilities, Margin: r.Margin, Hold: r.Hold, Status: r.Status}
	if r.Method.ParameterName() != "" {
		answer.Parameter = &r.Parameter
	}
	return json.NewEncoder(out).Encode(answer)
}

func printFair(out io.Writer, args []string, prices []float64, r *odds.Result) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "price\tdecimal\timplied\tfair\tfair price\t")
	for i, p := range r.Probabilities {
		fmt.Fprintf(w, "%s\t%.4f\t%.4f%%\t%.4f%%\t%.4f\t\n", args[i], prices[i], 100*odds.Implied(prices[i]), 100*p, 1/p)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "method %s   margin %.4f%%   hold %.4f%%", r.Method, 100*r.Margin, 100*r.Hold)
	if name := r.Method.ParameterName(); name != "" {
		fmt.Fprintf(out, "   %s %.9f", name, r.Parameter)
	}
	if r.Status != odds.StatusOK {
		fmt.Fprintf(out, "   status %s", r.Status)
	}
	_, err := fmt.Fprintln(out)
	return err
}
