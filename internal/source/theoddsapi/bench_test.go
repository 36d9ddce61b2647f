package theoddsapi

import (
	"fmt"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/feed"
)

// largeBody is an answer of 20 events x 10 books x 3 markets: 1,200 prices.
func largeBody() []byte {
	var b strings.Builder
	b.WriteByte('[')
	for e := range 20 {
		if e > 0 {
			b.WriteByte(',')
		}
		home, away := fmt.Sprintf("Home Town Players %d", e), fmt.Sprintf("Away City Guests %d", e)
		fmt.Fprintf(&b, `{"id":"%032x","sport_key":"icehockey_nhl","sport_title":"NHL","commence_time":"2026-02-26T00:00:00Z","home_team":"%s","away_team":"%s","bookmakers":[`, e, home, away)
		for k := range 10 {
			if k > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"key":"book%d","title":"Book %d","last_update":"2026-02-24T02:32:%02dZ","markets":[`, k, k, k)
			for m, key := range []string{"h2h", "spreads", "totals"} {
				if m > 0 {
					b.WriteByte(',')
				}
				one, two, points := home, away, [2]string{`,"point":-1.5`, `,"point":1.5`}
				switch key {
				case "h2h":
					points = [2]string{}
				case "totals":
					one, two, points = "Over", "Under", [2]string{`,"point":6.5`, `,"point":6.5`}
				}
				fmt.Fprintf(&b, `{"key":"%s","last_update":"2026-02-24T02:32:%02dZ","outcomes":[{"name":"%s","price":-%d%s},{"name":"%s","price":%d%s}]}`,
					key, k, one, 105+k, points[0], two, 102+k, points[1])
			}
			b.WriteString(`]}`)
		}
		b.WriteString(`]}`)
	}
	b.WriteByte(']')
	return []byte(b.String())
}

func BenchmarkParseOdds(b *testing.B) {
	body := largeBody()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	prices := 0
	for b.Loop() {
		events, defects, err := ParseOdds(body, feed.FormatAmerican)
		if err != nil || len(defects) > 0 || len(events) != 20 {
			b.Fatal(len(events), defects, err)
		}
		prices += 1200
	}
	b.ReportMetric(float64(prices)/b.Elapsed().Seconds(), "prices/s")
}
