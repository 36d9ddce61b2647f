package duckdb

import (
	"database/sql/driver"
	"fmt"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/store"
)

// sequence returns the record's sequence number, 0 if it has none: numbers begin
// at 1.
func sequence(record any) int64 {
	if r, ok := record.(interface{ Sequence() int64 }); ok {
		return r.Sequence()
	}
	return 0
}

// row appends what the record says to its table. Ticks and seen records have no
// row: they are the log's own.
func (b *batch) row(record any) error {
	switch r := record.(type) {
	case *feed.Quote:
		if r.Kind != feed.KindQuote {
			return nil
		}
		return b.append("quotes", r.FixtureID, r.League, r.Market, r.Period, number(r.Line), r.Outcome, r.Book,
			r.Price, r.PriceOriginal, r.PriceFormat, number(r.Limit), string(r.State),
			instant(r.EventTime), instant(r.SeenTime), r.Source, r.RawPartition, r.RawOffset, r.Seq)
	case *feed.MarketState:
		return b.marketState(r)
	case store.Window:
		return b.window(r)
	case *feed.Signal:
		return b.signal(r)
	case *feed.InPlay:
		return b.inPlay(r)
	case *feed.TotalsWeather:
		return b.totalsWeather(r)
	case *feed.Game:
		if r.Kind != feed.KindGame {
			return nil
		}
		return b.append("games", r.FixtureID, r.League, string(r.State), r.Status, r.Detail, r.Period, r.Clock, number(r.ClockSeconds),
			integer(r.HomeScore), integer(r.AwayScore), r.HomePeriods, r.AwayPeriods, r.HomeRecord, r.AwayRecord,
			r.Possession, r.Situation, instant(r.EventTime), instant(r.SeenTime), r.Source, r.Seq)
	case *feed.Play:
		if r.Kind != feed.KindPlay {
			return nil
		}
		return b.append("plays", r.FixtureID, r.League, r.PlayID, r.Period, r.Clock, r.Type, r.Text, r.ScoreValue,
			instant(r.EventTime), instant(r.SeenTime), r.Source, r.Seq)
	case *feed.Weather:
		if r.Kind != feed.KindWeather {
			return nil
		}
		return b.append("weather", r.FixtureID, r.League, r.VenueID, number(r.TemperatureC), number(r.FeelsLikeC),
			number(r.Humidity), number(r.PressureHPa), number(r.WindMS), number(r.WindGustMS), number(r.WindDegrees),
			number(r.Precipitation), number(r.Clouds), number(r.Visibility), r.Condition, r.Description,
			instant(r.EventTime), instant(r.SeenTime), r.Source, r.Seq)
	case *feed.Fixture:
		b.fixtures[r.FixtureID] = r
		return nil
	case *feed.Dimension:
		b.dims = append(b.dims, r)
		return nil
	case *feed.Review:
		return b.append("reviews", r.League, r.Source, r.Subject, r.SourceID, r.Name, r.Candidate, r.Score, r.Reason, instant(r.SeenTime), r.Seq)
	case *feed.Quarantine:
		return b.append("quarantine", r.Source, r.League, instant(r.SeenTime), r.Path, r.Place, r.Reason, r.Body, r.RawPartition, r.RawOffset, r.Seq)
	case *feed.Late:
		return b.append("late", r.Metric, r.WindowSize, instant(r.WindowStart), r.Key, r.League, r.Value,
			instant(r.EventTime), instant(r.SeenTime), instant(r.Watermark), r.Seq)
	}
	return fmt.Errorf("no table for %T", record)
}

// marketState appends a row for each outcome.
func (b *batch) marketState(m *feed.MarketState) error {
	leftOut := make([]map[string]any, len(m.LeftOut))
	for i, l := range m.LeftOut {
		leftOut[i] = map[string]any{"book": l.Book, "reason": string(l.Reason)}
	}
	var commonBooks driver.Value
	if m.CommonBooks > 0 {
		commonBooks = m.CommonBooks
	}
	for i := range m.Outcomes {
		o := &m.Outcomes[i]
		var best, age, oldest, fairPrice driver.Value
		if o.BestPrice != nil {
			best, age = *o.BestPrice, m.SeenTime.Sub(o.BestEventTime).Seconds()
		}
		if o.OldestEventTime != 0 {
			oldest = m.SeenTime.Sub(o.OldestEventTime).Seconds()
		}
		if o.Fair != nil && *o.Fair > 0 {
			fairPrice = 1 / *o.Fair
		}
		if err := b.append("market_states", m.FixtureID, m.League, m.Market, m.Period, number(m.Line),
			o.Outcome, m.Books, best, text(o.BestBook), age, fairPrice, number(o.Fair), m.Method,
			number(o.Multiplicative), number(o.Power), number(o.Shin),
			number(m.Hold), number(m.BestSum), number(m.Dispersion), o.Prices, oldest,
			instant(m.EventTime), instant(m.SeenTime), m.Seq,
			m.Average, leftOut, m.Main, commonBooks, number(o.Common)); err != nil {
			return err
		}
	}
	return nil
}

// signal appends a row; ticks have none.
func (b *batch) signal(g *feed.Signal) error {
	if g.Kind != feed.KindSignal {
		return nil
	}
	legs := make([]map[string]any, len(g.Legs))
	for i := range g.Legs {
		l := &g.Legs[i]
		legs[i] = map[string]any{
			"outcome": l.Outcome, "line": number(l.Line), "book": l.Book, "sharp": l.Sharp, "price": l.Price,
			"position": number(l.Position), "reference": number(l.Reference),
			"event_time": instant(l.EventTime), "seen_time": instant(l.SeenTime), "age": l.Age, "stake": l.Stake,
		}
	}
	return b.append("signals", g.SignalID, g.Rule, g.FixtureID, g.League, g.Market, g.Period, number(g.Line),
		text(g.Outcome), text(g.Book), string(g.State), g.Revision, g.Value, string(g.Unit),
		number(g.Fair), number(g.EV), number(g.Kelly), number(g.Profit), g.Books, text(g.Method), legs,
		text(g.Reason), text(g.Detail), g.DedupeKey, instant(g.Opened), instant(g.EventTime), instant(g.SeenTime), g.Seq)
}

func number(p *float64) driver.Value {
	if p == nil {
		return nil
	}
	return *p
}

func integer(p *int32) driver.Value {
	if p == nil {
		return nil
	}
	return *p
}

func instant(t feed.Time) driver.Value {
	if t == 0 {
		return nil
	}
	return t.Std()
}

func text(s string) driver.Value {
	if s == "" {
		return nil
	}
	return s
}
