package duckdb

import (
	"context"
	"errors"
	"testing"
)

func TestAnAnswerIsBoundedByItsSizeToo(t *testing.T) {
	s := open(t)
	const query = "SELECT repeat('x', 1000000) AS text, [i, i] AS list, {'a': repeat('y', 1000)} AS struct FROM range(100) t(i)"
	r, err := s.Query(t.Context(), query, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(r.Rows); !r.Truncated || n != resultSize/1_000_000+1 {
		t.Errorf("%d rows of a megabyte, truncated %v", n, r.Truncated)
	}
	if r, err = s.Query(t.Context(), query, 0); err != nil || r.Truncated || len(r.Rows) != 100 {
		t.Errorf("without a limit: %d rows, truncated %v (%v)", len(r.Rows), r.Truncated, err)
	}
}

// TestQuestionsWaitForTheirTurn takes all connections: the next question waits
// and gives up with its context, the writer does not notice.
func TestQuestionsWaitForTheirTurn(t *testing.T) {
	s := open(t)
	for range readersMax {
		conn, err := s.db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	if err := s.Forget(t.Context(), 1); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	answered := make(chan error, 1)
	go func() {
		_, err := s.Query(ctx, "SELECT 1", 1)
		answered <- err
	}()
	for s.db.Stats().WaitCount == 0 {
		select {
		case err := <-answered:
			t.Fatalf("answered at once: %v", err)
		default:
		}
	}
	cancel()
	if err := <-answered; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was told to stop", err)
	}
}
