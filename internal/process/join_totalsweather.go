package process

import (
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/model"
)

// totalsWeather holds the main total beside the weather at a moment, nil while one
// of them is not known. Weather is told of games under the open sky only.
func (f *joinFixture) totalsWeather(l *league.League, at feed.Time) *feed.TotalsWeather {
	total, quoted := f.Lines[feed.MarketTotals]
	if !quoted || f.Weather == nil {
		return nil
	}
	w := f.Weather
	r := &feed.TotalsWeather{
		Kind: feed.KindTotalsWeather, VenueID: w.Venue, InPlay: f.running(),
		TemperatureC: w.Temperature, WindMS: w.Wind, WindGustMS: w.Gust, Precipitation: w.Precipitation, Humidity: w.Humidity,
		MarketTime: total.Confirmed, MarketAge: at.Sub(total.Confirmed).Seconds(),
		WeatherTime: w.Event, WeatherAge: at.Sub(w.Event).Seconds(), EventTime: at,
	}
	if total.usable() {
		r.Line, r.Books = total.Line, total.Books
		r.Over, r.Under = total.fair(feed.OutcomeOver), total.fair(feed.OutcomeUnder)
		r.Implied = impliedTotal(total.points(), r.Over, l.Score.SigmaTotal)
	}
	if o := f.Opening; o != nil {
		r.OpenLine, r.OpenOver, r.OpenTime = &o.Line, &o.Over, o.Event
		r.LineMove = less(r.Line, &o.Line)
		r.ImpliedMove = less(r.Implied, impliedTotal(o.Line, &o.Over, l.Score.SigmaTotal))
	}
	if b := f.Earlier; b != nil {
		r.BeforeTime = b.Event
		r.TemperatureMove, r.WindMove, r.WindGustMove = less(w.Temperature, b.Temperature), less(w.Wind, b.Wind), less(w.Gust, b.Gust)
		r.PrecipitationMove, r.HumidityMove = less(w.Precipitation, b.Precipitation), less(w.Humidity, b.Humidity)
	}
	return r
}

// impliedTotal returns the expected points that a total means by the league's
// normal model, nil where it means none.
func impliedTotal(line float64, over *float64, sigma float64) *float64 {
	if over == nil {
		return nil
	}
	n, err := model.Implied(-line, *over, sigma)
	if err != nil {
		return nil
	}
	return &n.Mean
}

// less returns a - b, nil where one of them is not known.
func less(a, b *float64) *float64 {
	if a == nil || b == nil {
		return nil
	}
	d := *a - *b
	return &d
}
