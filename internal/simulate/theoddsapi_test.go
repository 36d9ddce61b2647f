package simulate

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// apiEvent is the documented shape of an event of The Odds API.
type apiEvent struct {
	ID           string         `json:"id"`
	SportKey     string         `json:"sport_key"`
	SportTitle   string         `json:"sport_title"`
	CommenceTime time.Time      `json:"commence_time"`
	HomeTeam     string         `json:"home_team"`
	AwayTeam     string         `json:"away_team"`
	Bookmakers   []apiBookmaker `json:"bookmakers"`
}

type apiBookmaker struct {
	Key        string      `json:"key"`
	Title      string      `json:"title"`
	LastUpdate time.Time   `json:"last_update"`
	Markets    []apiMarket `json:"markets"`
}

type apiMarket struct {
	Key        string    `json:"key"`
	LastUpdate time.Time `json:"last_update"`
	Outcomes   []struct {
		Name     string   `json:"name"`
		Price    float64  `json:"price"`
		Point    *float64 `json:"point"`
		BetLimit float64  `json:"bet_limit"`
	} `json:"outcomes"`
}

func TestOddsHaveTheDocumentedShape(t *testing.T) {
	s, _ := newTest(t)
	now := begin
	for _, sport := range []string{"americanfootball_nfl", "soccer_epl", "icehockey_nhl"} {
		var events []apiEvent
		decode(t, get(t, s, "/v4/sports/"+sport+"/odds?apiKey=k&regions=us,eu&markets=h2h,spreads,totals"), &events)
		if len(events) < 16 {
			t.Fatalf("%s: %d events", sport, len(events))
		}
		books := map[string]bool{}
		for _, e := range events {
			if e.SportKey != sport || e.HomeTeam == "" || e.AwayTeam == "" || e.CommenceTime.Before(now.Add(-6*time.Hour)) {
				t.Errorf("event %+v", e)
			}
			for _, b := range e.Bookmakers {
				books[b.Key] = true
				for _, m := range b.Markets {
					if age := now.Sub(m.LastUpdate); age < 0 || age > 25*time.Minute || m.LastUpdate.After(b.LastUpdate) {
						t.Errorf("%s %s: updated %s, the book %s", b.Key, m.Key, m.LastUpdate, b.LastUpdate)
					}
					checkOutcomes(t, &e, &m)
				}
			}
		}
		if len(books) < 10 {
			t.Errorf("%s: only the books %v", sport, books)
		}
	}
}

// checkOutcomes tests the outcomes of a market for what its key promises.
func checkOutcomes(t *testing.T, e *apiEvent, m *apiMarket) {
	t.Helper()
	var names []string
	for _, o := range m.Outcomes {
		names = append(names, o.Name)
		if o.Price <= 1 {
			t.Errorf("%s has the price %v", m.Key, o.Price)
		}
		if (o.Point != nil) != (m.Key == "spreads" || m.Key == "totals") {
			t.Errorf("%s has the point %v", m.Key, o.Point)
		}
	}
	want := []string{e.AwayTeam, e.HomeTeam}
	switch {
	case m.Key == "totals":
		want = []string{"Over", "Under"}
		if *m.Outcomes[0].Point != *m.Outcomes[1].Point || *m.Outcomes[0].Point <= 0 {
			t.Errorf("total %v", m)
		}
	case m.Key == "spreads":
		if *m.Outcomes[0].Point != -*m.Outcomes[1].Point {
			t.Errorf("handicaps %v and %v", *m.Outcomes[0].Point, *m.Outcomes[1].Point)
		}
	case strings.HasPrefix(e.SportKey, "soccer"):
		want = append(want, "Draw")
	}
	sort.Strings(names)
	sort.Strings(want)
	if strings.Join(names, ",") != strings.Join(want, ",") {
		t.Errorf("%s has outcomes %v, not %v", m.Key, names, want)
	}
}

