package soccer

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/footballdata"
)

// TestAnyFolderHasAReport takes few matches with any prices, impossible markets
// and missing outcomes included.
func TestAnyFolderHasAReport(t *testing.T) {
	dir := t.TempDir()
	books := []string{footballdata.Pinnacle, footballdata.MarketAverage, footballdata.MarketMaximum, footballdata.BetbrainMaximum, "bet365", "vcbet", "other"}
	prices := []float64{0, odds.MinPrice, 1.01, 1.5, 2, 2, 3, 3.5, 4, 15, 1000, odds.MaxPrice}
	rapid.Check(t, func(t *rapid.T) {
		folder := &footballdata.Folder{}
		price := rapid.SampledFrom(prices)
		same := rapid.Bool().Draw(t, "all alike")
		perDay := rapid.IntRange(1, 20).Draw(t, "a day")
		var quotes []footballdata.Quote
		for i := range rapid.IntRange(0, 150).Draw(t, "matches") {
			m := match(i/perDay, rapid.IntRange(0, 3).Draw(t, "home"), rapid.IntRange(0, 3).Draw(t, "away"))
			m.Home, m.Away, m.Played = "a", "b", rapid.IntRange(0, 9).Draw(t, "played") > 0
			if i == 0 || !same {
				quotes = nil
				for _, book := range books {
					for _, phase := range []footballdata.Phase{footballdata.PreMatch, footballdata.Closing} {
						if rapid.IntRange(0, 3).Draw(t, "quotes") > 0 {
							q := footballdata.Quote{Book: book, Phase: phase, Total: [2]float64{price.Draw(t, "over"), price.Draw(t, "under")}}
							for side := range q.H2H {
								q.H2H[side] = price.Draw(t, sides[side])
							}
							quotes = append(quotes, q)
						}
					}
				}
			}
			m.Quotes = quotes
			folder.Matches = append(folder.Matches, m)
		}
		report := Study(folder, Options{Seed: 1, Resamples: 5}).Report("")
		var out bytes.Buffer
		if err := report.JSON(&out); err != nil || !json.Valid(out.Bytes()) {
			t.Fatalf("%v: %s", err, out.String())
		}
		out.Reset()
		if err := report.Print(&out); err != nil || strings.Contains(out.String(), "NaN") || strings.Contains(out.String(), "Inf") {
			t.Fatalf("%v: %s", err, out.String())
		}
		if _, err := report.Write(dir); err != nil {
			t.Fatal(err)
		}
	})
}
