package exchange

import "github.com/betflow/betflow/internal/feed"

// Market is the state of one market, built from its changes.
type Market struct {
	ID         string
	Published  feed.Time // of the last change
	Definition *Definition
	Volume     Money     // traded on all runners, as the exchange says
	Runners    []*Runner // in order of first sight

	Images    int // changes that replaced the state
	Conflated int // changes that were several merged into one

	index map[RunnerID]*Runner
}

// NewMarket returns an empty market.
func NewMarket(id string) *Market { return &Market{ID: id, index: map[RunnerID]*Runner{}} }

// Runner returns a runner by its id, nil if it is not known.
func (m *Market) Runner(id RunnerID) *Runner { return m.index[id] }

// InPlay tells whether the event runs, by the last definition.
func (m *Market) InPlay() bool { return m.Definition != nil && m.Definition.InPlay }

// Closed tells whether the market is over, by the last definition.
func (m *Market) Closed() bool { return m.Definition != nil && m.Definition.Status == "CLOSED" }

// Apply takes a change into the state. What the change holds is copied, but for
// its definition, which the market keeps.
func (m *Market) Apply(c *MarketChange, published feed.Time) {
	m.Published = published
	if c.Conflated {
		m.Conflated++
	}
	if c.Image {
		m.Images++
		m.Volume, m.Runners = 0, nil
		clear(m.index)
	}
	if c.Definition != nil {
		m.Definition = c.Definition
	}
	if c.Volume != nil {
		m.Volume = *c.Volume
	}
	for i := range c.Runners {
		change := &c.Runners[i]
		r := m.index[change.ID]
		if r == nil {
			r = &Runner{ID: change.ID}
			m.index[change.ID] = r
			m.Runners = append(m.Runners, r)
		}
		r.apply(change)
	}
}

// Clone returns a copy that later changes do not touch.
func (m *Market) Clone() *Market {
	out := *m
	out.Runners = make([]*Runner, len(m.Runners))
	out.index = make(map[RunnerID]*Runner, len(m.Runners))
	for i, r := range m.Runners {
		out.Runners[i] = r.clone()
		out.index[r.ID] = out.Runners[i]
	}
	return &out
}
