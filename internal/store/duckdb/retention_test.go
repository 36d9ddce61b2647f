package duckdb

import (
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/store"
)

// seenAt fills a store with a quote at each of the times, and a fixture.
func seenAt(t *testing.T, times ...feed.Time) *Store {
	t.Helper()
	s := open(t)
	changes := []store.Change{{Partition: log.Partition{Topic: "fixtures"}, Record: &feed.Fixture{
		Kind: feed.KindFixture, Seq: 1, FixtureID: "f", League: "nfl", SeenTime: 1,
	}}}
	for i, at := range times {
		changes = append(changes, store.Change{Partition: log.Partition{Topic: "quotes.nfl"}, Offset: int64(i), Record: &feed.Quote{
			Kind: feed.KindQuote, Seq: int64(i) + 1, FixtureID: "f", League: "nfl", State: feed.StateOpen, Price: 2,
			EventTime: at, SeenTime: at,
		}})
	}
	if err := s.Apply(t.Context(), changes); err != nil {
		t.Fatal(err)
	}
	return s
}

// forgetting holds what is left of the quotes when so much is kept.
func forgetting(t *testing.T, s *Store, keep time.Duration, left int64, oldest feed.Time) {
	t.Helper()
	if err := s.Forget(t.Context(), keep); err != nil {
		t.Fatal(err)
	}
	r, err := s.Query(t.Context(), "SELECT count(*), epoch_us(min(seen_time)), (SELECT count(*) FROM fixtures) FROM quotes", 1)
	if err != nil {
		t.Fatal(err)
	}
	if row := r.Rows[0]; row[0] != left || row[1] != int64(oldest) || row[2] != int64(1) {
		t.Errorf("after keeping %s: %v, want %d quotes from %d on, and 1 fixture", keep, row, left, oldest)
	}
}

func TestForgetKeepsWhatIsYoungAndTheFixtures(t *testing.T) {
	var times []feed.Time
	for i := range feed.Time(20) { // two an hour
		times = append(times, 100*feed.Hour+i*30*feed.Minute)
	}
	s := seenAt(t, times...)
	forgetting(t, s, 11*time.Hour, 20, times[0]) // there are ten hours
	forgetting(t, s, 10*time.Hour, 20, times[0])
	forgetting(t, s, 150*time.Minute, 6, 107*feed.Hour)
	positions, err := s.Positions(t.Context())
	if at := (log.Partition{Topic: "quotes.nfl"}); err != nil || positions[at] != 20 {
		t.Errorf("position is %d (%v), want 20: forgotten rows are not read again", positions[at], err)
	}
}

func TestForgetIsNotMisledByAClockThatWasAhead(t *testing.T) {
	const year = 365 * 24 * feed.Hour
	hour := func(n feed.Time) feed.Time { return 100*feed.Hour + n*feed.Hour }
	s := seenAt(t, hour(0), hour(1), hour(2), year+hour(3), year+hour(4))
	forgetting(t, s, 5*time.Hour, 5, hour(0))
	forgetting(t, s, 3*time.Hour, 3, hour(2)) // and not only what is as young as the newest
}
