package parity

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/internal/recount"
)

// Checker checks the windows of one partition. It is used by one goroutine.
type Checker struct {
	cfg     Config
	at      int32
	bound   uint64 // places below it are in the sample
	leagues []*leagueQuotes
	metrics []*metricRows
	next    map[log.Partition]int64 // offset to go on from
	parser  feed.QuoteParser
	quote   feed.Quote
	key     []byte
	logged  int // mismatches in this look
}

// leagueQuotes is what was read of one league's quotes.
type leagueQuotes struct {
	league string
	codec  *log.Codec
	tick   feed.Time // newest
	seq    int64     // of the newest record
	counts []*count  // by metric
}

// count is a recount of one metric over one league.
type count struct {
	*recount.Recount
	metric *metric.Definition
	from   int64     // offset of the first quote that the metric has seen
	begun  bool      // it is known what time it was then
	whole  feed.Time // all values from this event time on were read
	reason string    // why windows from before are not checked
}

// always is before every time, never after every time.
const (
	always = feed.Time(math.MinInt64 / 2)
	never  = feed.Time(math.MaxInt64 / 2)
)

// NewChecker returns the checker of a partition. Since tells for each metric from
// when on it has been computed as it is defined now; without an entry, always.
func NewChecker(cfg Config, partition int32, since map[string]Cut) (*Checker, error) {
	c := &Checker{cfg: cfg, at: partition, bound: boundOf(cfg.Sample), next: map[log.Partition]int64{}}
	for i := range cfg.Metrics {
		d := &cfg.Metrics[i]
		m := newMetricRows(d, cfg.Codecs[log.WindowsTopic(d.Name)], len(cfg.Leagues) > 1)
		c.metrics = append(c.metrics, m)
		// Without transactions a record's offset is its number less one, with them
		// it is higher: nothing is skipped.
		c.next[c.rows(m)] = since[d.Name].Written[c.rows(m)]
	}
	for _, id := range cfg.Leagues {
		l := &leagueQuotes{league: id, codec: cfg.Codecs[log.QuotesTopic(id)]}
		from := int64(math.MaxInt64)
		for i := range cfg.Metrics {
			d := &cfg.Metrics[i]
			n := &count{metric: d, from: since[d.Name].Positions[c.quotes(l)], reason: ReasonBefore}
			if err := n.begin(); err != nil {
				return nil, err
			}
			l.counts = append(l.counts, n)
			from = min(from, n.from)
		}
		c.leagues = append(c.leagues, l)
		c.next[c.quotes(l)] = from
	}
	return c, nil
}

// begin makes a count that has seen nothing.
func (n *count) begin() (err error) {
	n.Recount, err = recount.New(n.metric)
	n.begun, n.whole = n.from == 0, never
	if n.begun {
		n.whole = always
	}
	return err
}

func (c *Checker) quotes(l *leagueQuotes) log.Partition {
	return log.Partition{Topic: log.QuotesTopic(l.league), Partition: c.at}
}

func (c *Checker) rows(m *metricRows) log.Partition {
	return log.Partition{Topic: log.WindowsTopic(m.d.Name), Partition: c.at}
}

// Look checks what has been finished since the last look. Settled are offsets up
// to which all that the compute task makes of its inputs stands in the log. More
// tells that there is work left at once: one look reads only so much.
func (c *Checker) Look(ctx context.Context, settled map[log.Partition]int64) (more bool, err error) {
	var topics []string
	for _, l := range c.leagues {
		topics = append(topics, log.QuotesTopic(l.league))
	}
	for _, m := range c.metrics {
		topics = append(topics, log.WindowsTopic(m.d.Name))
	}
	starts, ends, err := log.Bounds(ctx, c.cfg.Client, topics)
	if err != nil {
		return false, err
	}
	more, err = c.readQuotes(ctx, starts, ends, settled)
	if err != nil {
		return trimmed(err)
	}
	reached := c.count()
	if err := c.readRows(ctx, starts, ends, reached); err != nil {
		return trimmed(err)
	}
	c.logged = 0
	for i, m := range c.metrics {
		c.settle(i, m, reached)
	}
	c.economise()
	return more, nil
}

// trimmed takes what went from the log while it was read for work that is left:
// the next look begins where the log does.
func trimmed(err error) (more bool, _ error) {
	if errors.Is(err, kerr.OffsetOutOfRange) {
		return true, nil
	}
	return false, err
}

// Position returns the offset from which on the quotes of a league are still to
// be read.
func (c *Checker) Position(league string) int64 {
	return c.next[log.Partition{Topic: log.QuotesTopic(league), Partition: c.at}]
}

