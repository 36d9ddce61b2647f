package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/metric"
)

// Keys of the operator's state: "<kind>/<league>/..." .
const (
	keyMeta    = "meta/"
	keyQueue   = "queue/" // behind the league a compute task has a row's number
	keyMarkets = "markets/"
	keySignals = "signals/"
	keyHot     = "hot/"   // panes that are loaded at a restart
	keyPanes   = "panes/" // those that are read when a value comes for them
)

// tidyEvery is how much of the log's time passes until the state is looked
// through for what is over and in no one's memory.
const tidyEvery = 6 * feed.Hour

// fixtureQuiet is how long there must have been no word of a fixture for it to
// leave memory, unless nothing is to stay. Most have one with every answer.
const fixtureQuiet = 10 * feed.Minute

// Save adds what has changed to the checkpoint. What it has then may leave
// memory: the checkpoint is made before the next record, or the run ends.
func (o *compute) Save(b *Batch) error {
	for _, l := range o.leagues {
		if err := o.savePanes(l, b); err != nil {
			return err
		}
		if err := l.save(b); err != nil {
			return err
		}
		if err := o.saveMeta(l, b); err != nil {
			return err
		}
	}
	o.makeRoom()
	return nil
}

func (o *compute) saveMeta(l *leagueCompute, b *Batch) error {
	m := &l.meta
	m.Watermarks, m.Metrics = map[string]feed.Time{}, map[string]metricMeta{}
	for i, w := range l.windows {
		d := &o.defs[i]
		m.Watermarks[d.Name], m.Metrics[d.Name] = w.Watermark(), metricMeta{o.versions[i], d.Windows.Names()}
	}
	if l.signals != nil {
		m.Pending = l.signals.pending
	}
	return errors.Join(setJSON(b, keyMeta+l.league, m), l.queue.save(b, keyQueue+l.league+"/"))
}

func (o *compute) savePanes(l *leagueCompute, b *Batch) error {
	var failed error
	try := func(err error) {
		if failed == nil {
			failed = err
		}
	}
	for _, prefix := range l.outdated {
		try(b.deletePrefix(prefix))
	}
	l.outdated = nil
	if o.state != nil && l.meta.Tick-l.meta.Tidied > tidyEvery {
		l.meta.Tidied = l.meta.Tick
		try(o.tidy(l, b))
	}
	for i, w := range l.windows {
		name := o.defs[i].Name
		w.Closed(func(size string, before feed.Time) {
			prefix := keyPanes + l.league + "/" + name + "/" + size + "/"
			try(b.deleteRange(prefix+startText(metric.Whole+1), prefix+startText(before)))
		})
		w.Changes(func(c metric.Change) {
			try(o.savePane(l, b, name, &c))
		})
	}
	return failed
}

// savePane stores a pane where it belongs and removes it from where it was.
func (o *compute) savePane(l *leagueCompute, b *Batch, name string, c *metric.Change) error {
	key := func(kind string) []byte {
		o.key = append(append(append(append(o.key[:0], prefixOperator...), kind...), l.league...), '/')
		o.key = appendPaneName(o.key, name, &c.PaneID)
		return o.key
	}
	place := metric.AmongCold
	switch {
	case c.Pane == nil:
		place = metric.Nowhere
	case c.Hot:
		place = metric.AmongHot
	}
	kinds := [...]string{metric.AmongCold: keyPanes, metric.AmongHot: keyHot}
	if c.Was != metric.Nowhere && c.Was != place {
		if err := b.delete(key(kinds[c.Was])); err != nil {
			return err
		}
	}
	if place == metric.Nowhere {
		return nil
	}
	return b.set(key(kinds[place]), c.Pane)
}

