package nfl

import (
	"math"

	"github.com/betflow/betflow/internal/model"
	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/table"
	"github.com/betflow/betflow/internal/study"
)

// Efficiency is what should not be possible to know from the line.
type Efficiency struct {
	Lines     []LineTest   `json:"lines"`
	Move      []MoveTest   `json:"move"`
	Moneyline []MoneyTest  `json:"moneyline"`
	Encompass *Encompass   `json:"encompassing"`
	Sides     []SideRecord `json:"sides"`
	Margins   []MarginSize `json:"margins"`
	Pushes    []PushRate   `json:"pushes"`
}

// LineTest is result = a + b line. A line that is right on average has a = 0 and
// b = 1.
type LineTest struct {
	Line  string       `json:"line"`
	Games int          `json:"games"`
	A     Coefficient  `json:"a"` // P of a = 0
	B     Coefficient  `json:"b"` // P of b = 1
	Sigma study.Number `json:"sigma"`
	R2    study.Number `json:"r2"`
}

// MoveTest is close less open = a + b x. A move that nobody could foretell has
// a = 0 and b = 0.
type MoveTest struct {
	On    string       `json:"on"`
	Games int          `json:"games"`
	A     Coefficient  `json:"a"` // P of 0
	B     Coefficient  `json:"b"` // P of 0
	R2    study.Number `json:"r2"`
}

// MoneyTest is logit P(home wins) = a + b logit p of a fair probability.
type MoneyTest struct {
	Line string       `json:"line"`
	A    Coefficient  `json:"a"` // P of a = 0
	B    Coefficient  `json:"b"` // P of b = 1
	P    study.Number `json:"p"` // of both at once, by likelihoods
	N    int          `json:"n"`
}

// Encompass is what the opening line adds to the closing one: margin = a +
// b close + c open and the same in logits. The open has nothing to add if c = 0.
type Encompass struct {
	Spread    Coefficient `json:"spread_open"` // c, P of 0
	Moneyline Coefficient `json:"moneyline_open"`
}

// SideRecord is the record of a side against the closing spread, or of the under
// against the closing total.
type SideRecord struct {
	Side   string       `json:"side"`
	Era    string       `json:"era"`
	Record Record       `json:"record"`
	HolmP  study.Number `json:"holm_p"`
}

// MarginSize is how often games end with a margin.
type MarginSize struct {
	Margin int      `json:"margin"`
	Share  Estimate `json:"share"`
}

// PushRate is how often a spread is returned.
type PushRate struct {
	Spread int          `json:"spread"` // of the favourite
	Share  Estimate     `json:"share"`
	Normal study.Number `json:"normal"` // what a normal curve around the spread expects
}

// efficiency tests lines, on both sources.
func efficiency(games []market, past []result) Efficiency {
	var out Efficiency
	out.lines(games, past)
	out.moves(games)
	out.moneylines(games)
	out.Sides = sides(past)
	out.Margins, out.Pushes = margins(past), pushes(past)
	return out
}

// lines regresses results on lines. Lines without enough games are left out.
func (e *Efficiency) lines(games []market, past []result) {
	whole := filter(games, func(m *market) bool { return table.Has(m.Open.Spread, m.spread, m.Open.Total, m.total) })
	add := func(name string, y, x []float64) {
		r, err := score.OLS(y, x)
		if err != nil {
			return
		}
		e.Lines = append(e.Lines, LineTest{name, r.N, coefficient(r.Coefficients[0], 0, r.N), coefficient(r.Coefficients[1], 1, r.N), study.Number(r.Sigma), study.Number(r.R2)})
	}
	margin := column(whole, func(m *market) float64 { return m.margin })
	points := column(whole, func(m *market) float64 { return m.points })
	add("opening spread", margin, column(whole, func(m *market) float64 { return -m.Open.Spread }))
	add("closing spread", margin, column(whole, func(m *market) float64 { return -m.spread }))
	add("opening total", points, column(whole, func(m *market) float64 { return m.Open.Total }))
	add("closing total", points, column(whole, func(m *market) float64 { return m.total }))
	for _, era := range erasUpTo(1979, lastSeason(past)) {
		spread := filter(past, func(r *result) bool { return era.has(r.Season) && r.lined() })
		add("spread "+era.String(), column(spread, func(r *result) float64 { return r.margin }), column(spread, func(r *result) float64 { return -r.Spread }))
	}
	for _, era := range erasUpTo(1979, lastSeason(past)) {
		total := filter(past, func(r *result) bool { return era.has(r.Season) && r.totalled() })
		add("total "+era.String(), column(total, func(r *result) float64 { return r.points }), column(total, func(r *result) float64 { return r.Total }))
	}
}

// moves regresses moves on what was known before them.
func (e *Efficiency) moves(games []market) {
	whole := filter(games, func(m *market) bool {
		return table.Has(m.Open.Spread, m.spread, m.Open.Total, m.total)
	})
	add := func(name string, rows []market, y, x func(*market) float64) {
		r, err := score.OLS(column(rows, y), column(rows, x))
		if err != nil {
			return
		}
		e.Move = append(e.Move, MoveTest{name, r.N, coefficient(r.Coefficients[0], 0, r.N), coefficient(r.Coefficients[1], 0, r.N), study.Number(r.R2)})
	}
	spread := func(m *market) float64 { return m.Open.Spread - m.spread } // towards home
	total := func(m *market) float64 { return m.total - m.Open.Total }
	add("spread's move on the opening spread", whole, spread, func(m *market) float64 { return -m.Open.Spread })
	add("total's move on the opening total", whole, total, func(m *market) float64 { return m.Open.Total })
	split := filter(whole, func(m *market) bool { return table.Has(m.Bets.Spread.First) })
	add("spread's move on home's share of the bets", split, spread, func(m *market) float64 { return m.Bets.Spread.Second - 0.5 })
	split = filter(whole, func(m *market) bool { return table.Has(m.Bets.Total.First) })
	add("total's move on over's share of the bets", split, total, func(m *market) float64 { return m.Bets.Total.First - 0.5 })
}

