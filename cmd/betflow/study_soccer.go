package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source/footballdata"
	"github.com/betflow/betflow/internal/study"
	"github.com/betflow/betflow/internal/study/soccer"
)

func newStudySoccer() *cobra.Command {
	return inquiry{
		name: "soccer", folders: []string{"DIR"},
		short: "Study the three-way market of football on results with many books' prices",
		long: `Reads a folder of *.csv and *.csv.gz with results and prices, in the columns of
football-data.co.uk (B365H, PSCD, AvgCA, ...) or those that name them out
(odds__bet365__home_win__full_time_goals, ...), and answers: which method takes
the margin out best and whose prices forecast best, before the match and at the
close; what favourites and long shots return; whether closing line value is worth
what it says; what is left of arbitrage under guards; what the books keep; whether
the market is efficient; and whether simple models of goals know more.

Prices before the match are from the publisher's time of collection, not from the
opening. What cannot be read is listed on stderr and left out.

JSON has at its top log_loss.closing.METHOD.value and .matches, and the same under
pre_match: the mean of -ln p of the result over the matches with a result and all
three prices of market_average.`,
		example: `  betflow study soccer seasons
  betflow study soccer seasons --out docs/studies
  betflow study soccer seasons --json --seed 7`,
		run: func(_ context.Context, dirs []string, o inquiryOptions) (*study.Report, []feed.Defect, error) {
			folder, err := footballdata.ReadFolder(dirs[0], o.progress)
			if err != nil {
				return nil, nil, err
			}
			results := soccer.Study(folder, soccer.Options{Seed: o.seed, Resamples: soccer.Resamples})
			return results.Report(o.command), folder.Defects, nil
		},
	}.command()
}
