// Package exchanges studies files of a betting exchange: what was traded at which
// price, when, at what spread, and which price before the start came closest to
// the result.
package exchanges

import (
	"errors"
	"fmt"
	"io"

	"github.com/betflow/betflow/internal/exchange"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source/betfair"
)

// File is what was read of one file.
type File struct {
	Name      string `json:"file"`
	Messages  int    `json:"messages"`       // changes of markets
	Runners   int    `json:"runner_changes"` // changes of runners
	Others    int    `json:"other_messages"` // heartbeats and what changes no market
	Delayed   int    `json:"delayed"`        // messages of which the exchange said that they were late
	Defects   int    `json:"defects"`
	Compared  int    `json:"ladders_compared"`  // traded ladders that hold or should hold anything, held to their volume
	Disagreed int    `json:"ladders_disagreed"` // of these, with another sum
	First     string `json:"first_disagreement,omitempty"`
}

// course is a market while its file is read.
type course struct {
	*exchange.Course
	file       string
	began      feed.Time // of the first message
	inPlay     feed.Time // of the message that began the event; zero if none did
	samples    []sample  // a minute each, only of minutes with changes
	minute     feed.Time // that is being read
	hasLadders bool      // anything was ever traded or on offer
}

// sample is the state at the end of a minute.
type sample struct {
	at      feed.Time
	runners []runnerSample // in the order of the market's runners
}

type runnerSample struct {
	traded exchange.Total
	offer  exchange.Offer
	both   bool // both sides have an offer
}

// Read follows every market of the files, in their order. Defects are handed to
// bad; progress is told how many files are done.
func Read(files []string, bad func(file string, d feed.Defect), progress func(done, total int)) ([]File, []*Market, error) {
	var read []File
	var markets []*Market
	for i, name := range files {
		f, courses, err := readFile(name, bad)
		if err != nil {
			return nil, nil, err
		}
		read = append(read, f)
		for _, c := range courses {
			markets = append(markets, c.market())
		}
		if progress != nil {
			progress(i+1, len(files))
		}
	}
	return read, markets, nil
}

func readFile(name string, bad func(string, feed.Defect)) (f File, courses []*course, err error) {
	r, err := betfair.Open(name)
	if err != nil {
		return f, nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	f.Name = name
	index := map[string]*course{}
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return f, courses, nil
		}
		if err != nil {
			return f, nil, fmt.Errorf("reading %s: %w", name, err)
		}
		for _, d := range e.Defects {
			f.Defects++
			bad(name, d)
		}
		if e.Message == nil {
			continue
		}
		if e.Message.Delayed() {
			f.Delayed++
		}
		if len(e.Message.Markets) == 0 {
			f.Others++
		}
		for i := range e.Message.Markets {
			change := &e.Message.Markets[i]
			c := index[change.ID]
			if c == nil {
				c = &course{Course: exchange.NewCourse(change.ID), file: name, began: e.Message.Published}
				index[change.ID] = c
				courses = append(courses, c)
			}
			f.Messages++
			f.Runners += len(change.Runners)
			c.apply(change, e.Message.Published)
			f.reconcile(c, e.Line)
		}
	}
}

// reconcile holds every traded ladder to the volume that the exchange gives.
func (f *File) reconcile(c *course, line int) {
	for _, r := range c.Runners {
		if r.Volume == 0 && r.Ladder(exchange.Traded).Total().Volume == 0 {
			continue
		}
		f.Compared++
		if r.Reconciles() {
			continue
		}
		f.Disagreed++
		if f.First == "" {
			f.First = fmt.Sprintf("line %d: the ladder of %d sums to %s, its volume is %s",
				line, r.ID.Selection, r.Ladder(exchange.Traded).Total().Volume, r.Volume)
		}
	}
}

func (c *course) apply(change *exchange.MarketChange, at feed.Time) {
	if minute := at.Truncate(feed.Minute); minute != c.minute {
		if c.minute != 0 {
			c.sample(c.minute + feed.Minute)
		}
		c.minute = minute
	}
	before := c.InPlay()
	c.Course.Apply(change, at)
	if !before && c.InPlay() && c.inPlay == 0 {
		c.inPlay = at
	}
}

// sample keeps the state as it is, of an instant.
func (c *course) sample(at feed.Time) {
	s := sample{at: at}
	for _, r := range c.Runners {
		o, both := r.Offer()
		t := r.Ladder(exchange.Traded).Total()
		c.hasLadders = c.hasLadders || t.Volume > 0 || both
		s.runners = append(s.runners, runnerSample{t, o, both})
	}
	c.samples = append(c.samples, s)
}