func TestOddsFiltersSelect(t *testing.T) {
	s, _ := newTest(t)
	base := "/v4/sports/americanfootball_nfl/odds?apiKey=k&"
	var all, some []apiEvent
	decode(t, get(t, s, base+"regions=us"), &all)

	decode(t, get(t, s, base+"regions=us&eventIds="+all[3].ID+","+all[5].ID), &some)
	if len(some) != 2 || some[0].ID != all[3].ID {
		t.Errorf("eventIds gave %d events", len(some))
	}
	cut := all[8].CommenceTime.UTC().Format("2006-01-02T15:04:05Z")
	decode(t, get(t, s, base+"regions=us&commenceTimeFrom="+cut), &some)
	for _, e := range some {
		if e.CommenceTime.Before(all[8].CommenceTime) {
			t.Errorf("commenceTimeFrom let %s through", e.CommenceTime)
		}
	}
	decode(t, get(t, s, base+"bookmakers=pinnacle,betmgm&regions=us&markets=totals&includeBetLimits=true"), &some)
	for _, e := range some {
		for _, b := range e.Bookmakers {
			if b.Key != "pinnacle" && b.Key != "betmgm" {
				t.Errorf("bookmakers let %s through", b.Key)
			}
			if len(b.Markets) != 1 || b.Markets[0].Key != "totals" || b.Markets[0].Outcomes[0].BetLimit == 0 {
				t.Errorf("markets %v", b.Markets)
			}
		}
	}
	decode(t, get(t, s, base+"regions=us&oddsFormat=american"), &some)
	for _, o := range some[0].Bookmakers[0].Markets[0].Outcomes {
		if o.Price > -100 && o.Price < 100 {
			t.Errorf("the American price %v", o.Price)
		}
	}
}

