package duckdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/betflow/betflow/internal/feed"
)

// appendOnly are the tables that grow with the log, beside the windows.
var appendOnly = []string{"quotes", "market_states", "games", "plays", "weather", "signals", "inplay", "totals_weather", "late", "quarantine", "reviews"}

// Forget deletes the rows of what was seen before an instant, windows by their
// end. Fixtures and the crosswalk stay.
func (s *Store) Forget(ctx context.Context, before feed.Time) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.exec(ctx, "BEGIN TRANSACTION"); err != nil {
		return fmt.Errorf("forgetting old rows: %w", err)
	}
	err := s.forget(ctx, before)
	if err == nil {
		err = s.exec(ctx, "COMMIT")
	}
	if err != nil {
		return fmt.Errorf("forgetting old rows: %w", errors.Join(err, s.exec(context.WithoutCancel(ctx), "ROLLBACK")))
	}
	return nil
}

func (s *Store) forget(ctx context.Context, before feed.Time) error {
	for _, table := range appendOnly {
		if err := s.exec(ctx, "DELETE FROM "+table+" WHERE seen_time < make_timestamp(?)", int64(before)); err != nil {
			return err
		}
	}
	for i := range s.metrics {
		if err := s.exec(ctx, "DELETE FROM windows_"+s.metrics[i].Name+" WHERE window_end < make_timestamp(?)", int64(before)); err != nil {
			return err
		}
	}
	return nil
}
