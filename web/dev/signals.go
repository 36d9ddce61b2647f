package main

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"
)

// finding is an invented signal on a game.
type finding struct {
	game   *game
	rule   string
	opened time.Time
	value  float64
}

// Values that a signal begins with, and their units.
var findings = []struct {
	rule, unit, market string
	value              float64
}{
	{"value", "return", "h2h", 0.031}, {"arbitrage", "return", "totals", 0.006}, {"low_hold", "hold", "h2h", 0.0018},
	{"middle", "return", "totals", 0.014}, {"steam", "points", "spreads", 1.5}, {"drop", "share", "h2h", 0.072},
	{"stale_line", "probability", "h2h", 0.033}, {"outlier", "mads", "h2h", 7.4},
}

var refusals = []struct{ reason, detail string }{
	{"stale", "home 2.31 at bovada was last confirmed 412s ago, the limit is 120s"},
	{"spread", "away 2.05 at caesars was confirmed 188s before the newest leg, the limit is 90s"},
	{"one_sided", "over 1.98 at betrivers: the book has no price on another outcome"},
	{"implausible", "a value of 0.34 is above 0.2, which is an error more often than a chance"},
	{"outlier", "home 3.4 at williamhill_us: the book stands 9.2 MADs from the median, the limit is 4"},
}

// stir opens, changes or closes a signal and returns its word, if there is one.
func (w *world) stir(now time.Time) []object {
	switch i := w.dice.IntN(24); {
	case len(w.open) < 6 || i == 0 && len(w.open) < 14:
		g := w.games[w.dice.IntN(len(w.games))]
		if g.state != "pre" {
			return nil
		}
		f := &finding{g, findings[w.dice.IntN(len(findings))].rule, now.Add(-time.Duration(w.dice.IntN(900)) * time.Second), 1}
		w.open = append(w.open, f)
		return []object{f.record("open", now)}
	case i == 1 && len(w.open) > 0:
		f := w.open[0]
		w.open = w.open[1:]
		w.closed = append([]object{f.ended("close", "ended", "", now)}, w.closed...)
		return w.closed[:1]
	case i == 2:
		r := refusals[w.dice.IntN(len(refusals))]
		f := finding{w.games[w.dice.IntN(len(w.games))], findings[w.dice.IntN(4)].rule, now, 1 + w.dice.Float64()}
		w.dropped = append([]object{f.ended("dropped", r.reason, r.detail, now)}, w.dropped...)
	case i < 8 && len(w.open) > 0:
		f := w.open[w.dice.IntN(len(w.open))]
		f.value *= 1 + 0.1*w.dice.NormFloat64()
		return []object{f.record("update", now)}
	}
	return nil
}

func (f *finding) ended(state, reason, detail string, now time.Time) object {
	o := f.record(state, now)
	o["reason"], o["detail"] = reason, detail
	return o
}

func (f *finding) record(state string, now time.Time) object {
	i := slices.IndexFunc(findings, func(x struct {
		rule, unit, market string
		value              float64
	}) bool {
		return x.rule == f.rule
	})
	kind := findings[i]
	var line any
	points := 0.0
	switch kind.market {
	case "spreads":
		points = f.game.line()
		line = points
	case "totals":
		points = f.game.league.total
		line = points
	}
	outcomes, fair := f.game.probabilities(kind.market, points)
	o := object{
		"signal_id": fmt.Sprintf("%s|%s@%d", f.rule, f.game.id, f.opened.UnixNano()), "rule": f.rule, "state": state, "fixture_id": f.game.id,
		"league": f.game.league.id, "market": kind.market, "period": "full", "line": line, "outcome": outcomes[0], "book": "", "value": kind.value * f.value,
		"unit": kind.unit, "fair": nil, "ev": nil, "kelly": nil, "books": 7, "method": "power", "reason": "", "detail": "",
		"opened_time": stamp(f.opened), "event_time": stamp(now), "seen_time": stamp(now),
	}
	legs := []object{}
	leg := func(b, i int, stake float64) object {
		l := object{"outcome": outcomes[i], "line": line, "book": books[b], "sharp": b < 2, "price": math.Round(100*(1+f.value*0.03)/fair[i]) / 100,
			"position": nil, "reference": nil, "event_time": stamp(now.Add(-time.Duration(8+23*b) * time.Second)), "seen_time": stamp(now), "age": 8 + 23*b, "stake": stake}
		legs = append(legs, l)
		return l
	}
	switch f.rule {
	case "arbitrage", "low_hold", "middle":
		o["outcome"] = ""
		for i := range outcomes {
			leg(2+i, i, 1/float64(len(outcomes)))
		}
		if f.rule == "middle" {
			o["line"], o["fair"], o["ev"], o["kelly"] = nil, 0.058, kind.value*f.value, 0.011
			legs[0]["line"], legs[1]["line"] = points-1, points+1
		} else if f.rule == "arbitrage" {
			o["ev"] = kind.value * f.value
		}
	case "steam":
		for b := range 4 {
			l := leg(b, 0, 0)
			l["reference"], l["position"] = points+kind.value*f.value, points
		}
	default:
		l := leg(3, 0, 1)
		o["book"], o["fair"] = books[3], fair[0]
		switch f.rule {
		case "value":
			o["ev"], o["kelly"] = kind.value*f.value, 0.0082
		default:
			l["stake"], l["position"], l["reference"] = 0, fair[0]-0.03, fair[0]
		}
	}
	o["legs"] = legs
	return o
}

func (w *world) signals(now time.Time) []object {
	all := []object{}
	for _, f := range w.open {
		all = append(all, f.record("update", now))
	}
	return all
}

func (s *server) signals(w http.ResponseWriter, r *http.Request) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	var rows []object
	switch r.FormValue("state") {
	case "close":
		rows = s.world.closed
	case "dropped":
		rows = s.world.dropped
	default:
		rows = append(append(rows, s.world.closed...), s.world.dropped...)
	}
	wanted := func(o object, parameter, field string) bool {
		return r.FormValue(parameter) == "" || r.FormValue(parameter) == o[field]
	}
	kept := []object{}
	for _, o := range rows {
		if wanted(o, "fixture", "fixture_id") && wanted(o, "rule", "rule") && wanted(o, "league", "league") {
			kept = append(kept, o)
		}
	}
	answer(w, object{"rows": kept[:min(len(kept), 200)]})
}
