package duckdb

import (
	"github.com/betflow/betflow/internal/feed"
)

// inPlay appends a row for each outcome.
func (b *batch) inPlay(r *feed.InPlay) error {
	anchors := make([]map[string]any, len(r.Anchors))
	for i := range r.Anchors {
		a := &r.Anchors[i]
		anchors[i] = map[string]any{"market": a.Market, "line": number(a.Line), "books": a.Books, "event_time": instant(a.EventTime)}
	}
	for i := range r.Outcomes {
		o := &r.Outcomes[i]
		err := b.append("inplay", r.FixtureID, r.League, r.Market, r.Period, number(r.Line), o.Outcome, r.Change,
			string(r.State), r.GamePeriod, text(r.Clock), number(r.ClockSeconds), integer(r.HomeScore), integer(r.AwayScore), number(r.Elapsed),
			r.Model, number(o.Model), text(r.ModelAbsent), anchors, instant(r.StartTime),
			text(r.Method), r.Books, number(o.Fair), number(o.BestPrice), text(o.BestBook), text(r.MarketAbsent),
			number(o.Difference), number(o.LogOdds),
			instant(r.GameTime), number(r.GameAge), instant(r.MarketTime), number(r.MarketAge),
			instant(r.EventTime), instant(r.SeenTime), r.Seq)
		if err != nil {
			return err
		}
	}
	return nil
}

// totalsWeather appends a row.
func (b *batch) totalsWeather(r *feed.TotalsWeather) error {
	return b.append("totals_weather", r.FixtureID, r.League, text(r.VenueID), r.Change, r.InPlay,
		number(r.Line), number(r.Over), number(r.Under), number(r.Implied), r.Books,
		number(r.OpenLine), number(r.OpenOver), instant(r.OpenTime), number(r.LineMove), number(r.ImpliedMove),
		number(r.TemperatureC), number(r.WindMS), number(r.WindGustMS), number(r.Precipitation), number(r.Humidity),
		number(r.TemperatureMove), number(r.WindMove), number(r.WindGustMove), number(r.PrecipitationMove), number(r.HumidityMove),
		instant(r.MarketTime), r.MarketAge, instant(r.WeatherTime), r.WeatherAge, instant(r.BeforeTime),
		instant(r.EventTime), instant(r.SeenTime), r.Seq)
}
