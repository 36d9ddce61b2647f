package backtest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/bet"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
)

// Tape yields records in the order in which they became known: *feed.Fixture,
// *feed.Quote, *feed.Game and *feed.Signal; any others are passed over. A record
// is valid during the call. At is when it became known and never goes back.
type Tape interface {
	// Play ends with the tape, with an error of take, or with the context.
	Play(ctx context.Context, take func(at feed.Time, record any) error) error
	// About says what the tape is, once it has been played.
	About() About
}

// About describes a tape.
type About struct {
	Kind  string   `json:"kind"`            // recording, log, soccer or simulator
	Name  string   `json:"name"`            // for people
	Notes []string `json:"notes,omitempty"` // what of it could not be used, and what it cannot tell
}

// Options say how a backtest is run.
type Options struct {
	Catalog *league.Catalog // may be nil: leagues then have no periods and no line models
	Doubt   bet.Doubt       // the seed is also that of controls
	Closing []string        // books whose closing prices make the fair ones; all if empty
	// Results are final scores for games whose end the tape does not tell. They
	// come in when it is over: nothing that they win is staked again. May be nil.
	Results *bet.Games
}

// Run plays a tape once, to all strategies side by side.
func Run(ctx context.Context, tape Tape, strategies []Strategy, o Options) (*Report, error) {
	w := newWorld(o.Catalog)
	var ps []*portfolio
	for i := range strategies {
		ps = append(ps, newPortfolio(&strategies[i], o.Doubt.Seed))
	}
	r := &Report{Level: o.Doubt.Level, Warnings: []string{}}
	err := tape.Play(ctx, func(at feed.Time, record any) error {
		if at < w.now {
			return fmt.Errorf("the tape goes back from %s to %s", w.now, at)
		}
		if at > w.now {
			for _, p := range ps {
				p.strike(w, at)
			}
			w.now = at
		}
		if r.From == 0 {
			r.From = at
		}
		r.Records++
		r.take(w, ps, record)
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("playing the tape: %w", err)
	}
	r.To, r.Source = w.now, tape.About()
	for _, p := range ps {
		p.strike(w, w.now+1)
		for i := range p.orders {
			p.refuse(&p.orders[i], ReasonEnded)
		}
	}
	r.conclude(w, ps, o)
	return r, nil
}

// take brings one record to the world and what it changes to the strategies.
func (r *Report) take(w *world, ps []*portfolio, record any) {
	switch x := record.(type) {
	case *feed.Fixture:
		w.describe(x)
	case *feed.Quote:
		if x.Kind == feed.KindTick {
			return
		}
		f := w.quote(x)
		if f == nil {
			return
		}
		for _, p := range ps {
			p.decide(w, f)
		}
		for _, m := range f.markets {
			m.touched = false
		}
	case *feed.Game:
		if x.Kind == feed.KindTick {
			return
		}
		f := w.state(x)
		for _, p := range ps {
			p.settle(w, f)
		}
	case *feed.Signal:
		if x.Kind == feed.KindTick {
			return
		}
		r.Signals++
		for _, p := range ps {
			p.follow(w, x)
		}
	}
}

// reading is how a fixture's closing prices are read.
func (w *world) reading(f *fixture, s *Strategy, o Options) bet.Reading {
	r := bet.Reading{Method: s.Entry.Consensus.Method, Books: o.Closing}
	if l := w.league(f.league); l != nil {
		return r.For(l)
	}
	return r
}

// assess grades a strategy's bets with all that the tape has told by its end.
func (p *portfolio) assess(w *world, o Options) []Struck {
	games := map[*fixture]*bet.Game{}
	out := make([]Struck, len(p.bets))
	for i, b := range p.bets {
		g := games[b.fixture]
		if g == nil {
			g = &bet.Game{Event: b.fixture.event(), Quotes: w.closing(b.fixture), Final: w.ending(b.fixture, o)}
			games[b.fixture] = g
		}
		graded := bet.Assess(b.bet, g, w.reading(b.fixture, p.strategy, o))
		out[i] = Struck{Graded: graded, Decided: b.decided, EV: finite(b.ev), Fair: finite(b.fair), Books: b.books}
		if p.strategy.Universe.InPlay {
			out[i].Value = nil // prices at the start say nothing about a bet in play
		}
	}
	return out
}

// ending is how a game ended, by the tape or else by the results beside it; nil if
// neither tells.
func (w *world) ending(f *fixture, o Options) *bet.Final {
	if final := w.final(f); final != nil || o.Results == nil {
		return final
	}
	g, err := o.Results.Find(&bet.Bet{Event: f.event()})
	if err != nil {
		return nil // not among them
	}
	return g.Final
}

// finite returns nil for what is not known.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// conclude sums everything up.
func (r *Report) conclude(w *world, ps []*portfolio, o Options) {
	r.Fixtures = len(w.order)
	for _, f := range w.order {
		if w.ending(f, o) != nil {
			r.Results++
		}
	}
	d := o.Doubt
	if n := len(ps); n > 1 {
		// Bonferroni: with many strategies one of them looks good by chance.
		d.Level = 1 - (1-d.Level)/float64(n)
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d strategies were tried on the same records: intervals are at %.4g %% instead of %.4g %%, so that all hold together with that confidence", n, 100*d.Level, 100*o.Doubt.Level))
	}
	r.Level = d.Level
	for _, p := range ps {
		r.Strategies = append(r.Strategies, p.outcome(w, d, o))
	}
	if r.Results == 0 && r.Fixtures > 0 {
		r.Warnings = append(r.Warnings, "no result of any game is in the records: bets stay unsettled and only their closing line value is known")
	}
	for _, p := range ps {
		r.warnOfTheUnseen(w, p.strategy)
	}
	r.warnOfOldCloses()
}

// warnOfTheUnseen names what a strategy looks for and the records do not have: a
// misspelt name makes no bets and no error.
func (r *Report) warnOfTheUnseen(w *world, s *Strategy) {
	if s.Entry.Signal != "" && r.Signals == 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("strategy %s follows %s signals, and these records have no signals", s.Name, s.Entry.Signal))
	}
	leagues, markets, books := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, f := range w.order {
		leagues[f.league] = true
		for _, m := range f.markets {
			markets[m.name] = true
			for _, b := range m.books {
				books[b.name] = true
			}
		}
	}
	for _, wanted := range []struct {
		what  string
		names []string
		seen  map[string]bool
	}{
		{"league", s.Universe.Leagues, leagues}, {"market", s.Universe.Markets, markets},
		{"book", slices.Concat(s.Entry.Books, s.Entry.Consensus.Books), books},
	} {
		for _, name := range wanted.names {
			if !wanted.seen[name] {
				r.Warnings = append(r.Warnings, fmt.Sprintf("strategy %s looks at %s %s, of which the records tell nothing", s.Name, wanted.what, name))
			}
		}
	}
}

// oldClose is how old closing prices may be before they are hardly the close.
const oldClose = time.Hour

// warnOfOldCloses says so where what is called the close was long before it.
func (r *Report) warnOfOldCloses() {
	old, all := 0, 0
	for i := range r.Strategies {
		for _, b := range r.Strategies[i].Bets {
			if b.Value != nil {
				all++
				if b.Value.Age > oldClose {
					old++
				}
			}
		}
	}
	if old*2 > all {
		r.Warnings = append(r.Warnings, fmt.Sprintf("for %d of %d bets the last prices before the start are more than %s old: their closing line value is against those, not against the close", old, all, strings.TrimSuffix(oldClose.String(), "0m0s")))
	}
}
