package duckdb

import (
	"testing"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/store"
)

func ptr[T any](v T) *T { return &v }

func TestMovementIsTheCourseOfOneOutcome(t *testing.T) {
	s := open(t)
	line := -3.5
	made := func(seq int64, book string, price float64, at feed.Time, change func(*feed.Quote)) *feed.Quote {
		q := quote(seq)
		q.Market, q.Line, q.Book, q.Price, q.EventTime = "spreads", &line, book, price, begin+at*feed.Second
		if change != nil {
			change(q)
		}
		return q
	}
	apply(t, s, batchOf(
		made(1, "pinnacle", 1.9, 1, nil),
		made(2, "betmgm", 1.8, 2, nil),
		made(3, "pinnacle", 2.0, 3, nil),
		made(4, "pinnacle", 2.0, 4, func(q *feed.Quote) { q.State = feed.StateWithdrawn }),
		made(5, "pinnacle", 3.0, 3, func(q *feed.Quote) { q.Outcome = "away" }),
		made(6, "pinnacle", 3.0, 3, func(q *feed.Quote) { q.Line = ptr(-4.5) }),
		made(7, "pinnacle", 3.0, 3, func(q *feed.Quote) { q.Line = nil }),
		made(8, "pinnacle", 3.0, 3, func(q *feed.Quote) { q.FixtureID = "nfl-2" }),
		made(9, "pinnacle", 3.0, 3, func(q *feed.Quote) { q.Period = "q1" }),
		made(10, "betmgm", 1.85, 1, nil),
	))
	apply(t, s, []store.Change{{Partition: log.Partition{Topic: "markets.nfl"}, Record: &feed.MarketState{
		Seq: 1, FixtureID: "nfl-1", Market: "spreads", Period: "full", Line: &line, SeenTime: begin,
		Outcomes: []feed.OutcomeState{{Outcome: "home", BestPrice: ptr(1.9), Fair: ptr(0.52)}, {Outcome: "away", BestPrice: ptr(1.8), Fair: ptr(0.48)}},
	}}})
	m, err := s.Movement(t.Context(), store.Selection{FixtureID: "nfl-1", Market: "spreads", Period: "full", Line: &line, Outcome: "home"})
	if err != nil {
		t.Fatal(err)
	}
	at := func(n feed.Time, v float64) store.Point { return store.Point{At: begin + n*feed.Second, Value: &v} }
	sameJSON(t, "movement", m, &store.Movement{
		Series: []store.Series{
			{Book: "betmgm", Points: []store.Point{at(1, 1.85), at(2, 1.8)}},
			{Book: "pinnacle", Points: []store.Point{at(1, 1.9), at(3, 2), {At: begin + 4*feed.Second}}},
		},
		Consensus: []store.Point{at(0, 0.52)}, Best: []store.Point{at(0, 1.9)},
	})
	none, err := s.Movement(t.Context(), store.Selection{FixtureID: "nfl-9", Market: "h2h", Period: "full", Outcome: "home"})
	if err != nil || len(none.Series)+len(none.Best)+len(none.Consensus) != 0 {
		t.Errorf("of an unknown fixture: %+v, %v", none, err)
	}
}

func TestWindowsAreTheLastRevisionsInOrder(t *testing.T) {
	s := open(t)
	at := log.Partition{Topic: "windows.line_movement"}
	record := func(seq int64, revision int32, start feed.Time, size string, line any) store.Change {
		w := windowRecord(seq, revision, line)
		w["window_start"], w["window_end"], w["window_size"] = (begin + start).Std(), (begin + start + 10*feed.Minute).Std(), size
		w["stddev"] = 0.5
		return store.Change{Partition: at, Offset: seq, Record: w}
	}
	apply(t, s, []store.Change{
		record(1, 0, 10*feed.Minute, "10m", nil), record(2, 0, 0, "10m", nil), record(3, 1, 0, "10m", nil),
		record(4, 0, 0, "3m", nil), record(5, 0, 0, "10m", 2.5),
	})
	sel := store.Selection{FixtureID: "nfl-1", Market: "spreads", Period: "full", Outcome: "home"}
	rows, err := s.Windows(t.Context(), sel, "pinnacle", "10m")
	if err != nil || len(rows) != 2 {
		t.Fatalf("got %+v, %v", rows, err)
	}
	want := store.WindowRow{Start: begin, End: begin + 10*feed.Minute, Revision: 1, Count: 2, First: 1.5, Last: 1.7, Min: 1.4, Max: 1.8, Mean: 1.6, StdDev: ptr(0.5)}
	sameJSON(t, "first window", rows[0], want)
	if rows[1].Start != begin+10*feed.Minute {
		t.Errorf("second window starts %s", rows[1].Start)
	}
	sel.Line = ptr(2.5)
	if rows, err := s.Windows(t.Context(), sel, "pinnacle", "10m"); err != nil || len(rows) != 1 {
		t.Errorf("of a line: %+v, %v", rows, err)
	}
	if rows, err := s.Windows(t.Context(), sel, "nobody", "10m"); err != nil || rows == nil || len(rows) != 0 {
		t.Errorf("of an unknown book: %+v, %v", rows, err)
	}
}

func TestBadInputAndDoubtsComeNewestFirst(t *testing.T) {
	s := open(t)
	var changes []store.Change
	for i := range int64(5) {
		q, r := filled[feed.Quarantine](), filled[feed.Review]()
		q.Seq, q.SeenTime, q.RawOffset = i+1, begin+feed.Time(i)*feed.Minute, 40+i
		r.Seq, r.SeenTime = i+1, begin+feed.Time(i)*feed.Minute
		changes = append(changes,
			store.Change{Partition: log.Partition{Topic: "quarantine"}, Offset: i, Record: q},
			store.Change{Partition: log.Partition{Topic: "reviews"}, Offset: i, Record: r})
	}
	apply(t, s, changes)
	bad, err := s.Quarantine(t.Context(), 2)
	if err != nil || len(bad) != 2 {
		t.Fatalf("got %+v, %v", bad, err)
	}
	want := *changes[8].Record.(*feed.Quarantine)
	want.Kind, want.Seq = "", 0
	sameJSON(t, "newest", bad[0], want)
	doubts, err := s.Reviews(t.Context(), 2)
	if err != nil || len(doubts) != 2 {
		t.Fatalf("got %+v, %v", doubts, err)
	}
	review := *changes[9].Record.(*feed.Review)
	review.Kind, review.Seq = "", 0
	sameJSON(t, "newest doubt", doubts[0], review)
}
