package theoddsapi

import (
	"reflect"
	"testing"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/source"
)

var nhl = league.League{ID: "nhl", Keys: map[string]string{feed.SourceOdds: "icehockey_nhl"}}

func TestCostIsMarketsTimesRegions(t *testing.T) {
	three := []string{"h2h", "spreads", "totals"}
	for _, tt := range []struct {
		offer Offer
		want  int
	}{
		{Offer{Markets: three, Regions: []string{"us"}}, 3},
		{Offer{Markets: three, Regions: []string{"us", "eu"}}, 6},
		{Offer{Markets: three, Regions: []string{"us", "eu"}, Bookmakers: make([]string, 10)}, 3},
		{Offer{Markets: three, Bookmakers: make([]string, 11)}, 6},
	} {
		if got := tt.offer.Cost(); got != tt.want {
			t.Errorf("%+v costs %d, want %d", tt.offer, got, tt.want)
		}
	}
}

func TestRequestsFollowTheDocumentedEndpoints(t *testing.T) {
	offer := Offer{Markets: []string{"h2h", "totals"}, Regions: []string{"us", "uk"}, Format: feed.FormatAmerican}
	books := Offer{Markets: []string{"h2h"}, Regions: []string{"us"}, Bookmakers: []string{"alpha", "beta"}, Format: feed.FormatDecimal}
	for _, tt := range []struct {
		got, want source.Request
	}{
		{Sports(true), source.Request{Path: "/v4/sports", Query: map[string]string{"all": "true"}}},
		{Events(nhl), source.Request{League: "nhl", Path: "/v4/sports/icehockey_nhl/events", Query: map[string]string{"dateFormat": "iso"}}},
		{Odds(nhl, offer), source.Request{League: "nhl", Path: "/v4/sports/icehockey_nhl/odds", Cost: 4, Query: map[string]string{
			"markets": "h2h,totals", "regions": "us,uk", "oddsFormat": "american", "dateFormat": "iso",
		}}},
		{Odds(nhl, books), source.Request{League: "nhl", Path: "/v4/sports/icehockey_nhl/odds", Cost: 1, Query: map[string]string{
			"markets": "h2h", "bookmakers": "alpha,beta", "oddsFormat": "decimal", "dateFormat": "iso",
		}}},
		{Scores(nhl, 0), source.Request{League: "nhl", Path: "/v4/sports/icehockey_nhl/scores", Cost: 1, Query: map[string]string{"dateFormat": "iso"}}},
		{Scores(nhl, 3), source.Request{League: "nhl", Path: "/v4/sports/icehockey_nhl/scores", Cost: 2, Query: map[string]string{"dateFormat": "iso", "daysFrom": "3"}}},
		{HistoricalOdds(nhl, books, instant(t, "2026-03-07T12:00:00Z")), source.Request{
			League: "nhl", Path: "/v4/historical/sports/icehockey_nhl/odds", Cost: 10, Query: map[string]string{
				"markets": "h2h", "bookmakers": "alpha,beta", "oddsFormat": "decimal", "dateFormat": "iso", "date": "2026-03-07T12:00:00Z",
			},
		}},
	} {
		if !reflect.DeepEqual(tt.got, tt.want) {
			t.Errorf("got  %+v\nwant %+v", tt.got, tt.want)
		}
	}
}

func TestFormatIsThatOfTheRequest(t *testing.T) {
	if FormatOf(Odds(nhl, Offer{Format: feed.FormatAmerican}).Query) != feed.FormatAmerican || FormatOf(nil) != feed.FormatDecimal {
		t.Error("the format is not read from the query")
	}
}
