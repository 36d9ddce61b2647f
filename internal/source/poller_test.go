package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// answers is a transport that answers without a network, so that a test's time
// may stand still around it.
type answers func(*http.Request) (*http.Response, error)

func (f answers) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func response(status int, headers ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(`[]`))}
}

func pollClient(t *testing.T, f answers, change func(*Config)) *Client {
	t.Helper()
	cfg := testConfig("http://provider.test")
	cfg.Attempts = 1
	if change != nil {
		change(&cfg)
	}
	c, err := New(cfg, Deps{Transport: f, Rand: func() float64 { return 0.5 }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func job(c *Client, name string, cost int) Job {
	req := odds
	req.Cost = cost
	return Job{Name: name, League: "nhl", Client: c, Schedule: schedule(), Requests: func(feed.Time) []Request { return []Request{req} }}
}

// run polls for a span of the bubble's time and returns what Run did.
func run(t *testing.T, cfg PollerConfig, span time.Duration) (*Poller, error) {
	t.Helper()
	if cfg.Games == nil {
		cfg.Games = func(string) []Game { return nil }
	}
	p, err := NewPoller(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), span)
	defer cancel()
	return p, p.Run(ctx)
}

// seen is a sink that notes the seconds since the beginning at which responses
// came.
type seen struct {
	mu    sync.Mutex
	began time.Time
	at    []int
	err   error
}

func (s *seen) Capture(_ context.Context, r feed.Raw) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = append(s.at, int(r.FetchedAt.Std().Sub(s.began).Seconds()))
	return s.err
}

func TestPollerFollowsTheGames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := pollClient(t, func(*http.Request) (*http.Response, error) { return response(200), nil }, nil)
		sink := &seen{began: time.Now()}
		began := feed.At(time.Now())
		games := func(string) []Game { // known only after twenty minutes
			if now := feed.At(time.Now()); now >= began+20*feed.Minute {
				return []Game{{began + 23*feed.Minute, feed.GamePre}}
			}
			return nil
		}
		p, err := run(t, PollerConfig{Jobs: []Job{job(c, "odds", 0)}, Games: games, Sink: sink}, 24*time.Minute+time.Second)
		if err != nil {
			t.Fatal(err)
		}
		// At once; when the game is known; each minute; at its start; in play.
		want := []int{0, 1200, 1260, 1320, 1380, 1410, 1440}
		if !reflect.DeepEqual(sink.at, want) {
			t.Errorf("asked at %v s, want %v", sink.at, want)
		}
		status := p.Status()
		if len(status) != 1 || status[0].LastSuccess != began+1440*feed.Second || status[0].Next != began+1470*feed.Second || status[0].Counts.Answers != 7 {
			t.Errorf("status %+v", status)
		}
	})
}

func TestRestartDoesNotAskSooner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := pollClient(t, func(*http.Request) (*http.Response, error) { return response(200), nil }, nil)
		sink := &seen{began: time.Now()}
		j := job(c, "odds", 0)
		j.Last = feed.At(time.Now().Add(-11 * time.Hour))
		if _, err := run(t, PollerConfig{Jobs: []Job{j}, Sink: sink}, 2*time.Hour); err != nil {
			t.Fatal(err)
		}
		if want := []int{3600}; !reflect.DeepEqual(sink.at, want) {
			t.Errorf("asked at %v s, want %v", sink.at, want)
		}
	})
}

func TestSlowSourceHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := pollClient(t, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, func(cfg *Config) { cfg.Source = feed.SourceGames; cfg.Timeout = time.Hour })
		quick := pollClient(t, func(*http.Request) (*http.Response, error) { return response(200), nil }, nil)
		sink := &seen{began: time.Now()}
		games := func(string) []Game { return []Game{{feed.At(time.Now()), feed.GameIn}} }
		p, err := run(t, PollerConfig{Jobs: []Job{job(slow, "scoreboard", 0), job(quick, "odds", 0)}, Games: games, Sink: sink}, 91*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if want := []int{0, 30, 60, 90}; !reflect.DeepEqual(sink.at, want) {
			t.Errorf("the quick source was asked at %v s, want %v", sink.at, want)
		}
		if s := p.Status(); len(s) != 2 || s[0].Source != feed.SourceGames || s[0].LastSuccess != 0 {
			t.Errorf("status %+v", s)
		}
	})
}