// tidy removes what is over of the panes that no value has come for.
func (o *compute) tidy(l *leagueCompute, b *Batch) error {
	for i, w := range l.windows {
		d := &o.defs[i]
		if k := d.Windows.Kind(); k != metric.KindSession && k != metric.KindSinceOpen {
			continue // Closed tells of all
		}
		for _, size := range d.Windows.Names() {
			prefix := keyPanes + l.league + "/" + d.Name + "/" + size + "/" + startText(metric.Whole) + "/"
			err := o.state.Each(prefix, func(series string, pane []byte) error {
				if w.Stale(metric.PaneID{Size: size, Start: metric.Whole, Key: series}, pane) {
					return b.Delete(prefix + series)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// makeRoom lets leave memory what is stored and of which no rows are to come,
// until the task holds no more than it may, each part in proportion.
func (o *compute) makeRoom() {
	if o.state == nil {
		return
	}
	held := 0
	for _, l := range o.leagues {
		held += l.held
		for _, w := range l.windows {
			held += w.Held()
		}
	}
	share := func(part int) int { return int(float64(part) * min(1, float64(o.memory)/float64(max(1, held)))) }
	for _, l := range o.leagues {
		since := l.meta.Tick - fixtureQuiet
		if o.memory == 0 {
			since = math.MaxInt64
		}
		l.evict(share(l.held), since)
		for _, w := range l.windows {
			w.Evict(share(w.Held()))
		}
	}
}

// Load restores the state of the last checkpoint: what rows are to come of is
// read now, the rest when it is asked for. What belongs to a league or a metric
// that is not configured any more is left out.
func (o *compute) Load(s *State) error {
	o.state = s
	for _, l := range o.leagues {
		// The watermarks come first: they tell which windows have fired.
		if err := s.readJSON(keyMeta+l.league, &l.meta); err != nil {
			return err
		}
		for i, w := range l.windows {
			name := o.defs[i].Name
			err := w.Restore(l.meta.Watermarks[name], &storedPanes{state: s, prefix: prefixOperator + keyPanes + l.league + "/", metric: name})
			if err != nil {
				return err
			}
		}
		o.outdate(l)
		if l.signals != nil {
			l.signals.pending = l.meta.Pending
		}
		if err := l.queue.load(s, keyQueue+l.league+"/"); err != nil {
			return err
		}
		if err := l.load(s); err != nil {
			return err
		}
		if err := s.Each(keyHot+l.league+"/", func(key string, value []byte) error { return o.loadPane(l, key, value) }); err != nil {
			return err
		}
	}
	return nil
}

// outdate notes the panes in the state that are of a metric that is not defined
// any more, is another one now or has lost a window. The next checkpoint removes
// them.
func (o *compute) outdate(l *leagueCompute) {
	for name, was := range l.meta.Metrics {
		i := o.metric(name)
		if i < 0 || o.versions[i] != was.Version {
			l.outdated = append(l.outdated, keyHot+l.league+"/"+name+"/", keyPanes+l.league+"/"+name+"/")
			continue
		}
		for _, size := range was.Sizes {
			if !slices.Contains(o.defs[i].Windows.Names(), size) {
				l.outdated = append(l.outdated, keyHot+l.league+"/"+name+"/"+size+"/", keyPanes+l.league+"/"+name+"/"+size+"/")
			}
		}
	}
}

// loadPane puts a pane back, but for one that is outdated.
func (o *compute) loadPane(l *leagueCompute, key string, value []byte) error {
	name, id, err := parsePaneName(key)
	if err != nil {
		return err
	}
	i := o.metric(name)
	if i < 0 || slices.ContainsFunc(l.outdated, func(prefix string) bool { return strings.HasPrefix(keyHot+l.league+"/"+key, prefix) }) {
		return nil
	}
	return l.windows[i].Load(id, value)
}

// readJSON reads an operator's entry; without one v stays as it is.
func (s *State) readJSON(key string, v any) error {
	return s.Read([]byte(prefixOperator+key), func(value []byte) error { return json.Unmarshal(value, v) })
}

func setJSON(b *Batch, key string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encoding state %s: %w", key, err)
	}
	return b.Set(key, text)
}
