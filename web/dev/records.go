package main

import (
	"hash/fnv"
	"math"
	"strings"
	"time"
)

// line is home's handicap that makes the spread about even.
func (g *game) line() float64 { return -math.Round(g.edge*2)/2 + 0 }

func (g *game) fixture(now time.Time) object {
	f := object{
		"fixture_id": g.id, "league": g.league.id, "start_time": stamp(g.start), "state": g.state,
		"home": g.side(g.home, 0), "away": g.side(g.away, 1), "venue": g.home + " Stadium",
		"sparkline": g.trend, "updated": stamp(g.quoted),
		"markets": []object{g.market("h2h", nil, now), g.market("spreads", g.line(), now), g.market("totals", g.league.total, now)},
	}
	switch g.state {
	case "in":
		f["detail"], f["period"], f["clock"], f["game_seen"] = "10:23 - 3rd Quarter", 3, "10:23", stamp(now.Add(-4*time.Second))
		if g.league.id == "nfl" {
			f["situation"], f["possession"] = "3rd & 7 at DAL 32", "home"
		}
		if g.league.sport == "soccer" {
			f["detail"] = "67' - 2nd Half"
		}
	case "post":
		f["detail"] = "Final"
	}
	if g.league.id == "nfl" || g.league.id == "epl" {
		f["weather"] = object{"temperature_c": 7.4, "wind_ms": 8.2, "wind_degrees": 250, "precipitation": 0.4,
			"condition": "Rain", "description": "light rain", "event_time": stamp(now.Add(-11 * time.Minute))}
	}
	return f
}

func (g *game) side(name string, i int) object {
	words := strings.Fields(name)
	s := object{"id": strings.ToLower(words[len(words)-1]), "name": name, "short": words[len(words)-1],
		"abbreviation": strings.ToUpper(name[:3]), "record": "8-3"}
	if g.state != "pre" {
		s["score"] = g.score[i]
		s["periods"] = []int{g.score[i] / 2, g.score[i] - g.score[i]/2}
	}
	return s
}

// probabilities are the fair ones of a market, in its order.
func (g *game) probabilities(market string, line float64) ([]string, []float64) {
	above := func(x, mean float64) float64 { return 0.5 * math.Erfc((x-mean)/g.league.sigma/math.Sqrt2) }
	switch market {
	case "spreads":
		p := above(-line, g.edge)
		return []string{"home", "away"}, []float64{p, 1 - p}
	case "totals":
		p := above(line, g.league.total+g.edge/20)
		return []string{"over", "under"}, []float64{p, 1 - p}
	}
	p := g.fair()
	if g.league.draw {
		return []string{"home", "draw", "away"}, []float64{p["home"], p["draw"], p["away"]}
	}
	return []string{"home", "away"}, []float64{p["home"], p["away"]}
}

// noise is a stable number in [-1, 1] for the words.
func noise(words ...string) float64 {
	h := fnv.New32a()
	for _, word := range words {
		h.Write([]byte(word))
	}
	return float64(h.Sum32()%2001)/1000 - 1
}

// price is a book's decimal price of a probability.
func (g *game) price(book, outcome string, p float64) float64 {
	p = min(0.985, max(0.01, p*1.045*(1+0.02*noise(g.id, book, outcome))))
	return math.Round(100/p) / 100
}

func (g *game) market(name string, line any, now time.Time) object {
	points, _ := line.(float64)
	outcomes, fair := g.probabilities(name, points)
	var sum float64
	var list []object
	for i, outcome := range outcomes {
		best, at := 0.0, ""
		for _, book := range books {
			if p := g.price(book, outcome, fair[i]); p > best {
				best, at = p, book
			}
		}
		sum += 1 / best
		list = append(list, object{"outcome": outcome, "best_price": best, "best_book": at, "best_event_time": stamp(g.quoted),
			"best_seen_time": stamp(g.quoted.Add(2 * time.Second)), "fair": fair[i], "multiplicative": fair[i],
			"power": fair[i] * 1.004, "shin": fair[i] * 1.002, "prices": len(books)})
	}
	if noise(g.id, name) > 0.93 { // some markets look crossed
		sum = 0.988
	}
	return object{"market": name, "period": "full", "line": line, "books": len(books), "method": "shin", "hold": 0.043,
		"best_sum": sum, "dispersion": 0.011, "average": "mean", "main": true, "left_out": []object{{"book": books[4], "reason": "outlier"}}, "event_time": stamp(g.quoted), "seen_time": stamp(now), "outcomes": list}
}
