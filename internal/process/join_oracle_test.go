package process

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/model/goals"
	"github.com/betflow/betflow/internal/odds"
)

// The oracle of joins: it sorts all records of a league at their moments, and for
// each one looks back through all that came before.

// dated is a record at its moment.
type dated struct {
	at, seen feed.Time
	input, n int
	fixture  string
	game     *feed.Game
	line     *feed.MarketState
	weather  *feed.Weather
}

// history sorts what a league's partition brings.
func (w *world) history(t rapid.TB, in memoryLog, id string, p int32, disorder feed.Time) []dated {
	var all []dated
	for input, topic := range []string{log.GamesTopic(id), log.MainLinesTopic(id), log.WeatherTopic(id)} {
		watermark, last := feed.Time(math.MinInt64), map[string]feed.Time{}
		for n, r := range in[log.Partition{Topic: topic, Partition: p}] {
			d := dated{input: input, n: n}
			var kind feed.Kind
			var event feed.Time
			var err error
			switch input {
			case 0:
				d.game = new(feed.Game)
				err = w.codecs[topic].Decode(r.Value, d.game)
				kind, d.fixture, event, d.seen = d.game.Kind, d.game.FixtureID, d.game.EventTime, d.game.SeenTime
			case 1:
				d.line = new(feed.MarketState)
				err = w.codecs[topic].Decode(r.Value, d.line)
				kind, d.fixture, event, d.seen = d.line.Kind, d.line.FixtureID, d.line.EventTime, d.line.SeenTime
				if kind == feed.KindStart || event == 0 {
					event = d.seen
				}
			case 2:
				d.weather = new(feed.Weather)
				err = w.codecs[topic].Decode(r.Value, d.weather)
				kind, d.fixture, event, d.seen = d.weather.Kind, d.weather.FixtureID, d.weather.EventTime, d.weather.SeenTime
			}
			if err != nil {
				t.Fatal(err)
			}
			if kind == feed.KindTick {
				watermark = event - disorder
				continue
			}
			d.at = max(min(event, d.seen), watermark, last[d.fixture])
			last[d.fixture] = d.at
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b dated) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.input, b.input), cmp.Compare(a.n, b.n))
	})
	return all
}

// past is the records of one fixture up to a moment, the last one included.
type past []dated

func (h past) now() dated { return h[len(h)-1] }

// game returns the newest word about the game.
func (h past) game() *feed.Game {
	for _, d := range slices.Backward(h) {
		if d.game != nil {
			return d.game
		}
	}
	return nil
}

// start returns the published start.
func (h past) start() feed.Time {
	for _, d := range slices.Backward(h) {
		if d.line != nil && d.line.Kind == feed.KindStart {
			return d.line.EventTime
		}
	}
	return 0
}

// began returns when the game began, 0 if it has not.
func (h past) began() (at feed.Time) {
	before := feed.GameState("")
	for i, d := range h {
		if d.game == nil {
			continue
		}
		waiting := at == 0 && (before == feed.GamePre || before == feed.GameDelayed)
		switch s := d.game.State; {
		case s == feed.GamePre || s == feed.GamePostponed:
			at = 0
		case s == feed.GameIn && at == 0:
			at = d.at
			if start := h[:i].start(); !waiting && start != 0 {
				at = min(at, start)
			}
		}
		before = d.game.State
	}
	return at
}

func (h past) running() bool {
	g := h.game()
	return h.began() != 0 && (g.State == feed.GameIn || g.State == feed.GameDelayed || g.State == feed.GameSuspended)
}

// quoted is a main line and when it was last confirmed.
type quoted struct {
	*feed.MarketState
	confirmed feed.Time
}

func (q quoted) whole() bool {
	if q.MarketState == nil || q.Books == 0 || len(q.Outcomes) < 2 {
		return false
	}
	for _, o := range q.Outcomes {
		if o.Fair == nil {
			return false
		}
	}
	return true
}

func (q quoted) fair(outcome string) float64 {
	for _, o := range q.Outcomes {
		if o.Outcome == outcome {
			return *o.Fair
		}
	}
	return math.NaN()
}

