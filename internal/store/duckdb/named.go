package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/store"
)

// Movement returns how every book's price of one outcome moved, the consensus
// and the best price, each from the first row on.
func (s *Store) Movement(ctx context.Context, sel store.Selection) (*store.Movement, error) {
	m := &store.Movement{}
	err := rowsOf(ctx, s.db, func(r *sql.Rows) error {
		var book, state string
		var price float64
		var at time.Time
		if err := r.Scan(&book, &price, &state, &at); err != nil {
			return err
		}
		if n := len(m.Series); n == 0 || m.Series[n-1].Book != book {
			m.Series = append(m.Series, store.Series{Book: book})
		}
		p := store.Point{At: feed.At(at)}
		if state == string(feed.StateOpen) {
			p.Value = &price
		}
		series := &m.Series[len(m.Series)-1]
		series.Points = append(series.Points, p)
		return nil
	}, `SELECT book, price, state, event_time FROM quotes
		WHERE fixture_id = ? AND market = ? AND period = ? AND line IS NOT DISTINCT FROM ?::DOUBLE AND outcome = ?
		ORDER BY book, event_time, seq`, sel.FixtureID, sel.Market, sel.Period, number(sel.Line), sel.Outcome)
	if err != nil {
		return nil, fmt.Errorf("reading the movement of %s: %w", sel.FixtureID, err)
	}
	err = rowsOf(ctx, s.db, func(r *sql.Rows) error {
		var best, fair *float64
		var at time.Time
		if err := r.Scan(&best, &fair, &at); err != nil {
			return err
		}
		m.Best = append(m.Best, store.Point{At: feed.At(at), Value: best})
		m.Consensus = append(m.Consensus, store.Point{At: feed.At(at), Value: fair})
		return nil
	}, `SELECT best_price, fair_probability, seen_time FROM market_states
		WHERE fixture_id = ? AND market = ? AND period = ? AND line IS NOT DISTINCT FROM ?::DOUBLE AND outcome = ?
		ORDER BY seq`, sel.FixtureID, sel.Market, sel.Period, number(sel.Line), sel.Outcome)
	if err != nil {
		return nil, fmt.Errorf("reading the consensus of %s: %w", sel.FixtureID, err)
	}
	return m, nil
}

// History returns every quote of a fixture and when it began.
func (s *Store) History(ctx context.Context, fixtureID string) (*store.History, error) {
	h := &store.History{FixtureID: fixtureID}
	var scheduled, newest sql.NullTime
	err := s.db.QueryRowContext(ctx, `SELECT league, start_time, (SELECT max(seen_time) FROM quotes) FROM fixtures WHERE fixture_id = ?`, fixtureID).
		Scan(&h.League, &scheduled, &newest)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, fmt.Errorf("%w: %s", store.ErrNoFixture, fixtureID)
	case err != nil:
		return nil, fmt.Errorf("reading the fixture %s: %w", fixtureID, err)
	}
	h.Scheduled, h.Newest = feed.At(scheduled.Time), feed.At(newest.Time)
	err = rowsOf(ctx, s.db, func(r *sql.Rows) error {
		g := feed.Game{FixtureID: fixtureID, League: h.League}
		var event, seen time.Time
		if err := r.Scan(&g.State, &event, &seen); err != nil {
			return err
		}
		g.EventTime, g.SeenTime = feed.At(event), feed.At(seen)
		h.Games = append(h.Games, g)
		return nil
	}, `SELECT state, event_time, seen_time FROM games WHERE fixture_id = ? ORDER BY seq`, fixtureID)
	if err != nil {
		return nil, fmt.Errorf("reading the games of %s: %w", fixtureID, err)
	}
	err = rowsOf(ctx, s.db, func(r *sql.Rows) error {
		q := feed.Quote{Kind: feed.KindQuote, FixtureID: fixtureID, League: h.League}
		var event, seen time.Time
		if err := r.Scan(&q.Market, &q.Period, &q.Line, &q.Outcome, &q.Book, &q.Price, &q.Limit, &q.State, &event, &seen); err != nil {
			return err
		}
		q.EventTime, q.SeenTime = feed.At(event), feed.At(seen)
		h.Quotes = append(h.Quotes, q)
		return nil
	}, `SELECT market, period, line, outcome, book, price, "limit", state, event_time, seen_time FROM quotes WHERE fixture_id = ? ORDER BY seq`, fixtureID)
	if err != nil {
		return nil, fmt.Errorf("reading the quotes of %s: %w", fixtureID, err)
	}
	return h, nil
}

// Windows returns the last revision of each window of one book's prices.
func (s *Store) Windows(ctx context.Context, sel store.Selection, book, size string) ([]store.WindowRow, error) {
	out := []store.WindowRow{}
	err := rowsOf(ctx, s.db, func(r *sql.Rows) error {
		var w store.WindowRow
		var start, end time.Time
		if err := r.Scan(&start, &end, &w.Revision, &w.Count, &w.First, &w.Last, &w.Min, &w.Max, &w.Mean, &w.StdDev); err != nil {
			return err
		}
		w.Start, w.End = feed.At(start), feed.At(end)
		out = append(out, w)
		return nil
	}, `SELECT window_start, window_end, revision, count, first, last, min, max, mean, stddev FROM latest_windows_line_movement
		WHERE fixture_id = ? AND market = ? AND period = ? AND line IS NOT DISTINCT FROM ?::DOUBLE AND outcome = ? AND book = ? AND window_size = ?
		ORDER BY window_start`, sel.FixtureID, sel.Market, sel.Period, number(sel.Line), sel.Outcome, book, size)
	if err != nil {
		return nil, fmt.Errorf("reading the windows of %s: %w", sel.FixtureID, err)
	}
	return out, nil
}

// Quarantine returns the newest bad input.
func (s *Store) Quarantine(ctx context.Context, limit int) ([]feed.Quarantine, error) {
	out := []feed.Quarantine{}
	err := rowsOf(ctx, s.db, func(r *sql.Rows) error {
		var q feed.Quarantine
		var at time.Time
		if err := r.Scan(&q.Source, &q.League, &at, &q.Path, &q.Place, &q.Reason, &q.Body, &q.RawPartition, &q.RawOffset); err != nil {
			return err
		}
		q.SeenTime = feed.At(at)
		out = append(out, q)
		return nil
	}, `SELECT source, league, seen_time, path, place, reason, body, raw_partition, raw_offset FROM quarantine ORDER BY seen_time DESC, seq DESC LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("reading the quarantine: %w", err)
	}
	return out, nil
}

// Reviews returns the newest doubtful matches.
func (s *Store) Reviews(ctx context.Context, limit int) ([]feed.Review, error) {
	out := []feed.Review{}
	err := rowsOf(ctx, s.db, func(r *sql.Rows) error {
		var v feed.Review
		var at time.Time
		if err := r.Scan(&v.League, &v.Source, &v.Subject, &v.SourceID, &v.Name, &v.Candidate, &v.Score, &v.Reason, &at); err != nil {
			return err
		}
		v.SeenTime = feed.At(at)
		out = append(out, v)
		return nil
	}, `SELECT league, source, subject, source_id, name, candidate, score, reason, seen_time FROM reviews ORDER BY seen_time DESC, seq DESC LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("reading the review queue: %w", err)
	}
	return out, nil
}
