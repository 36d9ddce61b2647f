package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	calc "github.com/betflow/betflow/internal/calculator"
	"github.com/betflow/betflow/internal/odds"
)

func newConvert() *cobra.Command {
	var q calc.Convert
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "convert PRICE...",
		Short: "Write prices in every format",
		Long: `Prints each price in every format, rounded as people read it. --json and --to
give as many digits as identify the price. Put -- before prices that begin with a
minus.

Formats: ` + names(odds.Formats()) + `.
Without --from the format is told by the looks of the price: 55% is a
probability, 7/4 and evens are fractional, signed numbers of at least 100
american, others above 1 decimal.`,
		Example: `  betflow convert +170 7/4 2.5 55%
  betflow convert --to decimal -- -110
  betflow convert --from malay --json -- -0.5`,
		Args: misuse(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Prices = args
			a, err := q.Answer()
			if q.To != "" {
				return reply(cmd, asJSON, a, err, printConverted)
			}
			return reply(cmd, asJSON, a, err, printConversions)
		},
	}
	cmd.Flags().StringVar(&q.From, "from", "", "`FORMAT` of the prices (default: told by their looks)")
	cmd.Flags().StringVar(&q.To, "to", "", "print in this `FORMAT` only, a line for each price")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// names lists what a user may choose from.
func names[T ~string](all []T) string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = string(one)
	}
	return strings.Join(texts, ", ")
}

func printConverted(out io.Writer, a calc.Conversions) error {
	for _, c := range a.Prices {
		for _, text := range c.Formats {
			if _, err := fmt.Fprintln(out, text); err != nil {
				return err
			}
		}
	}
	return nil
}

func printConversions(out io.Writer, a calc.Conversions) error {
	return table(out, func(w io.Writer) {
		fmt.Fprintln(w, "price\t"+strings.ReplaceAll(names(odds.Formats()), ", ", "\t")+"\t")
		for _, c := range a.Prices {
			fmt.Fprintf(w, "%s\t", c.Text)
			for _, f := range odds.Formats() {
				fmt.Fprintf(w, "%s\t", display(c.Price, f))
			}
			fmt.Fprintln(w)
		}
	})
}

// display prints a price that has been read, which every format can.
func display(price float64, f odds.Format) string {
	text, err := odds.DisplayPrice(price, f)
	if err != nil {
		return err.Error()
	}
	return text
}
