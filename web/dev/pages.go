package main

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

func (s *server) fixture(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	var detail object
	found := s.world.find(r.PathValue("id"), func(g *game) {
		markets := []object{g.market("h2h", nil, now)}
		for _, step := range []float64{-1, 0, 1} {
			markets = append(markets, g.market("spreads", g.line()+step, now), g.market("totals", g.league.total+step, now))
		}
		var quotes []object
		for _, market := range markets {
			quotes = append(quotes, g.quotes(market, now)...)
		}
		detail = object{"fixture": g.fixture(now), "markets": markets, "books": quotes, "aliases": []object{
			{"source": "espn", "id": "401671789", "confidence": 1}, {"source": "odds-api", "id": "e912304de2b2ce35b473ce2ecd3d1502", "confidence": 0.97}}}
	})
	if !found {
		w.WriteHeader(http.StatusNotFound)
		answer(w, object{"error": "there is no fixture " + strconv.Quote(r.PathValue("id")), "hint": "The board lists those that are known."})
		return
	}
	answer(w, detail)
}

// quotes are all books' prices of a market: one withdrawn, one suspended.
func (g *game) quotes(market object, now time.Time) []object {
	name := market["market"].(string)
	line, _ := market["line"].(float64)
	outcomes, fair := g.probabilities(name, line)
	var list []object
	for b, book := range books {
		state := "open"
		if b == 5 {
			state = "withdrawn"
		} else if b == 6 {
			state = "suspended"
		}
		for i, outcome := range outcomes {
			price := g.price(book, outcome, fair[i])
			list = append(list, object{"market": name, "period": "full", "line": market["line"], "outcome": outcome, "book": book,
				"price": price, "price_original": strconv.FormatFloat(price, 'f', 2, 64), "state": state,
				"event_time": stamp(g.quoted.Add(-time.Duration(b*b*9) * time.Second)), "seen_time": stamp(now), "fair_edge": price*fair[i] - 1})
		}
	}
	return list
}

// movement tells the trend as every book would have followed it.
func (s *server) movement(w http.ResponseWriter, r *http.Request) {
	market, outcome := r.FormValue("market"), r.FormValue("outcome")
	var series []object
	consensus := [][2]float64{}
	s.world.find(r.PathValue("id"), func(g *game) {
		for _, point := range g.trend {
			consensus = append(consensus, [2]float64{point[0], side(outcome, point[1])})
		}
		for b, book := range books {
			points := [][2]any{}
			for i := b; i < len(g.trend); i += 2 + b {
				points = append(points, [2]any{g.trend[i][0] + float64(b*7000), g.price(book, outcome, side(outcome, g.trend[i][1]))})
			}
			if b == 5 {
				points[len(points)/2][1] = nil
				points[len(points)-1][1] = nil
			}
			series = append(series, object{"book": book, "points": points})
		}
	})
	answer(w, object{"market": market, "line": nil, "outcome": outcome, "series": series, "consensus": consensus, "best": [][2]float64{}})
}

func side(outcome string, home float64) float64 {
	if outcome == "home" || outcome == "over" {
		return home
	}
	return 1 - home
}

func (s *server) windows(w http.ResponseWriter, r *http.Request) {
	size, err := time.ParseDuration(r.FormValue("size"))
	if err != nil || size <= 0 {
		w.WriteHeader(http.StatusBadRequest)
		answer(w, object{"error": "reading the size of the windows: want a duration such as 10m"})
		return
	}
	rows := []object{}
	s.world.find(r.PathValue("id"), func(g *game) {
		per := max(1, int(size/(2*time.Minute)))
		for i := 0; i+per < len(g.trend); i += per {
			first, last := 1/side(r.FormValue("outcome"), g.trend[i][1]), 1/side(r.FormValue("outcome"), g.trend[i+per][1])
			start := time.UnixMilli(int64(g.trend[i][0])).Truncate(size)
			rows = append(rows, object{"window_start": stamp(start), "window_end": stamp(start.Add(size)), "revision": 0, "count": per,
				"first": first, "last": last, "min": math.Min(first, last) * 0.99, "max": math.Max(first, last) * 1.01,
				"mean": (first + last) / 2, "stddev": math.Abs(last-first) / 2})
		}
	})
	answer(w, object{"rows": rows})
}

func (s *server) status(w http.ResponseWriter, _ *http.Request) {
	now := time.Now()
	answer(w, object{"started": stamp(now.Add(-3 * time.Hour)), "now": stamp(now), "version": "dev", "mode": mode, "watermark": stamp(now.Add(-2 * time.Second)),
		"parity": object{"checked": 40123, "mismatches": 0, "unchecked": 12},
		"sources": []object{
			{"source": "espn", "state": "ok", "last_success": stamp(now.Add(-3 * time.Second)), "next_fetch": stamp(now.Add(7 * time.Second)), "requests": 4123, "retries": 2, "errors": 0},
			{"source": "odds-api", "state": "degraded", "last_success": stamp(now.Add(-95 * time.Second)), "next_fetch": stamp(now.Add(25 * time.Second)), "requests": 310, "retries": 9, "errors": 4,
				"last_error": "429 Too Many Requests", "hint": "The plan allows one request a second; the schedule slows down by itself.", "quota": object{"remaining": 88, "used": 412, "last": 3}},
			{"source": "openweather", "state": "down", "requests": 12, "retries": 36, "errors": 12, "last_error": "401 Unauthorized", "hint": "Set OPENWEATHER_API_KEY, or remove the source."},
			{"source": "open-meteo", "state": "idle", "requests": 0, "retries": 0, "errors": 0}},
		"topics": []object{{"topic": "raw.espn", "records": 4123, "lag": 0}, {"topic": "quotes.nfl", "records": 184230, "lag": 2400}},
		"tasks": []object{
			{"task": "normalise-0", "records": 4123, "emitted": 184230, "restarts": 0, "restored_seconds": 0.04},
			{"task": "compute-0", "records": 184230, "emitted": 9120, "restarts": 2, "restored_seconds": 1.3, "error": "reading topic quotes.nfl: connection refused"}},
		"counters": object{"quotes": 184230, "games": 1204, "weather": 88, "quarantined": 2, "late": 17, "reviews": 1, "duplicates_dropped": 3021}})
}

func (s *server) quarantine(w http.ResponseWriter, _ *http.Request) {
	now := time.Now()
	answer(w, object{"rows": []object{
		{"source": "odds-api", "seen_time": stamp(now.Add(-4 * time.Minute)), "path": "/v4/sports/americanfootball_nfl/odds", "place": "[3].bookmakers[1].markets[0].outcomes[0].price",
			"reason": "reading a price: 0.5 is no decimal price, which is above 1", "body": `{"name":"Dallas Cowboys","price":0.5}`}}})
}

func (s *server) reviews(w http.ResponseWriter, _ *http.Request) {
	answer(w, object{"rows": []object{
		{"league": "ncaaf", "source": "odds-api", "subject": "team", "source_id": "", "name": "Miami (OH) Redhawks", "candidate": "ncaaf-miami-fl", "score": 0.71,
			"reason": "two teams of the league share the name", "seen_time": stamp(time.Now().Add(-time.Hour))}}})
}

func (s *server) query(w http.ResponseWriter, _ *http.Request) {
	rows := [][]any{}
	for i := range 40 {
		rows = append(rows, []any{"nfl-000", "h2h", nil, books[i%len(books)], 1.91 + float64(i)/100})
	}
	answer(w, object{"columns": []string{"fixture_id", "market", "line", "book", "price"}, "rows": rows, "truncated": true, "elapsed_ms": 1.84})
}
