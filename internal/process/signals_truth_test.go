package process

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/betflow/betflow/books"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/simulate"
	"github.com/betflow/betflow/internal/source/theoddsapi"
)

// judge holds signals to the truth of a simulated world, which knows what a bet
// is worth and when the chances moved.
type judge struct {
	t        *testing.T
	world    *simulate.Simulator
	books    odds.Books
	fixtures map[string]simulate.Fixture // by our id
	byOdds   map[string]simulate.Fixture
	right    map[string]int // signals by rule that the truth bears out
	all      map[string]int
	worth    map[string]float64 // sum of true values: expected return, or move to the side

	live   map[string]bool // value signals by "market|outcome|book"
	prices map[feed.QuoteKey]float64
	found  map[string]int // what there was and was found, by rule
	there  map[string]int
	marked map[string][]feed.Time // openings of steam and drop by "fixture|market|outcome"
}

// chances are the true chances that a bet wins and that it is returned.
func (j *judge) chances(id string, at feed.Time, market, outcome string, line *float64) (win, push float64, ok bool) {
	f, ok := j.fixtures[id]
	if !ok {
		return 0, 0, false
	}
	truth, err := j.world.Truth(f, at)
	if err != nil {
		j.t.Fatal(err)
	}
	var of [3]float64
	switch market {
	case feed.MarketH2H:
		of = [3]float64{truth.Home, truth.Draw, truth.Away}
		if outcome == feed.OutcomeDraw {
			return truth.Draw, 0, true
		}
		if f.League != "epl" {
			push = truth.Draw
		}
	case feed.MarketSpreads:
		of[0], push, of[2] = truth.Spread(*line)
	case feed.MarketTotals:
		of[0], push, of[2] = truth.Over(*line)
	default:
		return 0, 0, false
	}
	if outcome == feed.OutcomeHome || outcome == feed.OutcomeOver {
		return of[0], push, true
	}
	return of[2], push, true
}

// worthOf is the true expected return of a bet.
func (j *judge) worthOf(id string, at feed.Time, market string, l *feed.SignalLeg) float64 {
	win, push, _ := j.chances(id, at, market, l.Outcome, l.Line)
	return win*(odds.NetPrice(l.Price, j.books.Of(l.Book).Commission)-1) - (1 - win - push)
}

// fair is the chance without pushes.
func (j *judge) fair(s *feed.Signal, at feed.Time, l *feed.SignalLeg) float64 {
	win, push, _ := j.chances(s.FixtureID, at, s.Market, l.Outcome, l.Line)
	return win / (1 - push)
}

// signal judges what opens. Bets have to be worth more than they cost; a move
// has to be one of the truth within as long as the slowest books lag; a stale
// line and an outlier have to be further from the truth than the others.
func (j *judge) signal(s *feed.Signal) {
	key := fmt.Sprint(s.FixtureID, s.Market, feed.LineOf(s.Line), s.Outcome, s.Book)
	if s.Rule == feed.RuleValue && s.State != feed.SignalDropped {
		j.live[key] = s.State.Live()
	}
	if s.State != feed.SignalOpen {
		return
	}
	l := &s.Legs[0]
	value, right := 0.0, false
	switch s.Rule {
	case feed.RuleArbitrage, feed.RuleMiddle, feed.RuleValue, feed.RuleLowHold:
		for i := range s.Legs {
			value += s.Legs[i].Stake * j.worthOf(s.FixtureID, s.SeenTime, s.Market, &s.Legs[i])
		}
		right = value > 0 || s.Rule == feed.RuleLowHold && value > -0.01
	case feed.RuleSteam, feed.RuleDrop:
		j.marked[s.FixtureID+s.Market+s.Outcome] = append(j.marked[s.FixtureID+s.Market+s.Outcome], s.SeenTime)
		before, now := j.fair(s, s.SeenTime-20*feed.Minute, l), j.fair(s, s.SeenTime, l)
		value = now - before
		right = value > 0.01
		if s.Rule == feed.RuleDrop {
			value = 1 - before/now
			right = value > 0.03
		}
	case feed.RuleStaleLine, feed.RuleOutlier:
		truth := j.fair(s, s.SeenTime, l)
		value = math.Abs(*l.Position-truth) - math.Abs(*l.Reference-truth)
		right = value > 0
	}
	j.all[s.Rule]++
	j.worth[s.Rule] += value
	if right {
		j.right[s.Rule]++
	}
}

// quote follows prices; at the end of an answer about a fixture it counts the
// bets that are truly worth 3 % and which of them have a signal.
func (j *judge) quote(q *feed.Quote) {
	if q.Kind == feed.KindQuote {
		delete(j.prices, q.Key())
		if q.State == feed.StateOpen {
			j.prices[q.Key()] = q.Price
		}
	}
	f, ok := j.fixtures[q.FixtureID]
	if !q.Last || !ok || q.SeenTime >= f.Start || q.SeenTime%(10*feed.Minute) != 0 {
		return
	}
	for k, price := range j.prices {
		if k.FixtureID != q.FixtureID {
			continue
		}
		if _, _, ok := j.chances(k.FixtureID, q.SeenTime, k.Market, k.Outcome, k.Line.Ptr()); !ok {
			continue
		}
		l := feed.SignalLeg{Outcome: k.Outcome, Line: k.Line.Ptr(), Book: k.Book, Price: price}
		if j.worthOf(k.FixtureID, q.SeenTime, k.Market, &l) >= 0.03 {
			j.there[feed.RuleValue]++
			if j.live[fmt.Sprint(k.FixtureID, k.Market, k.Line, k.Outcome, k.Book)] {
				j.found[feed.RuleValue]++
			}
		}
	}
}

