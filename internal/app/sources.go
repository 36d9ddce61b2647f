package app

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/simulate"
	"github.com/betflow/betflow/internal/source"
	"github.com/betflow/betflow/internal/source/espn"
	"github.com/betflow/betflow/internal/source/openweather"
	"github.com/betflow/betflow/internal/source/theoddsapi"
)

// openSources prepares to ask the providers, real or simulated.
func (s *system) openSources(ctx context.Context, tap source.Sink) (err error) {
	s.capture = &capture{tap: tap, wait: s.supervisor.clock.Sleep, open: s.openCapture}
	if !s.cfg.does(RoleIngest) {
		return nil
	}
	s.steady = source.NewSteady()
	if s.mode.Source == ModeSimulator {
		if err := s.openSimulator(ctx); err != nil {
			return err
		}
	}
	s.clock.Now = s.steady.Now
	if s.mode.Source == ModeNone {
		return nil
	}
	s.poller, err = s.newPoller(s.capture)
	return err
}

// clockTold is how far the machine's clock is behind the log for a word of it.
const clockTold = time.Minute

// openCapture opens the raw topics. The sources' time goes on from what stands
// there: the machine's clock may have been set back while nothing ran, and in a
// shared log another machine's may be ahead.
func (s *system) openCapture(ctx context.Context) (*log.RawWriter, error) {
	w, err := s.openRaw(ctx, "")
	if err != nil {
		return nil, err
	}
	s.steady.Reach(w.Last().Std())
	if ahead := s.steady.Ahead(); ahead > clockTold {
		s.deps.Logger.Warn("the machine's clock is behind the log: time goes on from the log's end, and prices are shown as older than they are until the clock has caught up",
			"log", w.Last(), "behind", ahead.Round(time.Second), "hint", "set the clock; if it is right and the log is far ahead, use a fresh --data folder")
	}
	return w, nil
}

// feedSources writes what the providers answer to the log. Nothing is asked
// before all of the log's readers are ready.
func (s *system) feedSources(ctx context.Context) error {
	if err := s.capture.begin(ctx); err != nil {
		return err
	}
	s.supervisor.start(ctx, "ticks", s.tick)
	if s.poller != nil {
		s.supervisor.start(ctx, "sources", s.poller.Run)
	}
	return nil
}

// tick writes the passing of time once a second, so that watermarks and ages go
// on when no provider answers.
func (s *system) tick(ctx context.Context) error {
	for {
		if err := s.capture.Tick(ctx, feed.At(s.clock.Now())); err != nil && ctx.Err() == nil {
			return err
		}
		if s.supervisor.clock.Sleep(ctx, time.Second) != nil {
			return nil
		}
	}
}

// demoCredits is a budget that the demo cannot use up: asking every second
// would be stretched to fit a smaller one.
const demoCredits = 1_000_000_000

// retain deletes old rows from the hot store every hour. A replay does without:
// its records are as old as the recording.
func (s *system) retain(ctx context.Context) error {
	for {
		if err := s.store.Forget(ctx, s.cfg.Store.Retention); err != nil {
			return err
		}
		if s.supervisor.clock.Sleep(ctx, time.Hour) != nil {
			return nil
		}
	}
}

// openSimulator serves the simulated world on a free port of this machine and
// points the sources there. The world goes on where the log ends, which may be
// ahead of the machine's clock: its time may pass faster.
func (s *system) openSimulator(ctx context.Context) error {
	end, err := log.Newest(ctx, s.client, s.layout.Sources)
	if err != nil {
		return err
	}
	start := s.deps.Now()
	if next := (end.Truncate(feed.Second) + feed.Second).Std(); next.After(start) { // its time is whole seconds
		start = next
	}
	var ls []league.League
	for _, id := range s.cfg.Simulator.Leagues {
		l, _ := s.catalog.League(id)
		ls = append(ls, *l)
	}
	sim, err := simulate.New(simulate.Config{
		Seed: s.cfg.Simulator.Seed, Leagues: ls, Start: start, Speed: s.cfg.Simulator.Speed,
		Now: s.deps.Now, GamesPerDay: s.cfg.Simulator.GamesPerDay, Credits: demoCredits,
	})
	if err != nil {
		return fmt.Errorf("making the simulated world: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("opening the simulator's address: %w", err)
	}
	server := &http.Server{Handler: sim.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			s.deps.Logger.Error("serving the simulator", "error", err)
		}
	}()
	s.closers = append(s.closers, server.Close)
	url := "http://" + listener.Addr().String()
	s.simulator = url
	o := &s.cfg.Sources
	o.Odds.URL, o.Games.URL, o.Weather.URL = url, url, url
	o.Odds.Key, o.Weather.Key = "demo", "demo"
	s.steady = source.SteadyOf(func() time.Time { return sim.Instant().Std() })
	s.clock.Sleep = s.scaledSleep
	return nil
}

