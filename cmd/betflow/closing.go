package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/bet"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/store"
)

// storedGames asks a data folder's hot store for the games that bets are about:
// their closing prices and how they ended.
func storedGames(ctx context.Context, data string, bets []bet.Bet, catalog *league.Catalog) ([]bet.Game, error) {
	from, to := span(bets)
	var games []bet.Game
	err := askRows(ctx, data, `SELECT fixture_id, league, start_time AS start, home, away FROM fixtures
		WHERE start_time BETWEEN make_timestamp(`+micros(from)+`) AND make_timestamp(`+micros(to)+`) ORDER BY fixture_id`,
		func(r struct {
			FixtureID string    `json:"fixture_id"`
			League    string    `json:"league"`
			Start     feed.Time `json:"start"`
			Home      string    `json:"home"`
			Away      string    `json:"away"`
		}) {
			games = append(games, bet.Game{Event: bet.Event{Fixture: r.FixtureID, League: r.League, Home: r.Home, Away: r.Away, Start: r.Start}})
		})
	if err != nil {
		return nil, err
	}
	// Only the games that are needed are asked for in full.
	index := bet.NewGames(games, catalog)
	needed := map[string]bool{}
	for i := range bets {
		if g, err := index.Find(&bets[i]); err == nil {
			needed[g.Fixture] = true
		}
	}
	games = slices.DeleteFunc(games, func(g bet.Game) bool { return !needed[g.Fixture] })
	if len(games) == 0 {
		return nil, nil
	}
	at := map[string]*bet.Game{}
	var ids []string
	for i := range games {
		at[games[i].Fixture] = &games[i]
		ids = append(ids, "'"+strings.ReplaceAll(games[i].Fixture, "'", "''")+"'")
	}
	in := "(" + strings.Join(ids, ", ") + ")"
	if err := storedCloses(ctx, data, in, at, catalog); err != nil {
		return nil, err
	}
	return games, storedFinals(ctx, data, in, at, catalog)
}

// span is the time in which the games of the bets may start.
func span(bets []bet.Bet) (from, to feed.Time) {
	const day = 24 * feed.Hour
	for i := range bets {
		b := &bets[i]
		for _, t := range []feed.Time{b.Placed, b.Start} {
			if t.IsZero() {
				continue
			}
			if from == 0 || t-2*day < from {
				from = t - 2*day
			}
			to = max(to, t+30*day)
		}
	}
	return from, to
}

func micros(t feed.Time) string { return fmt.Sprint(int64(t)) }

// storedCloses reads the last open price of each key before its game began, by
// the view starts. (The view closings has one line for each book.)
func storedCloses(ctx context.Context, data, in string, at map[string]*bet.Game, catalog *league.Catalog) error {
	return askRows(ctx, data, `SELECT q.fixture_id, q.market, q.period, q.line, q.outcome, q.book, max_by(q.price, q.seq) AS price,
			epoch_us(any_value(s.start_time)) - epoch_us(max(q.seen_time)) AS age
		FROM quotes q JOIN (SELECT fixture_id, start_time FROM starts) s USING (fixture_id)
		WHERE q.fixture_id IN `+in+` AND q.seen_time <= s.start_time
		GROUP BY ALL HAVING max_by(q.state, q.seq) = 'open' ORDER BY ALL`,
		func(r struct {
			FixtureID string   `json:"fixture_id"`
			Market    string   `json:"market"`
			Period    string   `json:"period"`
			Line      *float64 `json:"line"`
			Outcome   string   `json:"outcome"`
			Book      string   `json:"book"`
			Price     float64  `json:"price"`
			Age       int64    `json:"age"`
		}) {
			g := at[r.FixtureID]
			s := bet.Selection{Market: r.Market, Period: r.Period, Line: feed.LineOf(r.Line), Outcome: r.Outcome}
			switch l, ok := catalog.League(g.League); {
			case s.Market == feed.MarketH2H+"_3_way":
				s.Market, s.Ways = feed.MarketH2H, bet.ThreeWay
			case s.Market == feed.MarketH2H && ok && l.Draw:
				s.Ways = bet.ThreeWay
			case s.Market == feed.MarketH2H:
				s.Ways = bet.TwoWay
			}
			g.Quotes = append(g.Quotes, bet.Quote{Selection: s, Book: r.Book, Price: r.Price, Age: time.Duration(r.Age) * time.Microsecond})
		})
}

// storedFinals reads how the games ended.
func storedFinals(ctx context.Context, data, in string, at map[string]*bet.Game, catalog *league.Catalog) error {
	return askRows(ctx, data, `SELECT fixture_id, state, home_score, away_score, home_periods, away_periods FROM latest_games
		WHERE fixture_id IN `+in+` AND (state IN ('postponed', 'cancelled', 'abandoned') OR state = 'post' AND home_score IS NOT NULL AND away_score IS NOT NULL)`,
		func(r struct {
			FixtureID   string         `json:"fixture_id"`
			State       feed.GameState `json:"state"`
			HomeScore   int            `json:"home_score"`
			AwayScore   int            `json:"away_score"`
			HomePeriods []int          `json:"home_periods"`
			AwayPeriods []int          `json:"away_periods"`
		}) {
			g := at[r.FixtureID]
			g.Final = &bet.Final{State: r.State, Home: r.HomeScore, Away: r.AwayScore, HomePeriods: r.HomePeriods, AwayPeriods: r.AwayPeriods}
			if l, ok := catalog.League(g.League); ok {
				g.Final.Regular = l.Periods.Count
			}
		})
}

// askRows asks a data folder's hot store and reads each row into a struct.
func askRows[R any](ctx context.Context, data, sql string, take func(R)) error {
	result, err := ask(ctx, data, sql)
	if err != nil {
		return err
	}
	for _, values := range result.Rows {
		var row R
		if err := readRow(result, values, &row); err != nil {
			return fmt.Errorf("reading the hot store's answer: %w", err)
		}
		take(row)
	}
	return nil
}

func readRow(result *store.Result, values []any, into any) error {
	object := make(map[string]any, len(values))
	for i, name := range result.Columns {
		object[name] = values[i]
	}
	text, err := json.Marshal(object)
	if err != nil {
		return err
	}
	return json.NewDecoder(bytes.NewReader(text)).Decode(into)
}
