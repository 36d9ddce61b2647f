package source

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

const key = Secret("0123456789abcdef+/=key")

// noon is when the tests' clock begins.
var noon = time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC)

// handClock moves only when someone sleeps.
type handClock struct {
	mu     sync.Mutex
	now    time.Time
	sleeps []time.Duration
}

func (c *handClock) clock() Clock {
	return Clock{
		Now: func() time.Time {
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.now
		},
		Sleep: func(ctx context.Context, d time.Duration) error {
			c.mu.Lock()
			defer c.mu.Unlock()
			if d > 0 {
				c.now = c.now.Add(d)
				c.sleeps = append(c.sleeps, d)
			}
			return ctx.Err()
		},
	}
}

// keeper is a sink that remembers.
type keeper struct {
	mu   sync.Mutex
	raws []feed.Raw
	err  error
}

func (k *keeper) Capture(_ context.Context, r feed.Raw) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.raws = append(k.raws, r)
	return k.err
}

func (k *keeper) statuses() (all []int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, r := range k.raws {
		all = append(all, r.Status)
	}
	return all
}

func testConfig(base string) Config {
	return Config{
		Source: feed.SourceOdds, BaseURL: base, Credential: Credential{Param: "apiKey", Secret: key},
		PerSecond: 1000, Burst: 1000, Timeout: time.Minute, Attempts: 4,
		Backoff: Backoff{Base: time.Second, Max: 30 * time.Second}, MaxBody: 1 << 20, Explain: Message,
	}
}

// provider starts a server on loopback and a client of it. Rand is a half.
func provider(t *testing.T, handle http.HandlerFunc, change func(*Config)) (*Client, *handClock) {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	cfg := testConfig(server.URL)
	if change != nil {
		change(&cfg)
	}
	clock := &handClock{now: noon}
	c, err := New(cfg, Deps{Clock: clock.clock(), Rand: func() float64 { return 0.5 }})
	if err != nil {
		t.Fatal(err)
	}
	return c, clock
}

var odds = Request{League: "nhl", Path: "/v4/sports/icehockey_nhl/odds", Query: map[string]string{"markets": "h2h,totals"}, Cost: 2}

// script answers with one step after the other and repeats the last.
func script(steps ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		step := steps[min(n, len(steps)-1)]
		n++
		mu.Unlock()
		step(w, r)
	}
}

func reply(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func TestAnswerIsCapturedAsItCame(t *testing.T) {
	var asked *http.Request
	c, _ := provider(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r
		reply(200, " [1]\n", "Content-Type", "application/json", "X-Requests-Last", "2", "X-Requests-Remaining", "498", "X-Requests-Used", "2.0", "Set-Cookie", "session=1")(w, r)
	}, func(cfg *Config) { cfg.BaseURL += "/mirror/"; cfg.Reserve = 100 })
	var sink keeper
	answer, err := c.Fetch(t.Context(), odds, &sink)
	if err != nil {
		t.Fatal(err)
	}
	if asked.URL.Path != "/mirror"+odds.Path || asked.URL.Query().Get("apiKey") != string(key) || asked.URL.Query().Get("markets") != "h2h,totals" {
		t.Errorf("asked for %s", asked.URL)
	}
	raw := answer.Raw
	delete(raw.Headers, "date")
	want := feed.Raw{
		Source: feed.SourceOdds, League: "nhl", FetchedAt: feed.At(noon), Path: odds.Path, Query: odds.Query, Status: 200,
		Headers: map[string]string{"content-type": "application/json", "x-requests-last": "2", "x-requests-remaining": "498", "x-requests-used": "2.0"},
		Body:    []byte(" [1]\n"), Cost: 2,
	}
	if !reflect.DeepEqual(raw, want) || len(sink.raws) != 1 || answer.Unchanged {
		t.Errorf("got  %+v\nwant %+v", raw, want)
	}
	wantQuota := Quota{Known: true, Remaining: 498, Used: 2, Last: 2, Reserve: 100, At: feed.At(noon)}
	if got := c.Quota(); got != wantQuota || got.Available() != 398 {
		t.Errorf("quota %+v, want %+v", got, wantQuota)
	}
	if got, want := c.Counts(), (Counts{Requests: 1, Answers: 1, Bytes: 5, Credits: 2}); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
}

