package bet

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/odds"
)

// Importer reads CSV files. Its zero value knows no zone, guesses the format of
// prices and takes leagues by the names in the file.
type Importer struct {
	Zone     *time.Location  // of instants without an offset; nil refuses them
	Currency string          // of amounts without one; DefaultCurrency if empty
	Format   odds.Format     // of prices without one; told by their looks if empty
	Leagues  *league.Catalog // finds leagues by name and whether their h2h has a draw; may be nil
}

// columns are the names of columns of bets, as key gives them, and what they
// mean.
var columns = aliases(map[string]string{
	"id":         "id bet_id ref reference ticket",
	"placed":     "placed placed_at placed_time bet_time time_placed date_placed bet_date date",
	"fixture":    "fixture fixture_id",
	"home":       "home home_team",
	"away":       "away away_team",
	"event":      "event match game teams",
	"start":      "start start_time starts_at event_date game_date match_date commence_time kickoff",
	"league":     "league competition",
	"market":     "market bet_type market_type",
	"period":     "period",
	"line":       "line handicap points spread total",
	"home_line":  "home_line",
	"outcome":    "outcome selection pick side",
	"book":       "book bookmaker sportsbook",
	"price":      "price odds",
	"format":     "format odds_format price_format",
	"stake":      "stake risk wager amount",
	"currency":   "currency",
	"commission": "commission",
	"result":     "result status grade",
})

// aliases turns lists of spellings around.
func aliases(lists map[string]string) map[string]string {
	out := map[string]string{}
	for ours, list := range lists {
		for _, name := range strings.Fields(list) {
			out[name] = ours
		}
	}
	return out
}

// Bets reads a file of bets, a row each, under a header whose columns may come in
// any order and by many names. Ignored lists the columns that mean nothing here.
// All that cannot be read is reported together, with its line and column, and
// then there are no bets: a file is taken whole or not at all.
func (im Importer) Bets(r io.Reader, file string) (bets []Bet, ignored []string, err error) {
	t, err := openTable(r, file, columns)
	if err != nil {
		return nil, nil, err
	}
	if err := errors.Join(
		t.need("when the bet was placed", "placed"), t.need("the game", "fixture", "home", "event"), t.need("the market", "market"),
		t.need("what was bet on", "outcome"), t.need("the price", "price"), t.need("the stake", "stake"),
	); err != nil {
		return nil, nil, err
	}
	for t.next() {
		bets = append(bets, im.bet(t))
	}
	if err := t.err(); err != nil {
		return nil, nil, err
	}
	return bets, t.ignored, nil
}

// bet reads the row at hand.
func (im Importer) bet(t *table) Bet {
	b := Bet{ID: t.cell("id"), Event: im.event(t), Book: t.cell("book")}
	b.Placed = read(t, "placed", func(s string) (feed.Time, error) { return parseInstant(s, im.Zone) })
	b.Selection = im.selection(t, &b.Event)
	b.Price, b.Text, b.Format = im.price(t)
	b.Currency = read(t, "currency", ParseCurrency)
	if b.Currency == "" {
		b.Currency = im.currency()
	}
	b.Stake = read(t, "stake", func(s string) (int64, error) { return ParseAmount(s, b.Currency) })
	b.Commission = read(t, "commission", parseCommission)
	b.Result = read(t, "result", ParseResult)
	for _, column := range []string{"placed", "price", "stake"} {
		if t.cell(column) == "" {
			t.problem(column, errors.New("it is empty"))
		}
	}
	return b
}

func (im Importer) currency() string {
	if im.Currency != "" {
		return im.Currency
	}
	return DefaultCurrency
}

func (im Importer) price(t *table) (price float64, text string, format odds.Format) {
	text = t.cell("price")
	if format = im.Format; t.cell("format") != "" {
		format = odds.Format(key(t.cell("format")))
	}
	if text == "" {
		return 0, text, format
	}
	var err error
	if format == "" {
		price, format, err = odds.GuessPrice(text)
	} else {
		price, err = odds.ParsePrice(text, format)
	}
	if err != nil {
		t.problem("price", err)
	}
	return price, text, format
}

