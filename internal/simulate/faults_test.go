package simulate

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

const scoreboardPath = "/apis/site/v2/sports/football/nfl/scoreboard"

// inject switches a fault on through the admin endpoint.
func inject(t *testing.T, s *Simulator, fault string, status int) {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/simulator/faults", strings.NewReader(fault)))
	if w.Code != status {
		t.Fatalf("injecting %s: status %d: %s", fault, w.Code, w.Body)
	}
}

func TestRateLimitsLastForTheirRequests(t *testing.T) {
	s, _ := newTest(t)
	inject(t, s, `{"kind":"rate_limit","source":"theoddsapi","requests":2,"retry_after":7}`, 200)
	for i, want := range []int{429, 429, 200} {
		w := get(t, s, nflOdds)
		if w.Code != want {
			t.Errorf("request %d: status %d, want %d", i, w.Code, want)
		}
		if want == 429 && (w.Header().Get("Retry-After") != "7" || !strings.Contains(w.Body.String(), "EXCEEDED_FREQ_LIMIT")) {
			t.Errorf("request %d: %v %s", i, w.Header(), w.Body)
		}
		if other := get(t, s, scoreboardPath); other.Code != 200 {
			t.Errorf("the other source: status %d", other.Code)
		}
	}
	if n := s.Faults().Counts()[FaultRateLimit]; n != 2 {
		t.Errorf("it was counted %d times", n)
	}
}

func TestServerErrorsLastForTheirTime(t *testing.T) {
	s, clk := newTest(t)
	inject(t, s, `{"kind":"server_error","seconds":30,"status":502}`, 200)
	for _, path := range []string{nflOdds, scoreboardPath, "/data/2.5/weather?lat=1&lon=1&appid=k"} {
		if w := get(t, s, path); w.Code != 502 || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	clk.now = clk.now.Add(30 * time.Second)
	if w := get(t, s, nflOdds); w.Code != 200 {
		t.Errorf("after its time: status %d", w.Code)
	}
}

func TestHangsLastUntilTheClientGivesUpAndAMinuteAtMost(t *testing.T) {
	for name, patience := range map[string]time.Duration{"impatient": 10 * time.Second, "patient": time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, _ := newTest(t)
				inject(t, s, `{"kind":"hang","requests":1}`, 200)
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				defer cancel()
				began := time.Now()
				w := httptest.NewRecorder()
				s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, nflOdds, nil).WithContext(ctx))
				if took := time.Since(began); took != min(patience, hangMost) || w.Code != http.StatusGatewayTimeout {
					t.Errorf("it took %s to answer %d", took, w.Code)
				}
				if w := get(t, s, nflOdds); w.Code != 200 || s.Faults().Counts()[FaultHang] != 1 {
					t.Errorf("then status %d, counts %v", w.Code, s.Faults().Counts())
				}
			})
		})
	}
}

func TestAnExhaustedQuotaSaysSo(t *testing.T) {
	s, _ := newTest(t)
	inject(t, s, `{"kind":"quota","requests":1}`, 200)
	w := get(t, s, nflOdds)
	if w.Code != 401 || w.Header().Get("x-requests-remaining") != "0" || w.Header().Get("x-requests-last") != "0" ||
		!strings.Contains(w.Body.String(), "OUT_OF_USAGE_CREDITS") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := get(t, s, nflOdds); w.Code != 200 {
		t.Errorf("then status %d", w.Code)
	}
}

