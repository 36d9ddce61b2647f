package process

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/model"
	"github.com/betflow/betflow/internal/model/goals"
	"github.com/betflow/betflow/internal/model/inplay"
	"github.com/betflow/betflow/internal/odds"
)

// Models of running games.
const (
	modelBrownian = "brownian"
	modelPoisson  = "poisson_in_game"
)

// maxAnchor is how old the last prices before a game may be at its start.
const maxAnchor = 24 * time.Hour

// prior is what the market said of a game before it began. An error tells why it
// said nothing.
type prior struct {
	brownian      inplay.Brownian
	rates         goals.Rates // of soccer
	margin, total anchored    // result and spreads; totals
}

// anchored is what a part of the prior was made of, or why there is none.
type anchored struct {
	anchors []feed.Anchor
	absent  error
}

// newPrior reads the prices before the game. Where games can be drawn result and
// total tell the rates of goals together; elsewhere the spread tells the margin, or
// the result if there is no spread, and the total itself.
func newPrior(l *league.League, f *joinFixture) *prior {
	p := &prior{}
	if l.Draw {
		p.rates, p.margin = f.goalRates()
		p.total = p.margin
		return p
	}
	p.brownian.Margin, p.margin = f.implied(feed.MarketSpreads, feed.OutcomeHome, 1, l.Score.SigmaMargin)
	if p.margin.absent != nil {
		if n, byResult := f.implied(feed.MarketH2H, feed.OutcomeHome, 1, l.Score.SigmaMargin); byResult.absent == nil {
			p.brownian.Margin, p.margin = n, byResult
		}
	}
	p.brownian.Total, p.total = f.implied(feed.MarketTotals, feed.OutcomeOver, -1, l.Score.SigmaTotal)
	return p
}

// anchor returns a market as it was before the game, if that is near enough to its
// start.
func (f *joinFixture) anchor(market string) (*lineSide, error) {
	s, ok := f.Before[market]
	if !ok {
		return nil, fmt.Errorf("no price of %s from before the game is known", market)
	}
	if age := f.Began.Sub(s.Confirmed); age > maxAnchor {
		return nil, fmt.Errorf("the last prices of %s before the game are from %s before its start", market, age.Round(time.Second))
	}
	return &s, nil
}

func (s *lineSide) anchor() feed.Anchor {
	return feed.Anchor{Market: s.Market, Line: s.Line, Books: s.Books, EventTime: s.Confirmed}
}

// implied returns the normal distribution behind a market before the game. For
// totals the sign of the line is -1: see model.Implied.
func (f *joinFixture) implied(market, outcome string, sign, sigma float64) (*model.Normal, anchored) {
	s, err := f.anchor(market)
	if err != nil {
		return nil, anchored{absent: err}
	}
	p := s.fair(outcome)
	if p == nil {
		return nil, anchored{absent: fmt.Errorf("the market %s has no outcome %s", market, outcome)}
	}
	n, err := model.Implied(sign*s.points(), *p, sigma)
	if err != nil {
		return nil, anchored{absent: err}
	}
	return &n, anchored{anchors: []feed.Anchor{s.anchor()}}
}

// goalRates returns the rates of goals that result and total imply together.
func (f *joinFixture) goalRates() (goals.Rates, anchored) {
	h2h, err := f.anchor(feed.MarketH2H)
	if err != nil {
		return goals.Rates{}, anchored{absent: err}
	}
	total, err := f.anchor(feed.MarketTotals)
	if err != nil {
		return goals.Rates{}, anchored{absent: err}
	}
	home, draw, away, over := h2h.fair(feed.OutcomeHome), h2h.fair(feed.OutcomeDraw), h2h.fair(feed.OutcomeAway), total.fair(feed.OutcomeOver)
	if home == nil || draw == nil || away == nil || over == nil {
		return goals.Rates{}, anchored{absent: errors.New("the result before the game has no draw, or the total no over")}
	}
	r, err := goals.FromResultAndTotal(goals.Market{Home: *home, Draw: *draw, Away: *away}, goals.Total{Line: total.points(), Over: *over})
	if err != nil {
		return goals.Rates{}, anchored{absent: err}
	}
	return r, anchored{anchors: []feed.Anchor{h2h.anchor(), total.anchor()}}
}

// of returns the part of the prior that a market rests on.
func (p *prior) of(market string) *anchored {
	if market == feed.MarketTotals {
		return &p.total
	}
	return &p.margin
}

// outcomes are the names and probabilities of a market's outcomes by the model.
type outcomes map[string]float64

// forecast says how likely the outcomes of a market are from the score on.
func (p *prior) forecast(l *league.League, score inplay.Score, market string, line float64) (outcomes, error) {
	if err := p.of(market).absent; err != nil {
		return nil, err
	}
	if l.Draw {
		m, err := inplay.NewPoisson(p.rates, score)
		if err != nil {
			return nil, err
		}
		switch market {
		case feed.MarketSpreads:
			return twoWay(feed.OutcomeHome, feed.OutcomeAway, m.Cover(line))
		case feed.MarketTotals:
			return twoWay(feed.OutcomeOver, feed.OutcomeUnder, m.Over(line))
		}
		home, draw, away := m.Result()
		return outcomes{feed.OutcomeHome: home, feed.OutcomeDraw: draw, feed.OutcomeAway: away}, nil
	}
	switch market {
	case feed.MarketSpreads:
		return twoWay(feed.OutcomeHome, feed.OutcomeAway, p.brownian.Cover(score, line))
	case feed.MarketTotals:
		return twoWay(feed.OutcomeOver, feed.OutcomeUnder, p.brownian.Over(score, line))
	}
	home := p.brownian.Win(score)
	return outcomes{feed.OutcomeHome: home, feed.OutcomeAway: 1 - home}, nil
}

