package books

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/odds"
)

// distances gathers, for several books, the mean squared distance of their fair
// probabilities from those at the close.
type distances struct {
	books   []string
	matches int
	sums    map[string]float64
}

// add takes a match into account if every book and the close have a price on all
// outcomes; price returns NaN where there is none.
func (d *distances) add(price func(book, outcome string) float64) {
	fair := func(book string) []float64 {
		var prices []float64
		for _, o := range []string{"home_win", "draw", "away_win"} {
			prices = append(prices, price(book, o))
		}
		r, err := odds.Fair(nil, odds.DefaultMethod, prices)
		if err != nil {
			return nil
		}
		return r.Probabilities
	}
	closing := fair("pinnacle_closing")
	squares := map[string]float64{}
	for _, b := range d.books {
		p := fair(b)
		if p == nil || closing == nil {
			return
		}
		for i := range p {
			squares[b] += (p[i] - closing[i]) * (p[i] - closing[i])
		}
	}
	d.matches++
	for b, s := range squares {
		d.sums[b] += s
	}
}

// weight is what a book deserves beside another one: the inverse of the ratio of
// their distances.
func (d *distances) weight(book, beside string) float64 { return d.sums[beside] / d.sums[book] }

// TestWeightsByDistanceFromTheClose measures the figure in the comment of
// books.yaml.
func TestWeightsByDistanceFromTheClose(t *testing.T) {
	files, err := filepath.Glob("../../shared/data/soccer/*.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Log("the matches are not here: the measure is held to a made-up one")
		return // to the test below
	}
	d := distances{books: []string{"pinnacle", "bet365", "betwin", "interwetten", "vcbet", "williamhill"}, sums: map[string]float64{}}
	for _, name := range files {
		d.read(t, name)
	}
	for _, b := range d.books {
		t.Logf("%-12s %.2f", b, d.weight(b, "williamhill"))
	}
	if w := d.weight("pinnacle", "williamhill"); d.matches != 17_106 || math.Abs(w-1.19) > .005 {
		t.Errorf("%d matches weigh pinnacle %.3f, the comment says 17,106 and 1.19", d.matches, w)
	}
}

func (d *distances) read(t *testing.T, name string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	d.readCSV(t, z)
}

func (d *distances) readCSV(t *testing.T, r io.Reader) {
	t.Helper()
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for _, row := range rows[1:] {
		d.add(func(book, outcome string) float64 {
			i, ok := column["odds__"+book+"__"+outcome+"__full_time_goals"]
			if !ok {
				t.Fatalf("no column for %s of %s", outcome, book)
			}
			v, err := strconv.ParseFloat(row[i], 64)
			if err != nil {
				return math.NaN()
			}
			return v
		})
	}
}

func TestDistanceCountsWholeMatchesOnly(t *testing.T) {
	const rows = `odds__pinnacle_closing__home_win__full_time_goals,odds__pinnacle_closing__draw__full_time_goals,odds__pinnacle_closing__away_win__full_time_goals,odds__near__home_win__full_time_goals,odds__near__draw__full_time_goals,odds__near__away_win__full_time_goals,odds__far__home_win__full_time_goals,odds__far__draw__full_time_goals,odds__far__away_win__full_time_goals
2,4,4,2.5,4,2.8571428571428572,4,4,2
2,4,4,2,4,4,2,4,
`
	d := distances{books: []string{"near", "far"}, sums: map[string]float64{}}
	d.readCSV(t, strings.NewReader(rows))
	// The prices have no margin: .5 .25 .25 at the close, .4 .25 .35 and .25 .25 .5 before.
	if w := d.weight("near", "far"); d.matches != 1 || math.Abs(w-(2*.25*.25)/(2*.1*.1)) > 1e-9 {
		t.Errorf("%d matches, weight %v", d.matches, w)
	}
}
