package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/metric"
)

// Keys of the operator's state: "<kind>/<league>/..." .
const (
	keyMeta    = "meta/"
	keyQueue   = "queue/"
	keyMarkets = "markets/"
	keyPanes   = "panes/"
	keySignals = "signals/"
)

type savedQueue struct {
	Queue []windowOutput `json:"queue"`
	Late  []windowOutput `json:"late"`
}

// Save adds what has changed to the checkpoint.
func (o *compute) Save(b *Batch) error {
	for _, l := range o.leagues {
		l.meta.Watermarks = map[string]feed.Time{}
		for i, w := range l.windows {
			l.meta.Watermarks[o.defs[i].Name] = w.Watermark()
		}
		if err := setJSON(b, keyMeta+l.league, &l.meta); err != nil {
			return err
		}
		if err := setJSON(b, keyQueue+l.league, savedQueue{Queue: l.queue[l.head:], Late: l.late}); err != nil {
			return err
		}
		for id := range l.changed {
			key := keyMarkets + l.league + "/" + id
			f, ok := l.markets[id]
			var err error
			if ok {
				err = setJSON(b, key, f)
			} else {
				err = b.Delete(key)
			}
			if err != nil {
				return err
			}
		}
		clear(l.changed)
		if err := l.signals.save(l.league, b); err != nil {
			return err
		}
		if err := o.savePanes(l, b); err != nil {
			return err
		}
	}
	return nil
}

func (o *compute) savePanes(l *leagueCompute, b *Batch) error {
	var failed error
	for _, key := range l.outdated {
		if err := b.Delete(key); failed == nil {
			failed = err
		}
	}
	l.outdated = nil
	for i, w := range l.windows {
		w.Changes(func(id metric.PaneID, pane []byte) {
			key := keyPanes + l.league + "/" + paneName(o.defs[i].Name, id)
			var err error
			if pane != nil {
				err = b.Set(key, pane)
			} else {
				err = b.Delete(key)
			}
			if failed == nil {
				failed = err
			}
		})
	}
	return failed
}

// Load restores the state of the last checkpoint. What belongs to a league or a
// metric that is not configured any more is left out.
func (o *compute) Load(s *State) error {
	byLeague := map[string]*leagueCompute{}
	for _, l := range o.leagues {
		byLeague[l.league] = l
	}
	// The watermarks come first: they tell which windows have fired.
	for _, part := range []struct {
		prefix string
		load   func(l *leagueCompute, rest string, value []byte) error
	}{
		{keyMeta, o.loadMeta},
		{keyQueue, loadQueue},
		{keyMarkets, loadMarkets},
		{keySignals, loadSignals},
		{keyPanes, o.loadPane},
	} {
		err := s.Each(part.prefix, func(key string, value []byte) error {
			league, rest, _ := strings.Cut(key, "/")
			if l := byLeague[league]; l != nil {
				return part.load(l, rest, value)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (o *compute) loadMeta(l *leagueCompute, _ string, value []byte) error {
	if err := json.Unmarshal(value, &l.meta); err != nil {
		return err
	}
	for name, t := range l.meta.Watermarks {
		if i := o.metric(name); i >= 0 {
			l.windows[i].Restore(t)
		}
	}
	return nil
}

func loadQueue(l *leagueCompute, _ string, value []byte) error {
	var q savedQueue
	if err := json.Unmarshal(value, &q); err != nil {
		return err
	}
	l.queue, l.late = q.Queue, q.Late
	return nil
}

func loadMarkets(l *leagueCompute, fixtureID string, value []byte) error {
	f := newFixtureMarkets()
	if err := json.Unmarshal(value, f); err != nil {
		return err
	}
	f.reindex()
	l.markets[fixtureID] = f
	return nil
}

// loadPane puts a pane back. One of a metric that is not defined any more, or
// is another one now, is removed by the next checkpoint.
func (o *compute) loadPane(l *leagueCompute, key string, value []byte) error {
	name, id, err := parsePaneName(key)
	if err != nil {
		return err
	}
	err = metric.ErrOutdated
	if i := o.metric(name); i >= 0 {
		err = l.windows[i].Load(id, value)
	}
	if errors.Is(err, metric.ErrOutdated) {
		l.outdated = append(l.outdated, keyPanes+l.league+"/"+key)
		return nil
	}
	return err
}

func setJSON(b *Batch, key string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encoding state %s: %w", key, err)
	}
	return b.Set(key, text)
}
