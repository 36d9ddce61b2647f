package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/betflow/betflow/internal/app"
	"github.com/betflow/betflow/internal/backtest"
	"github.com/betflow/betflow/internal/bet"
	"github.com/betflow/betflow/internal/source/footballdata"
	"github.com/betflow/betflow/strategies"
)

// backtestFlags say on what a strategy is tried and how that is told.
type backtestFlags struct {
	example    string
	show       bool
	recordings []string
	soccer     string
	simulate   time.Duration
	every      time.Duration
	results    string
	closing    []string
	level      float64
	seed       uint64
	out        string
	json       bool
}

func newBacktest(s *shared) *cobra.Command {
	f := &backtestFlags{}
	cmd := &cobra.Command{
		Use:   "backtest STRATEGY.yaml",
		Short: "Try a strategy on what was known, moment by moment",
		Long: `Plays records in the order in which they became known to the strategies of a
file and tells what their bets would have brought: return and closing line value
with intervals by a bootstrap over days, what was rejected and why, and plainly
whether there is an edge. A strategy sees nothing but what the records have told
by then.

The records come from recordings, from the log of a data folder (--data, also
beside a running betflow), from a folder of football-data.co.uk's files, or from
a simulated world. docs/backtest.md tells how a strategy is written and what the
numbers mean.

Examples of strategies: ` + strings.Join(strategies.Names(), ", "),
		Example: `  betflow backtest --example value --simulate 72h --out report.html
  betflow backtest strategy.yaml --recording nhl.ndjson.gz --json
  betflow backtest strategy.yaml --data betflow-data
  betflow backtest --example soccer --soccer football-data/
  betflow backtest --example value --show > strategy.yaml`,
		Args: misuse(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, s, args) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.example, "example", "", "use the example `NAME` instead of a file")
	fl.BoolVar(&f.show, "show", false, "print the strategies instead of running them")
	fl.StringArrayVar(&f.recordings, "recording", nil, "play the recording `FILE`; may be repeated, in order of time")
	fl.StringVar(&f.soccer, "soccer", "", "play the football-data.co.uk files in `DIR`")
	fl.DurationVar(&f.simulate, "simulate", 0, "play a simulated world of this length")
	fl.DurationVar(&f.every, "every", 20*time.Minute, "how often the simulated world is asked for its prices")
	fl.StringVar(&f.results, "results", "", "final scores that the records lack, from `FILE`, a CSV file as clv --closing reads it")
	fl.StringSliceVar(&f.closing, "closing", nil, "`BOOKS` whose closing prices make the fair ones (default: all)")
	fl.Float64Var(&f.level, "level", bet.DefaultDoubt().Level, "of confidence intervals")
	fl.Uint64Var(&f.seed, "seed", bet.DefaultDoubt().Seed, "of the bootstrap, of controls and of the simulated world")
	fl.StringVar(&f.out, "out", "", "write a report with charts to `FILE`.html")
	fl.BoolVar(&f.json, "json", false, "print one JSON object")
	return cmd
}

func (f *backtestFlags) run(cmd *cobra.Command, s *shared, args []string) error {
	text, name, err := f.text(args)
	if err != nil {
		return err
	}
	list, err := backtest.Parse(text)
	if err != nil {
		return &usageError{fmt.Errorf("reading strategy %s: %w", name, err)}
	}
	if f.show {
		_, err := cmd.OutOrStdout().Write(text)
		return err
	}
	if !(f.level > 0 && f.level < 1) {
		return &usageError{fmt.Errorf("--level %g does not lie between 0 and 1", f.level)}
	}
	cfg, _, err := s.load()
	if err != nil {
		return err
	}
	cfg.Simulator.Seed = f.seed
	if wanted := leaguesOf(list); len(wanted) > 0 {
		cfg.Simulator.Leagues = wanted
	}
	tape, err := f.tape(cmd, s, cfg)
	if err != nil {
		return err
	}
	catalog, err := app.Catalog(cfg)
	if err != nil {
		return err
	}
	o := backtest.Options{Catalog: catalog, Doubt: bet.DefaultDoubt(), Closing: f.closing}
	o.Doubt.Level, o.Doubt.Seed = f.level, f.seed
	if f.results != "" {
		games, err := readCSV(cmd.ErrOrStderr(), f.results, bet.Importer{Leagues: catalog}.Closing)
		if err != nil {
			return err
		}
		o.Results = bet.NewGames(games, catalog)
	}
	r, err := backtest.Run(cmd.Context(), tape, list, o)
	if err != nil {
		return err
	}
	if f.out != "" {
		if err := writeReport(f.out, r); err != nil {
			return err
		}
	}
	if f.json {
		return json.NewEncoder(cmd.OutOrStdout()).Encode(r)
	}
	return r.Print(cmd.OutOrStdout())
}