// recallOfMoves is what steam and drop are there for together.
const recallOfMoves = "moves"

// moves counts the times at which the true chance of home jumped by 2 %, and
// whether steam or a drop to that side was seen within a quarter of an hour.
func (j *judge) moves(from, to feed.Time) {
	for id, f := range j.fixtures {
		for at := from + feed.Minute; at < min(to-15*feed.Minute, f.Start-15*feed.Minute); at += feed.Minute {
			before, _, _ := j.chances(id, at-feed.Minute, feed.MarketH2H, feed.OutcomeHome, nil)
			now, _, _ := j.chances(id, at, feed.MarketH2H, feed.OutcomeHome, nil)
			side := feed.OutcomeHome
			if now < before {
				side = feed.OutcomeAway
			}
			if math.Abs(now-before) < 0.02 {
				continue
			}
			j.there[recallOfMoves]++
			if slices.ContainsFunc(j.marked[id+feed.MarketH2H+side], func(t feed.Time) bool { return t >= at-feed.Minute && t < at+15*feed.Minute }) {
				j.found[recallOfMoves]++
			}
		}
	}
}

// TestSignalsOfASimulatedWorldAreTrue takes six hours of a world with known
// truth through the operators. The bounds are loose: they hold what the rules
// are for, not the figures of one seed, which -v prints.
func TestSignalsOfASimulatedWorldAreTrue(t *testing.T) {
	ids := []string{"nfl", "nba", "nhl", "epl"}
	w := newWorld(t, 1, ids...)
	var all []league.League
	for _, id := range ids {
		all = append(all, *w.league(id))
	}
	from := feed.At(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	poll := simulate.Poll{From: from, To: from + 6*feed.Hour, Odds: 30 * feed.Second,
		Offer: theoddsapi.Offer{Markets: []string{"h2h", "spreads", "totals"}, Regions: []string{"us", "us2", "uk", "eu"}, Format: feed.FormatDecimal}}
	h, err := simulate.NewHistory(simulate.Config{Seed: 3, Leagues: all, GamesPerDay: 4}, poll)
	if err != nil {
		t.Fatal(err)
	}
	j := &judge{
		t: t, world: h.World, fixtures: map[string]simulate.Fixture{}, byOdds: map[string]simulate.Fixture{},
		right: map[string]int{}, all: map[string]int{}, worth: map[string]float64{},
		live: map[string]bool{}, prices: map[feed.QuoteKey]float64{}, found: map[string]int{}, there: map[string]int{}, marked: map[string][]feed.Time{},
	}
	if j.books, err = books.Load(""); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		for _, f := range h.World.Fixtures(id, from-feed.Hour, from+72*feed.Hour) {
			j.byOdds[f.OddsID] = f
		}
	}
	cc := w.computeConfig()
	cc.Books, cc.Metrics = j.books, nil
	// The simulated drives land on three and seven less often than real games do.
	for _, l := range all {
		l.Score.KeyNumbers = nil
		if cc.Lines[l.ID], err = NewLineModels(&l); err != nil {
			t.Fatal(err)
		}
	}
	in := NewInline(w.normaliseConfig(), cc, JoinConfig{}, func(_ string, record Sequenced) error {
		switch r := record.(type) {
		case *feed.Fixture:
			for _, a := range r.Aliases {
				if f, ok := j.byOdds[a.ID]; ok {
					j.fixtures[r.FixtureID] = f
				}
			}
		case *feed.Signal:
			j.signal(r)
		case *feed.Quote:
			j.quote(r)
		}
		return nil
	})
	h.Responses(func(raw feed.Raw) bool {
		if raw.Source != feed.SourceOdds {
			return true
		}
		for at := in.Time().Truncate(feed.Second) + 5*feed.Second; at < raw.FetchedAt && in.Time() > 0; at += 5 * feed.Second {
			if err := in.Tick(at); err != nil {
				t.Fatal(err)
			}
		}
		if err := in.Capture(raw); err != nil {
			t.Fatal(err)
		}
		return true
	})
	j.moves(poll.From, poll.To)
	for rule, least := range map[string]float64{
		feed.RuleArbitrage: 0.95, feed.RuleMiddle: 0.5, feed.RuleLowHold: 0.95, feed.RuleValue: 0.75,
		feed.RuleSteam: 0.7, feed.RuleDrop: 0.7, feed.RuleStaleLine: 0.7, feed.RuleOutlier: 0.9,
	} {
		n := j.all[rule]
		precision := float64(j.right[rule]) / float64(n)
		t.Logf("%-10s %3d opened, precision %.2f, mean truth %+.4f", rule, n, precision, j.worth[rule]/float64(n))
		if n == 0 || precision < least {
			t.Errorf("%d signals of %s with precision %.2f, want some and %.2f", n, rule, precision, least)
		}
	}
	for what, least := range map[string]float64{feed.RuleValue: 0.4, recallOfMoves: 0.5} {
		recall := float64(j.found[what]) / float64(j.there[what])
		t.Logf("%-10s %3d of %d found, recall %.2f", what, j.found[what], j.there[what], recall)
		if !(recall >= least) {
			t.Errorf("recall of %s is %.2f of %d, want %.2f", what, recall, j.there[what], least)
		}
	}
}
