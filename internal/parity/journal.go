package parity

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// Mismatch is a window of which the stream and the recount say different things.
type Mismatch struct {
	Found     time.Time `json:"found"`
	Metric    string    `json:"metric"`
	Partition int32     `json:"partition"`
	League    string    `json:"league,omitempty"` // unknown of a row without quotes
	Size      string    `json:"window_size"`
	Start     feed.Time `json:"window_start"`
	End       feed.Time `json:"window_end"`
	Series    string    `json:"series"` // the values of the key columns
	What      string    `json:"what"`   // missing, extra, or the column that differs
	Stream    string    `json:"stream,omitempty"`
	Recount   string    `json:"recount,omitempty"`
	Revision  int32     `json:"revision"`           // of the stream's last row
	Row       int64     `json:"row_offset"`         // of that row; -1 where there is none
	From      int64     `json:"quotes_from_offset"` // of the quotes in the window; -1 where there are none
	To        int64     `json:"quotes_to_offset"`   // the last one
}

// What a mismatch is, where it is no column.
const (
	WhatMissing = "missing" // the stream has no row
	WhatExtra   = "extra"   // the log has no quotes for the row
)

// Counts are the windows of one metric.
type Counts struct {
	Checked    int64            `json:"checked"` // mismatches among them
	Mismatches int64            `json:"mismatches"`
	Unchecked  map[string]int64 `json:"unchecked"` // by reason
}

// Summary is what a journal says.
type Summary struct {
	Checked    int64             `json:"checked"`
	Mismatches int64             `json:"mismatches"`
	Unchecked  map[string]int64  `json:"unchecked"`
	Last       time.Time         `json:"last_look,omitzero"` // when somebody last looked, whatever was found
	Metrics    map[string]Counts `json:"metrics"`
	Recent     []Mismatch        `json:"recent"` // the newest mismatches, the newest first
}

// remembered is how many mismatches a journal keeps.
const remembered = 100

// Journal counts what checkers find. It is safe for concurrent use.
type Journal struct {
	mu      sync.Mutex
	metrics map[string]*Counts
	last    time.Time
	recent  []Mismatch // the oldest first
}

// NewJournal returns a journal of metrics, of which none has been checked.
func NewJournal(metrics ...string) *Journal {
	j := &Journal{metrics: map[string]*Counts{}}
	for _, m := range metrics {
		j.metrics[m] = newCounts()
	}
	return j
}

func newCounts() *Counts {
	c := &Counts{Unchecked: map[string]int64{}}
	for _, reason := range Reasons() {
		c.Unchecked[reason] = 0
	}
	return c
}

// note books what a look at one metric has found.
func (j *Journal) note(metric string, found *findings, now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c := j.metrics[metric]
	if c == nil {
		c = newCounts()
		j.metrics[metric] = c
	}
	c.Checked += found.checked
	c.Mismatches += int64(len(found.mismatches))
	for reason, n := range found.unchecked {
		c.Unchecked[reason] += n
	}
	j.last = now
	j.recent = append(j.recent, found.mismatches...)
	j.recent = slices.Delete(j.recent, 0, max(0, len(j.recent)-remembered))
}

// Summary returns what was found so far.
func (j *Journal) Summary() Summary {
	j.mu.Lock()
	defer j.mu.Unlock()
	s := Summary{Unchecked: newCounts().Unchecked, Last: j.last, Metrics: map[string]Counts{}, Recent: slices.Clone(j.recent)}
	slices.Reverse(s.Recent)
	for name, c := range j.metrics {
		s.Checked += c.Checked
		s.Mismatches += c.Mismatches
		for reason, n := range c.Unchecked {
			s.Unchecked[reason] += n
		}
		s.Metrics[name] = Counts{c.Checked, c.Mismatches, maps.Clone(c.Unchecked)}
	}
	if s.Recent == nil {
		s.Recent = []Mismatch{}
	}
	return s
}

// findings are those of one look at one metric.
type findings struct {
	checked    int64
	unchecked  map[string]int64
	mismatches []Mismatch
}

func (f *findings) leave(reason string) {
	if f.unchecked == nil {
		f.unchecked = map[string]int64{}
	}
	f.unchecked[reason]++
}

// sort brings mismatches into an order that does not depend on chance.
func (f *findings) sort() {
	slices.SortFunc(f.mismatches, func(a, b Mismatch) int {
		return cmp.Or(cmp.Compare(a.End, b.End), cmp.Compare(a.Size, b.Size), cmp.Compare(a.Series, b.Series), cmp.Compare(a.Start, b.Start), cmp.Compare(a.What, b.What))
	})
}
