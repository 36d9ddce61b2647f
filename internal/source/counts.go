package source

import (
	"net/http"
	"sync"
)

// Counts is what a client has done since it was made.
type Counts struct {
	Requests     int64 `json:"requests"`      // sent, retries included
	Answers      int64 `json:"answers"`       // with data
	Unchanged    int64 `json:"unchanged"`     // "the last answer still holds"
	Retries      int64 `json:"retries"`       // requests sent again
	TooMany      int64 `json:"too_many"`      // status 429
	ServerErrors int64 `json:"server_errors"` // status 5xx
	Refused      int64 `json:"refused"`       // any other status that is no data
	Timeouts     int64 `json:"timeouts"`      // no answer in time
	Broken       int64 `json:"broken"`        // connection or body broken
	Bytes        int64 `json:"bytes"`         // of bodies, decompressed
	Credits      int64 `json:"credits"`       // charged by the provider
}

type counters struct {
	mu sync.Mutex
	n  Counts
}

func (c *counters) snapshot() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

func (c *counters) add(change func(*Counts)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.n)
}

// good counts an answer that holds data or says nothing changed.
func (c *counters) good(a Answer) {
	c.add(func(n *Counts) {
		if a.Unchanged {
			n.Unchanged++
			return
		}
		n.Answers++
	})
}

// bad counts an error under exactly one heading.
func (c *counters) bad(e *Error) {
	c.add(func(n *Counts) {
		switch {
		case e.Timeout:
			n.Timeouts++
		case e.Err != nil:
			n.Broken++
		case e.Status == http.StatusTooManyRequests:
			n.TooMany++
		case e.Status >= 500:
			n.ServerErrors++
		default:
			n.Refused++
		}
	})
}