func TestFailingSinkEndsThePoller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := pollClient(t, func(*http.Request) (*http.Response, error) { return response(200), nil }, nil)
		sink := &seen{began: time.Now(), err: errors.New("log is gone")}
		_, err := run(t, PollerConfig{Jobs: []Job{job(c, "odds", 0)}, Sink: sink}, time.Hour)
		if !errors.Is(err, sink.err) || len(sink.at) != 1 {
			t.Errorf("ended with %v after %d responses", err, len(sink.at))
		}
	})
}

func TestFailingJobRestsLongerAndTellsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		c := pollClient(t, func(*http.Request) (*http.Response, error) {
			if time.Since(began) < 60*time.Second {
				return response(503), nil
			}
			return response(200), nil
		}, nil)
		sink := &seen{began: began}
		games := func(string) []Game { return []Game{{feed.At(began), feed.GameIn}} }
		var said bytes.Buffer
		cfg := PollerConfig{Jobs: []Job{job(c, "odds", 0)}, Games: games, Sink: sink, Log: slog.New(slog.NewTextHandler(&said, nil))}
		p, err := run(t, cfg, 40*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		failing := p.Status()[0]
		if e := failing.LastError; e == nil || e.Class != Retryable || e.Hint == "" || !strings.Contains(e.Message, "503") || failing.Jobs[0].Failures != 2 {
			t.Errorf("status of a failing source %+v", failing)
		}
		if failing.Next != feed.At(began)+60*feed.Second {
			t.Errorf("next request at %v", failing.Next)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 121*time.Second)
		defer cancel()
		if err := p.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if s := p.Status()[0]; s.LastError != nil || s.Jobs[0].Failures != 0 || s.LastSuccess == 0 {
			t.Errorf("status after recovery %+v", s)
		}
		if got := said.String(); strings.Count(got, "\n") != 2 || !strings.Contains(got, "begins to fail") || !strings.Contains(got, "works again") {
			t.Errorf("the log says %s", got)
		}
	})
}

func TestRefusedRequestWaitsForAPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := pollClient(t, func(*http.Request) (*http.Response, error) { return response(401), nil }, nil)
		sink := &seen{began: time.Now()}
		games := func(string) []Game { return []Game{{feed.At(time.Now()), feed.GameIn}} }
		if _, err := run(t, PollerConfig{Jobs: []Job{job(c, "odds", 0)}, Games: games, Sink: sink}, 21*time.Minute); err != nil {
			t.Fatal(err)
		}
		if want := []int{0, 600, 1200}; !reflect.DeepEqual(sink.at, want) {
			t.Errorf("asked at %v s, want %v", sink.at, want)
		}
	})
}

func TestCreditsAreSpreadToTheRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		<-time.After(time.Until(time.Date(2000, 1, 30, 0, 0, 0, 0, time.UTC))) // two days before the renewal
		began := time.Now()
		remaining := 106
		c := pollClient(t, func(*http.Request) (*http.Response, error) {
			if time.Since(began) >= 48*time.Hour {
				remaining = max(remaining, 500)
			}
			remaining -= 3
			return response(200, "X-Requests-Remaining", fmt.Sprint(remaining), "X-Requests-Last", "3"), nil
		}, func(cfg *Config) { cfg.Reserve = 10; cfg.Renewal = MonthEnd })
		lowest := remaining
		var gaps []time.Duration
		last := began
		sink := SinkFunc(func(_ context.Context, r feed.Raw) error {
			at := r.FetchedAt.Std()
			if at.Before(began.Add(48 * time.Hour)) {
				lowest = min(lowest, remaining)
				if at.After(last) {
					gaps = append(gaps, at.Sub(last))
				}
				last = at
			}
			return nil
		})
		games := func(string) []Game { return []Game{{feed.At(time.Now()), feed.GameIn}} }
		p, err := run(t, PollerConfig{Jobs: []Job{job(c, "odds", 3)}, Games: games, Sink: sink}, 49*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if lowest < 10 || lowest > 13 {
			t.Errorf("%d credits were left at the renewal, want the reserve of 10 and less than a round", lowest)
		}
		if len(gaps) < 28 {
			t.Fatalf("%d rounds were paid with 93 credits at 3 each", len(gaps))
		}
		for _, gap := range gaps[:20] {
			if gap < 80*time.Minute || gap > 2*time.Hour {
				t.Errorf("rounds are %v apart, want them spread over two days", gap)
			}
		}
		if s := p.Status()[0]; s.Quota.Remaining != 497 || s.Counts.Credits != 3*s.Counts.Requests {
			t.Errorf("after the renewal %+v", s)
		}
	})
}