// line returns the main line of a market.
func (h past) line(market string) (q quoted) {
	for i, d := range slices.Backward(h) {
		if d.line == nil || d.line.Kind != feed.KindMarket || d.line.Market != market {
			continue
		}
		q = quoted{d.line, cmp.Or(d.line.EventTime, d.line.SeenTime)}
		for _, later := range h[i:] {
			if later.line != nil && later.line.Kind == feed.KindSeen && later.line.Market == market {
				q.confirmed = max(q.confirmed, later.line.EventTime)
			}
		}
		return q
	}
	return q
}

// close returns the last whole main line before the game.
func (h past) close(market string) quoted {
	for i := len(h); i > 0; i-- {
		d, then := h[i-1], h[:i]
		if d.line == nil || d.line.Market != market || d.line.Kind == feed.KindStart || then.began() != 0 {
			continue
		}
		g, start := then.game(), then.start()
		waiting := g != nil && (g.State == feed.GamePre || g.State == feed.GameDelayed)
		if q := then.line(market); q.whole() && (waiting || start != 0 && d.at <= start) {
			return q
		}
	}
	return quoted{}
}

// oracleFair returns the probability that a bet wins given that the stake is not
// returned, by adding up whole points of a normal distribution. A total's line has
// the sign -1.
func oracleFair(mean, sigma, sign, line float64) float64 {
	won, lost := 0.0, 0.0
	around := math.Round(mean)
	cdf := func(x float64) float64 {
		if sigma == 0 {
			return map[bool]float64{true: 1}[x > mean]
		}
		return .5 * math.Erfc((mean-x)/sigma/math.Sqrt2)
	}
	reach := math.Ceil(9 * sigma)
	for k := around - reach - 1; k <= around+reach+1; k++ {
		p := cdf(k+.5) - cdf(k-.5)
		if profit := odds.Settle(k, sign*line, 2); profit > 0 {
			won += p * profit
		} else {
			lost -= p * profit
		}
	}
	return won / (won + lost)
}

// oracleMean finds the mean behind a fair price by bisection.
func oracleMean(fair, sigma, sign, line float64) float64 {
	key := [4]float64{fair, sigma, sign, line}
	if mean, ok := oracleMeans[key]; ok {
		return mean
	}
	low, high := -300.0, 300.0
	for range 60 {
		if mid := (low + high) / 2; oracleFair(mid, sigma, sign, line) < fair {
			low = mid
		} else {
			high = mid
		}
	}
	oracleMeans[key] = (low + high) / 2
	return oracleMeans[key]
}

// oracleMeans remembers what bisection has found.
var oracleMeans = map[[4]float64]float64{}

// oracleLeft is the share of a game with a clock that is left, NaN if not known.
func oracleLeft(l *league.League, g *feed.Game) float64 {
	length, n := l.Periods.Minutes*60, float64(l.Periods.Count)
	if g.Period < 1 || float64(g.Period) > n || g.ClockSeconds == nil {
		return math.NaN()
	}
	played := float64(g.Period-1)*length + length - *g.ClockSeconds
	if l.Periods.CountsUp {
		if played = *g.ClockSeconds; played >= n*length {
			return math.NaN()
		}
	}
	return 1 - played/(n*length)
}

