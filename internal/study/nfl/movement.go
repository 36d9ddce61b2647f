package nfl

import (
	"math"

	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/nfllines"
	"github.com/betflow/betflow/internal/source/table"
	"github.com/betflow/betflow/internal/study"
)

// Movement compares opening and closing lines.
type Movement struct {
	Spread  *Moved       `json:"spread"`
	Total   *Moved       `json:"total"`
	Seasons []Seasonal   `json:"seasons"`
	LogLoss []LossByTime `json:"log_loss"`
}

// Moved is how a line moved and what that was worth.
type Moved struct {
	Games     int          `json:"games"` // with opening and closing line
	OpenMAE   study.Number `json:"open_mae"`
	CloseMAE  study.Number `json:"close_mae"`
	OpenRMSE  study.Number `json:"open_rmse"`
	CloseRMSE study.Number `json:"close_rmse"`
	MAEGain   Estimate     `json:"mae_gain"` // open less close, by bootstrap over weeks
	RMSEGain  Estimate     `json:"rmse_gain"`
	Moved     Estimate     `json:"moved"`     // share that moved half a point or more
	Mean      study.Number `json:"mean_move"` // points, without sign
	Right     Estimate     `json:"right"`     // of the moves that came nearer to the result or went away from it
	Range     study.Number `json:"range"`     // highest less lowest line of the books
	RangeCalm study.Number `json:"range_without_live"`
	LiveLines int          `json:"live_lines"` // of books, farther than four points from the median
	BookLines int          `json:"book_lines"`
}

// Seasonal is the gain of one season.
type Seasonal struct {
	Season int      `json:"season"`
	Spread Estimate `json:"spread"` // mean absolute error of the open less that of the close
	Total  Estimate `json:"total"`
}

// LossByTime is the log loss of fair moneylines by one method, on games that
// somebody won.
type LossByTime struct {
	Method odds.Method  `json:"method"`
	Games  int          `json:"games"`
	Open   study.Number `json:"open"`
	Close  study.Number `json:"close"`
	Gain   Estimate     `json:"gain"` // open less close, by bootstrap over weeks
}

// smallMove is half a point, the smallest move there is.
const smallMove = 0.5

// line is one kind of line with its result.
type line struct {
	open, close, result float64 // all as home's margin or as points
	book                func(*nfllines.Book) float64
	middle              float64 // the median of book
}

func (m *market) spreadLine() line {
	return line{-m.Open.Spread, -m.spread, m.margin, func(b *nfllines.Book) float64 { return b.Spread }, m.spread}
}

func (m *market) totalLine() line {
	return line{m.Open.Total, m.total, m.points, func(b *nfllines.Book) float64 { return b.Total }, m.total}
}

// movement compares the lines of all games. Parts without games are nil.
func movement(games []market, o Options) Movement {
	out := Movement{
		Spread: moved(games, (*market).spreadLine, o), Total: moved(games, (*market).totalLine, o),
		LogLoss: lossByTime(games, o),
	}
	for _, season := range score.Clusters(games, func(m market) int { return m.Season }) {
		s := Seasonal{Season: season[0].Season}
		if part := moved(season, (*market).spreadLine, o); part != nil {
			s.Spread = part.MAEGain
		}
		if part := moved(season, (*market).totalLine, o); part != nil {
			s.Total = part.MAEGain
		}
		if s.Spread.N > 0 && s.Total.N > 0 {
			out.Seasons = append(out.Seasons, s)
		}
	}
	return out
}

// misses are the errors of opening and closing lines of some games.
type misses struct{ absOpen, absClose, squareOpen, squareClose score.Mean }

func (m *misses) add(l line) {
	open, close := l.result-l.open, l.result-l.close
	m.absOpen.Add(math.Abs(open))
	m.absClose.Add(math.Abs(close))
	m.squareOpen.Add(open * open)
	m.squareClose.Add(close * close)
}

func (m *misses) merge(o misses) {
	m.absOpen.Merge(o.absOpen)
	m.absClose.Merge(o.absClose)
	m.squareOpen.Merge(o.squareOpen)
	m.squareClose.Merge(o.squareClose)
}

