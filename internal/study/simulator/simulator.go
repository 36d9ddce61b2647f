// Package simulator is the study of the simulated world, in which the true
// probabilities are known: how near each method comes to them, how many of the
// signals are right and how many of the chances there are they find, and
// whether the estimators of price discovery name the book that leads.
//
// The world's responses go through the operators that serve live data. It is a
// world to test on: books differ from the truth by a delay, an error, a margin
// and a grid only. What holds here is that the machinery works, not that real
// markets are like that.
package simulator

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/process"
	"github.com/betflow/betflow/internal/signal"
	"github.com/betflow/betflow/internal/simulate"
	"github.com/betflow/betflow/internal/source/theoddsapi"
	"github.com/betflow/betflow/signals"
)

// Options say what world is studied.
type Options struct {
	Seed    uint64
	Leagues []league.League
	Start   feed.Time
	Span    time.Duration // of simulated time
	Every   time.Duration // between questions for a league's prices
	Games   int           // a day, of each league
	Rules   *signals.Rules
	Books   odds.Books
}

// Results are the numbers of the study.
type Results struct {
	Seed      uint64      `json:"seed"`
	Leagues   []string    `json:"leagues"`
	Start     feed.Time   `json:"start"`
	Hours     float64     `json:"hours"`
	Every     float64     `json:"every_s"`
	Responses int         `json:"responses"`
	Fixtures  int         `json:"fixtures"`
	Recovery  []Recovery  `json:"recovery"`  // by method
	Detection []Detection `json:"detection"` // by rule
	Discovery Discovery   `json:"discovery"`
}

// Run lives through the world, each league by itself, and looks at it after each
// response. Progress is called with the responses so far and in all; it may be
// nil.
func Run(ctx context.Context, o Options, progress func(done, total int)) (*Results, error) {
	out := &Results{Seed: o.Seed, Start: o.Start, Hours: o.Span.Hours(), Every: o.Every.Seconds()}
	total := int(o.Span/o.Every+o.Span/gamesEvery) * len(o.Leagues)
	var mu sync.Mutex
	step := func() {
		mu.Lock()
		defer mu.Unlock()
		if out.Responses++; progress != nil {
			progress(out.Responses, total)
		}
	}
	studies := make([]*leagueStudy, len(o.Leagues))
	group, ctx := errgroup.WithContext(ctx)
	for i := range o.Leagues {
		out.Leagues = append(out.Leagues, o.Leagues[i].ID)
		group.Go(func() (err error) {
			studies[i], err = o.live(ctx, o.Leagues[i], step)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	first := studies[0]
	for _, s := range studies[1:] {
		first.merge(s)
	}
	out.Fixtures = first.fixtures
	out.Recovery = first.recovery.results()
	for _, d := range first.dockets {
		out.Detection = append(out.Detection, d.result())
	}
	out.Discovery = first.discovery.result()
	return out, nil
}

// The settings of market states are the program's defaults; gamesEvery is the
// time between questions for a scoreboard.
const (
	maxAge      = 20 * time.Minute
	halfLife    = 10 * time.Minute
	outlierMADs = 4
	gamesEvery  = time.Minute
)

// leagueStudy is what was seen of one league.
type leagueStudy struct {
	fixtures  int
	recovery  *recovery
	dockets   []*docket
	discovery *discovery
	paths     map[string]*path // of the truth, by fixture
}

func (s *leagueStudy) merge(o *leagueStudy) {
	s.fixtures += o.fixtures
	s.recovery.merge(o.recovery)
	for i, d := range s.dockets {
		d.merge(o.dockets[i])
	}
	s.discovery.merge(o.discovery)
}

// live goes through the history of one league.
func (o *Options) live(ctx context.Context, l league.League, step func()) (*leagueStudy, error) {
	history, err := simulate.NewHistory(
		simulate.Config{Seed: o.Seed, Leagues: []league.League{l}, GamesPerDay: o.Games},
		simulate.Poll{From: o.Start, To: o.Start + feed.Span(o.Span), Odds: feed.Span(o.Every), Games: feed.Span(gamesEvery), Offer: theoddsapi.Offer{
			Markets: []string{feed.MarketH2H, feed.MarketSpreads, feed.MarketTotals}, Regions: []string{"us", "us2", "eu", "uk"}, Format: feed.FormatDecimal,
		}})
	if err != nil {
		return nil, fmt.Errorf("preparing the world of %s: %w", l.ID, err)
	}
	catalog, err := league.NewCatalog([]league.League{l})
	if err != nil {
		return nil, err
	}
	rules := o.Rules.Of(l.ID)
	s := &leagueStudy{recovery: newRecovery(), discovery: newDiscovery(), paths: map[string]*path{}}
	s.dockets = docketsOf(rules, o.Books, history.World, s.paths)
	m := newMarket(history.World, l.Draw, garbler{o.Seed}, s)
	lines, err := process.NewLineModels(&l)
	if err != nil {
		return nil, err
	}
	inline := process.NewInline(
		process.NormaliseConfig{Catalog: catalog, Leagues: []string{l.ID}, Sources: feed.Sources()},
		process.ComputeConfig{
			Leagues: []string{l.ID}, Method: odds.DefaultMethod, MaxAge: maxAge, Average: odds.Mean, HalfLife: halfLife, OutlierMADs: outlierMADs,
			Books: o.Books, Lines: map[string]process.LineModels{l.ID: lines}, Signals: o.Rules.Of,
		}, process.JoinConfig{}, m.take)
	for raw := range history.Responses {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := m.capture(inline, &raw); err != nil {
			return nil, err
		}
		step()
		if raw.Source != feed.SourceOdds {
			continue
		}
		looks, err := m.look(raw.FetchedAt)
		if err != nil {
			return nil, err
		}
		for i := range looks {
			s.look(&looks[i])
		}
	}
	s.fixtures = len(m.fixtures)
	return s, m.discover(s.discovery, l, o.Start+feed.Span(o.Span))
}

// look shows one fixture to all who watch.
func (s *leagueStudy) look(l *look) {
	if s.paths[l.id] == nil {
		s.paths[l.id] = &path{}
	}
	s.paths[l.id].walk(l)
	s.recovery.look(l)
	for _, d := range s.dockets {
		d.look(l)
	}
}

// docketsOf opens a docket for each rule that the world can be asked about:
// there are no splits of tickets in it, and so no reverse moves.
func docketsOf(rules *signal.Rules, books odds.Books, world *simulate.Simulator, paths map[string]*path) []*docket {
	priced, moved := offered{rules, books}, moving{rules, paths}
	return []*docket{
		newDocket(feed.RuleArbitrage, crossingReferee{priced, feed.RuleArbitrage, func(sum float64) bool { return 1/sum-1 >= rules.Arbitrage.Open }}),
		newDocket(feed.RuleLowHold, crossingReferee{priced, feed.RuleLowHold, func(sum float64) bool { return sum >= 1 && 1-1/sum <= rules.LowHold.Open }}),
		newDocket(feed.RuleMiddle, middleReferee{priced}),
		newDocket(feed.RuleValue, valueReferee{priced}),
		newDocket(feed.RuleSteam, steamReferee{moved}),
		newDocket(feed.RuleDrop, dropReferee{moved}),
		newDocket(feed.RuleStaleLine, staleReferee{moved, world}),
		newDocket(feed.RuleOutlier, outlierReferee{rules}),
	}
}
