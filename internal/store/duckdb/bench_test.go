package duckdb

import (
	"fmt"
	"testing"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/store"
)

// mix returns a batch of records as they come: for every eight quotes the two
// outcomes' state of their market. Rows counts what they make.
func mix(seq *int64, records int) (changes []store.Change, rows int) {
	for len(changes) < records {
		*seq++
		n := *seq
		fixture, book := fmt.Sprintf("nfl-%d", n%200), fmt.Sprintf("book-%d", n/200%10)
		if n%9 == 8 {
			price, fair := 1.95, 0.51
			o := feed.OutcomeState{Outcome: "home", BestPrice: &price, BestBook: book, BestEventTime: begin, BestSeenTime: begin, Fair: &fair, Prices: 9}
			changes = append(changes, store.Change{Partition: log.Partition{Topic: "markets.nfl"}, Offset: n, Record: &feed.MarketState{
				Seq: n, FixtureID: fixture, League: "nfl", Market: "h2h", Period: "full", Books: 9, Method: "power", SeenTime: begin + feed.Time(n)*1000,
				EventTime: begin, Outcomes: []feed.OutcomeState{o, o},
			}})
			rows += 2
			continue
		}
		q := quote(n)
		q.FixtureID, q.Book = fixture, book
		q.EventTime, q.SeenTime = begin+feed.Time(n)*1000, begin+feed.Time(n)*1000
		changes = append(changes, store.Change{Partition: quotesAt, Offset: n, Record: q})
		rows++
	}
	return changes, rows
}

func BenchmarkApply(b *testing.B) {
	for _, size := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			s := open(b)
			var seq int64
			total := 0
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				changes, rows := mix(&seq, size)
				total += rows
				b.StartTimer()
				apply(b, s, changes)
			}
			b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkRead asks a store of a million rows what the pages ask.
func BenchmarkRead(b *testing.B) {
	s := open(b)
	var seq int64
	for rows := 0; rows < 1_000_000; {
		changes, n := mix(&seq, 20_000)
		apply(b, s, changes)
		rows += n
	}
	b.Run("movement", func(b *testing.B) {
		sel := store.Selection{FixtureID: "nfl-7", Market: "h2h", Period: "full", Outcome: "home"}
		for b.Loop() {
			if m, err := s.Movement(b.Context(), sel); err != nil || len(m.Series) == 0 {
				b.Fatal(m, err)
			}
		}
	})
	for name, query := range map[string]string{
		"latest of a fixture": "SELECT * FROM latest_quotes WHERE fixture_id = 'nfl-7'",
		"latest of all":       "SELECT * FROM latest_quotes",
		"count by book":       "SELECT book, count(*), avg(price) FROM quotes GROUP BY book",
		"first rows of all":   "SELECT * FROM quotes",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if r, err := s.Query(b.Context(), query, 10_000); err != nil || len(r.Rows) == 0 {
					b.Fatal(err)
				}
			}
		})
	}
}
