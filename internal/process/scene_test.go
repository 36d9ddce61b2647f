package process

import (
	"math/rand/v2"
	"strconv"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/source/openweather"
)

// scene plays a small world of providers with all that goes wrong there: prices
// that move, vanish and come back, answers that cannot be read, overlapping
// requests, rescheduled games, time that jumps.
type scene struct {
	w     *world
	rng   *rand.Rand
	now   feed.Time
	games []*sceneGame
}

type sceneGame struct {
	league  *league.League
	id      string
	home    league.Team
	away    league.Team
	start   feed.Time
	prices  map[string]float64
	score   [2]int
	play    int
	running bool
}

func newScene(w *world, seed uint64) *scene {
	s := &scene{w: w, rng: rand.New(rand.NewPCG(seed, 1)), now: epoch}
	for _, id := range w.leagues {
		l := w.league(id)
		for i := range 3 {
			s.games = append(s.games, &sceneGame{
				league: l, id: id + strconv.Itoa(i), home: l.Teams[2*i], away: l.Teams[2*i+1],
				start: epoch + feed.Time(i)*feed.Hour, prices: map[string]float64{},
			})
		}
	}
	return s
}

func (s *scene) chance(percent int) bool { return s.rng.IntN(100) < percent }

// play returns n entries and a last tick that closes every window.
func (s *scene) play(n int) []entry {
	var out []entry
	for range n {
		step := feed.Time(s.rng.IntN(8_000_000))
		if s.chance(3) {
			step += 4 * feed.Minute
		}
		s.now += step
		switch {
		case s.chance(15):
			out = append(out, entry{time: s.now})
		case s.chance(20):
			out = append(out, s.of(s.scoreboard()))
		case s.chance(10):
			out = append(out, s.of(s.weather()))
		default:
			out = append(out, s.of(s.odds()))
		}
	}
	return append(out, entry{time: s.now + 10*feed.Minute})
}

func (s *scene) of(raw feed.Raw) entry {
	raw.FetchedAt = s.now
	if s.chance(3) {
		raw.Body = raw.Body[:len(raw.Body)/2]
	}
	return entry{time: s.now, raw: &raw}
}

func (s *scene) some() *league.League { return s.w.league(s.w.leagues[s.rng.IntN(len(s.w.leagues))]) }

func (s *scene) odds() feed.Raw {
	l := s.some()
	markets := []string{"h2h,spreads", "spreads,totals"}[s.rng.IntN(2)]
	raw := feed.Raw{Source: feed.SourceOdds, League: l.ID, Status: 200, Path: "/v4/sports/" + l.Keys[feed.SourceOdds] + "/odds",
		Query: map[string]string{"markets": markets, "oddsFormat": "decimal"}}
	if s.chance(5) {
		raw.Status, raw.Body = 304, []byte{}
		return raw
	}
	events := []oddsEvent{}
	for _, g := range s.games {
		if g.league == l && !s.chance(10) {
			events = append(events, s.oddsEvent(g, markets))
		}
	}
	raw.Body = mustJSON(events)
	return raw
}

func (s *scene) oddsEvent(g *sceneGame, markets string) oddsEvent {
	if s.chance(5) {
		g.start += 10 * feed.Minute
	}
	ev := oddsEvent{ID: g.id, SportKey: g.league.Keys[feed.SourceOdds], Commence: rfc(g.start), Home: g.home.Name, Away: g.away.Name}
	if s.chance(2) {
		ev.Home = ""
	}
	at := s.now - feed.Time(s.rng.IntN(5))*feed.Minute
	for _, key := range []string{"betmgm", "draftkings", "fanduel"} {
		if s.chance(10) {
			continue
		}
		b := book(key, at)
		if markets == "h2h,spreads" && !s.chance(8) {
			b.Markets = append(b.Markets, h2h(at, g.home.Name, g.away.Name, s.price(g, key+"h"), s.price(g, key+"a")))
		}
		if !s.chance(8) {
			b.Markets = append(b.Markets, spreads(at, g.home.Name, g.away.Name, float64(s.rng.IntN(3))-1, s.price(g, key+"s"), s.price(g, key+"t")))
		}
		if markets != "h2h,spreads" {
			b.Markets = append(b.Markets, totals(at, 5.5, s.price(g, key+"o"), s.price(g, key+"u")))
		}
		ev.Bookmakers = append(ev.Bookmakers, b)
	}
	return ev
}

// price walks; now and then it is written otherwise, or is no price.
func (s *scene) price(g *sceneGame, key string) any {
	if g.prices[key] == 0 || s.chance(20) {
		g.prices[key] = float64(105+s.rng.IntN(400)) / 100
	}
	switch {
	case s.chance(1):
		return "soon"
	case s.chance(5):
		return strconv.FormatFloat(g.prices[key], 'f', 4, 64)
	}
	return g.prices[key]
}

func (s *scene) scoreboard() feed.Raw {
	l := s.some()
	var games []scoreboardGame
	for _, g := range s.games {
		if g.league != l {
			continue
		}
		g.running = g.running || s.chance(20)
		b := scoreboardGame{id: "4" + g.id, start: g.start, home: g.home.Name, away: g.away.Name, status: "STATUS_SCHEDULED", state: "pre"}
		if g.running {
			g.score[s.rng.IntN(2)] += s.rng.IntN(2)
			g.play += s.rng.IntN(2)
			b.status, b.state, b.period, b.score, b.play = "STATUS_IN_PROGRESS", "in", 1, g.score, strconv.Itoa(g.play)
			g.tell(&b)
			b.possession = []string{"", "home", "away"}[s.rng.IntN(3)]
		}
		games = append(games, b)
	}
	return feed.Raw{Source: feed.SourceGames, League: l.ID, Status: 200, Path: "/apis/site/v2/sports/" + l.Keys[feed.SourceGames] + "/scoreboard", Body: scoreboard(games...)}
}

// tell says how far the game has come: every play is a tenth of it.
func (g *sceneGame) tell(b *scoreboardGame) {
	p := g.league.Periods
	played := float64(min(g.play, 10)) / 10 * float64(p.Count)
	period := min(int(played), p.Count-1)
	b.period, b.seconds = period+1, (played-float64(period))*p.Minutes*60
	if p.CountsUp {
		b.seconds += float64(period) * p.Minutes * 60
	} else {
		b.seconds = p.Minutes*60 - b.seconds
	}
	if g.play > 10 {
		b.status, b.state = "STATUS_FINAL", "post"
	}
}

func (s *scene) weather() feed.Raw {
	g := s.games[s.rng.IntN(len(s.games))]
	raw := feed.Raw{Source: feed.SourceWeather, League: g.league.ID, Status: 200, Path: "/data/2.5/weather",
		Query: map[string]string{}, Body: weatherBody(s.now-feed.Minute, float64(s.rng.IntN(30)))}
	for _, v := range g.league.Venues {
		if v.ID == g.home.Venue {
			raw.Query["lat"], raw.Query["lon"] = openweather.Coordinates(v)
		}
	}
	return raw
}
