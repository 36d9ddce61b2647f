package main

import (
	"net/http"
	"time"
)

// models has one with numbers and one without.
func (s *server) models(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	var v object
	s.world.find(r.PathValue("id"), func(g *game) {
		var rows []object
		compare := func(market string, line any, outcome string, p, fair float64, input bool) {
			rows = append(rows, object{"market": market, "line": line, "outcome": outcome, "probability": p, "difference": p - fair, "input": input,
				"consensus": object{"fair": fair, "books": 9, "best_price": g.price(books[2], outcome, fair), "best_book": books[2], "age_seconds": now.Sub(g.quoted).Seconds()}})
		}
		line := g.line()
		_, spread := g.probabilities("spreads", line)
		compare("spreads", line, "home", spread[0], spread[0], true)
		for outcome, p := range g.fair() {
			if outcome != "draw" {
				compare("h2h", nil, outcome, p+0.012*noise(outcome), p, false)
			}
		}
		v = object{"now": stamp(now), "state": g.state, "models": []object{
			{"model": "normal_margin", "method": "The final margin is normal around what the consensus spread implies, with the league's standard deviation.", "markets": rows,
				"inputs":     []object{{"name": "home", "value": spread[0], "market": "spreads", "line": line, "books": 9}, {"name": "sigma", "value": g.league.sigma}},
				"parameters": []object{{"name": "mean_margin", "value": g.edge}}},
			{"model": "brownian", "method": "The margin moves as a Brownian motion.", "absent": "the game has not begun", "inputs": []object{}, "parameters": []object{}, "markets": []object{}}}}
	})
	answer(w, v)
}

// discovery tells of some books enough and of the others too little.
func (s *server) discovery(w http.ResponseWriter, r *http.Request) {
	var v object
	s.world.find(r.PathValue("id"), func(g *game) {
		market := r.FormValue("market")
		outcomes, fair := g.probabilities(market, g.line())
		short := object{"value": nil, "n": 3, "need": 10}
		var open, closing, moves, leads, parts, follows []object
		for b, book := range books {
			price := []object{{"outcome": outcomes[0], "price": g.price(book, outcomes[0], fair[0]), "fair": fair[0]}}
			stand := object{"book": book, "line": nil, "prices": price, "event_time": stamp(g.start.Add(-26 * time.Hour)), "seen_time": stamp(g.start.Add(-26 * time.Hour)), "age_s": 40 + 90*b, "standing": b != 5, "rule": ""}
			open, closing = append(open, stand), append(closing, stand)
			known := func(value, se float64, n int) object {
				if b > 5 {
					return short
				}
				return object{"value": value, "standard_error": se, "n": n}
			}
			moves = append(moves, object{"book": book, "net_move": known(0.1*noise(book), 0, 12), "line_moves": b % 3, "volatility": known(0.05, 0.01, 14), "first_moves": known(0.42/float64(b+1), 0.08, 40),
				"arrival": object{"since": stamp(g.start), "before_start_s": 300 * (b + 1)}})
			if b > 0 {
				leads = append(leads, object{"leader": books[0], "follower": book, "lag_s": known(60*float64(b), 25, 31), "correlation": known(0.9-0.1*float64(b), 0.05, 31)})
				follows = append(follows, object{"leader": books[0], "follower": book, "median_s": known(45*float64(b), 9, 17), "lower_s": 20, "upper_s": 70 * b, "never": b})
			}
			if b < 4 {
				parts = append(parts, object{"book": book, "share": 0.25, "low": 0.1, "high": 0.5})
			}
		}
		v = object{"scheduled": stamp(g.start), "start": stamp(g.start), "observed": g.state != "pre", "method": "power", "markets": []object{{
			"market": market, "period": "full", "outcome": outcomes[0], "reference_line": nil, "quotes": 214, "left_out": 2, "open": open, "close": closing, "books": moves,
			"open_consensus": object{"fair": fair[0], "books": 3, "seen_time": stamp(g.start.Add(-26 * time.Hour))}, "leads": leads, "follows": follows,
			"information": object{"n": 900, "need": 320, "moves": 40, "step_s": 60, "books": parts}}}}
	})
	answer(w, v)
}
