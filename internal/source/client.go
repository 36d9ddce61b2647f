package source

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/betflow/betflow/internal/feed"
)

// Config describes one provider to a Client. The packages of the providers
// return one with everything set but the credential.
type Config struct {
	Source     string                        // one of feed.Sources
	BaseURL    string                        // such as https://api.the-odds-api.com; the simulator's serves the same paths
	Credential Credential                    // zero where the provider asks for none
	PerSecond  float64                       // requests a second in the long run
	Burst      int                           // requests at once after a rest
	Timeout    time.Duration                 // of one attempt, body included
	Attempts   int                           // how often a request is sent before it is given up
	Backoff    Backoff                       // between attempts; a provider that asks for more than Max is left to the schedule
	MaxBody    int64                         // bytes of a decompressed body
	Reserve    int                           // credits that are never spent
	Renewal    func(now feed.Time) feed.Time // when credits are renewed next, such as MonthEnd; nil: never
	Explain    func(body []byte) string      // the provider's own words in the body of an error, "" if it has none
}

// Deps are what a Client needs from outside.
type Deps struct {
	Transport http.RoundTripper // nil: http.DefaultTransport
	Clock     Clock             // zero: SystemClock
	Rand      func() float64    // in [0, 1), safe for concurrent use
}

// Client sends the requests of one provider: within its rate and its credits,
// again where that may help, conditionally where the provider allows it. It is
// safe for concurrent use.
type Client struct {
	cfg        Config
	base       *url.URL
	http       *http.Client
	clock      Clock
	rand       func() float64
	limit      *rate.Limiter
	ledger     ledger
	validators validators
	counters   counters
}

// New returns a client. The error names the setting that cannot be.
func New(cfg Config, deps Deps) (*Client, error) {
	base, err := url.Parse(cfg.BaseURL)
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading base URL of %s: %w", cfg.Source, cfg.Credential.Secret.redactError(err))
	case base.Scheme != "http" && base.Scheme != "https", base.Host == "", base.RawQuery != "", base.User != nil:
		return nil, fmt.Errorf("base URL of %s must be http(s)://host[:port][/path] without user and query", cfg.Source)
	case cfg.PerSecond <= 0, cfg.Burst < 1, cfg.Attempts < 1, cfg.Timeout <= 0, cfg.MaxBody <= 0:
		return nil, fmt.Errorf("settings of %s: rate, burst, attempts, timeout and body limit must be positive", cfg.Source)
	case deps.Rand == nil:
		return nil, errors.New("a client needs a source of randomness")
	}
	if deps.Clock.Now == nil {
		deps.Clock = SystemClock()
	}
	c := &Client{
		cfg:   cfg,
		base:  base,
		clock: deps.Clock,
		rand:  deps.Rand,
		limit: rate.NewLimiter(rate.Limit(cfg.PerSecond), cfg.Burst),
		http: &http.Client{
			Transport: deps.Transport,
			// Following a redirect would carry the credential to another host
			// in the Referer header.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	c.ledger.quota.Reserve = cfg.Reserve
	c.ledger.renewal = cfg.Renewal
	return c, nil
}

// Source names the provider.
func (c *Client) Source() string { return c.cfg.Source }

// Quota is what is known about the provider's credits now.
func (c *Client) Quota() Quota { return c.ledger.snapshot(c.clock.instant()) }

// Counts is what the client has done so far.
func (c *Client) Counts() Counts { return c.counters.snapshot() }

// Fetch sends a request until it is answered with data, and hands every answer
// on the way to the sink, errors of the provider included. The error is an
// *Error, or wraps ErrCapture if the sink failed, or is the context's.
func (c *Client) Fetch(ctx context.Context, req Request, sink Sink) (Answer, error) {
	for attempt := 1; ; attempt++ {
		answer, err := c.attempt(ctx, req, sink)
		if err == nil {
			return answer, nil
		}
		wait, again := c.again(err, req, attempt)
		if !again {
			return Answer{}, err
		}
		if err := c.clock.Sleep(ctx, wait); err != nil {
			return Answer{}, err
		}
		c.counters.add(func(n *Counts) { n.Retries++ })
	}
}

// again decides whether and after how long a failed request is sent once more.
// What may have been charged is not bought twice.
func (c *Client) again(err error, req Request, attempt int) (wait time.Duration, again bool) {
	var e *Error
	if !errors.As(err, &e) || attempt >= c.cfg.Attempts || e.RetryAfter > c.cfg.Backoff.Max {
		return 0, false
	}
	wait = e.RetryAfter + c.cfg.Backoff.Delay(attempt, c.rand())
	return wait, e.Class == Retryable || e.Class == Ambiguous && req.Cost == 0
}

// attempt sends a request once and captures what came.
func (c *Client) attempt(ctx context.Context, req Request, sink Sink) (Answer, error) {
	if err := c.admit(ctx); err != nil {
		return Answer{}, err
	}
	if !c.ledger.begin(req.Cost, c.clock.instant()) {
		return Answer{}, &Error{
			Class: Exhausted, Source: c.cfg.Source, Path: req.Path,
			Hint: "credits come back with the next period; lower the reserve or change the plan to go on now",
			Err:  fmt.Errorf("%d credits are left and %d are held in reserve", c.Quota().Remaining, c.cfg.Reserve),
		}
	}
	raw, answered, err := c.send(ctx, req)
	c.ledger.end(req.Cost, raw.Headers, c.clock.instant())
	if !answered {
		return Answer{}, c.failure(ctx, req, raw, err)
	}
	if captureErr := sink.Capture(ctx, raw); captureErr != nil {
		return Answer{}, fmt.Errorf("%w of %s%s: %w", ErrCapture, c.cfg.Source, req.Path, captureErr)
	}
	if err != nil {
		return Answer{}, c.failure(ctx, req, raw, err)
	}
	if _, good := statusVerdict(raw.Status); !good {
		return Answer{}, c.refusal(req, raw)
	}
	answer := Answer{Raw: raw, Unchanged: raw.Status == http.StatusNotModified}
	if !answer.Unchanged {
		c.validators.put(req.key(), raw.Headers)
	}
	c.counters.good(answer)
	return answer, nil
}

// admit waits for the rate limit's leave.
func (c *Client) admit(ctx context.Context) error {
	now := c.clock.Now()
	r := c.limit.ReserveN(now, 1)
	if err := c.clock.Sleep(ctx, r.DelayFrom(now)); err != nil {
		r.CancelAt(c.clock.Now())
		return err
	}
	return nil
}

// failure names an attempt that brought no whole answer.
func (c *Client) failure(ctx context.Context, req Request, raw feed.Raw, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	cause = c.cfg.Credential.Secret.redactError(cause)
	v := causeVerdict(cause, raw.Status != 0)
	e := &Error{
		Class: v.class, Source: c.cfg.Source, Path: req.Path, Status: raw.Status,
		Hint: v.hint, Timeout: isTimeout(cause), Err: cause,
	}
	c.counters.bad(e)
	return e
}

// refusal names an answer that is an error.
func (c *Client) refusal(req Request, raw feed.Raw) error {
	e := Answered(c.cfg.Source, raw.Status, "")
	e.Path = req.Path
	e.RetryAfter = retryAfter(raw.Headers["retry-after"], c.clock.Now())
	if c.cfg.Explain != nil {
		e.Message = strings.TrimSpace(c.cfg.Credential.Secret.redactText(c.cfg.Explain(raw.Body)))
	}
	c.counters.bad(e)
	return e
}
