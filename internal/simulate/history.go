package simulate

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/source"
	"github.com/betflow/betflow/internal/source/espn"
	"github.com/betflow/betflow/internal/source/theoddsapi"
)

// Poll is a stretch of simulated time and how often the providers are asked in
// it. The zero value of an interval stands for never.
type Poll struct {
	From, To feed.Time // whole seconds; To is not part of it
	Odds     feed.Time // between questions for a league's prices
	Games    feed.Time // between questions for a league's scoreboard
	Offer    theoddsapi.Offer
}

// History is the past of a simulated world as a client would have captured it,
// without a network or a clock: for backtests and studies that hold what they
// find to the truth.
type History struct {
	World *Simulator // to be asked for fixtures and truth
	poll  Poll
	at    feed.Time // the world's present
}

// ErrPoll is returned for a poll that asks for nothing.
var ErrPoll = errors.New("a history needs an end behind its beginning and an interval of at least a second")

// NewHistory prepares a history. It takes the world's time into its own hands:
// Start, Speed and Now of the configuration are ignored. Besides ErrPoll its
// errors are those of New.
func NewHistory(c Config, p Poll) (*History, error) {
	if p.To <= p.From || p.Odds < feed.Second && p.Games < feed.Second {
		return nil, ErrPoll
	}
	h := &History{poll: p, at: p.From}
	c.Start, c.Speed, c.Now = p.From.Std(), 1, func() time.Time { return h.at.Std() }
	var err error
	h.World, err = New(c)
	return h, err
}

// Responses yields the responses in the order in which they were complete, at
// one instant games before odds and leagues in the order of the configuration.
func (h *History) Responses(yield func(feed.Raw) bool) {
	handler := h.World.Handler()
	for h.at = h.poll.From; h.at < h.poll.To; h.at += feed.Second {
		since := h.at - h.poll.From
		for _, q := range []struct {
			source  string
			every   feed.Time
			request func(league.League) source.Request
		}{
			{feed.SourceGames, h.poll.Games, func(l league.League) source.Request { return espn.Scoreboard(l, nil) }},
			{feed.SourceOdds, h.poll.Odds, func(l league.League) source.Request { return theoddsapi.Odds(l, h.poll.Offer) }},
		} {
			if q.every < feed.Second || since%q.every != 0 {
				continue
			}
			for i := range h.World.config.Leagues {
				if !yield(h.ask(handler, q.source, q.request(h.World.config.Leagues[i]))) {
					return
				}
			}
		}
	}
}

// historyKey is the credential of whoever asks here.
const historyKey = "history"

// ask puts a question to the world's present.
func (h *History) ask(handler http.Handler, from string, q source.Request) feed.Raw {
	query := url.Values{}
	for name, value := range q.Query {
		query.Set(name, value)
	}
	if from == feed.SourceOdds {
		query.Set("apiKey", historyKey)
	}
	answer := &capture{header: http.Header{}, status: http.StatusOK}
	handler.ServeHTTP(answer, &http.Request{
		Method: http.MethodGet, URL: &url.URL{Path: q.Path, RawQuery: query.Encode()}, Header: http.Header{}, Host: "simulator",
	})
	return feed.Raw{
		Source: from, League: q.League, FetchedAt: h.at, Path: q.Path, Query: q.Query,
		Status: answer.status, Headers: map[string]string{}, Body: answer.body.Bytes(), Cost: q.Cost,
	}
}

// capture keeps what a handler answers.
type capture struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (c *capture) Header() http.Header         { return c.header }
func (c *capture) WriteHeader(status int)      { c.status = status }
func (c *capture) Write(b []byte) (int, error) { return c.body.Write(b) }
