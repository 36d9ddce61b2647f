package backtest

import (
	"context"
	"fmt"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/process"
)

// Captured is a tape of responses as they were captured: they go through the
// operators that work in a running BetFlow, in process.
type Captured struct {
	Normalise process.NormaliseConfig
	Compute   process.ComputeConfig
	// Responses hands over responses in the order of the log, and what else the
	// log says of time. It ends with an error of capture or of tick.
	Responses func(ctx context.Context, capture func(feed.Raw) error, tick func(feed.Time) error) error
	Described About // what it is; Notes are added to

	unread int // parts of responses that could not be read
}

// Play runs the operators over the responses.
func (c *Captured) Play(ctx context.Context, take func(feed.Time, any) error) error {
	var in *process.Inline
	in = process.NewInline(c.Normalise, c.Compute, process.JoinConfig{}, func(_ string, record process.Sequenced) error {
		if _, bad := record.(*feed.Quarantine); bad {
			c.unread++
		}
		return take(in.Time(), record)
	})
	return c.Responses(ctx, in.Capture, in.Tick)
}

// About tells what the tape is.
func (c *Captured) About() About {
	a := c.Described
	if c.unread > 0 {
		a.Notes = append(a.Notes[:len(a.Notes):len(a.Notes)], fmt.Sprintf("%d parts of responses could not be read and are left out", c.unread))
	}
	return a
}
