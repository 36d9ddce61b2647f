// Package soccer studies the three-way market of football: which prices forecast
// best and by which method, what long shots cost, whether beating the close pays,
// what is left of arbitrage when prices are held against each other at one time,
// and whether simple models know more than the market.
//
// It takes matches with prices as package footballdata reads them, from any
// leagues and seasons. Without some of the columns the parts that need them are
// absent.
package soccer

import (
	"time"

	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/footballdata"
)

// Resamples are enough for intervals at 95 %.
const Resamples = 1000

// Options say how the study is made.
type Options struct {
	Seed      uint64 // of the bootstrap
	Resamples int    // of the bootstrap
}

// Results are the numbers of the study.
type Results struct {
	Data        Data           `json:"data"`
	LogLoss     LogLoss        `json:"log_loss"` // of market_average
	Comparisons []*Comparison  `json:"methods"`
	Books       []Book         `json:"books"`
	Ranking     *Ranking       `json:"ranking"`
	Longshot    []*Longshot    `json:"favourite_longshot"`
	Calibration []*Calibration `json:"calibration"`
	CLV         []*Value       `json:"clv"`
	Arbitrage   *Arbitrage     `json:"arbitrage"`
	Margins     []Margin       `json:"margins"`
	Efficiency  []*Efficiency  `json:"efficiency"`
	Bias        []Bias         `json:"bias"`
	Totals      []*Totals      `json:"totals"`
	Models      *Models        `json:"models"` // against pinnacle, the average without it
}

// Data says what was read.
type Data struct {
	Files    int    `json:"files"`
	Matches  int    `json:"matches"`
	Played   int    `json:"played"`
	Leagues  int    `json:"leagues"`
	First    string `json:"first"` // day
	Last     string `json:"last"`
	Defects  int    `json:"defects"`  // cells and rows that could not be read
	Repaired int    `json:"repaired"` // days whose month and day of the month were exchanged
}

// Study computes everything.
func Study(f *footballdata.Folder, o Options) *Results {
	games := played(f.Matches)
	said := make(chan []forecasts, 1)
	go func() { said <- walk(games) }() // takes about as long as all the rest
	books := lossByBook(games)
	r := &Results{
		Data:      dataOf(f, len(games)),
		Books:     books,
		Ranking:   rank(games, o),
		Arbitrage: arbitrages(games),
		Margins:   margins(games),
	}
	r.LogLoss.Closing = lossOf(books, footballdata.MarketAverage, footballdata.Closing)
	r.LogLoss.PreMatch = lossOf(books, footballdata.MarketAverage, footballdata.PreMatch)
	for _, book := range []string{footballdata.Pinnacle, footballdata.MarketAverage} {
		for _, phase := range []footballdata.Phase{footballdata.Closing, footballdata.PreMatch} {
			r.Longshot = present(r.Longshot, longshot(games, book, phase))
			r.Bias = append(r.Bias, biases(games, book, phase)...)
			r.Totals = present(r.Totals, totals(games, book, phase, o))
		}
		r.Comparisons = present(r.Comparisons, compare(games, book, footballdata.Closing, o))
		r.Calibration = present(r.Calibration, calibrate(games, book, footballdata.Closing, odds.DefaultMethod))
		r.CLV = present(r.CLV, clv(games, book, o))
		r.Efficiency = present(r.Efficiency, efficiency(games, book, o))
	}
	walked := <-said
	if r.Models = models(games, walked, footballdata.Pinnacle, o); r.Models == nil {
		r.Models = models(games, walked, footballdata.MarketAverage, o)
	}
	return r
}

// present appends a part that could be computed.
func present[T any](list []*T, part *T) []*T {
	if part == nil {
		return list
	}
	return append(list, part)
}

func dataOf(f *footballdata.Folder, played int) Data {
	leagues := map[string]bool{}
	for i := range f.Matches {
		leagues[f.Matches[i].League] = true
	}
	d := Data{Files: f.Files, Matches: len(f.Matches), Played: played, Leagues: len(leagues), Defects: len(f.Defects), Repaired: f.Repaired}
	if len(f.Matches) > 0 { // in the order of days
		d.First = f.Matches[0].Day.Format(time.DateOnly)
		d.Last = f.Matches[len(f.Matches)-1].Day.Format(time.DateOnly)
	}
	return d
}
