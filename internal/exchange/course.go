package exchange

import "github.com/betflow/betflow/internal/feed"

// Course follows a market from its first change on and keeps the two states that
// are asked for most: the last one before the event began and the last one
// before the market closed. The closing state is not the last state: when a
// market is settled the exchange first takes away every level and volume.
type Course struct {
	*Market
	BeforeInPlay *Market // nil until the market has gone in play
	BeforeClose  *Market // nil until the market has closed

	emptied *Market // the state before the volume was taken away
}

// NewCourse follows a market that nothing is known of yet.
func NewCourse(id string) *Course { return &Course{Market: NewMarket(id)} }

// Apply takes a change into the state.
func (c *Course) Apply(change *MarketChange, published feed.Time) {
	d := change.Definition
	if d != nil && d.InPlay && !c.InPlay() && c.BeforeInPlay == nil && c.Definition != nil {
		c.BeforeInPlay = c.Clone()
	}
	switch {
	case c.empties(change):
		c.emptied = c.Clone()
	case d != nil && d.Status == "CLOSED" && !c.Closed():
		c.BeforeClose = c.emptied
		if c.emptied == nil { // a file without volumes, or one that stops before they vanish
			c.BeforeClose = c.Clone()
		}
	}
	c.Market.Apply(change, published)
	if c.emptied != nil && c.traded() {
		c.emptied = nil // trading has gone on: it was no end
	}
}

// empties tells whether the change takes the volume away from every runner that
// has one.
func (c *Course) empties(change *MarketChange) bool {
	losing := 0
	for i := range change.Runners {
		v := change.Runners[i].Volume
		if r := c.Runner(change.Runners[i].ID); r != nil && v != nil && *v == 0 && r.Volume > 0 {
			losing++
		}
	}
	if losing == 0 {
		return false
	}
	for _, r := range c.Runners {
		if r.Volume > 0 {
			losing--
		}
	}
	return losing == 0
}

// traded tells whether any runner has a volume.
func (c *Course) traded() bool {
	for _, r := range c.Runners {
		if r.Volume > 0 {
			return true
		}
	}
	return false
}
