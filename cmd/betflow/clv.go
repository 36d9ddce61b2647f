package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	calc "github.com/betflow/betflow/internal/calculator"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/leagues"
)

func newCLV(s *shared) *cobra.Command {
	var flags priceFlags
	var q calc.CLV
	var bets betsFlags
	var side, leagueID string
	cmd := &cobra.Command{
		Use:   "clv PRICE CLOSE CLOSE...",
		Short: "Compare a bet's price with the market's close",
		Long: `Takes the price of a bet and the closing prices of all outcomes of its market,
the bet's own outcome first, and prints the closing line value: how much better
the bet's price was, as a price, without the close's margin, as probability and
in cents of american odds. Positive is good in all four.

A spread or a total has a line, too: --line is the bet's and --closing-line that
of the closing prices, for a spread as the bet's side was given them. The value
without margin is then that at the bet's line, with pushes, by the distribution
of the --league's results; the other three compare prices alone.

` + betsHelp + reading,
		Example: `  betflow clv 2.25 2.05 1.85
  betflow clv --line -2.5 --closing-line -3.5 --league nfl -- -110 -110 -110
  betflow clv --line 44.5 --closing-line 46 --side over --league nfl 1.91 1.91 1.91
  betflow clv --method shin --json -- -125 -150 +130
` + betsExample,
		Args: misuse(bets.args),
		RunE: func(cmd *cobra.Command, args []string) error {
			if bets.file != "" {
				bets.method, bets.format, bets.json = q.Method, flags.format, flags.json
				return bets.run(cmd, s)
			}
			q.Bet, q.Closing, q.Format, q.Side = args[0], args[1:], flags.format, calc.Side(side)
			if leagueID != "" {
				var err error
				if q.League, err = s.league(leagueID); err != nil {
					return err
				}
			}
			a, err := q.Answer()
			return reply(cmd, flags.json, a, err, printCLV)
		},
	}
	flags.register(cmd)
	bets.register(cmd)
	cmd.Flags().StringVar(&q.Method, "method", "", "how the margin is taken out of the close (default "+string(odds.DefaultMethod)+")")
	cmd.Flags().StringVar(&q.Line, "line", "", "`LINE` of the bet")
	cmd.Flags().StringVar(&q.ClosingLine, "closing-line", "", "`LINE` of the closing prices")
	cmd.Flags().StringVar(&side, "side", string(calc.SideSpread), "what the lines are: spread, over or under")
	cmd.Flags().StringVar(&leagueID, "league", "", "`LEAGUE` whose results say what a point is worth")
	return cmd
}

// league returns a league that comes with the program or is configured.
func (s *shared) league(id string) (*league.League, error) {
	cfg, _, err := s.load()
	if err != nil {
		return nil, err
	}
	all, err := leagues.Load()
	if dir := cfg.Definitions.Leagues; err == nil && dir != "" {
		all, err = leagues.LoadDir(dir)
	}
	if err != nil {
		return nil, err
	}
	known := make([]string, len(all))
	for i := range all {
		if all[i].ID == id {
			return &all[i], nil
		}
		known[i] = all[i].ID
	}
	return nil, &usageError{fmt.Errorf("no league %q (known: %s)", id, strings.Join(known, ", "))}
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
	if a.Lines != nil {
		fmt.Fprintf(out, "points %+g   from %+g to %+g\n", a.Points, a.Line, a.ClosingLine)
	}
	fmt.Fprintf(out, "price %s   no vig %s   probability %s   cents %+.0f   method %s", gain(a.Price), gain(a.NoVig), gain(a.Probability), a.Cents, a.Method)
	if a.Status != odds.StatusOK {
		fmt.Fprintf(out, "   status %s", a.Status)
	}
	_, err = fmt.Fprintln(out)
	return err
}
