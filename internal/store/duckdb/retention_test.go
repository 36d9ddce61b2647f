package duckdb

import (
	"testing"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/store"
)

func TestForgetKeepsWhatIsYoungAndTheFixtures(t *testing.T) {
	s := open(t)
	quotes := log.Partition{Topic: "quotes.nfl"}
	day := 24 * feed.Hour
	var changes []store.Change
	for i := range int64(10) {
		changes = append(changes, store.Change{Partition: quotes, Offset: i, Record: &feed.Quote{
			Kind: feed.KindQuote, Seq: i + 1, FixtureID: "f", League: "nfl", State: feed.StateOpen, Price: 2,
			EventTime: feed.Time(i+1) * day, SeenTime: feed.Time(i+1) * day,
		}})
	}
	changes = append(changes, store.Change{Partition: log.Partition{Topic: "fixtures"}, Record: &feed.Fixture{
		Kind: feed.KindFixture, Seq: 1, FixtureID: "f", League: "nfl", SeenTime: day,
	}})
	if err := s.Apply(t.Context(), changes); err != nil {
		t.Fatal(err)
	}
	if err := s.Forget(t.Context(), 6*day); err != nil {
		t.Fatal(err)
	}
	r, err := s.Query(t.Context(), "SELECT count(*), min(seen_time) >= make_timestamp(6*86400000000), (SELECT count(*) FROM fixtures) FROM quotes", 1)
	if err != nil {
		t.Fatal(err)
	}
	if row := r.Rows[0]; row[0] != int64(5) || row[1] != true || row[2] != int64(1) {
		t.Errorf("after forgetting: %v, want 5 quotes, all young, and 1 fixture", row)
	}
	positions, err := s.Positions(t.Context())
	if err != nil || positions[quotes] != 10 {
		t.Errorf("position is %d (%v), want 10: forgotten rows are not read again", positions[quotes], err)
	}
}
