package parity

import (
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/metric"
)

// settle compares what is due of one metric, and forgets it.
func (c *Checker) settle(i int, m *metricRows, reached feed.Time) {
	var found findings
	for n, all := range m.expected {
		rest := all[:0]
		for _, e := range all {
			if e.due > reached {
				rest = append(rest, e)
				continue
			}
			c.compare(i, m, n, e, &found)
		}
		if m.expected[n] = rest; len(rest) == 0 {
			delete(m.expected, n)
			delete(m.last, n)
		}
	}
	for n, rows := range m.last {
		x := rows[len(rows)-1]
		if _, waits := m.expected[n]; waits || x.end+m.grace > reached || m.kind == metric.KindSession && c.open(i, n) {
			continue
		}
		// A revision that takes the row back was due by the tick that closed the
		// window in its league.
		if x.due == 0 {
			x.due = c.newest()
		}
		if x.due > reached {
			continue
		}
		delete(m.last, n)
		if !m.shared { // or it has been the row of a window that is gone
			c.tooMuch(i, m, n, x, &found)
		}
	}
	found.sort()
	for k := range found.mismatches {
		c.report(&found.mismatches[k])
	}
	c.cfg.Journal.note(m.d.Name, &found, c.cfg.Now())
}

// open tells whether a session that had a row has grown since, or was joined into
// another, which is not closed yet.
func (c *Checker) open(i int, n name) bool {
	for _, l := range c.leagues {
		if l.counts[i].Holds(n.key, n.span, n.at) {
			return true
		}
	}
	return false
}

// newest returns the time up to which the league has come that is ahead.
func (c *Checker) newest() (t feed.Time) {
	for _, l := range c.leagues {
		t = max(t, l.tick)
	}
	return t
}

// compare holds a window against the stream's last row of it.
func (c *Checker) compare(i int, m *metricRows, n name, e *expected, found *findings) {
	rows := m.last[n]
	start, empty := e.Start, m.empty(e.Values)
	if len(rows) > 0 {
		x := rows[len(rows)-1]
		start, empty = min(start, x.start), empty && m.empty(x.values)
	}
	if empty || !c.cfg.Filter.takes(e.End) {
		return
	}
	if reason := c.unknown(i, m, n.span, start, e.End, e.league); reason != "" {
		found.leave(reason)
		return
	}
	found.checked++
	mismatch := c.label(m, n, WhatMissing)
	mismatch.League, mismatch.Start, mismatch.End, mismatch.From, mismatch.To = e.league, e.Start, e.End, e.First, e.Last
	for _, x := range rows {
		if mismatch.What, mismatch.Stream, mismatch.Recount = m.differs(x, e); mismatch.What == "" {
			return
		}
		mismatch.Row, mismatch.Revision = x.offset, x.revision
	}
	found.mismatches = append(found.mismatches, mismatch)
}

// tooMuch books a row that no window is expected for.
func (c *Checker) tooMuch(i int, m *metricRows, n name, x *row, found *findings) {
	if m.empty(x.values) || !c.cfg.Filter.takes(x.end) {
		return
	}
	for _, l := range c.leagues {
		if reason := c.unknown(i, m, n.span, x.start, x.end, l.league); reason != "" {
			found.leave(reason)
			return
		}
	}
	found.checked++
	mismatch := c.label(m, n, WhatExtra)
	mismatch.Start, mismatch.End, mismatch.Row, mismatch.Revision = x.start, x.end, x.offset, x.revision
	found.mismatches = append(found.mismatches, mismatch)
}

// unknown tells why a window of a league cannot be checked, "" if it can: the
// checker has read all quotes that may be in it, and all rows of it.
func (c *Checker) unknown(i int, m *metricRows, span int, start, end feed.Time, league string) (reason string) {
	if m.kind == metric.KindSession {
		start -= m.every[span] // a value there would have put its start earlier
	}
	for _, l := range c.leagues {
		if n := l.counts[i]; l.league == league && start < n.whole {
			return n.reason
		}
	}
	if end-m.every[span] < m.whole {
		return ReasonTrimmed
	}
	return ""
}