func TestOddsAPIRefusesAsTheServiceDoes(t *testing.T) {
	s, _ := newTest(t)
	for _, tt := range []struct {
		path   string
		status int
		code   string
	}{
		{"/v4/sports", 401, "MISSING_KEY"},
		{"/v4/sports/americanfootball_nfl/odds?regions=us", 401, "MISSING_KEY"},
		{"/v4/sports/tiddlywinks/odds?apiKey=k&regions=us", 404, "UNKNOWN_SPORT"},
		{"/v4/sports/americanfootball_nfl/odds?apiKey=k", 422, "MISSING_REGION"},
		{"/v4/sports/americanfootball_nfl/odds?apiKey=k&regions=mars", 422, "INVALID_REGION"},
		{"/v4/sports/americanfootball_nfl/odds?apiKey=k&regions=us&markets=h2h,first_beard", 422, "INVALID_MARKET"},
		{"/v4/sports/americanfootball_nfl/odds?apiKey=k&regions=us&oddsFormat=roman", 422, "INVALID_ODDS_FORMAT"},
		{"/v4/sports/americanfootball_nfl/odds?apiKey=k&regions=us&dateFormat=unix", 422, "INVALID_DATE_FORMAT"},
		{"/v4/sports/americanfootball_nfl/events?apiKey=k&commenceTimeTo=tomorrow", 422, "INVALID_COMMENCE_TIME_TO"},
		{"/v4/sports/americanfootball_nfl/scores?apiKey=k&daysFrom=4", 422, "INVALID_SCORES_DAYS_FROM"},
		{"/v4/sports/americanfootball_nfl/events/none/odds?apiKey=k&regions=us", 404, "EVENT_NOT_FOUND"},
		{"/v4/historical/sports/americanfootball_nfl/odds?apiKey=k&regions=us&date=2030-01-01T00:00:00Z", 422, "INVALID_HISTORICAL_TIMESTAMP"},
	} {
		w := get(t, s, tt.path)
		var body struct {
			Message    string `json:"message"`
			ErrorCode  string `json:"error_code"`
			DetailsURL string `json:"details_url"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatalf("%s: %v", tt.path, err)
		}
		if w.Code != tt.status || body.ErrorCode != tt.code || body.Message == "" || body.DetailsURL == "" {
			t.Errorf("%s: %d %+v, want %d %s", tt.path, w.Code, body, tt.status, tt.code)
		}
	}
}

func TestTheBudgetIsChargedLikeTheRealOne(t *testing.T) {
	s, clk := newTest(t, func(c *Config) { c.Credits = 40 })
	sport := "/v4/sports/americanfootball_nfl/"
	steps := []struct {
		path            string
		status          int
		last, remaining string
	}{
		{"/v4/sports?apiKey=k", 200, "0", "40"},
		{sport + "events?apiKey=k", 200, "0", "40"},
		{sport + "odds?apiKey=k&regions=us,eu&markets=h2h,spreads,totals", 200, "6", "34"},
		{sport + "odds?apiKey=k&bookmakers=pinnacle,betmgm&markets=h2h,totals", 200, "2", "32"},
		{sport + "odds?apiKey=k&regions=us&eventIds=none", 200, "0", "32"},
		{sport + "odds?apiKey=k&regions=mars", 422, "0", "32"},
		{sport + "scores?apiKey=k", 200, "1", "31"},
		{sport + "scores?apiKey=k&daysFrom=2", 200, "2", "29"},
		{"/v4/historical" + sport[3:] + "odds?apiKey=k&regions=us&markets=h2h,totals&date=2026-10-01T00:00:00Z", 200, "20", "9"},
		{"/v4/historical" + sport[3:] + "odds?apiKey=k&regions=us&date=2026-10-01T00:00:00Z", 401, "0", "9"},
		{sport + "odds?apiKey=other&regions=us", 200, "1", "39"},
	}
	for _, step := range steps {
		w := get(t, s, step.path)
		if w.Code != step.status || w.Header().Get("x-requests-last") != step.last || w.Header().Get("x-requests-remaining") != step.remaining {
			t.Errorf("%s: status %d, last %s, remaining %s; want %d, %s, %s", step.path, w.Code,
				w.Header().Get("x-requests-last"), w.Header().Get("x-requests-remaining"), step.status, step.last, step.remaining)
		}
	}
	clk.now = clk.now.AddDate(0, 1, 0)
	if w := get(t, s, "/v4/sports?apiKey=k"); w.Header().Get("x-requests-remaining") != "40" {
		t.Errorf("a month later %s credits remain", w.Header().Get("x-requests-remaining"))
	}
}

func TestScoresCoverGamesBeforeDuringAndAfterPlay(t *testing.T) {
	s, _ := newTest(t)
	var events []struct {
		ID           string    `json:"id"`
		SportKey     string    `json:"sport_key"`
		SportTitle   string    `json:"sport_title"`
		CommenceTime time.Time `json:"commence_time"`
		HomeTeam     string    `json:"home_team"`
		AwayTeam     string    `json:"away_team"`
		Completed    bool      `json:"completed"`
		Scores       []struct {
			Name  string `json:"name"`
			Score string `json:"score"`
		} `json:"scores"`
		LastUpdate *time.Time `json:"last_update"`
	}
	decode(t, get(t, s, "/v4/sports/basketball_nba/scores?apiKey=k&daysFrom=3"), &events)
	var completed, live, upcoming int
	for _, e := range events {
		switch {
		case e.Completed:
			completed++
		case e.Scores != nil:
			live++
		default:
			upcoming++
		}
		if (e.Scores == nil) != (e.LastUpdate == nil) || e.Scores != nil && len(e.Scores) != 2 {
			t.Errorf("event %+v", e)
		}
	}
	if completed < 15 || upcoming < 15 {
		t.Errorf("%d completed, %d live, %d upcoming", completed, live, upcoming)
	}
}

func TestHistoryShowsWhatWasShown(t *testing.T) {
	s, clk := newTest(t)
	query := "apiKey=k&regions=us&markets=h2h"
	then := begin.Add(5 * time.Minute)
	clk.now = then
	present := get(t, s, "/v4/sports/americanfootball_nfl/odds?"+query).Body.Bytes()
	clk.now = then.AddDate(0, 0, 2)
	var snapshot struct {
		Timestamp time.Time       `json:"timestamp"`
		Previous  time.Time       `json:"previous_timestamp"`
		Next      time.Time       `json:"next_timestamp"`
		Data      json.RawMessage `json:"data"`
	}
	decode(t, get(t, s, "/v4/historical/sports/americanfootball_nfl/odds?"+query+"&date="+then.Add(time.Minute).Format("2006-01-02T15:04:05Z")), &snapshot)
	if !snapshot.Timestamp.Equal(then) || !bytes.Equal(snapshot.Data, present) {
		t.Errorf("the snapshot of %s differs from what was served then", snapshot.Timestamp)
	}
}

func TestProvidersAgreeOnIdentities(t *testing.T) {
	s, _ := newTest(t)
	differ, swapped := 0, 0
	for _, c := range s.competitions {
		page := c.page(feed.At(begin)-day, feed.At(begin)+2*day, feed.At(begin), 1000)
		boards := map[string]espnEvent{}
		for _, e := range page.Events {
			boards[e.ID] = e
		}
		for _, f := range c.between(feed.At(begin), feed.At(begin)+day) {
			odds, board := f.event(feed.At(begin)), boards[f.ScoreID]
			start, err := time.Parse(espnMinute, board.Date)
			if err != nil || odds.CommenceTime != feed.At(start).String() {
				t.Errorf("starts are %s and %s", odds.CommenceTime, board.Date)
			}
			sides := board.Competitions[0].Competitors
			home, away := sides[0].Team.DisplayName, sides[1].Team.DisplayName
			if odds.HomeTeam == f.oddsName(f.Away) {
				swapped++
				home, away = away, home
			}
			for _, pair := range [][2]string{{odds.HomeTeam, home}, {odds.AwayTeam, away}} {
				if pair[0] == pair[1] {
					continue
				}
				differ++
				if c.league.Sport != "soccer" || strings.TrimSuffix(pair[0], " FC") != strings.TrimSuffix(pair[1], " Club") {
					t.Errorf("%s: %q is %q", c.league.ID, pair[0], pair[1])
				}
			}
		}
	}
	if differ == 0 {
		t.Error("both providers spell every team alike")
	}
}

func FuzzQuery(f *testing.F) {
	s, _ := newTest(f)
	h := s.Handler()
	paths := []string{
		"/v4/sports", "/v4/sports/soccer_epl/odds", "/v4/sports/soccer_epl/events", "/v4/sports/soccer_epl/scores",
		"/v4/historical/sports/soccer_epl/odds", "/apis/site/v2/sports/soccer/eng.1/scoreboard", "/data/2.5/weather",
	}
	f.Add(1, "apiKey=k&regions=us&markets=h2h,totals&oddsFormat=american")
	f.Add(3, "apiKey=k&daysFrom=3&eventIds=a,b")
	f.Add(4, "apiKey=k&regions=us&date=2026-10-01T00:00:00Z")
	f.Add(4, "apiKey=k&regions=us&date=0001-01-01T00:00:00Z")
	f.Add(5, "dates=20261003&limit=5")
	f.Add(5, "dates=00010101")
	f.Add(6, "appid=k&lat=NaN&lon=1e308")
	// Whatever the query is, the answer is JSON with a documented status, and
	// only good answers cost credits.
	f.Fuzz(func(t *testing.T, path int, query string) {
		r := httptest.NewRequest(http.MethodGet, paths[uint(path)%uint(len(paths))], nil)
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		switch w.Code {
		case 200, 400, 401, 404, 422:
		default:
			t.Fatalf("status %d", w.Code)
		}
		if !json.Valid(w.Body.Bytes()) {
			t.Fatalf("no JSON: %.200s", w.Body)
		}
		if last := w.Header().Get("x-requests-last"); w.Code != 200 && last != "" && last != "0" {
			t.Fatalf("status %d cost %s", w.Code, last)
		}
		if _, err := url.ParseQuery(query); err == nil && w.Body.Len() == 0 {
			t.Fatal("an empty body")
		}
	})
}
