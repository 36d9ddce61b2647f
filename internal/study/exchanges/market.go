package exchanges

import (
	"math"

	"github.com/betflow/betflow/internal/exchange"
	"github.com/betflow/betflow/internal/feed"
)

// Market is what a market's course shows.
type Market struct {
	File      string    `json:"file"`
	ID        string    `json:"market"`
	Type      string    `json:"type"`
	Name      string    `json:"name"`
	Start     feed.Time `json:"start"`        // when it went in play, else as scheduled
	WentLive  bool      `json:"went_in_play"` // it went in play
	Hours     float64   `json:"hours"`        // from the first message to the last
	Images    int       `json:"images"`
	Conflated int       `json:"conflated"`

	BeforeInPlay []Runner `json:"before_in_play"` // state before the first in-play message, empty if there was none
	BeforeClose  []Runner `json:"before_close"`   // state before the volume vanished
	Phases       []Phase  `json:"phases"`         // the time to the start and after it; empty for files without ladders
	Path         []Step   `json:"path"`           // by hour before the start; likewise
	Around       []Step   `json:"around"`         // by minute around the start; likewise
}

// Runner is a runner's state. Numbers that the file does not have are null.
type Runner struct {
	Selection  int64    `json:"selection"`
	Handicap   float64  `json:"handicap"`
	Name       string   `json:"name"`
	Result     string   `json:"result"` // WINNER, LOSER, ...
	Levels     int      `json:"levels"`
	Volume     float64  `json:"volume"`
	VWAP       *float64 `json:"vwap"`
	Last       *float64 `json:"last"`
	Back       *float64 `json:"back"`
	Lay        *float64 `json:"lay"`
	Ticks      *int     `json:"spread_ticks"`
	Microprice *float64 `json:"microprice"`
	HourVWAP   *float64 `json:"vwap_last_hour"` // of the hour before the start; before in-play only
}

// Phase is a stretch of time before or after the start.
type Phase struct {
	Name   string   `json:"phase"`
	Volume float64  `json:"volume"`       // traded in it on all runners
	Share  *float64 `json:"share"`        // of all that was traded; null without volumes
	Spread *float64 `json:"spread_ticks"` // mean over minutes and runners with both offers
	N      int      `json:"spread_minutes"`
}

// Step is one interval of a path.
type Step struct {
	Offset float64    `json:"offset_s"` // of its end from the start
	Volume float64    `json:"volume"`
	VWAP   []*float64 `json:"vwap"` // of the interval alone, by runner as in BeforeClose
}

// phases are the stretches, by the end of each as distance from the start.
var phases = []struct {
	name string
	end  feed.Time
}{
	{"more than a day before", -24 * feed.Hour}, {"24 to 6 hours", -6 * feed.Hour}, {"6 to 1 hours", -feed.Hour},
	{"last hour", -10 * feed.Minute}, {"last 10 minutes", 0}, {"in play", feed.Time(math.MaxInt64)},
}

// Steps of the paths.
const (
	pathHours     = 24
	aroundMinutes = 60
)

// market computes what the course shows, when its file has been read.
func (c *course) market() *Market {
	m := &Market{
		File: c.file, ID: c.ID, WentLive: c.inPlay != 0, Start: c.inPlay, Hours: c.Published.Sub(c.began).Hours(),
		Images: c.Images, Conflated: c.Conflated, BeforeInPlay: []Runner{}, BeforeClose: []Runner{}, Phases: []Phase{}, Path: []Step{}, Around: []Step{},
	}
	if d := c.Definition; d != nil {
		m.Type, m.Name = d.MarketType, d.EventName
		if !m.WentLive {
			m.Start = d.MarketTime
		}
	}
	last := c.BeforeClose
	if last == nil { // the file ends before the market does
		last = c.Market
	}
	c.sample(c.minute + feed.Minute)
	c.cut(last.Published)
	for _, r := range last.Runners {
		m.BeforeClose = append(m.BeforeClose, c.runner(r))
	}
	if c.BeforeInPlay != nil {
		for i, r := range c.BeforeInPlay.Runners {
			one := c.runner(r)
			one.HourVWAP = number(c.traded(i, m.Start).Since(c.traded(i, m.Start-feed.Hour)).VWAP())
			m.BeforeInPlay = append(m.BeforeInPlay, one)
		}
	}
	if m.Start == 0 {
		return m
	}
	if c.hasLadders {
		m.Phases = c.phases(m.Start)
		m.Path = c.path(m.Start, pathHours, 0, feed.Hour)
		m.Around = c.path(m.Start, aroundMinutes, aroundMinutes, feed.Minute)
	}
	return m
}

