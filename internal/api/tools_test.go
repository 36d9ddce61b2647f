package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/calculator"
)

// TestToolsAnswerAsTheCommands: the body is the calculator's answer to the same
// question, as --json prints it, and every parameter reaches it.
func TestToolsAnswerAsTheCommands(t *testing.T) {
	answer := func(a any, err error) any {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	w := newWorld(t)
	nfl, known := w.server.Catalog.League("nfl")
	if !known {
		t.Fatal("no nfl")
	}
	for target, want := range map[string]any{
		"convert?prices=+170,7/4":                                                       answer(calculator.Convert{Prices: []string{"+170", "7/4"}}.Answer()),
		"convert?prices=%2B170&prices=7/4":                                              answer(calculator.Convert{Prices: []string{"+170", "7/4"}}.Answer()),
		"convert?prices=-0.5&from=malay&to=malay":                                       answer(calculator.Convert{Prices: []string{"-0.5"}, From: "malay", To: "malay"}.Answer()),
		"fair?prices=-110,-110":                                                         answer(calculator.Fair{Prices: []string{"-110", "-110"}}.Answer()),
		"fair?prices=55%25,%2050%25":                                                    answer(calculator.Fair{Prices: []string{"55%", " 50%"}}.Answer()),
		"fair?prices=0.3,0.4,0.8&format=hongkong&method=wpo&winners=2":                  answer(calculator.Fair{Prices: []string{"0.3", "0.4", "0.8"}, Format: "hongkong", Method: "wpo", Winners: "2"}.Answer()),
		"fair/methods?prices=1.3,1.4,1.8&winners=2&format=decimal":                      answer(calculator.Fair{Prices: []string{"1.3", "1.4", "1.8"}, Winners: "2"}.Compare()),
		"arb?prices=2.1,2.12&commission=0,2%25&stake=100&round=5":                       answer(calculator.Arb{Prices: []string{"2.1", "2.12"}, Commissions: []string{"0", "2%"}, Stake: "100", Round: "5"}.Answer()),
		"arb?prices=1.1,1.12&format=hongkong&commission=":                               answer(calculator.Arb{Prices: []string{"2.1", "2.12"}, Format: "decimal"}.Answer()),
		"hedge?bet=25@+500&prices=2.5,3.5&round=1":                                      answer(calculator.Hedge{Bet: "25@6", Others: []string{"2.5", "3.5"}, Round: "1"}.Answer()),
		"hedge?bet=25@5&prices=1.5,2.5&format=hongkong":                                 answer(calculator.Hedge{Bet: "25@6", Others: []string{"2.5", "3.5"}}.Answer()),
		"middle?prices=-110,-110&stake=220&probability=0.1&round=1":                     answer(calculator.Middle{Prices: []string{"-110", "-110"}, Stake: "220", Probability: "0.1", Round: "1"}.Answer()),
		"middle?prices=0.9,0.95&format=hongkong":                                        answer(calculator.Middle{Prices: []string{"1.9", "1.95"}}.Answer()),
		"lay?bet=10@5&price=5.2&commission=0.02&free=true":                              answer(calculator.Lay{Bet: "10@5", Price: "5.2", Commission: "2%", Free: true}.Answer()),
		"lay?bet=10@4&price=4.2&format=hongkong&free=false":                             answer(calculator.Lay{Bet: "10@5", Price: "5.2"}.Answer()),
		"kelly?prices=2.5,3.2&probabilities=.5,.3&fraction=.5&bankroll=9&round=2":       answer(calculator.Kelly{Prices: []string{"2.5", "3.2"}, Probabilities: []string{".5", ".3"}, Fraction: "50%", Bankroll: "9", Round: "2"}.Answer()),
		"kelly?prices=1.5&probabilities=.5&format=hongkong":                             answer(calculator.Kelly{Prices: []string{"2.5"}, Probabilities: []string{".5"}}.Answer()),
		"clv?price=-125&closing=-150,+130&method=shin":                                  answer(calculator.CLV{Bet: "-125", Closing: []string{"-150", "+130"}, Method: "shin"}.Answer()),
		"clv?price=0.8&closing=0.7,1.3&format=hongkong":                                 answer(calculator.CLV{Bet: "1.8", Closing: []string{"1.7", "2.3"}}.Answer()),
		"clv?price=1.9&closing=1.9,1.95&line=44.5&closing_line=46&side=over&league=nfl": answer(calculator.CLV{Bet: "1.9", Closing: []string{"1.9", "1.95"}, Line: "44.5", ClosingLine: "46", Side: calculator.SideOver, League: nfl}.Answer()),
	} {
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if rec := w.do("GET", "/api/v1/tools/"+target, ""); rec.Code != 200 || strings.TrimSpace(rec.Body.String()) != string(text) {
			t.Errorf("%s: got %d %s, want %s", target, rec.Code, rec.Body, text)
		}
	}
}

func TestToolsSayWhatIsWrong(t *testing.T) {
	w := newWorld(t)
	for target, says := range map[string]string{
		"convert":                             "no price",
		"convert?prices=":                     "no price",
		"convert?prices=0.5":                  `price \"0.5\" is impossible`,
		"convert?price=2.5":                   `parameter \"price\" is none of prices, from, to`,
		"convert?prices=55%":                  "a percent sign is written %25",
		"fair?prices=2.5":                     "at least two outcomes",
		"fair?prices=2.5,1.5&winners=x":       `winners \"x\"`,
		"fair?prices=2.5,1.5&winners=0":       "at least one winner",
		"fair/methods?prices=2.5,x":           `\"x\" is impossible`,
		"fair/methods?prices=2,3&winners=-":   `winners \"-\"`,
		"fair/methods?prices=2,3&method=shin": `\"method\" is none`,
		"arb?prices=2.1,2.2&stake=x":          `amount \"x\"`,
		"hedge?bet=5&prices=2.2":              "STAKE@PRICE",
		"middle?prices=2.2":                   "two prices",
		"lay?bet=5@2&price=2&free=maybe":      `free \"maybe\"`,
		"lay?bet=5@2":                         "impossible",
		"kelly?prices=2.1":                    "0 probabilities for 1 prices",
		"clv?price=2.1&closing=2.2":           "at least two outcomes",
		"clv?price=2&closing=2,2&line=3&closing_line=3&league=xfl": `league \"xfl\" is not known`,
		"clv?price=2&closing=2,2&line=3":                           "compared with a closing line",
	} {
		rec := w.do("GET", "/api/v1/tools/"+target, "")
		path, _, _ := strings.Cut(target, "?")
		if rec.Code != 400 || !strings.Contains(rec.Body.String(), says) || !strings.Contains(rec.Body.String(), `"hint":"as in /api/v1/tools/`+path+`?`) {
			t.Errorf("%s: got %d %s, want %s", target, rec.Code, rec.Body, says)
		}
	}
}

// TestTheHintsAreAnswered follows each tool's advice, and compares the
// parameters it knows with those that are described.
func TestTheHintsAreAnswered(t *testing.T) {
	w, d := newWorld(t), readDescription(t)
	for pattern := range w.server.tools() {
		path := strings.TrimPrefix(pattern, "GET ")
		refused, _ := decode(t, w.do("GET", path+"?unknown=1", "").Body.Bytes()).(map[string]any)
		advice, found := strings.CutPrefix(refused["hint"].(string), "as in ")
		if rec := w.do("GET", advice, ""); !found || rec.Code != 200 {
			t.Errorf("%s: %d %s", advice, rec.Code, rec.Body)
		}
		var described []string
		list, _ := d.at("paths", path, "get")["parameters"].([]any)
		for _, p := range list {
			described = append(described, d.schema(p.(map[string]any))["name"].(string))
		}
		known := strings.Split(strings.TrimPrefix(refused["error"].(string), `parameter "unknown" is none of `), ", ")
		slices.Sort(known)
		if slices.Sort(described); !slices.Equal(known, described) {
			t.Errorf("%s knows %v, described are %v", path, known, described)
		}
	}
}

// FuzzTools: whatever the parameters are, a tool answers or says what is wrong
// with them, in JSON.
func FuzzTools(f *testing.F) {
	for _, seed := range []string{
		"prices=2.6,2.4,4.3&method=shin&winners=2", "prices=+170,-110&stake=1000&round=5&commission=0,2%25", "bet=25@6&prices=2.5,3.5", "bet=10@5&price=5.2&free=true",
		"prices=2.5&probabilities=55%25&fraction=.5&bankroll=9", "price=2&closing=2.05,1.85&line=-3&closing_line=-3.5&side=over&league=nfl", "prices=%", "prices=1;2&=&&", "prices=1e9,999999999",
	} {
		f.Add(seed)
	}
	w := newWorld(f)
	f.Fuzz(func(t *testing.T, query string) {
		for pattern := range w.server.tools() {
			r := httptest.NewRequest(http.MethodGet, strings.TrimPrefix(pattern, "GET "), nil)
			r.URL.RawQuery = query
			rec := httptest.NewRecorder()
			w.ServeHTTP(rec, r)
			if rec.Code != 200 && rec.Code != 400 || !json.Valid(rec.Body.Bytes()) {
				t.Errorf("%s?%s: %d %q", pattern, query, rec.Code, rec.Body)
			}
		}
	})
}