// oracleModel returns the probability of an outcome by the model, NaN for none.
func (h past) oracleModel(l *league.League, market, outcome string, line float64) float64 {
	g, at, none := h.game(), h.now().at, math.NaN()
	left := oracleLeft(l, g)
	if g.State != feed.GameIn || g.HomeScore == nil || g.AwayScore == nil || math.IsNaN(left) {
		return none
	}
	if at-g.EventTime > 5*feed.Minute {
		return none
	}
	fresh := func(q quoted) bool { return q.whole() && h.began()-q.confirmed <= 24*feed.Hour }
	home, away := float64(*g.HomeScore), float64(*g.AwayScore)
	h2h, spread, total := h.close(feed.MarketH2H), h.close(feed.MarketSpreads), h.close(feed.MarketTotals)
	if l.Draw {
		if !fresh(h2h) || !fresh(total) {
			return none
		}
		r, err := goals.FromResultAndTotal(goals.Market{Home: h2h.fair("home"), Draw: h2h.fair("draw"), Away: h2h.fair("away")}, goals.Total{Line: *total.Line, Over: total.fair("over")})
		if err != nil {
			return none
		}
		return oracleGoals(r.Home*left, r.Away*left, home, away, outcome, line)
	}
	var p float64
	switch {
	case market == feed.MarketTotals:
		if !fresh(total) {
			return none
		}
		mean := oracleMean(total.fair("over"), l.Score.SigmaTotal, -1, *total.Line)
		p = oracleFair(home+away+mean*left, l.Score.SigmaTotal*math.Sqrt(left), -1, line)
	default:
		q := spread
		if !fresh(q) {
			q = h2h
		}
		if !fresh(q) {
			return none
		}
		closing := 0.0
		if q.Line != nil {
			closing = *q.Line
		}
		mean := oracleMean(q.fair("home"), l.Score.SigmaMargin, 1, closing)
		if market == feed.MarketSpreads {
			p = oracleFair(home-away+mean*left, l.Score.SigmaMargin*math.Sqrt(left), 1, line)
		} else if left > 0 {
			p = .5 * math.Erfc(-(home-away+mean*left)/(l.Score.SigmaMargin*math.Sqrt(left))/math.Sqrt2)
		} else {
			p = .5 + .5*float64(cmp.Compare(home, away))
		}
	}
	if outcome == "home" || outcome == "over" {
		return p
	}
	return 1 - p
}

// oracleGoals adds up every number of goals that may still fall.
func oracleGoals(rateHome, rateAway, home, away float64, outcome string, line float64) float64 {
	chance := func(rate float64) (p []float64) {
		q := math.Exp(-rate)
		for k := range 25 {
			p = append(p, q)
			q *= rate / float64(k+1)
		}
		return p
	}
	result := map[string]float64{}
	won, lost := map[string]float64{}, map[string]float64{}
	for i, p := range chance(rateHome) {
		for j, q := range chance(rateAway) {
			h, a := home+float64(i), away+float64(j)
			result[map[int]string{1: "home", 0: "draw", -1: "away"}[cmp.Compare(h, a)]] += p * q
			for side, profit := range map[string]float64{
				"home": odds.Settle(h-a, line, 2), "away": odds.Settle(a-h, -line, 2), "over": odds.Settle(h+a, -line, 2), "under": odds.Settle(-h-a, line, 2),
			} {
				won[side] += p * q * max(0, profit)
				lost[side] += p * q * max(0, -profit)
			}
		}
	}
	if math.IsNaN(line) {
		return result[outcome]
	}
	return won[outcome] / (won[outcome] + lost[outcome])
}

// oracleRow is what a row of running games has to say.
type oracleRow struct {
	Fixture, Market, Change string
	At, Began, Quoted, Told feed.Time
	Line                    feed.Line
	State                   feed.GameState
	Outcomes                []string
	Model, Fair             []float64
}

// inPlay writes the rows that the newest record makes.
func (h past) inPlay(l *league.League) (rows []oracleRow) {
	d, before := h.now(), h[:len(h)-1]
	was := len(before) > 0 && before.game() != nil && before.running()
	row := func(market, change string) {
		q := h.line(market)
		if q.MarketState == nil && market != feed.MarketH2H {
			return
		}
		g := h.game()
		r := oracleRow{Fixture: d.fixture, Market: market, Change: change, At: d.at, Began: h.began(), Told: g.EventTime, State: g.State}
		line := math.NaN()
		if q.MarketState != nil {
			r.Line, r.Quoted = feed.LineOf(q.Line), q.confirmed
			for _, o := range q.Outcomes {
				r.Outcomes = append(r.Outcomes, o.Outcome)
			}
			if q.Line != nil {
				line = *q.Line
			}
		} else if r.Outcomes = []string{"home", "away"}; l.Draw {
			r.Outcomes = []string{"home", "draw", "away"}
		}
		for _, o := range r.Outcomes {
			fair := math.NaN()
			if q.whole() && d.at-q.confirmed <= 5*feed.Minute {
				fair = q.fair(o)
			}
			r.Fair = append(r.Fair, fair)
			r.Model = append(r.Model, h.oracleModel(l, market, o, line))
		}
		rows = append(rows, r)
	}
	switch {
	case d.game != nil:
		old := before.game()
		if old != nil && oracleScore(old) == oracleScore(d.game) || !was && !h.running() {
			return nil
		}
		for _, market := range []string{"h2h", "spreads", "totals"} {
			row(market, "game")
		}
	case d.line != nil && d.line.Kind == feed.KindMarket && was:
		row(d.line.Market, "market")
	}
	return rows
}

