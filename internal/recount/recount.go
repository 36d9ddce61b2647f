// Package recount computes the final rows of a metric's windows a second time,
// in the plainest way: it keeps every value and gathers a window from them when
// nothing can change it any more. It shares no code with the operators of
// package metric, so that where both agree neither is likely to be wrong.
//
// The package is pure. Time comes in with the records and ticks.
package recount

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/metric"
)

// Window is a window that is closed for good, with what its last row has to say.
type Window struct {
	Span   int    // place of the span in the definition
	Size   string // what rows call the span
	Key    string // of the series, as Key gives it
	Start  feed.Time
	End    feed.Time
	Values []float64 // by measure; NaN where an aggregate is not defined
	First  int64     // lowest and highest offset of the quotes in it
	Last   int64
	Place  uint64 // of the series
}

// At is the time that tells windows of one span and series apart: a session is
// known by its start, all others by their end.
func (w *Window) At(kind metric.Kind) feed.Time {
	if kind == metric.KindSession {
		return w.Start
	}
	return w.End
}

// Recount holds the values of one definition's open windows over one partition of
// a league's quotes. It is used by one goroutine.
type Recount struct {
	d        *metric.Definition
	kind     metric.Kind
	spans    []span
	lateness feed.Time
	disorder feed.Time
	ttl      feed.Time
	tick     feed.Time // newest
	done     feed.Time // ends up to here were handed out
	series   map[string]*series
	held     int
	final    []Window
}

// series is one key.
type series struct {
	place  uint64
	tracks []track // by span
}

// span is one span of the definition: windows end at multiples of every, and
// are size long. Of sessions both are the gap.
type span struct {
	name        string
	size, every feed.Time
}

// track is what a series has in one span, ordered by event time and number.
type track struct {
	values []*value
	wake   feed.Time // of sessions: none is closed for good before
}

// New returns a recount that has seen nothing. A definition with an aggregate or
// a value that it does not know is an error.
func New(d *metric.Definition) (*Recount, error) {
	r := &Recount{
		d: d, kind: d.Windows.Kind(), lateness: micros(d.Lateness), disorder: micros(d.Disorder), ttl: micros(d.TTL),
		done: never, series: map[string]*series{},
	}
	for _, m := range d.Aggregates {
		if !known(d, m) {
			return nil, fmt.Errorf("recounting %s: the recount does not know %s of %s", d.Name, m.Aggregate, valueName(d, m))
		}
	}
	names := d.Windows.Names()
	for _, list := range [][]metric.Span{d.Windows.Tumbling, d.Windows.Session, d.Windows.SinceOpen} {
		for _, s := range list {
			r.spans = append(r.spans, span{names[len(r.spans)], micros(s), micros(s)})
		}
	}
	for _, s := range d.Windows.Sliding {
		r.spans = append(r.spans, span{names[len(r.spans)], micros(s.Size), micros(s.Every)})
	}
	return r, nil
}

// never is before every time.
const never = feed.Time(-1 << 62)

func micros(s metric.Span) feed.Time { return feed.Time(int64(s) / 1000) }

// below rounds down to a multiple.
func below(t, every feed.Time) feed.Time { return t - ((t%every)+every)%every }

// Tick moves the clock of the partition.
func (r *Recount) Tick(t feed.Time) { r.tick = max(r.tick, t) }

// watermark is the event time up to which windows have fired at a tick. It
// begins at the epoch.
func (r *Recount) watermark() feed.Time { return max(0, r.tick-r.disorder) }

// over tells whether what ends at a time is closed for good.
func (r *Recount) over(end, watermark feed.Time) bool { return end+r.lateness <= watermark }

// Held returns how many values are kept; one in several spans counts as several.
func (r *Recount) Held() int { return r.held }

// Keep forgets the series whose place is at or above a bound.
func (r *Recount) Keep(bound uint64) {
	for key, x := range r.series {
		if x.place >= bound {
			for i := range x.tracks {
				r.drop(&x.tracks[i], len(x.tracks[i].values))
			}
			delete(r.series, key)
		}
	}
}

// Holds tells whether a value of a series at a time is kept in a span.
func (r *Recount) Holds(key string, span int, at feed.Time) bool {
	x := r.series[key]
	return x != nil && slices.ContainsFunc(x.tracks[span].values, func(v *value) bool { return v.time == at })
}

// Add takes the next quote of the partition, its offset and the place of its
// series, by which Keep chooses.
func (r *Recount) Add(q *feed.Quote, offset int64, place uint64) {
	if r.d.State != "" && string(q.State) != r.d.State {
		return
	}
	v := newValue(r.d, q, offset, r.watermark())
	if v == nil {
		return
	}
	key := Key(r.d, q)
	x := r.series[key]
	if x == nil {
		x = &series{place, make([]track, len(r.spans))}
		r.series[key] = x
	}
	for i, sp := range r.spans {
		t := &x.tracks[i]
		r.age(key, i, t)
		last := v.time + sp.every // when the last window that may hold the value ends
		if r.kind != metric.KindSession {
			last = below(v.time, sp.every) + sp.size
		}
		if !r.over(last, v.watermark) {
			t.insert(v)
			t.wake = min(t.wake, last+r.lateness)
			r.held++
		}
	}
}

