package board

import (
	"encoding/json"
	"math"
	"sort"

	"github.com/betflow/betflow/internal/feed"
)

// FixtureView is a fixture as readers see it.
type FixtureView struct {
	FixtureID  string         `json:"fixture_id"`
	League     string         `json:"league"`
	StartTime  feed.Time      `json:"start_time"`
	Home       SideView       `json:"home"`
	Away       SideView       `json:"away"`
	State      feed.GameState `json:"state"`
	Status     string         `json:"status"`
	Detail     string         `json:"detail"`
	Period     int32          `json:"period"`
	Clock      string         `json:"clock"`
	Seconds    *float64       `json:"clock_seconds,omitempty"`
	Situation  string         `json:"situation,omitempty"`
	Possession string         `json:"possession,omitempty"`
	GameSeen   feed.Time      `json:"game_seen,omitzero"`
	Venue      string         `json:"venue,omitempty"`
	Neutral    bool           `json:"neutral,omitempty"`
	Markets    []MarketView   `json:"markets"`
	Sparkline  [][2]float64   `json:"sparkline"` // milliseconds since the epoch, probability of home
	Weather    *WeatherView   `json:"weather,omitempty"`
	Updated    feed.Time      `json:"updated"`
}

// SideView is one team of a fixture.
type SideView struct {
	ID           string  `json:"id"`
	Name         string  `json:"name"`
	Short        string  `json:"short"`
	Abbreviation string  `json:"abbreviation"`
	Score        *int32  `json:"score,omitempty"`
	Record       string  `json:"record,omitempty"`
	Periods      []int32 `json:"periods,omitempty"`
}

// MarketView is one market and line over all books.
type MarketView struct {
	Market     string        `json:"market"`
	Period     string        `json:"period"`
	Line       *float64      `json:"line"`
	Books      int32         `json:"books"`
	Method     string        `json:"method"`
	Hold       *float64      `json:"hold"`
	BestSum    *float64      `json:"best_sum"`
	Dispersion *float64      `json:"dispersion"`
	Average    string        `json:"average,omitempty"`
	LeftOut    []LeftOutView `json:"left_out,omitempty"`
	Main       bool          `json:"main"`
	Common     int32         `json:"common_books,omitempty"`
	EventTime  feed.Time     `json:"event_time,omitzero"`
	SeenTime   feed.Time     `json:"seen_time"`
	Outcomes   []OutcomeView `json:"outcomes"`
}

// LeftOutView is a book that is not in a market's consensus.
type LeftOutView struct {
	Book   string      `json:"book"`
	Reason feed.Reason `json:"reason"`
}

// OutcomeView is one outcome of a market. The times of the best price are those
// of its book's last confirmation.
type OutcomeView struct {
	Outcome        string    `json:"outcome"`
	BestPrice      *float64  `json:"best_price"`
	BestBook       string    `json:"best_book"`
	BestEventTime  feed.Time `json:"best_event_time,omitzero"`
	BestSeenTime   feed.Time `json:"best_seen_time,omitzero"`
	Fair           *float64  `json:"fair"`
	Multiplicative *float64  `json:"multiplicative,omitempty"`
	Power          *float64  `json:"power,omitempty"`
	Shin           *float64  `json:"shin,omitempty"`
	Common         *float64  `json:"common,omitempty"`
	Prices         int32     `json:"prices"`
}

// WeatherView is the conditions at an open venue.
type WeatherView struct {
	TemperatureC  *float64  `json:"temperature_c"`
	WindMS        *float64  `json:"wind_ms"`
	WindDegrees   *float64  `json:"wind_degrees"`
	Precipitation *float64  `json:"precipitation"`
	Condition     string    `json:"condition"`
	Description   string    `json:"description"`
	EventTime     feed.Time `json:"event_time"`
}

// BookView is one book's price of one outcome.
type BookView struct {
	Market        string     `json:"market"`
	Period        string     `json:"period"`
	Line          *float64   `json:"line"`
	Outcome       string     `json:"outcome"`
	Book          string     `json:"book"`
	Price         float64    `json:"price"`
	PriceOriginal string     `json:"price_original"`
	State         feed.State `json:"state"`
	EventTime     feed.Time  `json:"event_time"`
	SeenTime      feed.Time  `json:"seen_time"`
	// FairEdge is price times the consensus fair probability, minus one; absent
	// for prices that are not open.
	FairEdge *float64 `json:"fair_edge,omitempty"`
}

