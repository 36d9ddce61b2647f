package bet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/model/score"
)

// Bucket is the bets that share something.
type Bucket struct {
	Name   string    `json:"name"`
	Bets   int       `json:"bets"` // settled ones
	Staked int64     `json:"staked"`
	Profit int64     `json:"profit"`
	ROI    *Estimate `json:"roi"`
	CLV    *Estimate `json:"clv"`
}

// Grouping sorts bets into buckets. Of gives a bucket's place in the order and
// its name, and false for bets that belong to none.
type Grouping struct {
	Name string
	Of   func(b *Graded) (order float64, name string, ok bool)
}

// Groupings are those of every report.
func Groupings() []Grouping {
	named := func(name string, of func(*Graded) string) Grouping {
		return Grouping{name, func(b *Graded) (float64, string, bool) { s := of(b); return 0, s, s != "" }}
	}
	return []Grouping{
		{"price", func(b *Graded) (float64, string, bool) { return ranged(score.PriceEdges(), b.Price, "%.4g") }},
		named("market", func(b *Graded) string {
			return strings.TrimSpace(b.Market + " " + strings.TrimSuffix(b.Period, feed.PeriodFull))
		}),
		named("book", func(b *Graded) string { return b.Book }),
		named("league", func(b *Graded) string { return b.League }),
		{"clv", func(b *Graded) (float64, string, bool) {
			if b.Value == nil || b.Late() {
				return 0, "", false
			}
			return ranged(clvEdges, b.Value.NoVig*100, "%g%%")
		}},
	}
}

// clvEdges are those of closing line value, in per cent.
var clvEdges = []float64{-5, -2, 0, 2, 5, 10}

// ranged names the range between edges that a value lies in.
func ranged(edges []float64, v float64, format string) (order float64, name string, ok bool) {
	i, found := slices.BinarySearch(edges, v)
	if found {
		i++
	}
	switch {
	case i == 0:
		return 0, "below " + fmt.Sprintf(format, edges[0]), true
	case i == len(edges):
		return float64(i), fmt.Sprintf(format, edges[i-1]) + " and above", true
	}
	return float64(i), fmt.Sprintf(format, edges[i-1]) + " to " + fmt.Sprintf(format, edges[i]), true
}

// Split sums settled bets up by a grouping, the buckets in its order.
func Split(bets []Graded, g Grouping, d Doubt) []Bucket {
	type group struct {
		order float64
		name  string
		bets  []Graded
	}
	var groups []*group
	byName := map[string]*group{}
	for i := range bets {
		order, name, ok := g.Of(&bets[i])
		if !ok || !bets[i].Result.Settled() {
			continue
		}
		of := byName[name]
		if of == nil {
			of = &group{order: order, name: name}
			byName[name] = of
			groups = append(groups, of)
		}
		of.bets = append(of.bets, bets[i])
	}
	slices.SortFunc(groups, func(a, b *group) int { return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.name, b.name)) })
	out := make([]Bucket, len(groups))
	for i, of := range groups {
		p := Perform(of.bets, d)
		out[i] = Bucket{of.name, p.Settled, p.Staked, p.Profit, p.ROI, p.CLV}
	}
	return out
}
