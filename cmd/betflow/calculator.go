package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// reading is what all calculators say about prices.
const reading = `Prices may be decimal, american (+170, -110), fractional (7/4) or probabilities
(55%); --format names another one. Put -- before prices that begin with a minus.`

// priceFlags are those of every command that answers a question about prices.
type priceFlags struct {
	format string
	json   bool
}

func (p *priceFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.format, "format", "", "`FORMAT` of the prices (default: told by their looks)")
	cmd.Flags().BoolVar(&p.json, "json", false, "print one JSON object")
}

// reply prints an answer as JSON or for people. An error of a calculator is
// about the question: wrong use.
func reply[A any](cmd *cobra.Command, asJSON bool, a A, err error, people func(io.Writer, A) error) error {
	if err != nil {
		return &usageError{err}
	}
	if asJSON {
		return json.NewEncoder(cmd.OutOrStdout()).Encode(a)
	}
	return people(cmd.OutOrStdout(), a)
}

// table writes rows whose cells stand right-aligned under each other.
func table(out io.Writer, rows func(w io.Writer)) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	rows(w)
	return w.Flush()
}

// percent prints a share.
func percent(x float64) string { return fmt.Sprintf("%.2f%%", 100*x) }

// gain prints a share that may be won or lost, with its sign.
func gain(x float64) string { return fmt.Sprintf("%+.2f%%", 100*x) }
