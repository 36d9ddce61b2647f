package nfl

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/source/table"
	"github.com/betflow/betflow/internal/study"
)

// Compared is a figure that was published before and the same one here.
type Compared struct {
	Figure    string       `json:"figure"`
	Published study.Number `json:"published"`
	Digits    int          `json:"digits"`          // decimals that were published
	Games     int          `json:"published_games"` // 0 if it was not said
	Here      study.Number `json:"here"`
	N         int          `json:"games"`
	Then      study.Number `json:"then"` // of the results up to the day on which the published file ended
	ThenGames int          `json:"then_games"`
	Agrees    bool         `json:"agrees"` // to the published digits, here or then
}

// thePublishedFile of results ended the day before, with week 3 of 2025.
var thePublishedFile = time.Date(2025, time.September, 23, 0, 0, 0, 0, time.UTC)

// How many games the published figures are of. Those of lines are of the seasons
// from 2018 to publishedTo, of which the files have the first five.
const (
	publishedTo          = 2025
	reportedLineGames    = 2208
	reportedWeatherGames = 4117
)

// publishedReverse is the published record of the first rule, to publishedTo.
var publishedReverse = tally{won: 220, lost: 247, pushed: 13}

// parts are what the published figures are taken from, without intervals.
type parts struct {
	spread, total *Moved
	home          Home
	weather       Weather
}

func partsOf(games []market, past []result) *parts {
	return &parts{moved(games, (*market).spreadLine, Options{}), moved(games, (*market).totalLine, Options{}), home(past), weather(past, Options{})}
}

// figure is a published one and how to find it here: its value and games, 0
// without data.
type figure struct {
	name  string
	text  string // as published
	games int
	of    func(*parts) (study.Number, int)
}

// published computes the published figures again, those that the data have.
func published(games []market, past []result) []Compared {
	now := partsOf(games, past)
	then := partsOf(games, filter(past, func(r *result) bool { return r.Day.Before(thePublishedFile) }))
	var out []Compared
	for _, f := range append(lineFigures(), resultFigures()...) {
		c := Compared{Figure: f.name, Games: f.games}
		if c.Here, c.N = f.of(now); c.N == 0 {
			continue
		}
		c.Then, c.ThenGames = f.of(then)
		was, err := strconv.ParseFloat(f.text, 64)
		if err != nil {
			panic("a published figure: " + err.Error())
		}
		_, decimals, _ := strings.Cut(f.text, ".")
		c.Published, c.Digits = study.Number(was), len(decimals)
		c.Agrees = c.same(c.Here) || c.same(c.Then)
		out = append(out, c)
	}
	return out
}

// same tells whether a value is the published one to its digits.
func (c *Compared) same(v study.Number) bool {
	unit := math.Pow10(c.Digits)
	return math.Round(float64(v)*unit) == math.Round(float64(c.Published)*unit)
}

// lineFigures are those of opening and closing lines.
func lineFigures() []figure {
	of := func(name, text string, kind func(*parts) *Moved, value func(*Moved) study.Number) figure {
		return figure{name, text, reportedLineGames, func(p *parts) (study.Number, int) {
			m := kind(p)
			if m == nil {
				return study.Number(table.Missing), 0
			}
			return value(m), m.Games
		}}
	}
	spread, total := func(p *parts) *Moved { return p.spread }, func(p *parts) *Moved { return p.total }
	return []figure{
		of("opening spread, mean absolute error", "9.9914", spread, func(m *Moved) study.Number { return m.OpenMAE }),
		of("closing spread, mean absolute error", "9.8025", spread, func(m *Moved) study.Number { return m.CloseMAE }),
		of("opening spread, root mean square", "12.9753", spread, func(m *Moved) study.Number { return m.OpenRMSE }),
		of("closing spread, root mean square", "12.7252", spread, func(m *Moved) study.Number { return m.CloseRMSE }),
		of("spreads that moved by 0.5 or more", "0.841", spread, func(m *Moved) study.Number { return m.Moved.Value }),
		of("mean move of the spread", "1.69", spread, func(m *Moved) study.Number { return m.Mean }),
		of("highest less lowest spread of the books", "1.35", spread, func(m *Moved) study.Number { return m.Range }),
		of("opening total, mean absolute error", "10.5679", total, func(m *Moved) study.Number { return m.OpenMAE }),
		of("closing total, mean absolute error", "10.4023", total, func(m *Moved) study.Number { return m.CloseMAE }),
		of("opening total, root mean square", "13.3603", total, func(m *Moved) study.Number { return m.OpenRMSE }),
		of("closing total, root mean square", "13.1586", total, func(m *Moved) study.Number { return m.CloseRMSE }),
	}
}