func (t *track) insert(v *value) {
	if len(t.values) == 0 {
		t.wake = never // a session is looked for at the next value
	}
	at := len(t.values)
	for at > 0 && v.before(t.values[at-1]) {
		at--
	}
	t.values = slices.Insert(t.values, at, v)
}

// age takes leave of what a new value must not join any more: sessions that are
// closed for good, and a series that was silent for longer than its ttl.
func (r *Recount) age(key string, i int, t *track) {
	switch r.kind {
	case metric.KindSession:
		if t.wake <= r.watermark() {
			r.sessions(key, i, t)
		}
	case metric.KindSinceOpen:
		if r.silent(i, t) {
			r.ended(key, i, t)
			r.drop(t, len(t.values))
		}
	}
}

// silent tells whether a series since its opening is to be forgotten.
func (r *Recount) silent(i int, t *track) bool {
	n := len(t.values)
	return n > 0 && t.values[n-1].time+r.ttl <= below(r.watermark(), r.spans[i].every)
}

// drop forgets the first values of a track.
func (r *Recount) drop(t *track, n int) {
	r.held -= n
	t.values = slices.Delete(t.values, 0, n)
}

// Final returns the windows that have been closed for good since the last call,
// ordered by end, span, key and start, and forgets what only they needed.
func (r *Recount) Final() []Window {
	for key, x := range r.series {
		empty := true
		for i := range x.tracks {
			t := &x.tracks[i]
			if r.kind == metric.KindSession {
				r.sessions(key, i, t)
			} else {
				r.ended(key, i, t)
				r.drop(t, r.useless(i, t))
			}
			empty = empty && len(t.values) == 0
		}
		if empty {
			delete(r.series, key)
		}
	}
	r.done = r.watermark() - r.lateness
	out := r.final
	r.final = nil
	slices.SortFunc(out, func(a, b Window) int {
		return cmp.Or(cmp.Compare(a.End, b.End), cmp.Compare(a.Span, b.Span), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Start, b.Start))
	})
	return out
}

// useless counts the first values of a track that are in no window to come.
func (r *Recount) useless(i int, t *track) (n int) {
	if r.kind == metric.KindSinceOpen {
		if r.silent(i, t) {
			return len(t.values)
		}
		return 0
	}
	sp := r.spans[i]
	for n < len(t.values) && r.over(below(t.values[n].time, sp.every)+sp.size, r.watermark()) {
		n++
	}
	return n
}

// ended hands out the windows with ends that have been closed for good since the
// last time.
func (r *Recount) ended(key string, i int, t *track) {
	sp, ends := r.spans[i], map[feed.Time]bool{}
	for _, v := range t.values {
		first := below(v.time, sp.every) + sp.every
		if !r.over(first, r.watermark()) {
			break // so are all behind it
		}
		for end := first; end-sp.size <= v.time; end += sp.every {
			if end > r.done && r.over(end, r.watermark()) && !r.over(end, v.watermark) {
				ends[end] = true
			}
		}
	}
	for end := range ends {
		start := end - sp.size
		if r.kind == metric.KindSinceOpen {
			start = t.values[0].time
		}
		var values []*value
		for _, v := range t.values {
			// What was too late for a step of a series since its opening is in
			// none: it is not among the values.
			if v.time >= start && v.time < end && (r.kind == metric.KindSinceOpen || !r.over(end, v.watermark)) {
				values = append(values, v)
			}
		}
		r.hand(key, i, start, end, values)
	}
}

// sessions hands out and forgets the sessions that are closed for good.
func (r *Recount) sessions(key string, i int, t *track) {
	gap, watermark := r.spans[i].every, r.watermark()
	for rest := 0; rest < len(t.values); {
		n := rest + 1
		for n < len(t.values) && t.values[n].time-t.values[n-1].time <= gap {
			n++
		}
		end := t.values[n-1].time + gap
		if !r.over(end, watermark) {
			t.wake = end + r.lateness // those behind it end later
			return
		}
		r.hand(key, i, t.values[rest].time, end, t.values[rest:n])
		r.drop(t, n)
	}
}

func (r *Recount) hand(key string, i int, start, end feed.Time, values []*value) {
	w := Window{Span: i, Size: r.spans[i].name, Key: key, Start: start, End: end, First: values[0].offset, Place: r.series[key].place}
	for _, v := range values {
		w.First, w.Last = min(w.First, v.offset), max(w.Last, v.offset)
	}
	for _, m := range r.d.Aggregates {
		w.Values = append(w.Values, compute(r.d, m, values))
	}
	r.final = append(r.final, w)
}