// oracleScore is what of a game makes a row.
func oracleScore(g *feed.Game) string {
	return jsonOf([]any{g.State, g.Status, g.Detail, g.Period, g.Clock, g.ClockSeconds, g.HomeScore, g.AwayScore})
}

// checkJoins holds joined records to the oracle and returns how many rows had both
// a model and a market.
func (w *world) checkJoins(t rapid.TB, in, joined memoryLog, disorder time.Duration) (inPlay, weather int) {
	t.Helper()
	for _, id := range w.leagues {
		l := w.league(id)
		for p := range w.partitions {
			var want []oracleRow
			var wantWeather []string
			fixtures := map[string]past{}
			for _, d := range w.history(t, in, id, p, feed.Span(disorder)) {
				h := append(fixtures[d.fixture], d)
				fixtures[d.fixture] = h
				want = append(want, h.inPlay(l)...)
				if text := h.totalsWeather(l); text != "" {
					wantWeather = append(wantWeather, text)
				}
			}
			inPlay += w.compareInPlay(t, decode[feed.InPlay](t, w, partitionOf(joined, log.InPlayTopic(id), p), log.InPlayTopic(id)), want)
			var gotWeather []string
			for _, r := range decode[feed.TotalsWeather](t, w, partitionOf(joined, log.TotalsWeatherTopic(id), p), log.TotalsWeatherTopic(id)) {
				gotWeather = append(gotWeather, weatherText(&r))
			}
			if !slices.Equal(gotWeather, wantWeather) {
				t.Fatalf("%s/%d: totals beside weather\n%q\nwant\n%q", id, p, gotWeather, wantWeather)
			}
			weather += len(wantWeather)
		}
	}
	return inPlay, weather
}

func partitionOf(m memoryLog, topic string, p int32) memoryLog {
	at := log.Partition{Topic: topic, Partition: p}
	return memoryLog{at: m[at]}
}

func (w *world) compareInPlay(t rapid.TB, got []feed.InPlay, want []oracleRow) (both int) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d rows of running games, want %d", len(got), len(want))
	}
	for i, r := range got {
		o := want[i]
		head := oracleRow{Fixture: r.FixtureID, Market: r.Market, Change: r.Change, At: r.EventTime, Began: r.StartTime, Quoted: r.MarketTime, Told: r.GameTime, Line: feed.LineOf(r.Line), State: r.State}
		for _, x := range r.Outcomes {
			head.Outcomes = append(head.Outcomes, x.Outcome)
		}
		wanted := o
		wanted.Model, wanted.Fair = nil, nil
		if fmt.Sprint(head) != fmt.Sprint(wanted) {
			t.Fatalf("row %d: %v, want %v", i, head, wanted)
		}
		for k, x := range r.Outcomes {
			if !agree(x.Model, o.Model[k], 1e-6) || !agree(x.Fair, o.Fair[k], 0) {
				t.Fatalf("row %d, %s: %s, want model %v, fair %v", i, x.Outcome, jsonOf(r), o.Model[k], o.Fair[k])
			}
			if (x.Model == nil) == (r.ModelAbsent == "") || (x.Fair == nil) == (r.MarketAbsent == "") {
				t.Fatalf("row %d: reasons %s", i, jsonOf(r))
			}
			if x.Model == nil || x.Fair == nil {
				continue
			}
			both++
			if !agree(x.Difference, *x.Model-*x.Fair, 1e-12) || x.LogOdds != nil && !agree(x.LogOdds, math.Log(*x.Model/(1-*x.Model)*(1-*x.Fair) / *x.Fair), 1e-9) {
				t.Fatalf("row %d: differences %s", i, jsonOf(x))
			}
		}
	}
	return both
}

