package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/betflow/betflow/internal/app"
	"github.com/betflow/betflow/internal/movement"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/store"
	"github.com/betflow/betflow/internal/store/duckdb"
	"github.com/betflow/betflow/leagues"
)

func newMovement(s *shared) *cobra.Command {
	var q movementQuestion
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "movement FIXTURE",
		Short: "Show how a fixture's markets found their prices",
		Long: `Prints where every book opened and closed with the ages of these quotes, how far
and how fast it moved, who moved first and whom the others followed, up to the
actual start of the game. While a betflow runs on the data folder it is asked;
otherwise the file is read directly.

Moves are in log odds of the fair probability of the market's first outcome at
one reference line, so that moves of the price and of the line add up. A number
that would rest on too few observations is not given: "3 of 5" stands in its
place. What the words mean is told in docs/semantics.md.`,
		Example: `  betflow query "SELECT fixture_id, home, away FROM fixtures"
  betflow movement nhl-20260225-buffalo-sabres-new-jersey-devils
  betflow movement nhl-20260225-buffalo-sabres-new-jersey-devils --market h2h --json`,
		Args: misuse(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := odds.ParseMethod(q.method); err != nil {
				return &usageError{err}
			}
			if q.maxAge < 0 {
				return &usageError{fmt.Errorf("--max-age %s is negative", q.maxAge)}
			}
			cfg, _, err := s.load()
			if err != nil {
				return err
			}
			q.fixture = args[0]
			d, err := q.ask(cmd.Context(), cfg.Data)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(d)
			}
			return printDiscovery(cmd.OutOrStdout(), d)
		},
	}
	cmd.Flags().StringVar(&q.market, "market", "", "one `MARKET`, such as h2h, spreads or totals (default all)")
	cmd.Flags().StringVar(&q.method, "method", string(odds.DefaultMethod), "how the margin is taken out")
	cmd.Flags().DurationVar(&q.maxAge, "max-age", 0, "how old a closing quote may be at the start (default any age)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// movementQuestion is what the command wants to know.
type movementQuestion struct {
	fixture, market, method string
	maxAge                  time.Duration
}

// ask asks the running betflow, or opens the hot store's file.
func (q *movementQuestion) ask(ctx context.Context, data string) (*store.Discovery, error) {
	a, running, err := runningOn(ctx, data)
	if err != nil {
		return nil, err
	}
	if running {
		return q.askServer(ctx, a)
	}
	file := app.HotStoreFile(data)
	if _, err := os.Stat(file); err != nil {
		return nil, fmt.Errorf("no hot store in %s: start one with `betflow up --data %s`", data, data)
	}
	db, err := duckdb.OpenReadOnly(file)
	if err != nil {
		return nil, err
	}
	h, err := db.History(ctx, q.fixture)
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	rules, err := q.rules(h.League)
	if err != nil {
		return nil, err
	}
	d := h.Discover(q.market, rules)
	return &d, nil
}

func (q *movementQuestion) rules(league string) (movement.Rules, error) {
	rules := movement.DefaultRules()
	rules.MaxAge = q.maxAge
	var err error
	if rules.Method, err = odds.ParseMethod(q.method); err != nil {
		return rules, err
	}
	all, err := leagues.Load()
	if err != nil {
		return rules, err
	}
	for i := range all {
		if all[i].ID == league {
			rules.Lines = movement.LinesOf(all[i].Score)
		}
	}
	return rules, nil
}

func (q *movementQuestion) askServer(ctx context.Context, a app.Addresses) (*store.Discovery, error) {
	params := url.Values{"market": {q.market}, "method": {q.method}, "max_age": {q.maxAge.String()}}
	at := a.HTTP + "/api/v1/fixtures/" + url.PathEscape(q.fixture) + "/discovery?" + params.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", a.HTTP, err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", a.HTTP, err)
	}
	defer resp.Body.Close()
	decode := json.NewDecoder(resp.Body)
	if resp.StatusCode != http.StatusOK {
		return nil, problemOf(a, resp, decode)
	}
	d := &store.Discovery{}
	if err := decode.Decode(d); err != nil {
		return nil, fmt.Errorf("reading the answer of %s: %w", a.HTTP, err)
	}
	return d, nil
}
