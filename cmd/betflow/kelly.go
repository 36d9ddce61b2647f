package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	calc "github.com/betflow/betflow/internal/calculator"
)

func newKelly() *cobra.Command {
	var flags priceFlags
	var q calc.Kelly
	var price, probability string
	cmd := &cobra.Command{
		Use:   "kelly [PRICE:PROBABILITY...]",
		Short: "Size bets for the growth of a bankroll",
		Long: `Prints the share of a bankroll that makes it grow fastest, for one bet or for
several outcomes of one market, of which at most one comes. With several an
outcome may get a share without an edge of its own: it insures the others.
` + reading + `

The probabilities are yours. Taken from the book that offers the price they say
nothing. Who is unsure of them stakes a --fraction.`,
		Example: `  betflow kelly --price 2.1 --probability 0.55 --fraction 0.5 --bankroll 1000
  betflow kelly 2.5:55% 3.2:25% 2.8:20%
  betflow kelly --json -- -110:0.55`,
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Format = flags.format
			single := cmd.Flags().Changed("price") || cmd.Flags().Changed("probability")
			if single == (len(args) > 0) {
				return &usageError{errors.New("give either --price and --probability or PRICE:PROBABILITY for each outcome; see `betflow kelly --help`")}
			}
			if single {
				q.Prices, q.Probabilities = []string{price}, []string{probability}
			}
			texts := append([]string{}, q.Prices...)
			for _, arg := range args {
				before, after, found := strings.Cut(arg, ":")
				if !found {
					return &usageError{fmt.Errorf("bet %q is not PRICE:PROBABILITY, such as 2.5:0.45", arg)}
				}
				q.Prices, q.Probabilities, texts = append(q.Prices, before), append(q.Probabilities, after), append(texts, before)
			}
			a, err := q.Answer()
			return reply(cmd, flags.json, a, err, func(out io.Writer, a calc.KellyAnswer) error { return printKelly(out, texts, a) })
		},
	}
	flags.register(cmd)
	cmd.Flags().StringVar(&price, "price", "", "`PRICE` of a single bet")
	cmd.Flags().StringVar(&probability, "probability", "", "`PROBABILITY` that it wins")
	cmd.Flags().StringVar(&q.Fraction, "fraction", "", "`SHARE` of the full Kelly stakes to take (default 1)")
	cmd.Flags().StringVar(&q.Bankroll, "bankroll", "", "`AMOUNT` that the shares are of")
	registerRound(cmd, &q.Round)
	return cmd
}

func printKelly(out io.Writer, texts []string, a calc.KellyAnswer) error {
	err := table(out, func(w io.Writer) {
		fmt.Fprint(w, "price\tdecimal\tprobability\tev\tfull kelly\tshare\t")
		if a.Bankroll != nil {
			fmt.Fprint(w, "stake\t")
		}
		fmt.Fprintln(w)
		for i, b := range a.Bets {
			fmt.Fprintf(w, "%s\t%.4f\t%s\t%s\t%s\t%s\t", texts[i], b.Price, percent(b.Probability), gain(b.EV), percent(b.Full), percent(b.Share))
			if b.Stake != nil {
				fmt.Fprintf(w, "%s\t", b.Stake)
			}
			fmt.Fprintln(w)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "share %s   growth %.4f%%   with full kelly %.4f%%", percent(a.Share), 100*a.Growth, 100*a.FullGrowth)
	if a.Stake != nil {
		fmt.Fprintf(out, "   stake %s of %s", a.Stake, a.Bankroll)
	}
	_, err = fmt.Fprintln(out)
	return err
}
