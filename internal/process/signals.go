package process

import (
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/signal"
)

// leagueSignals looks for the signals of one league's partition. Its methods do
// nothing on nil.
type leagueSignals struct {
	detector *signal.Detector
	states   map[string]*signal.State // by fixture
	pending  []string                 // fixtures with something that time alone may change, sorted
	changed  map[string]bool          // fixtures to store, or to remove if gone
	buffer   []byte
}

func (cc *ComputeConfig) signalsOf(league string) *leagueSignals {
	if cc.Signals == nil {
		return nil
	}
	return &leagueSignals{
		detector: signal.NewDetector(league, cc.Signals(league), cc.Lines[league], string(cc.Method)),
		states:   map[string]*signal.State{}, changed: map[string]bool{},
	}
}

// state returns a fixture's state, making room for a new one.
func (s *leagueSignals) state(id string) *signal.State {
	state := s.states[id]
	if state == nil {
		state = new(signal.State)
		s.states[id] = state
	}
	s.changed[id] = true
	return state
}

// forget removes a fixture.
func (s *leagueSignals) forget(id string) {
	if s == nil {
		return
	}
	delete(s.states, id)
	s.changed[id] = true
	s.note(id, false)
}

// starts notes that a game begins at another time than was known.
func (s *leagueSignals) starts(id string, start, now feed.Time) {
	if s == nil || s.states[id] == nil {
		return
	}
	s.states[id].Start = start
	s.changed[id] = true
	s.note(id, s.states[id].Pending(now))
}

// note keeps the list of fixtures with something pending.
func (s *leagueSignals) note(id string, pending bool) {
	switch at, listed := slices.BinarySearch(s.pending, id); {
	case pending && !listed:
		s.pending = slices.Insert(s.pending, at, id)
	case !pending && listed:
		s.pending = slices.Delete(s.pending, at, at+1)
	}
}

// signal looks for signals in the markets that the response, now complete for
// this fixture, has changed.
func (o *compute) signal(l *leagueCompute, f *fixtureMarkets, q *feed.Quote, e *Emitter) error {
	if l.signals == nil || !slices.ContainsFunc(f.Markets, func(m *market) bool { return m.Due }) {
		return nil
	}
	s := l.signals.state(q.FixtureID)
	s.Start = f.Start
	o.view.show(f, q.FixtureID)
	records := l.signals.detector.Respond(s, &o.view, func(i int) bool { return f.Markets[i].Due }, q.SeenTime)
	l.signals.note(q.FixtureID, s.Pending(q.SeenTime))
	return o.emitSignals(l, records, e)
}

// watch looks again at what is under way: time alone ends signals.
func (o *compute) watch(l *leagueCompute, now feed.Time, e *Emitter) error {
	if l.signals == nil || now <= l.meta.Tick {
		return nil
	}
	for i := 0; i < len(l.signals.pending); {
		id := l.signals.pending[i]
		f, err := l.recall(id)
		if err != nil {
			return err
		}
		s := l.signals.states[id]
		if f == nil || s == nil { // of a checkpoint from before the rules have changed
			l.signals.note(id, false)
			continue
		}
		s.Start = f.Start
		if s.Waiting(now) {
			o.view.show(f, id)
			records := l.signals.detector.Tick(s, &o.view, now)
			l.signals.changed[id] = true
			if err := o.emitSignals(l, records, e); err != nil {
				return err
			}
		}
		l.signals.note(id, s.Pending(now))
		if i < len(l.signals.pending) && l.signals.pending[i] == id {
			i++
		}
	}
	return nil
}

func (o *compute) emitSignals(l *leagueCompute, records []feed.Signal, e *Emitter) error {
	for i := range records {
		if err := e.Emit(log.SignalsTopic(l.league), o.partition, records[i].DedupeKey, &records[i]); err != nil {
			return err
		}
	}
	return nil
}

// save adds to the checkpoint what has changed, and tells how long it is.
func (s *leagueSignals) save(league string, b *Batch, weigh func(id string, stored int)) error {
	if s == nil {
		return nil
	}
	for id := range s.changed {
		key := keySignals + league + "/" + id
		state, ok := s.states[id]
		if !ok {
			if err := b.Delete(key); err != nil {
				return err
			}
			continue
		}
		s.buffer = state.Append(s.buffer[:0])
		weigh(id, len(s.buffer))
		if err := b.Set(key, s.buffer); err != nil {
			return err
		}
	}
	clear(s.changed)
	return nil
}

// recall reads what a fixture's signals have in mind from the checkpoint.
func (s *leagueSignals) recall(from *State, league, id string, weigh func(id string, stored int)) error {
	if s == nil {
		return nil
	}
	return from.Read([]byte(prefixOperator+keySignals+league+"/"+id), func(value []byte) error {
		state, err := s.detector.Restore(value)
		if err == nil {
			s.states[id] = state
			weigh(id, len(value))
		}
		return err
	})
}

// leave drops what a fixture's signals have in mind from memory.
func (s *leagueSignals) leave(id string) {
	if s != nil {
		delete(s.states, id)
	}
}

// isPending tells whether something of the fixture is under way.
func (s *leagueSignals) isPending(id string) bool {
	if s == nil {
		return false
	}
	_, listed := slices.BinarySearch(s.pending, id)
	return listed
}

// marketView shows a fixture's markets to a detector. It is the same one again
// and again, so that showing allocates nothing.
type marketView struct {
	pricer  *pricer
	fixture *fixtureMarkets
	id      string
}

func (v *marketView) show(f *fixtureMarkets, id string) { v.fixture, v.id = f, id }

// Markets returns how many there are.
func (v *marketView) Markets() int { return len(v.fixture.Markets) }

// ID names the market at a place.
func (v *marketView) ID(i int) feed.MarketKey {
	id := &v.fixture.Markets[i].ID
	return feed.MarketKey{FixtureID: v.id, Market: id.Market, Period: id.Period, Line: id.Line}
}

// Fill writes the market at a place over to.
func (v *marketView) Fill(i int, to *signal.Market) {
	m := v.fixture.Markets[i]
	to.ID, to.Outcomes = v.ID(i), m.Outcomes
	n := 0
	to.Books = to.Books[:cap(to.Books)] // what books there were keep their memory
	for _, b := range m.Books {
		if v.pricer.read(b).status == closed {
			continue
		}
		if n == len(to.Books) {
			to.Books = append(to.Books, signal.Book{})
		}
		v.fillBook(m, b, &to.Books[n])
		n++
	}
	to.Books = to.Books[:n]
}

func (v *marketView) fillBook(m *market, b *bookView, to *signal.Book) {
	confirmed, says := v.fixture.confirmed(m, b), v.pricer.read(b)
	to.Name, to.Trust, to.Event, to.Seen, to.Before = b.Book, says.trust, confirmed.Event, confirmed.Seen, confirmed.Before
	to.Prices, to.Fair, to.Sum = to.Prices[:0], to.Fair[:0], 0
	for _, p := range b.Prices {
		to.Prices = append(to.Prices, signal.Price(p))
	}
	if says.status == readable {
		to.Fair, to.Sum = append(to.Fair, says.fair[v.pricer.main]...), 1/(1-says.hold)
	}
}

// trustOf tells the detectors of signals what is known of a book beforehand.
func trustOf(b odds.Book) signal.Trust {
	return signal.Trust{Weight: b.Weight, Sharp: b.Kind != odds.Retail, Commission: b.Commission}
}
