package soccer

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/betflow/betflow/internal/chart"
	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/footballdata"
	"github.com/betflow/betflow/internal/study"
)

// Ranking compares books on the same matches, by the default method.
type Ranking struct {
	Matches int         `json:"matches"`
	Method  odds.Method `json:"method"`
	Rows    []Ranked    `json:"rows"` // the lowest loss first
}

// Ranked is one book in one phase.
type Ranked struct {
	Book    string         `json:"book"`
	Phase   string         `json:"phase"`
	LogLoss study.Number   `json:"log_loss"`
	Brier   study.Number   `json:"brier"`
	RPS     study.Number   `json:"rps"`
	Behind  study.Estimate `json:"behind"` // log loss less that of the best, interval by bootstrap over days
}

// Who is ranked: the matches at which that many books close are the field, and a
// book that quotes fewer of them is left out, for the ranking needs matches that
// all of them quote.
const (
	fieldBooks = 3
	fieldShare = 0.8
	fewest     = 100 // fewer matches say nothing
)

// rank compares all that quote most of the field. It is nil without enough
// matches.
func rank(games []game, o Options) *Ranking {
	field := fieldOf(games, footballdata.Closing)
	if len(field) < fewest {
		field = fieldOf(games, footballdata.PreMatch)
	}
	quoters := regulars(field)
	if len(quoters) < 2 {
		return nil
	}
	cards := make([]score.Card, len(quoters))
	var rows []losses
	for _, g := range field {
		fairs, ok := fairsOf(g, quoters)
		if !ok {
			continue
		}
		l := losses{g.day, make([]float64, len(quoters))}
		for i := range fairs {
			l.of[i] = judge(&cards[i], fairs[i], g.won)
		}
		rows = append(rows, l)
	}
	if len(rows) < fewest {
		return nil
	}
	out := &Ranking{Matches: len(rows), Method: odds.DefaultMethod}
	behind := behindBest(rows, o)
	for i, q := range quoters {
		out.Rows = append(out.Rows, Ranked{
			Book: q.book, Phase: q.phase.String(), LogLoss: study.Number(cards[i].LogLoss.Value()),
			Brier: study.Number(cards[i].Brier.Value()), RPS: study.Number(cards[i].RPS.Value()), Behind: behind[i],
		})
	}
	slices.SortStableFunc(out.Rows, func(a, b Ranked) int { return cmp.Compare(a.LogLoss, b.LogLoss) })
	return out
}

// fairsOf returns the fair probabilities of each of the quoters; ok is false if
// one is missing.
func fairsOf(g game, quoters []quoter) (fairs [][3]float64, ok bool) {
	for _, q := range quoters {
		prices, ok := g.H2H(q.book, q.phase)
		if !ok {
			return nil, false
		}
		p, _ := fairH2H(odds.DefaultMethod, prices)
		fairs = append(fairs, p)
	}
	return fairs, true
}

// fieldOf returns the games for which enough books quote in a phase.
func fieldOf(games []game, phase footballdata.Phase) []game {
	return slices.DeleteFunc(slices.Clone(games), func(g game) bool {
		n := 0
		for i := range g.Quotes {
			if q := &g.Quotes[i]; q.Phase == phase && footballdata.IsBook(q.Book) && q.HasH2H() {
				n++
			}
		}
		return n < fieldBooks
	})
}

// regulars returns who quotes most of the games, by name and phase.
func regulars(games []game) []quoter {
	counts := map[quoter]int{}
	for _, g := range games {
		for i := range g.Quotes {
			if q := &g.Quotes[i]; q.HasH2H() && !isMaximum(q.Book) {
				counts[quoter{q.Book, q.Phase}]++
			}
		}
	}
	var out []quoter
	for q, n := range counts {
		if float64(n) >= fieldShare*float64(len(games)) {
			out = append(out, q)
		}
	}
	slices.SortFunc(out, func(a, b quoter) int { return cmp.Or(cmp.Compare(a.book, b.book), cmp.Compare(a.phase, b.phase)) })
	return out
}

// losses are those of one match, by each forecaster that is compared.
type losses struct {
	day int
	of  []float64
}