// Detail is all that the board knows of one fixture.
type Detail struct {
	Fixture FixtureView  `json:"fixture"`
	Aliases []feed.Alias `json:"aliases"`
	Markets []MarketView `json:"markets"`
	Closing []MarketView `json:"closing,omitempty"` // main lines as last seen before the game began
	Books   []BookView   `json:"books"`

	InPlay        []*feed.InPlay      `json:"in_play,omitempty"`        // the running game beside h2h, spreads and totals
	TotalsWeather *feed.TotalsWeather `json:"totals_weather,omitempty"` // of a game outdoors
}

// Detail returns a fixture with every market and book; ok is false for one that
// is not on the board.
func (b *Board) Detail(id string) (d Detail, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.fixtures[id]
	if f == nil || !f.visible() {
		return Detail{}, false
	}
	d = Detail{Fixture: b.view(f), Aliases: f.record.Aliases, Markets: f.allMarkets(), Closing: f.closing(), Books: f.books()}
	for _, market := range []string{feed.MarketH2H, feed.MarketSpreads, feed.MarketTotals} {
		if r := f.inPlay[market]; r != nil {
			d.InPlay = append(d.InPlay, r)
		}
	}
	d.TotalsWeather = f.totals
	if d.Aliases == nil {
		d.Aliases = []feed.Alias{}
	}
	return d, true
}

func (b *Board) encode(f *fixture) []byte {
	v := b.view(f)
	text, err := json.Marshal(&v)
	if err != nil {
		panic("board: encoding fixture " + f.record.FixtureID + ": " + err.Error()) // prices are finite, checked at the parser
	}
	return text
}

func (b *Board) view(f *fixture) FixtureView {
	r := &f.record
	v := FixtureView{
		FixtureID: r.FixtureID, League: r.League, StartTime: r.StartTime, Neutral: r.Neutral,
		Home: b.side(r.League, r.HomeID, r.Home), Away: b.side(r.League, r.AwayID, r.Away),
		State: feed.GameState(r.Status), Markets: []MarketView{}, Updated: f.updated,
		Sparkline: make([][2]float64, len(f.sparkline)),
	}
	for i, s := range f.sparkline {
		v.Sparkline[i] = [2]float64{float64(s.at / 1000), math.Round(s.p*1e4) / 1e4}
	}
	if v.State == "" {
		v.State = feed.GamePre
	}
	if venue, ok := b.catalog.Venue(r.League, r.VenueID); ok {
		v.Venue = venue.Name
	}
	if g := f.game; g != nil {
		v.State, v.Status, v.Detail, v.Period, v.Clock, v.Seconds = g.State, g.Status, g.Detail, g.Period, g.Clock, g.ClockSeconds
		v.Situation, v.Possession, v.GameSeen = g.Situation, g.Possession, g.SeenTime
		v.Home.Score, v.Home.Record, v.Home.Periods = g.HomeScore, g.HomeRecord, g.HomePeriods
		v.Away.Score, v.Away.Record, v.Away.Periods = g.AwayScore, g.AwayRecord, g.AwayPeriods
	}
	if w := f.weather; w != nil {
		v.Weather = &WeatherView{w.TemperatureC, w.WindMS, w.WindDegrees, w.Precipitation, w.Condition, w.Description, w.EventTime}
	}
	for _, name := range []string{feed.MarketH2H, feed.MarketSpreads, feed.MarketTotals} {
		if m := mainLine(f.markets, name); m != nil {
			v.Markets = append(v.Markets, f.marketView(m))
		}
	}
	return v
}

func (b *Board) side(leagueID, teamID, name string) SideView {
	s := SideView{ID: teamID, Name: name, Short: name}
	if t, ok := b.catalog.Team(leagueID, teamID); ok {
		s.Abbreviation = t.Abbreviation
		if t.Nickname != "" {
			s.Short = t.Nickname
		}
	}
	return s
}

// mainLine returns the line of a market that was elected the main one, and where
// it is not quoted, the one that most books quote; among equals the one whose
// sides are closest to even, then the smaller one.
func mainLine(markets map[marketID]*feed.MarketState, market string) *feed.MarketState {
	var best *feed.MarketState
	for _, m := range markets {
		if m.Market != market || m.Period != feed.PeriodFull || quoted(m) == 0 {
			continue
		}
		if best == nil || moreCentral(m, best) {
			best = m
		}
	}
	return best
}

func moreCentral(a, b *feed.MarketState) bool {
	if a.Main != b.Main {
		return a.Main
	}
	if x, y := a.Books, b.Books; x != y {
		return x > y
	}
	if x, y := unevenness(a), unevenness(b); x != y {
		return x < y
	}
	return feed.LineOf(a.Line).Less(feed.LineOf(b.Line))
}