func (m *misses) maeGain() float64 { return m.absOpen.Value() - m.absClose.Value() }

func (m *misses) rmseGain() float64 {
	return math.Sqrt(m.squareOpen.Value()) - math.Sqrt(m.squareClose.Value())
}

// moved compares one kind of line, on the games that have both lines of both
// kinds, so that spreads and totals are of the same games.
func moved(games []market, of func(*market) line, o Options) *Moved {
	var usable []market
	for _, m := range games {
		if table.Has(m.Open.Spread, m.spread, m.Open.Total, m.total) {
			usable = append(usable, m)
		}
	}
	if len(usable) == 0 {
		return nil
	}
	out := &Moved{Games: len(usable)}
	var size, wide, calm score.Mean
	moved, right, decided := 0, 0, 0
	var weeks []misses
	var all misses
	for _, week := range score.Clusters(usable, weekOf) {
		var w misses
		for i := range week {
			m := &week[i]
			l := of(m)
			w.add(l)
			size.Add(math.Abs(l.close - l.open))
			wide.Add(rangeOf(m.Books, l.middle, math.Inf(1), l.book))
			calm.Add(rangeOf(m.Books, l.middle, live, l.book))
			if math.Abs(l.close-l.open) >= smallMove {
				moved++
			}
			if d := math.Abs(l.result-l.open) - math.Abs(l.result-l.close); d != 0 {
				decided++
				if d > 0 {
					right++
				}
			}
			for j := range m.Books {
				v := l.book(&m.Books[j])
				if table.Has(v) {
					out.BookLines++
				}
				if math.Abs(v-l.middle) > live {
					out.LiveLines++
				}
			}
		}
		weeks = append(weeks, w)
		all.merge(w)
	}
	gain := func(stat func(*misses) float64) Estimate {
		ci := score.Bootstrap(weeks, o.Seed, o.Resamples, func(sample []misses) float64 {
			var m misses
			for _, w := range sample {
				m.merge(w)
			}
			return stat(&m)
		}).CI(study.Level)
		return estimated(stat(&all), ci, out.Games)
	}
	out.OpenMAE, out.CloseMAE = study.Number(all.absOpen.Value()), study.Number(all.absClose.Value())
	out.OpenRMSE, out.CloseRMSE = study.Number(math.Sqrt(all.squareOpen.Value())), study.Number(math.Sqrt(all.squareClose.Value()))
	out.MAEGain, out.RMSEGain = gain((*misses).maeGain), gain((*misses).rmseGain)
	out.Moved, out.Mean, out.Right = share(moved, out.Games), study.Number(size.Value()), share(right, decided)
	out.Range, out.RangeCalm = study.Number(wide.Value()), study.Number(calm.Value())
	return out
}

// lossByTime scores opening and closing moneylines by every method.
func lossByTime(games []market, o Options) []LossByTime {
	var out []LossByTime
	for _, method := range odds.Methods() {
		type row struct {
			week        int
			open, close float64
		}
		var rows []row
		var open, close score.Mean
		for i := range games {
			m := &games[i]
			p, q := fairHome(method, m.Open.Moneyline), m.closeHome(method)
			if m.margin == 0 || !table.Has(p, q) {
				continue
			}
			r := row{m.week, loss(p, m.margin > 0), loss(q, m.margin > 0)}
			open.Add(r.open)
			close.Add(r.close)
			rows = append(rows, r)
		}
		if len(rows) == 0 {
			continue
		}
		weeks := score.Clusters(rows, func(r row) int { return r.week })
		out = append(out, LossByTime{
			Method: method, Games: len(rows), Open: study.Number(open.Value()), Close: study.Number(close.Value()),
			Gain: average(weeks, o, func(r row) float64 { return r.open - r.close }),
		})
	}
	return out
}

// loss is the log loss of a forecast of home's win.
func loss(p float64, won bool) float64 {
	if !won {
		p = 1 - p
	}
	return -math.Log(p)
}