// agree tells whether a number is near another; NaN stands for none.
func agree(got *float64, want, tolerance float64) bool {
	if got == nil || math.IsNaN(want) {
		return got == nil && math.IsNaN(want)
	}
	return math.Abs(*got-want) <= tolerance
}

// totalsWeather writes what the newest record makes of total and weather, "" if
// nothing.
func (h past) totalsWeather(l *league.League) string {
	d := h.now()
	q := h.line(feed.MarketTotals)
	readings := h.readings()
	if q.MarketState == nil || len(readings) == 0 {
		return ""
	}
	r := &feed.TotalsWeather{
		FixtureID: d.fixture, InPlay: h.game() != nil && h.running(), EventTime: d.at, SeenTime: d.seen, MarketTime: q.confirmed, MarketAge: d.at.Sub(q.confirmed).Seconds(),
	}
	switch {
	case d.line != nil && d.line.Kind == feed.KindMarket && d.line.Market == feed.MarketTotals:
		r.Change = "market"
	case d.weather != nil && d.weather == readings[len(readings)-1]:
		r.Change = "weather"
	default:
		return ""
	}
	if q.whole() {
		over := q.fair("over")
		mean := oracleMean(over, l.Score.SigmaTotal, -1, *q.Line)
		r.Line, r.Over, r.Implied = q.Line, &over, &mean
	}
	for i, e := range h {
		if e.line == nil || e.line.Market != feed.MarketTotals || e.line.Kind != feed.KindMarket {
			continue
		}
		if open := h[:i+1].line(feed.MarketTotals); open.whole() {
			over := open.fair("over")
			r.OpenLine, r.OpenOver, r.OpenTime = open.Line, &over, e.line.EventTime
			if r.Line != nil {
				move, implied := *r.Line-*open.Line, *r.Implied-oracleMean(over, l.Score.SigmaTotal, -1, *open.Line)
				r.LineMove, r.ImpliedMove = &move, &implied
			}
			break
		}
	}
	w := readings[len(readings)-1]
	r.WeatherTime, r.WeatherAge, r.TemperatureC, r.WindMS, r.Precipitation, r.Humidity = w.EventTime, d.at.Sub(w.EventTime).Seconds(), w.TemperatureC, w.WindMS, w.Precipitation, w.Humidity
	if len(readings) > 1 {
		b := readings[len(readings)-2]
		move := *w.TemperatureC - *b.TemperatureC
		r.BeforeTime, r.TemperatureMove = b.EventTime, &move
	}
	return weatherText(r)
}

// readings lists the measurements so far, each newer than those before.
func (h past) readings() (out []*feed.Weather) {
	for _, d := range h {
		if d.weather != nil && (len(out) == 0 || d.weather.EventTime > out[len(out)-1].EventTime) {
			out = append(out, d.weather)
		}
	}
	return out
}

// weatherText prints what the oracle knows of a row.
func weatherText(r *feed.TotalsWeather) string {
	n := func(p *float64) string {
		if p == nil {
			return "-"
		}
		return fmt.Sprintf(" %.5f", math.Round(*p*1e5)/1e5+0) // no minus before a zero
	}
	return fmt.Sprint(r.FixtureID, " ", r.Change, " ", r.InPlay, " ", r.EventTime, " ", r.SeenTime, " total ", n(r.Line), n(r.Over), n(r.Implied), r.MarketTime, r.MarketAge,
		" open ", n(r.OpenLine), n(r.OpenOver), r.OpenTime, n(r.LineMove), n(r.ImpliedMove),
		" weather ", r.WeatherTime, r.WeatherAge, n(r.TemperatureC), n(r.WindMS), n(r.Precipitation), n(r.Humidity), r.BeforeTime, n(r.TemperatureMove))
}
