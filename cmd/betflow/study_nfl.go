package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/study"
	"github.com/betflow/betflow/internal/study/nfl"
	"github.com/betflow/betflow/leagues"
)

func newStudyNFL() *cobra.Command {
	return inquiry{
		name: "nfl", folders: []string{"LINES_DIR", "WEATHER_DIR"},
		short: "Study NFL lines: open against close, reverse moves, weather, home advantage",
		long: `Reads two folders: YEAR/week_N.csv with opening lines, many books' last lines and
the split of the bets (as in kcdavs/NFL_Perdiction_Model), and
spreadspoke_scores.csv with results, closing lines and weather, beside it
nfl_stadiums.csv if it is there (tobycrabtree/spreadspoke); plain or with .gz.

It answers: how much nearer to the result the close is than the open; what the
books keep; whether it pays to follow a line that moves against the bets; whether
lines are right on average; what a spread says as a probability, and what Elo
adds; how much of the wind totals know, in sample and out of it; what playing at
home is worth, era by era; what of a season comes again in the next.

What cannot be read is listed on stderr and left out. An interval stands around
every number that rests on a sample. It describes markets and is no advice to bet.`,
		example: `  betflow study nfl nfl-lines nfl-weather
  betflow study nfl nfl-lines nfl-weather --out docs/studies
  betflow study nfl nfl-lines nfl-weather --json --seed 7`,
		run: func(_ context.Context, dirs []string, o inquiryOptions) (*study.Report, []feed.Defect, error) {
			data, err := nfl.Load(dirs[0], dirs[1], o.progress)
			if err != nil {
				return nil, nil, err
			}
			all, err := leagues.Load()
			if err != nil {
				return nil, nil, err
			}
			teams, err := league.NewCatalog(all)
			if err != nil {
				return nil, nil, err
			}
			results := nfl.Study(data, teams, nfl.Options{Seed: o.seed, Resamples: nfl.Resamples})
			return results.Report(o.command), data.Defects, nil
		},
	}.command()
}