func TestTroubleIsRetriedAndEveryAnswerCaptured(t *testing.T) {
	date := noon.Add(11 * time.Second).Format(http.TimeFormat)
	c, clock := provider(t, script(
		reply(500, `oops`),
		reply(429, `{"message":"slow down"}`, "Retry-After", "7"),
		reply(503, ``, "Retry-After", date),
		reply(200, `[]`),
	), nil)
	var sink keeper
	if _, err := c.Fetch(t.Context(), odds, &sink); err != nil {
		t.Fatal(err)
	}
	if want := []int{500, 429, 503, 200}; !reflect.DeepEqual(sink.statuses(), want) {
		t.Errorf("captured %v, want %v", sink.statuses(), want)
	}
	// Half of 1 s; 7 s and half of 2 s; what is left of 11 s and half of 4 s.
	want := []time.Duration{500 * time.Millisecond, 8 * time.Second, 2500*time.Millisecond + 2*time.Second}
	if !reflect.DeepEqual(clock.sleeps, want) {
		t.Errorf("waited %v, want %v", clock.sleeps, want)
	}
	counts := c.Counts()
	if counts.Retries != 3 || counts.ServerErrors != 2 || counts.TooMany != 1 || counts.Requests != 4 {
		t.Errorf("counts %+v", counts)
	}
}

func TestErrorsHaveAClassAndAHint(t *testing.T) {
	for _, tt := range []struct {
		status int
		class  Class
		sent   int
	}{
		{401, Permanent, 1}, {402, Permanent, 1}, {403, Permanent, 1}, {404, Permanent, 1}, {418, Permanent, 1}, {422, Permanent, 1},
		{302, Permanent, 1}, {501, Permanent, 1}, {408, Retryable, 4}, {429, Retryable, 4}, {500, Retryable, 4}, {503, Retryable, 4}, {599, Retryable, 4},
	} {
		t.Run(fmt.Sprint(tt.status), func(t *testing.T) {
			c, _ := provider(t, reply(tt.status, `{"message":"because"}`, "Location", "/elsewhere"), nil)
			var sink keeper
			_, err := c.Fetch(t.Context(), odds, &sink)
			var e *Error
			if !errors.As(err, &e) || e.Class != tt.class || e.Status != tt.status || e.Hint == "" || e.Message != "because" || HintOf(err) != e.Hint {
				t.Errorf("ended with %#v, want %s and a hint", err, tt.class)
			}
			if len(sink.raws) != tt.sent {
				t.Errorf("captured %d answers, want %d", len(sink.raws), tt.sent)
			}
		})
	}
}

func TestLongRetryAfterIsLeftToTheSchedule(t *testing.T) {
	c, clock := provider(t, reply(429, ``, "Retry-After", "3600"), nil)
	_, err := c.Fetch(t.Context(), odds, &keeper{})
	var e *Error
	if !errors.As(err, &e) || e.RetryAfter != time.Hour || len(clock.sleeps) != 0 {
		t.Errorf("ended with %v after waiting %v", err, clock.sleeps)
	}
}

