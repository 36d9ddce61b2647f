package duckdb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// appendOnly are the tables that grow with the log, beside the windows.
var appendOnly = []string{"quotes", "market_states", "games", "plays", "weather", "signals", "inplay", "totals_weather", "late", "quarantine", "reviews"}

// Forget deletes what was seen before the newest hours in which anything was seen,
// as many as keep has; windows by their end. Fixtures and the crosswalk stay.
//
// It asks no clock how old a row is: one that is set ahead by mistake would empty
// the store, and once it is set right, what was seen meanwhile would stay for as
// long as the mistake was wide.
func (s *Store) Forget(ctx context.Context, keep time.Duration) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.exec(ctx, "BEGIN TRANSACTION"); err != nil {
		return fmt.Errorf("forgetting old rows: %w", err)
	}
	err := s.forget(ctx, int((keep+time.Hour-1)/time.Hour))
	if err == nil {
		err = s.exec(ctx, "COMMIT")
	}
	if err != nil {
		return fmt.Errorf("forgetting old rows: %w", errors.Join(err, s.exec(context.WithoutCancel(ctx), "ROLLBACK")))
	}
	return nil
}

func (s *Store) forget(ctx context.Context, hours int) error {
	var seen []string
	for _, table := range appendOnly {
		seen = append(seen, "SELECT DISTINCT date_trunc('hour', seen_time) AS hour FROM "+table)
	}
	// Where there are fewer hours it is NULL, and no row is before that.
	if err := s.exec(ctx, fmt.Sprintf("SET VARIABLE kept_since = (SELECT hour FROM (%s) WHERE hour IS NOT NULL ORDER BY hour DESC LIMIT 1 OFFSET %d)",
		strings.Join(seen, " UNION "), hours-1)); err != nil {
		return err
	}
	for _, table := range appendOnly {
		if err := s.exec(ctx, "DELETE FROM "+table+" WHERE seen_time < getvariable('kept_since')"); err != nil {
			return err
		}
	}
	for i := range s.metrics {
		if err := s.exec(ctx, "DELETE FROM windows_"+s.metrics[i].Name+" WHERE window_end < getvariable('kept_since')"); err != nil {
			return err
		}
	}
	return nil
}
