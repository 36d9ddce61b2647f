package source

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"

	"github.com/betflow/betflow/internal/feed"
)

// HeaderIncomplete marks, among the captured headers, a body of which only a
// part came, with the reason.
const HeaderIncomplete = "betflow-incomplete"

// kept are the response headers that are captured: what the answer is, what it
// cost, how long it holds. Others may carry cookies or the request's URL.
var kept = []string{
	"content-type", "date", "age", "cache-control", "etag", "last-modified", "retry-after",
	headerRemaining, headerUsed, headerLast,
}

// send makes one HTTP exchange. answered tells that a status came; err may
// still say that the body did not come whole, and raw then holds what did.
func (c *Client) send(ctx context.Context, req Request) (raw feed.Raw, answered bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	r, err := c.request(ctx, req)
	if err != nil {
		return feed.Raw{}, false, err
	}
	c.counters.add(func(n *Counts) { n.Requests++ })
	resp, err := c.http.Do(r)
	if err != nil {
		return feed.Raw{}, false, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := c.body(resp.Body)
	raw = feed.Raw{
		Source:    c.cfg.Source,
		League:    req.League,
		FetchedAt: c.clock.instant(),
		Path:      req.Path,
		Query:     maps.Clone(req.Query),
		Status:    resp.StatusCode,
		Headers:   captured(resp.Header),
		Body:      c.cfg.Credential.Secret.redactBody(body, resp.StatusCode),
	}
	delete(raw.Query, c.cfg.Credential.Param)
	raw.Cost = CostOf(raw.Headers)
	if err != nil {
		raw.Headers[HeaderIncomplete] = c.cfg.Credential.Secret.redactError(err).Error()
	}
	c.counters.add(func(n *Counts) { n.Bytes += int64(len(body)); n.Credits += int64(raw.Cost) })
	return raw, true, err
}

// request builds the HTTP request. The credential joins it here and nowhere
// earlier.
func (c *Client) request(ctx context.Context, req Request) (*http.Request, error) {
	u := c.base.JoinPath(req.Path)
	u.RawQuery = req.encode(c.cfg.Credential)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "betflow")
	v := c.validators.get(req.key())
	if v.etag != "" {
		r.Header.Set("If-None-Match", v.etag)
	}
	if v.modified != "" {
		r.Header.Set("If-Modified-Since", v.modified)
	}
	return r, nil // without Accept-Encoding set, net/http asks for gzip and undoes it
}

// body reads at most the client's limit. What was read is returned with any
// error.
func (c *Client) body(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, c.cfg.MaxBody+1))
	if int64(len(body)) > c.cfg.MaxBody {
		return body[:c.cfg.MaxBody], fmt.Errorf("%w of %d bytes", errTooLarge, c.cfg.MaxBody)
	}
	return body, err
}

func captured(h http.Header) map[string]string {
	headers := make(map[string]string, len(kept))
	for _, name := range kept {
		if value := h.Get(name); value != "" {
			headers[name] = value
		}
	}
	return headers
}