func TestUnchangedIsAnAnswer(t *testing.T) {
	var conditions []string
	c, _ := provider(t, func(w http.ResponseWriter, r *http.Request) {
		conditions = append(conditions, r.Header.Get("If-None-Match")+" "+r.Header.Get("If-Modified-Since"))
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		reply(200, `[]`, "ETag", `"v1"`, "Last-Modified", "Sat, 07 Mar 2026 11:00:00 GMT")(w, r)
	}, nil)
	sink := &keeper{err: errors.New("disk full")}
	if _, err := c.Fetch(t.Context(), odds, sink); !errors.Is(err, ErrCapture) || !errors.Is(err, sink.err) {
		t.Errorf("a sink's failure ends with %v", err)
	}
	sink.err = nil
	for i, want := range []bool{false, true} { // what was not captured does not count as known
		answer, err := c.Fetch(t.Context(), odds, sink)
		if err != nil || answer.Unchanged != want || answer.Raw.Status != map[bool]int{false: 200, true: 304}[want] {
			t.Errorf("fetch %d: %+v, %v", i, answer, err)
		}
	}
	other := odds
	other.Query = map[string]string{"markets": "spreads"}
	if answer, err := c.Fetch(t.Context(), other, sink); err != nil || answer.Unchanged {
		t.Errorf("another question: %+v, %v", answer, err)
	}
	v1 := `"v1" Sat, 07 Mar 2026 11:00:00 GMT`
	if want := []string{" ", " ", v1, " "}; !reflect.DeepEqual(conditions, want) {
		t.Errorf("asked under %q, want %q", conditions, want)
	}
}

func zipped(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.Bytes()
}

func TestGzipIsAskedForAndUndone(t *testing.T) {
	whole := zipped(strings.Repeat("[1,2,3]", 100))
	broken := bytes.Clone(whole)
	broken[len(broken)-6] ^= 0xff // in the checksum
	for _, tt := range []struct {
		name  string
		bytes []byte
		class Class
	}{
		{"whole", whole, ""}, {"bad checksum", broken, Corrupt}, {"no gzip", []byte("plain text, no gzip"), Corrupt}, {"cut off", whole[:len(whole)-9], Ambiguous},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := provider(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Accept-Encoding") != "gzip" {
					t.Errorf("asked for %q", r.Header.Get("Accept-Encoding"))
				}
				reply(200, string(tt.bytes), "Content-Encoding", "gzip")(w, r)
			}, nil)
			var sink keeper
			answer, err := c.Fetch(t.Context(), odds, &sink)
			if tt.class == "" {
				if err != nil || len(answer.Raw.Body) != 700 {
					t.Errorf("%d bytes, error %v", len(answer.Raw.Body), err)
				}
				return
			}
			var e *Error
			if !errors.As(err, &e) || e.Class != tt.class || e.Hint == "" {
				t.Errorf("ended with %v, want %s", err, tt.class)
			}
			if len(sink.raws) != 1 || sink.raws[0].Headers[HeaderIncomplete] == "" {
				t.Errorf("captured %+v, want one answer that is marked", sink.raws)
			}
		})
	}
}

func TestBodyBeyondTheLimitIsCutAndMarked(t *testing.T) {
	c, _ := provider(t, reply(200, strings.Repeat("x", 101)), func(cfg *Config) { cfg.MaxBody = 100 })
	var sink keeper
	_, err := c.Fetch(t.Context(), odds, &sink)
	var e *Error
	if !errors.As(err, &e) || e.Class != Corrupt {
		t.Errorf("ended with %v", err)
	}
	if len(sink.raws) != 1 || len(sink.raws[0].Body) != 100 || !strings.Contains(sink.raws[0].Headers[HeaderIncomplete], "100 bytes") {
		t.Errorf("captured %+v", sink.raws)
	}
}

