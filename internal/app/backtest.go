package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/backtest"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/log/embedded"
	"github.com/betflow/betflow/internal/process"
	"github.com/betflow/betflow/internal/simulate"
	"github.com/betflow/betflow/internal/source/recording"
	"github.com/betflow/betflow/internal/source/theoddsapi"
)

// Catalog returns all leagues that the configuration knows.
func Catalog(cfg Config) (*league.Catalog, error) {
	s := &system{cfg: cfg}
	err := s.definitions()
	return s.catalog, err
}

// captured prepares a tape that works as a running BetFlow of this configuration
// does, without windows: no strategy looks at them.
func captured(cfg Config, about backtest.About) (*backtest.Captured, *league.Catalog, error) {
	s := &system{cfg: cfg}
	if err := s.definitions(); err != nil {
		return nil, nil, err
	}
	compute := s.computeConfig()
	compute.Metrics = nil
	return &backtest.Captured{Normalise: s.normaliseConfig(), Compute: compute, Described: about}, s.catalog, nil
}

// RecordingTape is a tape of recordings, played one after the other. Progress is
// told how many of all responses have been played, unless it is nil.
func RecordingTape(cfg Config, files []string, progress func(done, total int)) (backtest.Tape, error) {
	tape, catalog, err := captured(cfg, backtest.About{Kind: "recording", Name: strings.Join(names(files), ", ")})
	if err != nil {
		return nil, err
	}
	total := 0
	if progress != nil {
		for _, file := range files {
			_, n, err := identify(file)
			if err != nil {
				return nil, err
			}
			total += n
		}
	}
	tape.Responses = func(ctx context.Context, capture func(feed.Raw) error, _ func(feed.Time) error) error {
		done, last := 0, feed.Time(0)
		for _, file := range files {
			reader, err := recording.Open(file, leagueOf(catalog))
			if err != nil {
				return err
			}
			before := last
			err = eachEntry(reader, func(e recording.Entry) error {
				raw := e.Raw
				if e.Defect != nil {
					raw = unreadLine(e, tape.Normalise.Leagues[0], last)
				} else if raw.FetchedAt < before {
					return fmt.Errorf("it begins at %s, before the end of the one before it: give recordings in order of time", raw.FetchedAt)
				}
				if done++; progress != nil {
					progress(done, total)
				}
				last = max(last, raw.FetchedAt)
				return errors.Join(ctx.Err(), capture(raw))
			})
			reader.Close()
			if err != nil {
				return fmt.Errorf("playing %s: %w", file, err)
			}
		}
		return nil
	}
	return tape, nil
}

func names(files []string) []string {
	out := make([]string, len(files))
	for i, f := range files {
		out[i] = filepath.Base(f)
	}
	return out
}

func eachEntry(r *recording.Reader, yield func(recording.Entry) error) error {
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := yield(e); err != nil {
			return err
		}
	}
}

// LogTape is a tape of what a data folder's log has captured, up to now. The
// address is that of the log of a BetFlow that runs on the folder; empty if none
// does.
func LogTape(cfg Config, address string, deps Deps) (backtest.Tape, error) {
	tape, _, err := captured(cfg, backtest.About{Kind: "log", Name: cfg.Data, Notes: []string{
		"the log keeps the newest responses up to its size: what came before is not in it",
	}})
	if err != nil {
		return nil, err
	}
	tape.Responses = func(ctx context.Context, capture func(feed.Raw) error, tick func(feed.Time) error) (err error) {
		if address == "" {
			dir := filepath.Join(cfg.Data, "log")
			if _, err := os.Stat(dir); err != nil {
				return fmt.Errorf("no log in %s: start one with `betflow up --data %s`", cfg.Data, cfg.Data)
			}
			// Nothing is removed while it is read.
			broker, err := embedded.Start(embedded.Config{Dir: dir, MaxBytes: cfg.Log.MaxBytes, JanitorEvery: 365 * 24 * time.Hour, Logger: deps.Logger, Now: deps.Now})
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, broker.Close()) }()
			address = broker.Addr()
		}
		client, err := kgo.NewClient(kgo.SeedBrokers(address), kgo.ClientID("betflow-backtest"), kgo.FetchMaxPartitionBytes(log.MaxRecordBytes))
		if err != nil {
			return fmt.Errorf("connecting to the log: %w", err)
		}
		defer client.Close()
		return process.ReadRaw(ctx, client, feed.Sources(), func(e *log.RawEntry) error {
			if e.Tick {
				return tick(e.Time)
			}
			return capture(e.Raw)
		})
	}
	return tape, nil
}

// SimulatorTape is a tape of the past of a simulated world, which begins at an
// instant and is asked for its prices and scores at intervals.
func SimulatorTape(cfg Config, from time.Time, span, every time.Duration, progress func(done, total int)) (backtest.Tape, error) {
	tape, catalog, err := captured(cfg, backtest.About{Kind: "simulator", Name: fmt.Sprintf("seed %d, %s from %s", cfg.Simulator.Seed, span, from.Format(time.DateOnly)), Notes: []string{
		"the world is simulated: it shows how strategies work and proves nothing about real markets",
	}})
	if err != nil {
		return nil, err
	}
	var ls []league.League
	for _, id := range cfg.Simulator.Leagues {
		l, _ := catalog.League(id)
		ls = append(ls, *l)
	}
	h, err := simulate.NewHistory(
		simulate.Config{Seed: cfg.Simulator.Seed, Leagues: ls, GamesPerDay: cfg.Simulator.GamesPerDay, Credits: demoCredits},
		simulate.Poll{From: feed.At(from), To: feed.At(from.Add(span)), Odds: feed.Span(every), Games: feed.Span(min(every, 5*time.Minute)),
			Offer: theoddsapi.Offer{Markets: []string{"h2h", "spreads", "totals"}, Regions: []string{"us", "eu"}, Format: feed.FormatDecimal}},
	)
	if err != nil {
		return nil, err
	}
	tape.Responses = func(ctx context.Context, capture func(feed.Raw) error, _ func(feed.Time) error) error {
		total := int(feed.Span(span) / feed.Minute)
		for raw := range h.Responses {
			if err := errors.Join(ctx.Err(), capture(raw)); err != nil {
				return err
			}
			if progress != nil {
				progress(int((raw.FetchedAt-feed.At(from))/feed.Minute)+1, total)
			}
		}
		return nil
	}
	return tape, nil
}