// resultFigures are those of home advantage and weather.
func resultFigures() []figure {
	var out []figure
	for _, e := range [][2]string{
		{"1999-2004", "2.90"}, {"2005-2009", "2.52"}, {"2010-2014", "2.80"}, {"2015-2019", "1.92"}, {"2020", "0.21"}, {"2021-2025", "2.31"},
	} {
		out = append(out, figure{"home advantage " + e[0], e[1], 0, func(p *parts) (study.Number, int) {
			era, ok := p.home.era(e[0])
			if !ok {
				return study.Number(table.Missing), 0
			}
			return era.Advantage.Value, era.Games
		}})
	}
	for _, f := range []struct {
		name string
		of   func(*Weather) *Fit
		text [3]string // constant, wind, temperature
	}{
		{"total", func(w *Weather) *Fit { return w.Total }, [3]string{"47.75", "-0.389", "-0.026"}},
		{"closing total", func(w *Weather) *Fit { return w.Line }, [3]string{"43.48", "-0.185", "0.009"}},
		{"total less line", func(w *Weather) *Fit { return w.Excess }, [3]string{"4.26", "-0.204", "-0.035"}},
	} {
		for i, term := range []string{"constant", "wind", "temperature"} {
			out = append(out, figure{f.name + " outdoors: " + term, f.text[i], reportedWeatherGames, func(p *parts) (study.Number, int) {
				fit := f.of(&p.weather)
				if fit == nil {
					return study.Number(table.Missing), 0
				}
				return [...]study.Number{fit.Constant.Value, fit.Wind.Value, fit.Temperature.Value}[i], fit.Games
			}})
		}
	}
	for _, b := range []struct {
		name               string
		of                 func(*Weather) []Band
		games              int
		under, total, line string // nothing where nothing was published
	}{
		{"0-4 mph", func(w *Weather) []Band { return w.Wind }, 0, "0.475", "44.98", "43.58"},
		{"5-9 mph", func(w *Weather) []Band { return w.Wind }, 0, "0.505", "43.39", "42.65"},
		{"10-14 mph", func(w *Weather) []Band { return w.Wind }, 0, "0.511", "42.45", "41.78"},
		{"15-19 mph", func(w *Weather) []Band { return w.Wind }, 315, "0.596", "39.53", "41.14"},
		{"20+ mph", func(w *Weather) []Band { return w.Wind }, 92, "0.630", "36.75", "39.52"},
		{"under 20 F", func(w *Weather) []Band { return w.Cold }, 0, "", "43.98", "41.39"},
		{"indoors", func(w *Weather) []Band { return w.Roofs }, 0, "", "47.04", "45.74"},
	} {
		of := func(what, text string, value func(*Band) study.Number) {
			if text != "" {
				out = append(out, figure{b.name + ": " + what, text, b.games, func(p *parts) (study.Number, int) { return bandOf(b.of(&p.weather), b.name, value) }})
			}
		}
		of("under", b.under, func(b *Band) study.Number { return b.Under.Share.Value })
		of("total", b.total, func(b *Band) study.Number { return b.Total })
		of("closing total", b.line, func(b *Band) study.Number { return b.Line })
	}
	return out
}

// bandOf returns a value of the named band and its games.
func bandOf(bands []Band, name string, value func(*Band) study.Number) (study.Number, int) {
	for i := range bands {
		if bands[i].Name == name {
			return value(&bands[i]), bands[i].Games
		}
	}
	return study.Number(table.Missing), 0
}
