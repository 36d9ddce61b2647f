package simulate

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
)

// get asks a world for a path and returns the recorded answer.
func get(t testing.TB, s *Simulator, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

// decode reads a good answer into a value, strictly.
func decode(t testing.TB, w *httptest.ResponseRecorder, into any) {
	t.Helper()
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	dec := json.NewDecoder(bytes.NewReader(w.Body.Bytes()))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		t.Fatalf("decoding %.200s: %v", w.Body, err)
	}
}

const nflOdds = "/v4/sports/americanfootball_nfl/odds?apiKey=k&regions=us,eu&markets=h2h,spreads,totals&oddsFormat=american"

func BenchmarkHandler(b *testing.B) {
	for name, path := range map[string]string{
		"odds of 16 games": nflOdds,
		"odds of NBA":      "/v4/sports/basketball_nba/odds?apiKey=k&regions=us,eu&markets=h2h,spreads,totals",
		"scoreboard":       "/apis/site/v2/sports/football/nfl/scoreboard",
		"weather":          "/data/2.5/weather?lat=41.9&lon=-87.6&appid=k&units=metric",
	} {
		b.Run(name, func(b *testing.B) {
			s, clk := newTest(b, func(c *Config) { c.GamesPerDay = 5 })
			h := s.Handler()
			r := httptest.NewRequest(http.MethodGet, path, nil)
			b.ReportAllocs()
			for b.Loop() {
				clk.now = clk.now.Add(1e9) // a new instant: nothing is kept but outlooks
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				b.SetBytes(int64(w.Body.Len()))
			}
		})
	}
}
