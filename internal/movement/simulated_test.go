package movement_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/movement"
	"github.com/betflow/betflow/internal/simulate"
	"github.com/betflow/betflow/internal/source/theoddsapi"
	"github.com/betflow/betflow/leagues"
)

// TestSimulatedLeaderIsNamed holds the measures to a world that knows the truth:
// three books that see it at once, three and eight minutes later.
func TestSimulatedLeaderIsNamed(t *testing.T) {
	all, err := leagues.Load()
	if err != nil {
		t.Fatal(err)
	}
	var nba []league.League
	for _, l := range all {
		if l.ID == "nba" {
			nba = append(nba, l)
		}
	}
	book := func(key string, lag time.Duration) simulate.Book {
		return simulate.Book{Key: key, Title: key, Region: "us", Margin: 0.02, Lag: lag, Refresh: 30 * time.Second, LiveRefresh: time.Minute, Opens: 60 * time.Hour, Grid: simulate.GridDecimal}
	}
	from := feed.At(time.Date(2026, 1, 14, 0, 0, 0, 0, time.UTC))
	h, err := simulate.NewHistory(simulate.Config{
		Seed: 11, Leagues: nba, GamesPerDay: 2,
		Books: []simulate.Book{book("slow", 8*time.Minute), book("sharp", 0), book("soft", 3*time.Minute)},
	}, simulate.Poll{From: from, To: from + 36*feed.Hour, Odds: feed.Minute, Offer: theoddsapi.Offer{Markets: []string{"h2h"}, Regions: []string{"us"}, Format: feed.FormatDecimal}})
	if err != nil {
		t.Fatal(err)
	}
	rows, starts := quotesOf(t, h)
	games := 0
	for id, records := range rows {
		start := starts[id]
		if start < from+12*feed.Hour || start > from+36*feed.Hour {
			continue // not followed to its start
		}
		games++
		d := movement.Assemble(records)
		rules := movement.DefaultRules()
		rules.Least = 0
		found := d[0].Discover(start, rules)
		for _, l := range found.Leads {
			want := map[string]float64{"sharp|soft": 180, "sharp|slow": 480, "soft|slow": 300}[l.Leader+"|"+l.Follower]
			if !l.Lag.Enough() || *l.Lag.Value < want-60 || *l.Lag.Value > want+60 || want == 0 {
				text, _ := json.Marshal(l)
				t.Errorf("%s: got %s, want %g s", id, text, want)
			}
		}
		firsts := map[string]float64{}
		for _, b := range found.Books {
			if b.FirstMoves.Enough() {
				firsts[b.Book] = *b.FirstMoves.Value
			}
		}
		if firsts["sharp"] < 0.9 {
			t.Errorf("%s: the share of first moves is %v", id, firsts)
		}
		shares := map[string]float64{}
		for _, p := range found.Information.Books {
			shares[p.Book] = p.Share
		}
		if shares["sharp"] < 0.9 {
			t.Errorf("%s: information %+v %s", id, found.Information, found.Obstacle)
		}
		for _, f := range found.Follows {
			if f.Leader == "sharp" && f.Follower == "soft" && (!f.Median.Enough() || *f.Median.Value < 120 || *f.Median.Value > 300) {
				t.Errorf("%s: soft follows sharp after %+v", id, f)
			}
		}
	}
	if games == 0 {
		t.Error("no game was followed to its start")
	}
}

// quotesOf turns a history's responses into quote records, by event.
func quotesOf(t *testing.T, h *simulate.History) (map[string][]feed.Quote, map[string]feed.Time) {
	t.Helper()
	rows, starts, last := map[string][]feed.Quote{}, map[string]feed.Time{}, map[string]float64{}
	h.Responses(func(raw feed.Raw) bool {
		events, defects, err := theoddsapi.ParseOdds(raw.Body, theoddsapi.FormatOf(raw.Query))
		if err != nil || len(defects) > 0 {
			t.Fatal(err, defects)
		}
		for _, e := range events {
			starts[e.ID] = e.CommenceTime
			for _, b := range e.Bookmakers {
				for _, m := range b.Markets {
					for _, o := range m.Outcomes {
						outcome := feed.OutcomeAway
						if o.Name == e.HomeTeam {
							outcome = feed.OutcomeHome
						}
						key := e.ID + b.Key + outcome
						if last[key] == o.Price {
							continue
						}
						last[key] = o.Price
						rows[e.ID] = append(rows[e.ID], feed.Quote{
							Kind: feed.KindQuote, FixtureID: e.ID, Market: m.Key, Period: feed.PeriodFull, Outcome: outcome, Book: b.Key,
							Price: o.Price, State: feed.StateOpen, EventTime: b.LastUpdate, SeenTime: raw.FetchedAt,
						})
					}
				}
			}
		}
		return true
	})
	return rows, starts
}
