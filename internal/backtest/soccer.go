package backtest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source/footballdata"
)

// Soccer is a tape of football-data.co.uk's matches. Each has two pictures of its
// prices: one that stands for the publisher's collection before the match, and
// the close. The files tell neither when that was nor when the match began.
type Soccer struct {
	Folder *footballdata.Folder
	Name   string
}

// When things of a match are taken to have happened. The day is the file's; that
// kick-off is at three in the afternoon is made up, and so is that the first
// prices are a day old by then.
const (
	kickOffHour = 15 * feed.Hour
	collected   = 24 * feed.Hour // before kick-off
	closes      = feed.Minute    // before kick-off
	matchSpan   = 2 * feed.Hour
)

// source is what the records of these files call where they come from.
const source = "footballdata"

// About tells what the tape is.
func (s *Soccer) About() About {
	return About{Kind: "soccer", Name: s.Name, Notes: []string{
		"two pictures of each match: the publisher's collection, placed a day before kick-off, and the close, a minute before it; every kick-off is placed at 15:00 UTC, for the files tell none",
		"latency and the age of prices cannot be tested: no price moves between the two pictures",
		"the rows of market averages and maxima are no books and are left out",
	}}
}

// happening is one thing that became known about a match.
type happening struct {
	at    feed.Time
	match *footballdata.Match
	step  step
}

type step int

const (
	announced step = iota
	priced
	closing
	begun
	over
)

// Play yields the matches' stories, interleaved as they went.
func (s *Soccer) Play(_ context.Context, take func(feed.Time, any) error) error {
	var all []happening
	for i := range s.Folder.Matches {
		m := &s.Folder.Matches[i]
		start := kickOff(m)
		all = append(all, happening{start - collected, m, announced}, happening{start - collected, m, priced},
			happening{start - closes, m, closing}, happening{start, m, begun})
		if m.Played {
			all = append(all, happening{start + matchSpan, m, over})
		}
	}
	slices.SortStableFunc(all, func(a, b happening) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.step, b.step)) })
	for _, h := range all {
		if err := h.tell(take); err != nil {
			return err
		}
	}
	return nil
}

func kickOff(m *footballdata.Match) feed.Time {
	day := time.Date(m.Day.Year(), m.Day.Month(), m.Day.Day(), 0, 0, 0, 0, time.UTC)
	return feed.At(day) + kickOffHour
}

// leagueOf is the files' name of a league as an id: "England 1" is england-1.
func leagueOf(m *footballdata.Match) string {
	return strings.ReplaceAll(strings.ToLower(m.League), " ", "-")
}

func fixtureOf(m *footballdata.Match) string {
	return leagueOf(m) + "-" + m.Day.Format(time.DateOnly) + "-" + strings.ReplaceAll(strings.ToLower(m.Home+"-"+m.Away), " ", "-")
}

func (h *happening) tell(take func(feed.Time, any) error) error {
	m := h.match
	switch h.step {
	case announced:
		return take(h.at, &feed.Fixture{
			Kind: feed.KindFixture, FixtureID: fixtureOf(m), League: leagueOf(m), StartTime: kickOff(m), Home: m.Home, Away: m.Away, SeenTime: h.at,
		})
	case priced:
		return h.prices(footballdata.PreMatch, take)
	case closing:
		return h.prices(footballdata.Closing, take)
	case begun:
		return take(h.at, h.game(feed.GameIn))
	default:
		g := h.game(feed.GamePost)
		home, away := int32(m.HomeGoals), int32(m.AwayGoals)
		g.HomeScore, g.AwayScore = &home, &away
		return take(h.at, g)
	}
}

func (h *happening) game(state feed.GameState) *feed.Game {
	return &feed.Game{Kind: feed.KindGame, FixtureID: fixtureOf(h.match), League: leagueOf(h.match), State: state, EventTime: h.at, SeenTime: h.at, Source: source}
}

// prices yields one picture. What the picture before held and this one lacks is
// withdrawn: most books of the older files have no closing prices.
func (h *happening) prices(phase footballdata.Phase, take func(feed.Time, any) error) error {
	records := h.quotes(phase)
	if phase == footballdata.Closing {
		for _, q := range h.quotes(footballdata.PreMatch) {
			if !slices.ContainsFunc(records, func(r feed.Quote) bool { return r.Key() == q.Key() }) {
				q.State = feed.StateWithdrawn
				records = append(records, q)
			}
		}
	}
	for i := range records {
		records[i].Last = i == len(records)-1
		if err := take(h.at, &records[i]); err != nil {
			return err
		}
	}
	return nil
}

// quotes lists the prices of a phase.
func (h *happening) quotes(phase footballdata.Phase) []feed.Quote {
	var out []feed.Quote
	goals := 2.5
	add := func(book, market string, line *float64, outcome string, price float64) {
		if price > 0 {
			out = append(out, h.quote(book, market, line, outcome, price))
		}
	}
	for i := range h.match.Quotes {
		q := &h.match.Quotes[i]
		if q.Phase != phase || !footballdata.IsBook(q.Book) {
			continue
		}
		for k, outcome := range []string{feed.OutcomeHome, feed.OutcomeDraw, feed.OutcomeAway} {
			add(q.Book, feed.MarketH2H, nil, outcome, q.H2H[k])
		}
		for k, outcome := range []string{feed.OutcomeOver, feed.OutcomeUnder} {
			add(q.Book, feed.MarketTotals, &goals, outcome, q.Total[k])
		}
	}
	return out
}

func (h *happening) quote(book, market string, line *float64, outcome string, price float64) feed.Quote {
	return feed.Quote{
		Kind: feed.KindQuote, FixtureID: fixtureOf(h.match), League: leagueOf(h.match), Market: market, Period: feed.PeriodFull, Line: line,
		Outcome: outcome, Book: book, Price: price, PriceOriginal: fmt.Sprint(price), PriceFormat: feed.FormatDecimal,
		State: feed.StateOpen, EventTime: h.at, SeenTime: h.at, Source: source,
	}
}
