package process

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// The types below write provider answers as the providers do.

type oddsEvent struct {
	ID         string     `json:"id"`
	SportKey   string     `json:"sport_key"`
	Commence   string     `json:"commence_time"`
	Home       string     `json:"home_team"`
	Away       string     `json:"away_team"`
	Bookmakers []oddsBook `json:"bookmakers"`
}

type oddsBook struct {
	Key        string       `json:"key"`
	Title      string       `json:"title"`
	LastUpdate string       `json:"last_update,omitempty"`
	Markets    []oddsMarket `json:"markets"`
}

type oddsMarket struct {
	Key        string        `json:"key"`
	LastUpdate string        `json:"last_update,omitempty"`
	Outcomes   []oddsOutcome `json:"outcomes"`
}

type oddsOutcome struct {
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Price       any      `json:"price"`
	Point       *float64 `json:"point,omitempty"`
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // the test's own types
	}
	return b
}

func rfc(t feed.Time) string { return t.Std().Truncate(time.Second).Format(time.RFC3339) }

func point(v float64) *float64 { return &v }

// hockeyEvent is a game with one book's moneyline.
func hockeyEvent(id string, start feed.Time, home, away string, books ...oddsBook) oddsEvent {
	return oddsEvent{ID: id, SportKey: "icehockey_nhl", Commence: rfc(start), Home: home, Away: away, Bookmakers: books}
}

func book(key string, at feed.Time, markets ...oddsMarket) oddsBook {
	return oddsBook{Key: key, Title: key, LastUpdate: rfc(at), Markets: markets}
}

func h2h(at feed.Time, home, away string, homePrice, awayPrice any) oddsMarket {
	return oddsMarket{Key: "h2h", LastUpdate: rfc(at), Outcomes: []oddsOutcome{{Name: home, Price: homePrice}, {Name: away, Price: awayPrice}}}
}

func spreads(at feed.Time, home, away string, line float64, homePrice, awayPrice any) oddsMarket {
	return oddsMarket{Key: "spreads", LastUpdate: rfc(at), Outcomes: []oddsOutcome{
		{Name: away, Price: awayPrice, Point: point(-line)}, {Name: home, Price: homePrice, Point: point(line)},
	}}
}

func totals(at feed.Time, line float64, over, under any) oddsMarket {
	return oddsMarket{Key: "totals", LastUpdate: rfc(at), Outcomes: []oddsOutcome{
		{Name: "Over", Price: over, Point: point(line)}, {Name: "Under", Price: under, Point: point(line)},
	}}
}

// scoreboardGame is one game of a scoreboard.
type scoreboardGame struct {
	id         string
	start      feed.Time
	home, away string
	neutral    bool
	status     string
	state      string
	period     int
	clock      string
	seconds    float64
	score      [2]int // home, away
	play       string // id and text of the last play, empty for none
	possession string // home, away or empty
}

func (g scoreboardGame) json() map[string]any {
	competition := map[string]any{
		"date": g.start.Std().Format("2006-01-02T15:04Z"), "neutralSite": g.neutral,
		"competitors": []any{
			map[string]any{"homeAway": "home", "score": fmt.Sprint(g.score[0]), "team": map[string]any{"id": "1" + g.id, "displayName": g.home}},
			map[string]any{"homeAway": "away", "score": fmt.Sprint(g.score[1]), "team": map[string]any{"id": "2" + g.id, "displayName": g.away}},
		},
	}
	situation := map[string]any{}
	if g.play != "" {
		situation["lastPlay"] = map[string]any{"id": g.play, "text": "play " + g.play, "type": map[string]any{"id": "1", "text": "Shot"}, "scoreValue": 1}
	}
	switch g.possession {
	case "home":
		situation["possession"] = "1" + g.id
	case "away":
		situation["possession"] = "2" + g.id
	}
	if len(situation) > 0 {
		competition["situation"] = situation
	}
	return map[string]any{
		"id": g.id, "date": g.start.Std().Format("2006-01-02T15:04Z"), "season": map[string]any{"year": 2026, "type": 2},
		"status": map[string]any{"period": g.period, "displayClock": g.clock, "clock": g.seconds,
			"type": map[string]any{"name": g.status, "state": g.state, "detail": g.clock}},
		"competitions": []any{competition},
	}
}

func scoreboard(games ...scoreboardGame) []byte {
	events := []any{}
	for _, g := range games {
		events = append(events, g.json())
	}
	return mustJSON(map[string]any{"events": events})
}

func weatherBody(at feed.Time, temperature float64) []byte {
	return mustJSON(map[string]any{
		"cod": 200, "dt": at.Std().Unix(), "name": "there", "main": map[string]any{"temp": temperature, "humidity": 60},
		"wind": map[string]any{"speed": 3.5}, "rain": map[string]any{"1h": 0.5}, "snow": map[string]any{"1h": 0.25},
		"weather": []any{map[string]any{"main": "Rain", "description": "light rain"}},
	})
}