// moneylines tests fair probabilities and asks what the open adds to the close.
func (e *Efficiency) moneylines(games []market) {
	var open, close, openLogit, closeLogit []float64
	var won []bool
	for i := range games {
		m := &games[i]
		p, q := fairHome(odds.DefaultMethod, m.Open.Moneyline), m.closeHome(odds.DefaultMethod)
		if m.margin == 0 || !table.Has(p, q) {
			continue
		}
		open, close, won = append(open, p), append(close, q), append(won, m.margin > 0)
		openLogit, closeLogit = append(openLogit, score.Logit(p)), append(closeLogit, score.Logit(q))
	}
	for _, line := range []struct {
		name string
		p    []float64
	}{{"open", open}, {"close", close}} {
		if f, err := score.Efficient(line.p, won); err == nil {
			e.Moneyline = append(e.Moneyline, MoneyTest{
				line.name,
				Coefficient{estimated(f.A.Value, f.A.CI(study.Level), f.N), study.Number(f.A.P)},
				Coefficient{estimated(f.B.Value, f.B.CI(study.Level), f.N), study.Number(f.B.P)}, study.Number(f.LR.P), f.N,
			})
		}
	}
	whole := filter(games, func(m *market) bool { return table.Has(m.Open.Spread, m.spread) })
	spread, err := score.OLS(
		column(whole, func(m *market) float64 { return m.margin }),
		column(whole, func(m *market) float64 { return -m.spread }),
		column(whole, func(m *market) float64 { return -m.Open.Spread }))
	if err != nil {
		return
	}
	moneyline, err := score.Logistic(won, closeLogit, openLogit)
	if err != nil {
		return
	}
	e.Encompass = &Encompass{
		Spread:    coefficient(spread.Coefficients[2], 0, spread.N),
		Moneyline: coefficient(moneyline.Coefficients[2], 0, moneyline.N),
	}
}

// sides keeps the records of the sides that people talk about, over all seasons
// and over the latest.
func sides(past []result) []SideRecord {
	last := lastSeason(past)
	var out []SideRecord
	for _, e := range []era{{1979, last}, {2010, last}} {
		var home, favourite, homeDog, bigFavourite, bigHomeDog, under tally
		for i := range past {
			r := &past[i]
			if !e.has(r.Season) {
				continue
			}
			if r.totalled() {
				under.add(r.Total - r.points)
			}
			if !r.lined() || r.Neutral {
				continue
			}
			home.add(r.cover())
			switch {
			case r.Spread < 0:
				favourite.add(r.cover())
			case r.Spread > 0:
				favourite.add(-r.cover())
				homeDog.add(r.cover())
			}
			if r.Spread <= -10 {
				bigFavourite.add(r.cover())
			}
			if r.Spread >= 10 {
				bigFavourite.add(-r.cover())
			}
			if r.Spread >= 7 {
				bigHomeDog.add(r.cover())
			}
		}
		for _, s := range []struct {
			name string
			tally
		}{
			{"home", home}, {"favourite", favourite}, {"home dog", homeDog}, {"favourite 10+", bigFavourite},
			{"home dog 7+", bigHomeDog}, {"under", under},
		} {
			if s.won+s.lost > 0 {
				out = append(out, SideRecord{Side: s.name, Era: e.String(), Record: s.record()})
			}
		}
	}
	p := column(out, func(s *SideRecord) float64 { return float64(s.Record.P) })
	for i, adjusted := range holm(p) {
		out[i].HolmP = study.Number(adjusted)
	}
	return out
}

// margins counts the sizes of margins since the longer extra point of 2015.
func margins(past []result) []MarginSize {
	const most = 21
	var count [most + 1]int
	n := 0
	for _, r := range past {
		if r.Season < 2015 {
			continue
		}
		n++
		if size := int(math.Abs(r.margin)); size <= most {
			count[size]++
		}
	}
	if n == 0 {
		return nil
	}
	var out []MarginSize
	for size, c := range count {
		out = append(out, MarginSize{size, share(c, n)})
	}
	return out
}

// pushes counts how often whole spreads were returned, over all seasons.
func pushes(past []result) []PushRate {
	var out []PushRate
	for _, spread := range []int{1, 2, 3, 4, 6, 7, 10, 14} {
		pushed, n := 0, 0
		for i := range past {
			if r := &past[i]; math.Abs(r.Spread) == float64(spread) {
				n++
				if r.cover() == 0 {
					pushed++
				}
			}
		}
		if n > 0 {
			_, equal, _ := model.Normal{Mean: float64(spread), Sigma: sternSigma}.Against(float64(spread))
			out = append(out, PushRate{spread, share(pushed, n), study.Number(equal)})
		}
	}
	return out
}

// lastSeason is the latest season of the games.
func lastSeason(past []result) int {
	last := 0
	for _, r := range past {
		last = max(last, r.Season)
	}
	return last
}