// errReturned is why a bet at the end of a game has no probability of being won.
var errReturned = errors.New("the stake is returned for certain")

// twoWay is the probability that a bet is won given that its stake is not
// returned, and that of the other side.
func twoWay(first, second string, s odds.Settlement) (outcomes, error) {
	p := s.Chance()
	if math.IsNaN(p) {
		return nil, errReturned
	}
	return outcomes{first: p, second: 1 - p}, nil
}

// inPlay holds a market beside the model at a moment. The game has begun.
func (f *joinFixture) inPlay(l *league.League, market string, at feed.Time) *feed.InPlay {
	if f.prior == nil {
		f.prior = newPrior(l, f)
	}
	g := f.Game
	r := &feed.InPlay{
		Kind: feed.KindInPlay, Market: market, Period: feed.PeriodFull,
		State: g.State, GamePeriod: g.Period, Clock: g.Clock, ClockSeconds: g.Seconds, HomeScore: g.Home, AwayScore: g.Away,
		Model: modelBrownian, Anchors: f.prior.of(market).anchors, StartTime: f.Began,
		GameTime: g.Event, GameAge: ageAt(at, g.Event), EventTime: at,
	}
	if l.Draw {
		r.Model = modelPoisson
	}
	line, quoted := f.Lines[market]
	if quoted {
		r.Line, r.Method, r.Books = line.Line, line.Method, line.Books
		r.MarketTime, r.MarketAge = line.Confirmed, ageAt(at, line.Confirmed)
	}
	switch {
	case !quoted:
		r.MarketAbsent = "no book has quoted it"
	case !line.usable():
		r.MarketAbsent = "no book has an open price on every outcome"
	case at.Sub(line.Confirmed) > inplay.MaxAge:
		r.MarketAbsent = "the prices are old"
	}
	says := f.says(l, r, &line, at)
	r.Outcomes = compared(says, sidesOf(l, market, &line), r.MarketAbsent == "")
	return r
}

// says fills in how far the game has come and returns what the model says, or why
// nothing.
func (f *joinFixture) says(l *league.League, r *feed.InPlay, line *lineSide, at feed.Time) outcomes {
	g := f.Game
	clock := inplay.Clock{Period: g.Period, Seconds: g.Seconds, Detail: g.Detail}
	if left, err := inplay.Left(l.Periods, clock); err == nil {
		elapsed := 1 - left
		r.Elapsed = &elapsed
	}
	score, err := inplay.Game{State: g.State, Status: g.Status, Home: g.Home, Away: g.Away, Age: at.Sub(g.Event), Clock: clock}.Score(l.Periods)
	if err == nil {
		var says outcomes
		if says, err = f.prior.forecast(l, score, r.Market, line.points()); err == nil {
			return says
		}
	}
	r.ModelAbsent = err.Error()
	return nil
}

// sidesOf returns a market's outcomes as quoted, or those of a result that
// nobody has quoted.
func sidesOf(l *league.League, market string, line *lineSide) []lineOutcome {
	switch {
	case len(line.Outcomes) > 0 || market != feed.MarketH2H:
		return line.Outcomes
	case l.Draw:
		return []lineOutcome{{Outcome: feed.OutcomeHome}, {Outcome: feed.OutcomeDraw}, {Outcome: feed.OutcomeAway}}
	}
	return []lineOutcome{{Outcome: feed.OutcomeHome}, {Outcome: feed.OutcomeAway}}
}

// compared puts model and market side by side. Prices that are old or incomplete
// are not shown as what the market says.
func compared(says outcomes, quoted []lineOutcome, current bool) []feed.InPlayOutcome {
	out := make([]feed.InPlayOutcome, len(quoted))
	for i, q := range quoted {
		o := &out[i]
		o.Outcome = q.Outcome
		if p, ok := says[q.Outcome]; ok {
			o.Model = &p
		}
		if !current {
			continue
		}
		o.Fair, o.BestPrice, o.BestBook = q.Fair, q.BestPrice, q.BestBook
		if o.Model == nil {
			continue
		}
		d := *o.Model - *o.Fair
		o.Difference = &d
		if apart := logit(*o.Model) - logit(*o.Fair); !math.IsInf(apart, 0) && !math.IsNaN(apart) {
			o.LogOdds = &apart
		}
	}
	return out
}

func logit(p float64) float64 { return math.Log(p / (1 - p)) }

// ageAt returns the seconds from an instant to a moment.
func ageAt(at, from feed.Time) *float64 {
	age := at.Sub(from).Seconds()
	return &age
}