// leaguesOf lists the leagues that strategies bet on, none if one bets on all.
func leaguesOf(list []backtest.Strategy) []string {
	var out []string
	for i := range list {
		of := list[i].Universe.Leagues
		if len(of) == 0 {
			return nil
		}
		for _, l := range of {
			if !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	return out
}

// text reads the strategies.
func (f *backtestFlags) text(args []string) (text []byte, name string, err error) {
	switch {
	case f.example != "" && len(args) > 0:
		return nil, "", &usageError{errors.New("give a file or --example, not both")}
	case f.example != "":
		if text, err = strategies.Example(f.example); err != nil {
			return nil, "", &usageError{err}
		}
		return text, f.example, nil
	case len(args) == 0:
		return nil, "", &usageError{errors.New("give a file with a strategy, or --example; see `betflow backtest --help`")}
	}
	if text, err = os.ReadFile(args[0]); err != nil {
		return nil, "", fmt.Errorf("reading strategy: %w", err)
	}
	return text, args[0], nil
}

// simulatedStart is when the simulated world begins.
var simulatedStart = time.Date(2026, time.January, 5, 12, 0, 0, 0, time.UTC)

// tape opens what the strategies are tried on.
func (f *backtestFlags) tape(cmd *cobra.Command, s *shared, cfg app.Config) (backtest.Tape, error) {
	sources := 0
	for _, given := range []bool{len(f.recordings) > 0, f.soccer != "", f.simulate != 0} {
		if given {
			sources++
		}
	}
	if sources > 1 || sources == 1 && s.data != "" {
		return nil, &usageError{errors.New("give one of --recording, --data, --soccer and --simulate")}
	}
	switch {
	case f.simulate < 0 || f.every < time.Second:
		return nil, &usageError{errors.New("--simulate is a span of time, and --every at least a second")}
	case len(f.recordings) > 0:
		return app.RecordingTape(cfg, f.recordings, progress(cmd.ErrOrStderr(), "responses"))
	case f.soccer != "":
		folder, err := footballdata.ReadFolder(f.soccer, progress(cmd.ErrOrStderr(), "files"))
		if err != nil {
			return nil, err
		}
		return &backtest.Soccer{Folder: folder, Name: filepath.Base(f.soccer)}, nil
	case f.simulate != 0:
		return app.SimulatorTape(cfg, simulatedStart, f.simulate, f.every, progress(cmd.ErrOrStderr(), "minutes"))
	}
	return logTape(cmd.Context(), s, cmd, cfg)
}

func logTape(ctx context.Context, s *shared, cmd *cobra.Command, cfg app.Config) (backtest.Tape, error) {
	logger, err := s.logger(cmd.ErrOrStderr())
	if err != nil {
		return nil, err
	}
	address := ""
	if a, running, err := runningOn(ctx, cfg.Data); err != nil {
		return nil, err
	} else if running {
		address = a.Kafka
	}
	return app.LogTape(cfg, address, app.Deps{Logger: logger, Now: time.Now})
}

// writeReport writes the page whole or not at all.
func writeReport(file string, r *backtest.Report) error {
	page, err := r.HTML()
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, page, 0o644); err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	return nil
}