// hangUp sends a part of an answer and breaks the connection.
func hangUp(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	_, _ = w.Write([]byte("[1,"))
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func TestWhatMayHaveBeenChargedIsNotBoughtTwice(t *testing.T) {
	for _, tt := range []struct {
		cost, sent int
	}{{2, 1}, {0, 2}} {
		c, _ := provider(t, script(hangUp, reply(200, `[]`)), nil)
		req := odds
		req.Cost = tt.cost
		var sink keeper
		_, err := c.Fetch(t.Context(), req, &sink)
		var e *Error
		if paid := tt.cost > 0; paid != errors.As(err, &e) || paid && e.Class != Ambiguous {
			t.Errorf("cost %d ends with %v", tt.cost, err)
		}
		if len(sink.raws) != tt.sent || string(sink.raws[0].Body) != "[1," || sink.raws[0].Headers[HeaderIncomplete] == "" {
			t.Errorf("cost %d captured %+v", tt.cost, sink.raws)
		}
	}
}

func TestSilenceIsATimeout(t *testing.T) {
	c, _ := provider(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, func(cfg *Config) {
		cfg.Timeout = 20 * time.Millisecond
		cfg.Attempts = 2
	})
	_, err := c.Fetch(t.Context(), odds, &keeper{})
	var e *Error
	if !errors.As(err, &e) || e.Class != Retryable || !e.Timeout {
		t.Errorf("ended with %#v", err)
	}
	if n := c.Counts(); n.Timeouts != 2 || n.Retries != 1 {
		t.Errorf("counts %+v", n)
	}
}

func TestEndedContextIsNotAnErrorOfTheProvider(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c, _ := provider(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}, nil)
	if _, err := c.Fetch(ctx, odds, &keeper{}); !errors.Is(err, context.Canceled) || HintOf(err) != "" {
		t.Errorf("ended with %v", err)
	}
}

func TestRateIsKept(t *testing.T) {
	c, clock := provider(t, reply(200, `[]`), func(cfg *Config) { cfg.PerSecond, cfg.Burst = 2, 1 })
	for range 3 {
		if _, err := c.Fetch(t.Context(), odds, &keeper{}); err != nil {
			t.Fatal(err)
		}
	}
	if want := []time.Duration{500 * time.Millisecond, 500 * time.Millisecond}; !reflect.DeepEqual(clock.sleeps, want) {
		t.Errorf("waited %v, want %v", clock.sleeps, want)
	}
}

func TestReserveIsNeverSpent(t *testing.T) {
	remaining := 9
	sent := 0
	c, clock := provider(t, func(w http.ResponseWriter, r *http.Request) {
		sent++
		remaining -= 2
		reply(200, `[]`, "X-Requests-Remaining", fmt.Sprint(remaining))(w, r)
	}, func(cfg *Config) { cfg.Reserve = 4; cfg.Renewal = MonthEnd })
	var err error
	for err == nil {
		_, err = c.Fetch(t.Context(), odds, &keeper{})
	}
	var e *Error
	if !errors.As(err, &e) || e.Class != Exhausted || e.Hint == "" || sent != 2 || remaining < 4 {
		t.Errorf("after %d requests and with %d credits left: %v", sent, remaining, err)
	}
	free := odds
	free.Cost = 0
	if _, err := c.Fetch(t.Context(), free, &keeper{}); err != nil {
		t.Errorf("a free request is refused: %v", err)
	}
	clock.now = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	remaining = 500
	if _, err := c.Fetch(t.Context(), odds, &keeper{}); err != nil {
		t.Errorf("after the renewal: %v", err)
	}
}

func TestCreditsOfRequestsUnderWayAreSetAside(t *testing.T) {
	l := ledger{quota: Quota{Known: true, Remaining: 10, Reserve: 5}}
	if !l.begin(3, 0) || l.begin(3, 0) || !l.begin(2, 0) {
		t.Error("credits of requests under way are given out twice")
	}
	l.end(3, map[string]string{headerRemaining: "8"}, 1)
	if got := l.snapshot(0); got.Remaining != 6 || got.At != 1 {
		t.Errorf("quota %+v", got)
	}
	l.end(2, nil, 2) // no word: counts as charged
	if got := l.snapshot(0); got.Remaining != 6 {
		t.Errorf("quota %+v", got)
	}
}

