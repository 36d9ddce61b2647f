package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/store"
)

// Signals returns the last word about each signal, newest first.
func (s *Store) Signals(ctx context.Context, f store.SignalFilter) ([]feed.Signal, error) {
	where, args := conditions(f)
	limit := ""
	if f.Limit > 0 {
		limit = " LIMIT ?"
		args = append(args, f.Limit)
	}
	out := []feed.Signal{}
	err := rowsOf(ctx, s.db, func(r *sql.Rows) error {
		g, err := scanSignal(r)
		out = append(out, g)
		return err
	}, `SELECT signal_id, dedupe_key, kind, state, revision, fixture_id, league, market, period, line,
			coalesce(outcome, ''), coalesce(book, ''), value, unit, fair_probability, ev, kelly, profit, books, coalesce(method, ''),
			legs, coalesce(reason, ''), coalesce(detail, ''), opened_time, event_time, seen_time, seq
		FROM latest_signals`+where+` ORDER BY seen_time DESC, seq DESC, signal_id`+limit, args...)
	if err != nil {
		return nil, fmt.Errorf("reading signals: %w", err)
	}
	return out, nil
}

// conditions writes what the filter asks for.
func conditions(f store.SignalFilter) (where string, args []any) {
	var all []string
	oneOf := func(column string, values []string) {
		if len(values) == 0 {
			return
		}
		all = append(all, column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")")
		for _, v := range values {
			args = append(args, v)
		}
	}
	oneOf("league", f.Leagues)
	oneOf("kind", f.Rules)
	states := make([]string, len(f.States))
	for i, s := range f.States {
		states[i] = string(s)
	}
	oneOf("state", states)
	if f.FixtureID != "" {
		oneOf("fixture_id", []string{f.FixtureID})
	}
	if f.Since != 0 {
		all = append(all, "seen_time >= make_timestamp(?)")
		args = append(args, int64(f.Since))
	}
	if len(all) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(all, " AND "), args
}

func scanSignal(r *sql.Rows) (feed.Signal, error) {
	g := feed.Signal{Kind: feed.KindSignal}
	var legs any
	var opened, event, seen time.Time
	err := r.Scan(&g.SignalID, &g.DedupeKey, &g.Rule, &g.State, &g.Revision, &g.FixtureID, &g.League, &g.Market, &g.Period, &g.Line,
		&g.Outcome, &g.Book, &g.Value, &g.Unit, &g.Fair, &g.EV, &g.Kelly, &g.Profit, &g.Books, &g.Method,
		&legs, &g.Reason, &g.Detail, &opened, &event, &seen, &g.Seq)
	if err != nil {
		return g, err
	}
	g.Opened, g.EventTime, g.SeenTime = feed.At(opened), feed.At(event), feed.At(seen)
	list, _ := legs.([]any)
	g.Legs = make([]feed.SignalLeg, len(list))
	for i := range list {
		fields, _ := list[i].(map[string]any)
		g.Legs[i] = legOf(fields)
	}
	return g, nil
}

// legOf reads a leg's fields as the database gives them.
func legOf(fields map[string]any) (l feed.SignalLeg) {
	optional := func(name string) *float64 {
		if v, ok := fields[name].(float64); ok {
			return &v
		}
		return nil
	}
	at := func(name string) feed.Time {
		t, _ := fields[name].(time.Time)
		return feed.At(t)
	}
	l.Outcome, _ = fields["outcome"].(string)
	l.Book, _ = fields["book"].(string)
	l.Sharp, _ = fields["sharp"].(bool)
	l.Price, _ = fields["price"].(float64)
	l.Age, _ = fields["age"].(float64)
	l.Stake, _ = fields["stake"].(float64)
	l.Line, l.Position, l.Reference = optional("line"), optional("position"), optional("reference")
	l.EventTime, l.SeenTime = at("event_time"), at("seen_time")
	return l
}
