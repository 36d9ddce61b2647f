package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/betflow/betflow/books"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/study"
	"github.com/betflow/betflow/internal/study/simulator"
	"github.com/betflow/betflow/leagues"
	"github.com/betflow/betflow/signals"
)

// The world of the published report.
const (
	usualHours = 36
	usualGames = 8
	usualEvery = 30 * time.Second
)

var (
	usualLeagues = []string{"epl", "nba"}
	usualStart   = feed.At(time.Date(2026, 10, 3, 12, 0, 0, 0, time.UTC))
)

func newStudySimulator() *cobra.Command {
	var ids []string
	var hours, games int
	return inquiry{
		name: "simulator", things: "responses",
		short: "Study the simulated world, which knows the truth",
		long: `Lives through hours of a simulated world, takes its responses through the same
operators as live data, and holds what comes out to the truth that the world
knows: how near each method of taking the margin out comes to the true
probabilities; how many of each rule's signals are right, and how many of the
chances there were they found; whether the estimators of price discovery name the
book that leads.

It needs no files. A shorter world takes less time and says less; price discovery
needs games that are followed for 18 hours.`,
		example: `  betflow study simulator
  betflow study simulator --leagues nfl --hours 6 --json
  betflow study simulator --seed 7 --out report`,
		flags: func(f *pflag.FlagSet) {
			f.StringSliceVar(&ids, "leagues", usualLeagues, "`IDS` of leagues, separated by commas")
			f.IntVar(&hours, "hours", usualHours, "`N` hours of simulated time")
			f.IntVar(&games, "games", usualGames, "`N` games a day of each league")
		},
		run: func(ctx context.Context, _ []string, o inquiryOptions) (*study.Report, []feed.Defect, error) {
			if hours < 1 || games < 1 {
				return nil, nil, &usageError{fmt.Errorf("--hours and --games are at least 1")}
			}
			chosen, err := knownLeagues(ids)
			if err != nil {
				return nil, nil, err
			}
			rules, err := signals.Load("")
			if err != nil {
				return nil, nil, err
			}
			trusted, err := books.Load("")
			if err != nil {
				return nil, nil, err
			}
			if !slices.Equal(ids, usualLeagues) {
				o.command += " --leagues " + strings.Join(ids, ",")
			}
			if hours != usualHours {
				o.command += fmt.Sprintf(" --hours %d", hours)
			}
			if games != usualGames {
				o.command += fmt.Sprintf(" --games %d", games)
			}
			r, err := simulator.Run(ctx, simulator.Options{
				Seed: o.seed, Leagues: chosen, Start: usualStart, Span: time.Duration(hours) * time.Hour, Every: usualEvery, Games: games,
				Rules: rules, Books: trusted,
			}, o.progress)
			if err != nil {
				return nil, nil, err
			}
			return r.Report(o.command), nil, nil
		},
	}.command()
}

// knownLeagues finds leagues by their ids.
func knownLeagues(ids []string) ([]league.League, error) {
	all, err := leagues.Load()
	if err != nil {
		return nil, err
	}
	var out []league.League
	for i, id := range ids {
		at := slices.IndexFunc(all, func(l league.League) bool { return l.ID == id })
		if at < 0 || slices.Contains(ids[:i], id) {
			return nil, &usageError{fmt.Errorf("--leagues: %q is no league, or stands twice", id)}
		}
		out = append(out, all[at])
	}
	return out, nil
}
