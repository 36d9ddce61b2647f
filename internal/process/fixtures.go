package process

import (
	"cmp"
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/pack"
)

// fixtures are the markets of a league's fixtures. Those without news for the
// longest leave memory for the last checkpoint when room is needed, with what
// their signals have in mind, and come back when there is a word of them.
type fixtures struct {
	league  string
	state   *State // of the last checkpoint; nil without one, and then nothing leaves
	markets map[string]*fixtureMarkets
	away    map[string]feed.Time // those that are not in memory, and when there was the last word of them
	signals *leagueSignals       // nil if none are looked for
	changed map[string]bool      // to store, or to remove if gone
	held    int                  // bytes of memory, about
	buffer  []byte
}

func newFixtures(league string, signals *leagueSignals) fixtures {
	return fixtures{league: league, markets: map[string]*fixtureMarkets{}, away: map[string]feed.Time{}, signals: signals, changed: map[string]bool{}}
}

// fixture returns a fixture's markets to be changed, making room for a new one.
func (x *fixtures) fixture(id string) (*fixtureMarkets, error) {
	f, err := x.recall(id)
	if err != nil {
		return nil, err
	}
	if f == nil {
		f = newFixtureMarkets()
		x.markets[id] = f
	}
	x.changed[id] = true
	return f, nil
}

// recall returns a fixture's markets, from the checkpoint if they are not in
// memory; nil if there are none.
func (x *fixtures) recall(id string) (*fixtureMarkets, error) {
	if f := x.markets[id]; f != nil {
		return f, nil
	}
	if _, ok := x.away[id]; !ok {
		return nil, nil
	}
	err := x.state.Read([]byte(prefixOperator+keyMarkets+x.league+"/"+id), func(value []byte) error {
		f, err := parseMarkets(value)
		if err == nil {
			x.markets[id] = f
			x.weigh(&f.bytes, len(value))
		}
		return err
	})
	if err == nil {
		err = x.signals.recall(x.state, x.league, id, x.weighSignals)
	}
	delete(x.away, id)
	return x.markets[id], err
}

// memoryOfStored is how many bytes of memory a stored one takes, about.
const memoryOfStored = 3

// weigh notes what a part of a fixture takes that is as long when it is stored.
func (x *fixtures) weigh(part *int, stored int) {
	x.held += memoryOfStored*stored - *part
	*part = memoryOfStored * stored
}

func (x *fixtures) weighSignals(id string, stored int) {
	if f := x.markets[id]; f != nil {
		x.weigh(&f.signalBytes, stored)
	}
}

// expire forgets the fixtures that nobody has had a word of for a time.
func (x *fixtures) expire(before feed.Time) {
	for id, f := range x.markets {
		if f.Touched < before {
			delete(x.markets, id)
			x.held -= f.bytes + f.signalBytes
			x.lose(id)
		}
	}
	for id, touched := range x.away {
		if touched < before {
			delete(x.away, id)
			x.lose(id)
		}
	}
}

func (x *fixtures) lose(id string) {
	x.changed[id] = true
	x.signals.forget(id)
}

// save adds what has changed to the checkpoint.
func (x *fixtures) save(b *Batch) error {
	for id := range x.changed {
		key := keyMarkets + x.league + "/" + id
		f, ok := x.markets[id]
		if !ok {
			if err := b.Delete(key); err != nil {
				return err
			}
			continue
		}
		x.buffer = f.append(x.buffer[:0])
		x.weigh(&f.bytes, len(x.buffer))
		if err := b.Set(key, x.buffer); err != nil {
			return err
		}
	}
	clear(x.changed)
	return x.signals.save(x.league, b, x.weighSignals)
}

// load lists the fixtures of the last checkpoint. They are read when there is a
// word of them.
func (x *fixtures) load(s *State) error {
	x.state = s
	return s.Each(keyMarkets+x.league+"/", func(id string, value []byte) error {
		r := marketReader{pack.Reader{Bytes: value}}
		touched, _, _ := r.head()
		if r.Failed {
			return errMarkets
		}
		x.away[id] = touched
		return nil
	})
}

// evict makes room once a checkpoint is made: markets leave memory until no more
// than so many bytes are held. Those stay that had a word since an instant, or
// whose signals time alone may change.
func (x *fixtures) evict(most int, since feed.Time) {
	if x.held <= most {
		return
	}
	ids := make([]string, 0, len(x.markets))
	for id, f := range x.markets {
		if f.Touched < since && !x.signals.isPending(id) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(cmp.Compare(x.markets[a].Touched, x.markets[b].Touched), cmp.Compare(a, b))
	})
	for _, id := range ids {
		if x.held <= most {
			return
		}
		f := x.markets[id]
		x.held -= f.bytes + f.signalBytes
		x.away[id] = f.Touched
		delete(x.markets, id)
		x.signals.leave(id)
	}
}