func TestMalformedBodiesSpoilOneGame(t *testing.T) {
	s, _ := newTest(t)
	good := get(t, s, nflOdds).Body.Bytes()
	inject(t, s, `{"kind":"truncate","requests":1}`, 200)
	if body := get(t, s, nflOdds).Body.Bytes(); json.Valid(body) || len(body) == 0 {
		t.Errorf("the truncated body has %d bytes", len(body))
	}
	for _, kind := range []string{"wrong_type", "null"} {
		inject(t, s, `{"kind":"`+kind+`","requests":2}`, 200)
		var was, is []json.RawMessage
		if err := json.Unmarshal(good, &was); err != nil {
			t.Fatal(err)
		}
		decode(t, get(t, s, nflOdds), &is)
		if len(is) != len(was) {
			t.Fatalf("%s: %d games of %d", kind, len(is), len(was))
		}
		for i := range is {
			var e apiEvent
			err := json.Unmarshal(is[i], &e)
			spoiled := err != nil || len(e.Bookmakers) == 0 || e.Bookmakers[0].Key == ""
			if spoiled != (i == 0) {
				t.Errorf("%s: game %d is spoiled: %v", kind, i, spoiled)
			}
		}
		var page struct{ Events []json.RawMessage }
		if err := json.Unmarshal(get(t, s, scoreboardPath).Body.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
		for i := range page.Events {
			var e espnEvent
			err := json.Unmarshal(page.Events[i], &e)
			if spoiled := err != nil || e.Competitions[0].ID == ""; spoiled != (i == 0) {
				t.Errorf("%s: event %d of the scoreboard is spoiled: %v", kind, i, spoiled)
			}
		}
	}
	if c := s.Faults().Counts(); c[FaultTruncate] != 1 || c[FaultWrongType] != 2 || c[FaultNull] != 2 {
		t.Errorf("counts %v", c)
	}
}

func TestABookVanishesFromAllGames(t *testing.T) {
	s, _ := newTest(t)
	hasPinnacle := func() bool { return strings.Contains(get(t, s, nflOdds).Body.String(), `"pinnacle"`) }
	if !hasPinnacle() {
		t.Fatal("no pinnacle before the fault")
	}
	inject(t, s, `{"kind":"vanish","book":"pinnacle"}`, 200)
	if hasPinnacle() {
		t.Error("pinnacle is still there")
	}
	s.Faults().Clear()
	if !hasPinnacle() {
		t.Error("pinnacle has not come back")
	}
	if s.Faults().Counts()[FaultVanish] == 0 {
		t.Error("it was not counted")
	}
}

func TestARescheduledFixtureMovesAtBothProviders(t *testing.T) {
	for name, shift := range map[string]feed.Time{"minutes": 20 * feed.Minute, "hours": 3 * feed.Hour, "a day": day} {
		t.Run(name, func(t *testing.T) {
			s, clk := newTest(t)
			now := feed.At(begin)
			f := s.Fixtures("nfl", now+4*feed.Hour, now+20*feed.Hour)[1]
			before := startsOf(t, s, f)
			body, err := json.Marshal(Fault{Kind: FaultReschedule, Fixture: f.ScoreID, Shift: float64(shift / feed.Minute)})
			if err != nil {
				t.Fatal(err)
			}
			inject(t, s, string(body), 200)
			after := startsOf(t, s, f)
			for i := range after {
				if after[i].Sub(before[i]) != time.Duration(shift)*time.Microsecond {
					t.Errorf("provider %d moved it from %s to %s", i, before[i], after[i])
				}
			}
			clk.now = (f.Start + 90*feed.Minute).Std()
			tr, err := s.Truth(f, f.Start+90*feed.Minute)
			if want := shift > feed.Hour; err != nil || (tr.State == feed.GamePre) != want {
				t.Errorf("ninety minutes after the first start the game is %s: %v", tr.State, err)
			}
			inject(t, s, `{"kind":"reschedule","fixture":"`+f.OddsID+`","shift":-100000}`, 400)
		})
	}
}

// startsOf returns a fixture's start at The Odds API and at ESPN.
func startsOf(t *testing.T, s *Simulator, f Fixture) [2]time.Time {
	t.Helper()
	var out [2]time.Time
	var events []apiEvent
	decode(t, get(t, s, "/v4/sports/americanfootball_nfl/events?apiKey=k&eventIds="+f.OddsID), &events)
	out[0] = events[0].CommenceTime
	for _, date := range []feed.Time{f.Start, f.Start + day} {
		var page scoreboardPage
		decode(t, get(t, s, scoreboardPath+"?dates="+date.Std().In(eastern).Format("20060102")), &page)
		for _, e := range page.Events {
			if e.ID == f.ScoreID {
				at, err := time.Parse(espnMinute, e.Date)
				if err != nil {
					t.Fatal(err)
				}
				out[1] = at
			}
		}
	}
	return out
}

func TestBadFaultsAreRefused(t *testing.T) {
	s, _ := newTest(t)
	for _, fault := range []string{
		``, `[]`, `{"kind":"meteor"}`, `{"kind":"vanish"}`, `{"kind":"vanish","book":"x","requests":1}`,
		`{"kind":"server_error","status":200}`, `{"kind":"reschedule","fixture":"none","shift":5}`, `{"kind":"hang","color":"red"}`,
	} {
		inject(t, s, fault, 400)
	}
	var report struct {
		Active []Fault
		Counts map[FaultKind]int
	}
	decode(t, get(t, s, "/simulator/faults"), &report)
	if len(report.Active) != 0 || len(report.Counts) != 0 {
		t.Errorf("refused faults are on: %+v", report)
	}
}

func TestRequestsAndFaultsMayComeAtOnce(t *testing.T) {
	s, _ := newTest(t)
	f := s.Fixtures("nfl", feed.At(begin), feed.At(begin)+day)[0]
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 5 {
				switch i % 4 {
				case 0:
					get(t, s, nflOdds)
				case 1:
					get(t, s, scoreboardPath)
				case 2:
					if err := s.Faults().Inject(Fault{Kind: FaultVanish, Book: "betmgm", Seconds: 1}); err != nil {
						t.Error(err)
					}
					s.Faults().Clear()
				case 3:
					if _, err := s.Truth(f, f.Start+feed.Hour); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	if w := get(t, s, nflOdds); w.Code != 200 || !strings.Contains(w.Body.String(), "betmgm") {
		t.Errorf("afterwards: status %d", w.Code)
	}
}