// behindBest returns each one's mean loss less that of the best.
func behindBest(rows []losses, o Options) []study.Estimate {
	means := make([]score.Mean, len(rows[0].of))
	for _, r := range rows {
		for i, l := range r.of {
			means[i].Add(l)
		}
	}
	best := 0
	for i := range means {
		if means[i].Value() < means[best].Value() {
			best = i
		}
	}
	days := score.Clusters(rows, func(r losses) int { return r.day })
	out := make([]study.Estimate, len(means))
	for i := range out {
		out[i] = meanOver(days, func(r losses) float64 { return r.of[i] - r.of[best] }, o)
	}
	return out
}

// meanOver returns the mean of all rows' values, with its interval by bootstrap
// over the clusters.
func meanOver[T any](clusters [][]T, value func(T) float64, o Options) study.Estimate {
	means := make([]score.Mean, len(clusters))
	for i, c := range clusters {
		for _, row := range c {
			means[i].Add(value(row))
		}
	}
	merged := func(sample []score.Mean) float64 {
		var all score.Mean
		for _, m := range sample {
			all.Merge(m)
		}
		return all.Value()
	}
	return study.Estimated(merged(means), score.Bootstrap(means, o.Seed, o.Resamples, merged).CI(study.Level))
}

// section tells who forecasts best.
func (r *Ranking) section() study.Section {
	best := r.Rows[0]
	s := study.Section{Heading: "Whose prices forecast best"}
	even := 0 // those whose distance to the best may be chance
	for _, row := range r.Rows[1:] {
		if !row.Behind.Above(0) {
			even++
		}
	}
	s.Text = append(s.Text, fmt.Sprintf(
		"On the %s matches that all of them quote, the %s has the lowest log loss, %s. %s",
		study.Count(r.Matches), priceName(best.Book, best.Phase), best.LogLoss.Text(5),
		either(even == 0, "Every other is behind it by more than chance.",
			fmt.Sprintf("%d of the other %d are so close behind that chance may explain it.", even, len(r.Rows)-1))))
	lastClose, firstBefore := -1, -1
	for i, row := range r.Rows {
		if row.Phase == footballdata.Closing.String() {
			lastClose = i
		} else if firstBefore < 0 {
			firstBefore = i
		}
	}
	if lastClose >= 0 && firstBefore > lastClose {
		s.Text = append(s.Text, fmt.Sprintf(
			"Every close is ahead of every pre-match price: the time at which a price is taken counts for more than the book that makes it. The worst close, %s, is %s ahead of the best pre-match price, %s.",
			bookName(r.Rows[lastClose].Book), (r.Rows[firstBefore].LogLoss-r.Rows[lastClose].LogLoss).Text(5), bookName(r.Rows[firstBefore].Book)))
	}
	t := study.Table{
		Caption: fmt.Sprintf("Means over the same %s matches, margin taken out by %s; behind: log loss less the best's, 95 %% interval by bootstrap over days", study.Count(r.Matches), r.Method),
		Columns: []string{"prices", "log loss", "behind", "95 %", "Brier", "RPS"},
	}
	for _, row := range r.Rows {
		t.Rows = append(t.Rows, []string{priceName(row.Book, row.Phase), row.LogLoss.Text(5), row.Behind.Value.Text(5),
			row.Behind.Span(5), row.Brier.Text(5), row.RPS.Text(5)})
	}
	s.Tables, s.Figures = []study.Table{t}, []chart.Figure{r.figure()}
	return s
}

// figure shows how far everybody is behind.
func (r *Ranking) figure() chart.Figure {
	f := chart.Figure{
		Title: "Log loss behind the best, on the same matches", Y: chart.Axis{Label: "nats per match"},
		Series: []chart.Series{{Name: "close"}, {Name: "pre-match"}},
	}
	for _, row := range r.Rows {
		name := bookName(row.Book)
		at := slices.Index(f.Categories, name)
		if at < 0 {
			at = len(f.Categories)
			f.Categories = append(f.Categories, name)
		}
		series := 0
		if row.Phase != footballdata.Closing.String() {
			series = 1
		}
		f.Series[series].Points = append(f.Series[series].Points, row.Behind.Point(float64(at)+beside(series, 2)))
	}
	return f
}