func (c *Checker) readQuotes(ctx context.Context, starts, ends, settled map[log.Partition]int64) (more bool, err error) {
	pieces, of := map[log.Partition]span{}, map[string]*leagueQuotes{}
	for _, l := range c.leagues {
		p := c.quotes(l)
		of[p.Topic] = l
		if c.next[p] < starts[p] {
			if err := c.restart(l, starts[p]); err != nil {
				return false, err
			}
		}
		end := min(settled[p], ends[p])
		to := min(end, c.next[p]+c.cfg.Records)
		more = more || to < end
		pieces[p] = span{c.next[p], to}
	}
	err = read(ctx, c.cfg.Client, pieces, func(r *kgo.Record) (bool, error) {
		c.next[log.Partition{Topic: r.Topic, Partition: r.Partition}] = r.Offset + 1
		return true, c.take(of[r.Topic], r)
	})
	if err != nil {
		return false, err
	}
	for p, s := range pieces {
		c.next[p] = max(s.from, s.to)
	}
	return more, nil
}

// restart goes on from where the log begins now: what was before is gone, and
// with it what the open windows hold.
func (c *Checker) restart(l *leagueQuotes, start int64) error {
	for _, n := range l.counts {
		if n.from < start {
			n.from, n.reason = start, ReasonTrimmed
		}
		if err := n.begin(); err != nil {
			return err
		}
	}
	c.next[c.quotes(l)] = start
	return nil
}

// take puts the next record of a league's quotes into the recounts.
func (c *Checker) take(l *leagueQuotes, r *kgo.Record) error {
	q := &c.quote
	if err := l.codec.DecodeQuote(r.Value, &c.parser, q); err != nil {
		return err
	}
	if q.Seq <= l.seq {
		return nil // repeated; the processor leaves it out, too
	}
	l.seq = q.Seq
	switch q.Kind {
	case feed.KindTick:
		l.tick = max(l.tick, q.EventTime)
		for _, n := range l.counts {
			if r.Offset < n.from {
				continue
			}
			if !n.begun {
				n.begun, n.whole = true, l.tick+ahead
			}
			n.Tick(l.tick)
		}
	case feed.KindQuote:
		for i, n := range l.counts {
			if !n.begun || r.Offset < n.from || !c.cfg.Filter.wants(n.metric, q) {
				continue
			}
			c.key = c.metrics[i].keyer.Append(c.key[:0], q)
			if place := placeOf(n.metric.Name, c.key); place < c.bound {
				n.Add(q, r.Offset, place)
			}
		}
	}
	return nil
}

// wants tells whether a quote is of what is to be checked.
func (f *Filter) wants(d *metric.Definition, q *feed.Quote) bool {
	return f.Fixture == "" || q.FixtureID == f.Fixture && slices.Contains(d.Keys, "fixture_id")
}

// count expects the windows that are closed for good. It returns the time up to
// which all leagues have come: what was due by then stands in the log.
func (c *Checker) count() (reached feed.Time) {
	reached = never
	for _, l := range c.leagues {
		reached = min(reached, l.tick)
		for i, n := range l.counts {
			for _, w := range n.Final() {
				c.metrics[i].expect(&expected{Window: w, league: l.league, due: l.tick})
			}
		}
	}
	return reached
}

// economise halves the sample while too much is kept. Which series stay depends
// on their places alone.
func (c *Checker) economise() {
	for c.held() > c.cfg.Values && c.bound > 1 {
		c.bound /= 2
		for _, l := range c.leagues {
			for _, n := range l.counts {
				n.Keep(c.bound)
			}
		}
		for _, m := range c.metrics {
			var found findings
			m.keep(c.bound, &found)
			c.cfg.Journal.note(m.d.Name, &found, c.cfg.Now())
		}
		c.cfg.Logger.Info("parity checks fewer series to stay within its memory", "partition", c.at, "share", float64(c.bound)/math.MaxUint64)
	}
}

func (c *Checker) held() (n int) {
	for _, l := range c.leagues {
		for _, r := range l.counts {
			n += r.Held()
		}
	}
	for _, m := range c.metrics {
		n += len(m.last) + len(m.expected)
	}
	return n
}

// report logs a mismatch, unless a look has found many.
func (c *Checker) report(m *Mismatch) {
	const most = 10
	switch c.logged++; {
	case c.logged <= most:
		c.cfg.Logger.Error("the stream and a recount of its input disagree", "metric", m.Metric, "series", m.Series, "window", m.Size,
			"start", m.Start, "end", m.End, "what", m.What, "stream", m.Stream, "recount", m.Recount,
			"row", fmt.Sprintf("%s/%d@%d", log.WindowsTopic(m.Metric), m.Partition, m.Row), "revision", m.Revision,
			"quotes", fmt.Sprintf("%s/%d@%d-%d", log.QuotesTopic(m.League), m.Partition, m.From, m.To))
	case c.logged == most+1:
		c.cfg.Logger.Error("there are more disagreements, which are only counted", "partition", m.Partition)
	}
}