func unevenness(m *feed.MarketState) float64 {
	if len(m.Outcomes) == 0 || m.Outcomes[0].Fair == nil {
		return 1
	}
	return math.Abs(*m.Outcomes[0].Fair - 0.5)
}

// quoted counts the open prices of a market.
func quoted(m *feed.MarketState) (n int32) {
	for i := range m.Outcomes {
		n += m.Outcomes[i].Prices
	}
	return n
}

// marketView shows a market with the ages of its best prices as they are now.
func (f *fixture) marketView(m *feed.MarketState) MarketView {
	v := viewOf(m)
	for i := range v.Outcomes {
		o := &v.Outcomes[i]
		at := f.confirmed(o.BestBook, m.Market, o.BestEventTime, o.BestSeenTime)
		o.BestEventTime, o.BestSeenTime = at.event, at.seen
	}
	return v
}

// viewOf shows a market as its state has it.
func viewOf(m *feed.MarketState) MarketView {
	v := MarketView{
		Market: m.Market, Period: m.Period, Line: m.Line, Books: m.Books, Method: m.Method,
		Hold: m.Hold, BestSum: m.BestSum, Dispersion: m.Dispersion,
		Average: m.Average, Main: m.Main, Common: m.CommonBooks,
		EventTime: m.EventTime, SeenTime: m.SeenTime, Outcomes: make([]OutcomeView, len(m.Outcomes)),
	}
	for _, l := range m.LeftOut {
		v.LeftOut = append(v.LeftOut, LeftOutView(l))
	}
	for i, o := range m.Outcomes {
		v.Outcomes[i] = OutcomeView{
			Outcome: o.Outcome, BestPrice: o.BestPrice, BestBook: o.BestBook, BestEventTime: o.BestEventTime, BestSeenTime: o.BestSeenTime,
			Fair: o.Fair, Multiplicative: o.Multiplicative, Power: o.Power, Shin: o.Shin, Common: o.Common, Prices: o.Prices,
		}
	}
	return v
}

// confirmed returns the later of a price's own times and its book's last
// confirmation.
func (f *fixture) confirmed(book, market string, event, seen feed.Time) sighting {
	s := f.seen[bookMarket{book, market}]
	return sighting{max(event, s.event), max(seen, s.seen)}
}

func (f *fixture) allMarkets() []MarketView {
	views := make([]MarketView, 0, len(f.markets))
	for _, m := range f.markets {
		if quoted(m) > 0 {
			views = append(views, f.marketView(m))
		}
	}
	sort.Slice(views, func(i, j int) bool {
		a, b := &views[i], &views[j]
		if a.Market != b.Market {
			return a.Market < b.Market
		}
		if a.Period != b.Period {
			return a.Period < b.Period
		}
		return feed.LineOf(a.Line).Less(feed.LineOf(b.Line))
	})
	return views
}

func (f *fixture) books() []BookView {
	views := make([]BookView, 0, len(f.quotes))
	for _, q := range f.quotes {
		v := BookView{
			Market: q.Market, Period: q.Period, Line: q.Line, Outcome: q.Outcome, Book: q.Book,
			Price: q.Price, PriceOriginal: q.PriceOriginal, State: q.State, EventTime: q.EventTime, SeenTime: q.SeenTime,
		}
		if q.State == feed.StateOpen {
			at := f.confirmed(q.Book, q.Market, q.EventTime, q.SeenTime)
			v.EventTime, v.SeenTime = at.event, at.seen
			if fair := f.fair(q); fair != nil {
				edge := q.Price**fair - 1
				v.FairEdge = &edge
			}
		}
		views = append(views, v)
	}
	sort.Slice(views, func(i, j int) bool {
		a, b := &views[i], &views[j]
		switch {
		case a.Market != b.Market:
			return a.Market < b.Market
		case a.Period != b.Period:
			return a.Period < b.Period
		case feed.LineOf(a.Line) != feed.LineOf(b.Line):
			return feed.LineOf(a.Line).Less(feed.LineOf(b.Line))
		case a.Outcome != b.Outcome:
			return a.Outcome < b.Outcome
		}
		return a.Book < b.Book
	})
	return views
}

func (f *fixture) fair(q *feed.Quote) *float64 {
	m := f.markets[marketID{q.Market, q.Period, feed.LineOf(q.Line)}]
	if m == nil {
		return nil
	}
	for i := range m.Outcomes {
		if m.Outcomes[i].Outcome == q.Outcome {
			return m.Outcomes[i].Fair
		}
	}
	return nil
}
