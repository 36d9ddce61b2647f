package simulate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
)

// Config says what world to simulate. The zero value of an optional field
// stands for its default.
type Config struct {
	Seed        uint64           // worlds of different seeds have nothing in common
	Leagues     []league.League  // at least one
	Start       time.Time        // the simulated instant at which the simulator starts; default Now()
	Speed       float64          // simulated seconds in a second of Now; default 1
	Now         func() time.Time // default time.Now
	Books       []Book           // default DefaultBooks()
	GamesPerDay int              // of each league, at most 99; default 10
	Credits     int              // monthly budget of each key at The Odds API; default 1,000,000
}

// ErrNoLeagues is returned for a configuration without leagues.
var ErrNoLeagues = errors.New("a simulation needs at least one league")

// Simulator serves a simulated world. It is safe for concurrent use.
type Simulator struct {
	config       Config
	began        time.Time
	competitions []*competition
	books        []bookmaker
	weather      *climate
	faults       *Faults

	mu     sync.Mutex // guards the caches of the world and what follows
	meters map[string]*meter
	bodies map[string][]byte // of the present instant
	fresh  feed.Time         // the instant of bodies
	epoch  int               // of the faults that bodies were made under
}

// New returns a simulator. It fails when a league cannot be simulated: without
// teams, a known sport, or the numbers of its score model.
func New(c Config) (*Simulator, error) {
	if len(c.Leagues) == 0 {
		return nil, ErrNoLeagues
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Start.IsZero() {
		c.Start = c.Now()
	}
	if c.Speed == 0 {
		c.Speed = 1
	}
	if c.Books == nil {
		c.Books = DefaultBooks()
	}
	if c.GamesPerDay == 0 {
		c.GamesPerDay = 10
	}
	if c.Credits == 0 {
		c.Credits = 1_000_000
	}
	c.GamesPerDay = min(c.GamesPerDay, 99)
	world := seed(c.Seed).of("world")
	s := &Simulator{
		config: c, began: c.Now(), weather: &climate{seed: world.of("weather")},
		meters: make(map[string]*meter), bodies: make(map[string][]byte),
	}
	for i := range c.Leagues {
		comp, err := newCompetition(world, i, &c.Leagues[i], c.GamesPerDay, s.weather)
		if err != nil {
			return nil, fmt.Errorf("preparing the simulation: %w", err)
		}
		s.competitions = append(s.competitions, comp)
	}
	for _, b := range c.Books {
		s.books = append(s.books, bookmaker{Book: b, seed: uint64(seed(0).of(b.Key))})
	}
	s.faults = &Faults{now: c.Now, reschedule: s.reschedule, counts: make(map[FaultKind]int)}
	return s, nil
}

// Instant is the simulated present, on the grid of whole seconds.
func (s *Simulator) Instant() feed.Time {
	passed := s.config.Now().Sub(s.began)
	at := s.config.Start.Add(time.Duration(float64(passed) * s.config.Speed))
	return feed.At(at).Truncate(feed.Second)
}

// Faults are the disturbances that can be switched on.
func (s *Simulator) Faults() *Faults { return s.faults }

// Fixtures returns the fixtures of a league that start in [from, to), by start
// time.
func (s *Simulator) Fixtures(leagueID string, from, to feed.Time) []Fixture {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Fixture
	for _, c := range s.competitions {
		if c.league.ID == leagueID {
			for _, f := range c.between(from, to) {
				out = append(out, f.Fixture)
			}
		}
	}
	return out
}

// find returns the fixture that an exported one stands for, or nil. The caller
// holds the lock.
func (s *Simulator) find(f Fixture) *fixture {
	for _, c := range s.competitions {
		if c.league.ID != f.League {
			continue
		}
		for _, x := range c.between(f.Start, f.Start+1) {
			if x.OddsID == f.OddsID {
				return x
			}
		}
	}
	return nil
}

// reply is a response before faults have touched it.
type reply struct {
	status int
	header http.Header // beside the content type
	body   []byte
	cost   int // credits to charge, at The Odds API
}

// Handler serves all providers on one address: /v4 is The Odds API, /apis is
// ESPN, /data is OpenWeather, and /simulator/faults controls the faults.
func (s *Simulator) Handler() http.Handler {
	mux := http.NewServeMux()
	odds := func(answer func(*http.Request, feed.Time) reply) http.Handler {
		return s.serve(feed.SourceOdds, func(r *http.Request, at feed.Time) reply { return s.metered(r, at, answer) })
	}
	mux.Handle("GET /v4/sports", odds(s.sports))
	mux.Handle("GET /v4/sports/{sport}/odds", odds(s.odds))
	mux.Handle("GET /v4/sports/{sport}/events", odds(s.events))
	mux.Handle("GET /v4/sports/{sport}/events/{event}/odds", odds(s.eventOdds))
	mux.Handle("GET /v4/sports/{sport}/scores", odds(s.scores))
	mux.Handle("GET /v4/historical/sports/{sport}/odds", odds(s.historicalOdds))
	mux.Handle("GET /apis/site/v2/sports/{sport}/{league}/scoreboard", s.serve(feed.SourceGames, s.scoreboard))
	mux.Handle("GET /data/2.5/weather", s.serve(feed.SourceWeather, s.currentWeather))
	mux.Handle("/simulator/faults", s.faults)
	return mux
}

// serve turns a function of request and instant into a handler that passes
// through the faults.
func (s *Simulator) serve(source string, answer func(*http.Request, feed.Time) reply) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.faults.refuse(w, r, source) {
			return
		}
		s.mu.Lock()
		out := answer(r, s.Instant())
		s.mu.Unlock()
		if out.status == http.StatusOK {
			out.body = s.faults.corrupt(source, out.body)
		}
		header := w.Header()
		for k, v := range out.header {
			header[k] = v
		}
		header.Set("Content-Type", "application/json; charset=utf-8")
		if source == feed.SourceGames && out.status == http.StatusOK {
			sum := sha256.Sum256(out.body)
			tag := `"` + hex.EncodeToString(sum[:12]) + `"`
			header.Set("Cache-Control", "max-age=5")
			header.Set("ETag", tag)
			if r.Header.Get("If-None-Match") == tag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
		w.WriteHeader(out.status)
		_, _ = w.Write(out.body) // the client is gone: nobody is left to tell
	})
}

// cached returns the body for a key at an instant, made at most once. Bodies
// of the past are dropped, since time does not run back in requests, and so are
// those made before a fault changed the world.
func (s *Simulator) cached(at feed.Time, key string, produce func() any) []byte {
	if epoch := s.faults.currentEpoch(); s.fresh != at || s.epoch != epoch {
		clear(s.bodies)
		s.fresh, s.epoch = at, epoch
	}
	if body, ok := s.bodies[key]; ok {
		return body
	}
	body := marshal(produce())
	s.bodies[key] = body
	return body
}

// marshal encodes a value of the package's own response types, which always
// succeeds.
func marshal(v any) []byte {
	body, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encoding %T: %v", v, err))
	}
	return body
}
