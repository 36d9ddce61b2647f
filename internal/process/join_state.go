package process

import (
	"encoding/json"
	"strings"

	"github.com/betflow/betflow/internal/feed"
)

// keyJoin is the kind of a fixture's entries: "join/<league>/<fixture>".
const keyJoin = "join/"

// savedEvent is a record that waits, and the input it came by.
type savedEvent struct {
	Input int `json:"input"`
	event[side]
}

// savedEvents is the waiting part of a league's state.
type savedEvents struct {
	Queue []savedEvent `json:"queue"`
}

// Save adds what has changed to the checkpoint.
func (o *join) Save(b *Batch) error {
	for _, l := range o.leagues {
		l.describe()
		var waiting savedEvents
		for i := range l.merger.inputs {
			for _, e := range l.merger.inputs[i].queue {
				waiting.Queue = append(waiting.Queue, savedEvent{i, e})
			}
		}
		if err := setJSON(b, keyMeta+l.id, &l.meta); err != nil {
			return err
		}
		if err := setJSON(b, keyQueue+l.id, &waiting); err != nil {
			return err
		}
		for id := range l.changed {
			key := keyJoin + l.id + "/" + id
			var err error
			if f, ok := l.fixtures[id]; ok {
				err = setJSON(b, key, f)
			} else {
				err = b.Delete(key)
			}
			if err != nil {
				return err
			}
		}
		clear(l.changed)
	}
	return nil
}

// describe brings the meta data up to what the merger knows.
func (l *leagueJoin) describe() {
	for i := range l.merger.inputs {
		l.meta.Ticks[i] = l.merger.inputs[i].tick
	}
	l.meta.Tick = min(l.meta.Ticks[inputGames], l.meta.Ticks[inputLines], l.meta.Ticks[inputWeather])
	if w := l.merger.watermark(); w != never {
		l.meta.Watermarks = map[string]feed.Time{joinMetric: w}
	}
}

// Load restores the state of the last checkpoint. What belongs to a league that is
// not configured any more is left out.
func (o *join) Load(s *State) error {
	byID := map[string]*leagueJoin{}
	for _, l := range o.leagues {
		byID[l.id] = l
	}
	for _, part := range []struct {
		prefix string
		load   func(l *leagueJoin, rest string, value []byte) error
	}{
		{keyMeta, (*leagueJoin).loadMeta},
		{keyQueue, (*leagueJoin).loadQueue},
		{keyJoin, (*leagueJoin).loadFixture},
	} {
		err := s.Each(part.prefix, func(key string, value []byte) error {
			id, rest, _ := strings.Cut(key, "/")
			if l := byID[id]; l != nil {
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

func (l *leagueJoin) loadMeta(_ string, value []byte) error {
	if err := json.Unmarshal(value, &l.meta); err != nil {
		return err
	}
	for i, tick := range l.meta.Ticks {
		l.merger.advance(i, tick)
	}
	return nil
}

func (l *leagueJoin) loadQueue(_ string, value []byte) error {
	var waiting savedEvents
	if err := json.Unmarshal(value, &waiting); err != nil {
		return err
	}
	for _, e := range waiting.Queue {
		in := &l.merger.inputs[e.Input]
		in.queue = append(in.queue, e.event)
		in.newest[e.Key] = e.At
	}
	return nil
}

func (l *leagueJoin) loadFixture(id string, value []byte) error {
	f := new(joinFixture)
	if err := json.Unmarshal(value, f); err != nil {
		return err
	}
	l.fixtures[id] = f
	return nil
}