// cut drops the samples after the volume vanished and puts the state before that
// at their end.
func (c *course) cut(last feed.Time) {
	for len(c.samples) > 0 && c.samples[len(c.samples)-1].at > last {
		c.samples = c.samples[:len(c.samples)-1]
	}
	if b := c.BeforeClose; b != nil {
		end := &course{Course: &exchange.Course{Market: b}}
		end.sample(last)
		c.samples = append(c.samples, end.samples...)
	}
}

func (c *course) runner(r *exchange.Runner) Runner {
	t := r.Ladder(exchange.Traded)
	out := Runner{
		Selection: r.ID.Selection, Handicap: r.ID.Handicap, Levels: len(t.Levels()), Volume: t.Total().Volume.Float(), VWAP: number(t.Total().VWAP()),
		Last: price(r.LastPrice), Back: price(r.BestBack().Price), Lay: price(r.BestLay().Price),
	}
	if o, ok := r.Offer(); ok {
		ticks := o.Ticks()
		out.Ticks, out.Microprice = &ticks, number(o.Microprice(), true)
	}
	if c.Definition == nil {
		return out
	}
	for _, d := range c.Definition.Runners {
		if d.ID == r.ID {
			out.Name, out.Result = d.Name, d.Status
		}
	}
	return out
}

// at returns the last sample up to an instant, nil if there is none.
func (c *course) at(t feed.Time) *sample {
	low, high := 0, len(c.samples)
	for low < high {
		if mid := (low + high) / 2; c.samples[mid].at <= t {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low == 0 {
		return nil
	}
	return &c.samples[low-1]
}

// traded returns what had been traded on a runner up to an instant. At the moment
// of the start it is exact; elsewhere it is that of the last whole minute.
func (c *course) traded(runner int, t feed.Time) exchange.Total {
	if b := c.BeforeInPlay; b != nil && t == c.inPlay {
		if runner < len(b.Runners) {
			return b.Runners[runner].Ladder(exchange.Traded).Total()
		}
		return exchange.Total{}
	}
	if s := c.at(t); s != nil && runner < len(s.runners) {
		return s.runners[runner].traded
	}
	return exchange.Total{}
}

func (c *course) runners() int {
	if len(c.samples) == 0 {
		return 0
	}
	return len(c.samples[len(c.samples)-1].runners)
}

func (c *course) phases(start feed.Time) []Phase {
	var out []Phase
	from, total := feed.Time(0), exchange.Money(0)
	for i := range c.runners() {
		total += c.traded(i, feed.Time(math.MaxInt64)).Volume
	}
	for _, p := range phases {
		to := p.end
		if to != math.MaxInt64 {
			to += start
		}
		one := Phase{Name: p.name}
		volume := exchange.Money(0)
		for i := range c.runners() {
			volume += c.traded(i, to).Since(c.traded(i, from)).Volume
		}
		one.Volume = volume.Float()
		if total > 0 {
			one.Share = number(float64(volume)/float64(total), true)
		}
		ticks := 0
		for i := range c.samples {
			if s := &c.samples[i]; s.at > from && s.at <= to {
				for j := range s.runners {
					if s.runners[j].both {
						ticks += s.runners[j].offer.Ticks()
						one.N++
					}
				}
			}
		}
		if one.N > 0 {
			one.Spread = number(float64(ticks)/float64(one.N), true)
		}
		out = append(out, one)
		from = to
	}
	return out
}

// path returns the intervals of a length from n before the start to m after it.
func (c *course) path(start feed.Time, n, m int, length feed.Time) []Step {
	var out []Step
	for k := -n; k < m; k++ {
		from, to := start+feed.Time(k)*length, start+feed.Time(k+1)*length
		s := Step{Offset: to.Sub(start).Seconds()}
		volume := exchange.Money(0)
		for i := range c.runners() {
			t := c.traded(i, to).Since(c.traded(i, from))
			volume += t.Volume
			s.VWAP = append(s.VWAP, number(t.VWAP()))
		}
		s.Volume = volume.Float()
		out = append(out, s)
	}
	return out
}

func number(v float64, ok bool) *float64 {
	if !ok || math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func price(p exchange.Price) *float64 { return number(p.Float(), p != 0) }