// scaledSleep sleeps in the simulated world's time.
func (s *system) scaledSleep(ctx context.Context, d time.Duration) error {
	return s.supervisor.clock.Sleep(ctx, time.Duration(float64(d)/s.cfg.Simulator.Speed))
}

// newPoller makes the jobs of every league: odds, scoreboard, and the weather
// of leagues that play outdoors.
func (s *system) newPoller(sink source.Sink) (*source.Poller, error) {
	deps := source.Deps{Clock: s.clock, Rand: rand.Float64}
	o := &s.cfg.Sources
	configs := []source.Config{theoddsapi.Config(o.Odds.Key), espn.Config(), openweather.Config(o.Weather.Key)}
	configs[0].Reserve = o.Odds.Reserve
	urls := []string{o.Odds.URL, o.Games.URL, o.Weather.URL}
	var clients []*source.Client
	for i, c := range configs {
		c.BaseURL = urls[i]
		if s.mode.Source == ModeSimulator { // on this machine nobody minds
			c.PerSecond, c.Burst, c.Reserve = 1000, 1000, 0
		}
		client, err := source.New(c, deps)
		if err != nil {
			return nil, err
		}
		clients = append(clients, client)
	}
	var jobs []source.Job
	for _, id := range s.polled() {
		l, _ := s.catalog.League(id)
		jobs = append(jobs, s.jobsOf(*l, clients)...)
	}
	return source.NewPoller(source.PollerConfig{
		Jobs: jobs, Games: s.board.Games, Sink: sink, Clock: s.clock, Log: s.deps.Logger,
	})
}

// polled lists the leagues that are asked about.
func (s *system) polled() []string {
	if s.mode.Source == ModeSimulator {
		return s.cfg.Simulator.Leagues
	}
	return s.leagues
}

func (s *system) jobsOf(l league.League, clients []*source.Client) []source.Job {
	o := &s.cfg.Sources
	offer := theoddsapi.Offer{Markets: strings.Split(o.Odds.Markets, ","), Regions: strings.Split(o.Odds.Regions, ","), Format: o.Odds.Format}
	jobs := []source.Job{
		{
			Name: "scoreboard", League: l.ID, Client: clients[1], Schedule: s.schedule(espn.Schedule()),
			Requests: func(feed.Time) []source.Request { return []source.Request{espn.Scoreboard(l, nil)} },
		},
		{
			Name: "odds", League: l.ID, Client: clients[0], Schedule: s.schedule(theoddsapi.Schedule()),
			Requests: func(feed.Time) []source.Request { return []source.Request{theoddsapi.Odds(l, offer)} },
		},
	}
	if l.Outdoor && o.Weather.Key != "" {
		jobs = append(jobs, source.Job{
			Name: "weather", League: l.ID, Client: clients[2], Schedule: s.weatherSchedule(),
			Requests: func(now feed.Time) []source.Request { return s.weatherRequests(l.ID, now) },
		})
	}
	return jobs
}

// schedule is a provider's own cadence, or the demo's: there is no quota to
// save, and something has to move.
func (s *system) schedule(provider source.Schedule) source.Schedule {
	if s.mode.Source != ModeSimulator {
		return provider
	}
	r := s.cfg.Simulator.Refresh
	return source.Schedule{InPlay: r, Steps: []source.Step{{Within: 24 * time.Hour, Every: 2 * r}}, Idle: 5 * r}
}

func (s *system) weatherSchedule() source.Schedule {
	if s.mode.Source != ModeSimulator {
		return openweather.Schedule()
	}
	return source.Schedule{InPlay: 30 * time.Second, Steps: []source.Step{{Within: 24 * time.Hour, Every: time.Minute}}, Idle: time.Minute}
}

// weatherRequests asks for each open venue at which a fixture is near.
func (s *system) weatherRequests(leagueID string, now feed.Time) []source.Request {
	var requests []source.Request
	asked := map[string]bool{}
	for _, f := range s.board.Near(leagueID, now) {
		if v, ok := s.catalog.OutdoorVenue(f); ok && !asked[v.ID] {
			asked[v.ID] = true
			requests = append(requests, openweather.Weather(leagueID, *v))
		}
	}
	return requests
}
