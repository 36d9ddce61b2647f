package process

import (
	"math"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/simulate"
	"github.com/betflow/betflow/internal/source/theoddsapi"
)

// squares are squared distances from the truth.
type squares struct{ model, market, before score.Mean }

func rms(m *score.Mean) float64 { return math.Sqrt(m.Value()) }

// TestRunningGamesOfASimulatedWorldAreNearTheTruth holds what the model says of
// running games against a world that knows how likely home is to win. Who keeps to
// the prices before the game knows less than the model, and the market knows more
// than it. The figures are of one seed; -v prints them.
func TestRunningGamesOfASimulatedWorldAreNearTheTruth(t *testing.T) {
	ids := []string{"nfl", "nba", "nhl", "epl"}
	w := newWorld(t, 1, ids...)
	w.metrics, w.rules = nil, nil
	var all []league.League
	for _, id := range ids {
		all = append(all, *w.league(id))
	}
	from := feed.At(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	h, err := simulate.NewHistory(simulate.Config{Seed: 3, Leagues: all, GamesPerDay: 8}, simulate.Poll{
		From: from, To: from + 16*feed.Hour, Odds: 2 * feed.Minute, Games: 2 * feed.Minute,
		Offer: theoddsapi.Offer{Markets: []string{"h2h", "spreads", "totals"}, Regions: []string{"us"}, Format: feed.FormatDecimal},
	})
	if err != nil {
		t.Fatal(err)
	}
	byOdds, fixtures := map[string]simulate.Fixture{}, map[string]simulate.Fixture{}
	for _, id := range ids {
		for _, f := range h.World.Fixtures(id, from-feed.Hour, from+48*feed.Hour) {
			byOdds[f.OddsID] = f
		}
	}
	found := map[string]*squares{}
	games := map[string]map[string]bool{}
	before := map[string]float64{} // fair probability of home before the game, by fixture
	for _, id := range ids {
		found[id], games[id] = &squares{}, map[string]bool{}
	}
	take := func(_ string, record Sequenced) error {
		switch r := record.(type) {
		case *feed.Fixture:
			for _, a := range r.Aliases {
				if f, ok := byOdds[a.ID]; ok {
					fixtures[r.FixtureID] = f
				}
			}
		case *feed.InPlay:
			f, ok := fixtures[r.FixtureID]
			if !ok || r.Market != feed.MarketH2H || r.ModelAbsent != "" || r.MarketAbsent != "" {
				return nil
			}
			truth, err := h.World.Truth(f, r.EventTime)
			if err != nil || truth.State != feed.GameIn {
				return err
			}
			if _, ok := before[r.FixtureID]; !ok {
				closing, err := h.World.Truth(f, r.StartTime-feed.Second)
				if err != nil {
					return err
				}
				before[r.FixtureID] = closing.Home
			}
			s := found[r.League]
			games[r.League][r.FixtureID] = true
			for m, p := range map[*score.Mean]float64{&s.model: *r.Outcomes[0].Model, &s.market: *r.Outcomes[0].Fair, &s.before: before[r.FixtureID]} {
				m.Add((p - truth.Home) * (p - truth.Home))
			}
		}
		return nil
	}
	cc := w.computeConfig()
	cc.Signals = nil
	in := NewInline(w.normaliseConfig(), cc, w.joinConfig(), take)
	for raw := range h.Responses {
		if err := in.Capture(raw); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range ids {
		s := found[id]
		t.Logf("%-4s %2d games, %5d rows: from the truth, model %.3f, market %.3f, prices before the game %.3f", id, len(games[id]), s.model.N(), rms(&s.model), rms(&s.market), rms(&s.before))
		if s.model.N() < 200 || rms(&s.model) > .7*rms(&s.before) || rms(&s.market) > rms(&s.model) {
			t.Errorf("%s: the model is no nearer than the prices before the game, or nearer than the market, or shows little", id)
		}
	}
}
