package backtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/feed"
)

// mixed is a report with bets of every kind: won, lost, open, without a close.
func mixed(t *testing.T) *Report {
	s := games(30)
	for i := range 25 {
		s.game(noon+10*feed.Hour+feed.Time(i), fmt.Sprint("g", i), feed.GameIn, 0, 0)
	}
	for i := range 20 {
		s.game(noon+12*feed.Hour+feed.Time(i), fmt.Sprint("g", i), feed.GamePost, int32(i%3), 1)
	}
	return run(t, s, value+"doc: a <b>bold</b> strategy\n---\nname: nothing\nentry: {ev: {min: 0.9}}\nstaking: {flat: 1}\n")
}

func TestThePageNeedsNothingElse(t *testing.T) {
	page, err := mixed(t).HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{"<script", "<link", "src=", "href=", "url(", "@import", "NaN", "<b>bold", "ZgotmplZ"} {
		if bytes.Contains(page, []byte(never)) {
			t.Errorf("the page has %q", never)
		}
	}
	for _, address := range regexp.MustCompile(`https?://[^"' <]+`).FindAllString(string(page), -1) {
		if !strings.HasPrefix(address, "http://www.w3.org/") { // names of XML, never fetched
			t.Errorf("the page names %s", address)
		}
	}
	for _, some := range []string{"<svg", "No edge shown", "By price", "a &lt;b&gt;bold", "there is not a single bet", "Away @ Home", "prefers-color-scheme: dark"} {
		if !bytes.Contains(page, []byte(some)) {
			t.Errorf("the page lacks %q", some)
		}
	}
	again, err := mixed(t).HTML()
	if err != nil || !bytes.Equal(page, again) {
		t.Errorf("the same report gives another page (%v)", err)
	}
}

func TestReportAsJSON(t *testing.T) {
	text, err := json.Marshal(mixed(t))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Level      float64
		Warnings   []string
		Strategies []struct {
			Strategy    struct{ Name string }
			Rejected    map[string]int
			Performance struct {
				Bets, Settled, Pending int
				Verdict                string
				ROI                    struct {
					Value float64
					CI    *struct{ Low, High float64 }
				}
			}
			Buckets map[string][]struct {
				Name string
				Bets int
			}
			Bets []struct {
				Fixture string `json:"fixture_id"`
				Result  string
				Stake   int64
				Close   *struct {
					Fair float64
				}
			}
		}
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Strategies) != 2 || math.Abs(got.Level-0.975) > 1e-9 || len(got.Warnings) == 0 {
		t.Fatalf("got %+v", got)
	}
	s := got.Strategies[0]
	if s.Strategy.Name != "value" || s.Performance.Bets != 30 || s.Performance.Settled != 20 || s.Performance.Verdict != "too_few" || s.Performance.ROI.CI != nil {
		t.Errorf("got %+v", s.Performance)
	}
	if len(s.Bets) != 30 || s.Bets[0].Stake != 10000 || s.Bets[0].Close == nil || s.Buckets["price"][0].Name != "2 to 2.5" || s.Buckets["price"][0].Bets != 20 {
		t.Errorf("got %+v", s.Bets[0])
	}
}

func TestReportInWords(t *testing.T) {
	var out bytes.Buffer
	if err := mixed(t).Print(&out); err != nil {
		t.Fatal(err)
	}
	for _, some := range []string{"VALUE", "No edge shown: a single day", "by price", "note: 2 strategies", "expected when decided"} {
		if !strings.Contains(out.String(), some) {
			t.Errorf("no %q in\n%s", some, out.String())
		}
	}
}
