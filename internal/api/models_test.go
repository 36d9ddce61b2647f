package api

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/betflow/betflow/internal/board/models"
	"github.com/betflow/betflow/internal/feed"
)

// stateOf returns a market of five books.
func stateOf(id, market string, line *float64, seen feed.Time, outcomes []string, fair ...float64) *feed.MarketState {
	m := &feed.MarketState{Kind: feed.KindMarket, Seq: 1, FixtureID: id, Market: market, Period: feed.PeriodFull, Line: line, Books: 5, Method: "power", EventTime: seen, SeenTime: seen}
	for i, o := range outcomes {
		price := 1 / fair[i]
		m.Outcomes = append(m.Outcomes, feed.OutcomeState{Outcome: o, BestPrice: &price, BestBook: "pinnacle", BestEventTime: seen, BestSeenTime: seen, Fair: &fair[i], Prices: 5})
	}
	return m
}

// TestModelsAreAsDescribed asks for models with numbers, before and in the game.
func TestModelsAreAsDescribed(t *testing.T) {
	w, d := newWorld(t), readDescription(t)
	two, three, total := []string{"home", "away"}, []string{"home", "draw", "away"}, []string{"over", "under"}
	before, clock := noon-feed.Minute, 600.0
	for _, id := range []string{"nfl-before", "nfl-in"} {
		w.put(t, fixtureOf(id, "nfl"), &feed.Game{Kind: feed.KindGame, FixtureID: id, League: "nfl", State: feed.GamePre, SeenTime: before},
			stateOf(id, "h2h", nil, before, two, .6, .4), stateOf(id, "spreads", ptr(-3.5), before, two, .5, .5), stateOf(id, "totals", ptr(44.5), before, total, .5, .5))
	}
	for _, id := range []string{"epl-before", "epl-in"} {
		w.put(t, fixtureOf(id, "epl"), &feed.Game{Kind: feed.KindGame, FixtureID: id, League: "epl", State: feed.GamePre, SeenTime: before},
			stateOf(id, "h2h", nil, before, three, .45, .27, .28), stateOf(id, "totals", ptr(2.5), before, total, .52, .48))
	}
	for id, period := range map[string]int32{"nfl-in": 3, "epl-in": 1} {
		w.put(t, &feed.Game{Kind: feed.KindGame, FixtureID: id, State: feed.GameIn, Period: period, ClockSeconds: &clock, HomeScore: ptr(int32(1)), AwayScore: ptr(int32(0)), SeenTime: noon})
	}
	for id, want := range map[string][]models.Name{
		"nfl-before": {models.NormalMargin, models.NormalTotal}, "nfl-in": {models.Brownian},
		"epl-before": {models.DixonColesH2H, models.DixonColes}, "epl-in": {models.PoissonInGame},
	} {
		rec := w.do(http.MethodGet, "/api/v1/fixtures/"+id+"/models", "")
		if rec.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", id, rec.Code, rec.Body)
		}
		d.checkAnswer(t, "get", "/api/v1/fixtures/{id}/models", rec)
		var v models.View
		if err := json.Unmarshal(rec.Body.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		var got []models.Name
		for _, m := range v.Models {
			if m.Absent == "" {
				got = append(got, m.Model)
				if len(m.Markets) < 2 || m.Markets[0].Consensus == nil {
					t.Errorf("%s: %+v", id, m)
				}
			}
		}
		if len(got) != len(want) || got[0] != want[0] || v.FixtureID != id {
			t.Errorf("%s: %v have numbers: %s", id, got, rec.Body)
		}
	}
	w.put(t, fixtureOf("x", "unknown"))
	d.checkAnswer(t, "get", "/api/v1/fixtures/{id}/models", w.do(http.MethodGet, "/api/v1/fixtures/x/models", ""))
}