// event reads which game the row at hand is about.
func (im Importer) event(t *table) Event {
	e := Event{Fixture: t.cell("fixture"), Home: t.cell("home"), Away: t.cell("away"), League: im.league(t.cell("league"))}
	if text := t.cell("event"); text != "" && e.Home == "" && e.Away == "" {
		var err error
		if e.Home, e.Away, err = parseTeams(text); err != nil && e.Fixture == "" {
			t.problem("event", err)
		}
	}
	e.Start = read(t, "start", func(s string) (at feed.Time, err error) {
		at, e.DayOnly, err = parseStart(s, im.Zone)
		return at, err
	})
	if e.Fixture == "" && (e.Home == "" || e.Away == "") {
		t.problem("", errors.New("the game is not named: a fixture id, or both teams"))
	}
	return e
}

// league returns our id of a league that is called by its id or its name.
func (im Importer) league(name string) string {
	if im.Leagues == nil || name == "" {
		return name
	}
	for _, l := range im.Leagues.Leagues() {
		if strings.EqualFold(l.ID, name) || league.Normalise(l.Name) == league.Normalise(name) {
			return l.ID
		}
	}
	return name
}

// selection reads what the row at hand is on.
func (im Importer) selection(t *table, e *Event) Selection {
	if t.cell("market") == "" {
		t.problem("market", errors.New("it is empty"))
		return Selection{}
	}
	k, period := parseMarket(t.cell("market"))
	s := Selection{Market: k.market, Period: period, Ways: k.ways}
	if named := read(t, "period", parsePeriod); s.Period == "" || named != "" && named != feed.PeriodFull {
		s.Period = named
	}
	if s.Period == "" {
		s.Period = feed.PeriodFull
	}
	outcome, line, err := parseOutcome(t.cell("outcome"), e)
	if err != nil {
		t.problem("outcome", err)
		return s
	}
	s.Outcome = outcome
	if own := read(t, "line", parseLine); own.Set {
		if line.Set && own != line {
			t.problem("line", fmt.Errorf("the outcome says %s", line))
		}
		line = own
	}
	s.Line = line
	s.Line = s.OwnLine() // turning it around twice is once for each direction
	if home := read(t, "home_line", parseLine); home.Set {
		if line.Set && s.Line != home {
			t.problem("home_line", fmt.Errorf("the line of the side says %s", s.Line))
		}
		s.Line = home
	}
	im.check(t, &s, e)
	return s
}

// check refuses selections that no market has.
func (im Importer) check(t *table, s *Selection, e *Event) {
	sides := []string{feed.OutcomeHome, feed.OutcomeAway}
	switch s.Market {
	case feed.MarketH2H:
		if s.Ways == 0 && s.Outcome == feed.OutcomeDraw {
			s.Ways = ThreeWay
		}
		if s.Ways == 0 && im.Leagues != nil {
			if l, ok := im.Leagues.League(e.League); ok && l.Draw {
				s.Ways = ThreeWay
			} else if ok {
				s.Ways = TwoWay
			}
		}
		sides = append(sides, feed.OutcomeDraw)
		s.Line = feed.Line{}
	case feed.MarketSpreads:
	case feed.MarketTotals:
		sides = []string{feed.OutcomeOver, feed.OutcomeUnder}
	default:
		return
	}
	known := false
	for _, side := range sides {
		known = known || s.Outcome == side
	}
	switch {
	case !known:
		t.problem("outcome", fmt.Errorf("%q is none of %s, nor one of the teams", t.cell("outcome"), strings.Join(sides, ", ")))
	case s.Market != feed.MarketH2H && !s.Line.Set:
		t.problem("line", errors.New("a bet on spreads or totals has a line"))
	}
}