func TestCredentialAppearsNowhere(t *testing.T) {
	escaped := url.QueryEscape(string(key))
	echo := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "/other?"+r.URL.RawQuery)
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, `{"message":"bad request %s with %s"}`, r.URL.RawQuery, r.URL.Query().Get("apiKey"))
		}
	}
	unreachable := httptest.NewServer(nil)
	unreachable.Close()
	tests := map[string]struct {
		handle http.HandlerFunc
		change func(*Config)
	}{
		"refused connection": {reply(200, ""), func(cfg *Config) { cfg.BaseURL = unreachable.URL }},
		"unknown host":       {reply(200, ""), func(cfg *Config) { cfg.BaseURL = "http://host.invalid" }},
		"redirect":           {echo(301), nil},
		"echo in an error":   {echo(422), nil},
		"echo in an answer":  {echo(200), nil},
		"broken answer":      {hangUp, nil},
		"timeout": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, func(cfg *Config) {
			cfg.Timeout = 10 * time.Millisecond
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, _ := provider(t, tt.handle, func(cfg *Config) {
				cfg.Attempts = 1
				if tt.change != nil {
					tt.change(cfg)
				}
			})
			if name == "unknown host" {
				c.http.Transport = failing{&url.Error{Op: "Get", URL: "http://host.invalid/?apiKey=" + escaped, Err: fmt.Errorf("dial %s", string(key))}}
			}
			var sink keeper
			_, err := c.Fetch(t.Context(), odds, &sink)
			said := fmt.Sprintf("%v %+v %#v %s", err, err, err, errors.Unwrap(err))
			for _, r := range sink.raws {
				said += fmt.Sprintf("%s %v %v %s", r.Path, r.Query, r.Headers, r.Body)
			}
			for _, spelling := range []string{string(key), escaped} {
				if strings.Contains(said, spelling) {
					t.Errorf("the credential appears in %s", said)
				}
			}
			if err == nil && name != "echo in an answer" {
				t.Error("the request succeeded")
			}
		})
	}
}

// failing is a transport that never connects.
type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

func TestSecretPrintsNothingOfItself(t *testing.T) {
	cfg := testConfig("http://localhost")
	encoded, err := json.Marshal(cfg.Credential)
	if err != nil {
		t.Fatal(err)
	}
	said := string(encoded)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		said += fmt.Sprintf(verb, key) + fmt.Sprintf(verb, cfg.Credential)
	}
	if strings.Contains(said, string(key)) || strings.Contains(said, fmt.Sprintf("%x", string(key))) {
		t.Errorf("the secret is printed: %s", said)
	}
}

func TestShortSecretDoesNotCutData(t *testing.T) {
	if got := Secret("h2h").redactBody([]byte(`"h2h"`), 200); string(got) != `"h2h"` {
		t.Errorf("an answer became %s", got)
	}
	if got := Secret("h2h").redactBody([]byte(`key h2h is wrong`), 401); strings.Contains(string(got), "h2h") {
		t.Errorf("an error became %s", got)
	}
}

func TestImpossibleSettingsAreRefused(t *testing.T) {
	deps := Deps{Rand: func() float64 { return 0 }}
	for name, change := range map[string]func(*Config){
		"no scheme": func(c *Config) { c.BaseURL = "localhost:1" },
		"a query":   func(c *Config) { c.BaseURL = "http://localhost/?apiKey=1" },
		"a user":    func(c *Config) { c.BaseURL = "http://me:pw@localhost/" },
		"no URL":    func(c *Config) { c.BaseURL = "http://[" },
		"no rate":   func(c *Config) { c.PerSecond = 0 },
		"no tries":  func(c *Config) { c.Attempts = 0 },
	} {
		cfg := testConfig("http://localhost")
		change(&cfg)
		if _, err := New(cfg, deps); err == nil {
			t.Errorf("a client with %s was made", name)
		}
	}
	if _, err := New(testConfig("http://localhost"), Deps{}); err == nil {
		t.Error("a client without randomness was made")
	}
}
