// Package board keeps the current state of every live fixture in memory and
// numbers its changes, so that a reader who was away can take up where it
// stopped. It is fed from the log like a store, and rebuilt from it at start.
package board

import (
	"context"
	"maps"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/source"
	"github.com/betflow/betflow/internal/store"
)

// Board is the state of all fixtures that are still of interest. It is safe for
// concurrent use.
type Board struct {
	catalog *league.Catalog
	epoch   string

	mu        sync.Mutex
	positions map[log.Partition]int64 // next offsets
	now       feed.Time               // the log's clock: the newest instant any record was seen at
	fixtures  map[string]*fixture
	counters  Counters
	signals   map[SignalCount]int64 // words about signals, by what they say
	swept     feed.Time
	aged      map[string]struct{} // fixtures of which only ages have changed since agedAt
	agedAt    feed.Time

	seq        int64
	frames     []Frame       // the newest, oldest first
	frameBytes int           // of their JSON
	changed    chan struct{} // closed when a frame is added, then replaced
}

// Counters say what has come by since the board's start.
type Counters struct {
	Quotes      int64 `json:"quotes"`
	Games       int64 `json:"games"`
	Weather     int64 `json:"weather"`
	Quarantined int64 `json:"quarantined"`
	Late        int64 `json:"late"`
	Reviews     int64 `json:"reviews"`
	Signals     int64 `json:"signals"`
}

// framesKept and framesSize bound the memory of changes: half a minute at 20 a
// second, two seconds under full load. Who is megabytes behind is served better by
// a snapshot.
const (
	framesKept = 600
	framesSize = 8 << 20
)

// New returns an empty board. The epoch tells readers whether the numbers they
// hold are this board's: it must differ from start to start.
func New(catalog *league.Catalog, epoch string) *Board {
	return &Board{
		catalog: catalog, epoch: epoch, positions: map[log.Partition]int64{},
		fixtures: map[string]*fixture{}, aged: map[string]struct{}{}, changed: make(chan struct{}), signals: map[SignalCount]int64{},
	}
}

// fixture is one fixture's state. Prices may come before its record; until that
// is there nobody could say what they are for, and it is not visible.
type fixture struct {
	record    feed.Fixture
	game      *feed.Game
	weather   *feed.Weather
	inPlay    map[string]*feed.InPlay // by market: the running game beside it
	totals    *feed.TotalsWeather     // beside the weather
	markets   map[marketID]*feed.MarketState
	before    map[marketID]*feed.MarketState // the last state of each before the game was to begin
	waiting   map[marketID]*feed.MarketState // the last of each past that while the game had not begun
	began     feed.Time                      // when the game began; 0 before
	quotes    map[feed.QuoteKey]*feed.Quote
	signals   map[string]*liveSignal // by id
	closed    []*feed.Signal         // since the last frame
	seen      map[bookMarket]sighting
	open      int // quotes in state open
	sparkline []spark
	updated   feed.Time
	gone      bool   // it has left the board
	view      []byte // JSON of the fixture as last framed
}

type marketID struct {
	market, period string
	line           feed.Line
}

type bookMarket struct{ book, market string }

// sighting is when a book's market was last confirmed: by the provider's time
// and by ours.
type sighting struct{ event, seen feed.Time }

// spark is one point of a sparkline: the fair probability of home.
type spark struct {
	at feed.Time
	p  float64
}

// Positions returns how far the board has come. At its start that is nowhere: a
// board is rebuilt from the log's beginning.
func (b *Board) Positions(context.Context) (map[log.Partition]int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.positions), nil
}

// Apply takes records of the log and frames what they changed.
func (b *Board) Apply(_ context.Context, changes []store.Change) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	touched := map[string]struct{}{}
	for i := range changes {
		b.positions[changes[i].Partition] = changes[i].Offset + 1
		if id := b.take(changes[i].Record); id != "" {
			touched[id] = struct{}{}
		}
	}
	// Every answer confirms every price. That makes ages younger, which readers
	// need to know once a second and not with every answer.
	if b.now-b.agedAt >= feed.Second {
		b.agedAt = b.now
		for id := range b.aged {
			touched[id] = struct{}{}
		}
		clear(b.aged)
	}
	b.frame(touched, b.sweep())
	return nil
}

// take applies one record and returns the fixture it changed, if any.
func (b *Board) take(record any) string {
	switch r := record.(type) {
	case *feed.Quote:
		b.now = max(b.now, r.SeenTime)
		switch r.Kind {
		case feed.KindQuote:
			b.counters.Quotes++
			f := b.at(r.FixtureID, r.League)
			f.quote(r)
			return b.shown(f)
		case feed.KindSeen:
			f := b.at(r.FixtureID, r.League)
			f.see(r)
			if id := b.shown(f); id != "" {
				b.aged[id] = struct{}{}
			}
		}
	case *feed.MarketState:
		f := b.at(r.FixtureID, r.League)
		f.market(r)
		return b.shown(f)
	case *feed.Signal:
		return b.signal(r)
	case *feed.Game:
		b.now = max(b.now, r.SeenTime)
		if r.Kind != feed.KindGame {
			return ""
		}
		b.counters.Games++
		f := b.at(r.FixtureID, r.League)
		f.begin(r)
		f.game, f.updated = r, r.SeenTime
		return b.shown(f)
	case *feed.Weather:
		if r.Kind != feed.KindWeather {
			return ""
		}
		b.counters.Weather++
		f := b.at(r.FixtureID, r.League)
		f.weather, f.updated = r, r.SeenTime
		return b.shown(f)
	case *feed.InPlay:
		b.at(r.FixtureID, r.League).inPlay[r.Market] = r // told with the fixture's details, not framed
	case *feed.TotalsWeather:
		b.at(r.FixtureID, r.League).totals = r
	case *feed.Fixture:
		f := b.at(r.FixtureID, r.League)
		f.record, f.updated = *r, r.SeenTime
		return b.shown(f)
	case *feed.Quarantine:
		b.counters.Quarantined++
	case *feed.Review:
		b.counters.Reviews++
	case *feed.Late:
		b.counters.Late++
	}
	return ""
}

// at returns the fixture, making room for one that is new.
func (b *Board) at(id, leagueID string) *fixture {
	f := b.fixtures[id]
	if f == nil {
		f = &fixture{record: feed.Fixture{FixtureID: id, League: leagueID}}
		f.empty()
		b.fixtures[id] = f
	}
	return f
}

// empty forgets all but who plays and when.
func (f *fixture) empty() {
	f.game, f.weather, f.sparkline, f.view, f.open = nil, nil, nil, nil, 0
	f.inPlay, f.totals = map[string]*feed.InPlay{}, nil
	f.markets = map[marketID]*feed.MarketState{}
	f.before, f.waiting, f.began = map[marketID]*feed.MarketState{}, map[marketID]*feed.MarketState{}, 0
	f.quotes = map[feed.QuoteKey]*feed.Quote{}
	f.signals, f.closed = map[string]*liveSignal{}, nil
	f.seen = map[bookMarket]sighting{}
}

// shown returns the fixture's id if a change of it is to be framed. One that has
// left the board comes back only if it turns out not to be over, as when it is
// given a new start.
func (b *Board) shown(f *fixture) string {
	if f.gone {
		if b.over(f) {
			return ""
		}
		f.gone = false
	}
	return f.record.FixtureID
}

func (f *fixture) quote(q *feed.Quote) {
	key := q.Key()
	if old := f.quotes[key]; old != nil && old.State == feed.StateOpen {
		f.open--
	}
	if q.State == feed.StateOpen {
		f.open++
	}
	f.quotes[key] = q
	f.updated = q.SeenTime
}

func (f *fixture) see(q *feed.Quote) {
	f.seen[bookMarket{q.Book, q.Market}] = sighting{q.EventTime, q.SeenTime}
	f.updated = q.SeenTime
}

// Sparklines keep a point each quarter of a minute, and thin out beyond four
// hundred.
const (
	sparkEvery = 15 * feed.Second
	sparkMax   = 400
)

func (f *fixture) market(m *feed.MarketState) {
	id := marketID{m.Market, m.Period, feed.LineOf(m.Line)}
	f.markets[id] = m
	f.keepBefore(id, m)
	f.updated = m.SeenTime
	if m.Market != feed.MarketH2H || m.Period != feed.PeriodFull {
		return
	}
	for i := range m.Outcomes {
		if o := &m.Outcomes[i]; o.Outcome == feed.OutcomeHome && o.Fair != nil {
			f.spark(spark{m.SeenTime, *o.Fair})
		}
	}
}

func (f *fixture) spark(s spark) {
	if n := len(f.sparkline); n > 1 && s.at-f.sparkline[n-2].at < sparkEvery {
		f.sparkline[n-1] = s
		return
	}
	f.sparkline = append(f.sparkline, s)
	if len(f.sparkline) > sparkMax {
		kept := f.sparkline[:0]
		for i, p := range f.sparkline {
			if i%2 == 0 || i > sparkMax/2 {
				kept = append(kept, p)
			}
		}
		f.sparkline = kept
	}
}

// A fixture leaves the board when it is long over, or when it should be over
// and no book has it any more. Its name is kept for as long as late records may
// still speak of it.
const (
	goneAfterStart    = 12 * feed.Hour
	goneWithoutQuotes = 4 * feed.Hour
	nameKept          = 7 * 24 * feed.Hour
)

// visible tells whether readers see the fixture.
func (f *fixture) visible() bool { return !f.gone && f.record.Seq != 0 }

// over tells whether a fixture has no place on the board. One whose start is
// not known is judged by when it was last heard of.
func (b *Board) over(f *fixture) bool {
	since := b.now - f.record.StartTime
	if f.record.StartTime == 0 {
		since = b.now - f.updated
	}
	return since > goneAfterStart || since > goneWithoutQuotes && f.open == 0
}

// sweep removes fixtures that are over, once a minute of the log's clock.
func (b *Board) sweep() (removed []string) {
	if b.now-b.swept < feed.Minute {
		return nil
	}
	b.swept = b.now
	for id, f := range b.fixtures {
		switch {
		case f.gone && b.now-max(f.record.StartTime, f.updated) > nameKept:
			delete(b.fixtures, id)
		case !f.gone && b.over(f):
			ended := append(f.closed, f.endSignals()...)
			f.gone = true
			f.empty()
			f.closed = ended
			removed = append(removed, id)
		case f.gone:
			f.empty() // what came for it meanwhile
		}
	}
	return removed
}

// Now returns the log's clock.
func (b *Board) Now() feed.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

// Counters returns what has come by.
func (b *Board) Counters() Counters {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counters
}

// EventID is what a stream's event is called: it names the board and the frame.
func (b *Board) EventID(seq int64) string { return b.epoch + "-" + strconv.FormatInt(seq, 10) }

// ParseEventID returns the frame's number if the id is of this board.
func (b *Board) ParseEventID(id string) (seq int64, ok bool) {
	epoch, n, found := strings.Cut(id, "-")
	seq, err := strconv.ParseInt(n, 10, 64)
	return seq, found && err == nil && epoch == b.epoch
}

// Games returns the start and state of a league's fixtures.
func (b *Board) Games(leagueID string) []source.Game {
	b.mu.Lock()
	defer b.mu.Unlock()
	var games []source.Game
	for _, f := range b.fixtures {
		if f.gone || f.record.League != leagueID {
			continue
		}
		g := source.Game{Start: f.record.StartTime, State: feed.GameState(f.record.Status)}
		if f.game != nil {
			g.State = f.game.State
		}
		if g.State == "" {
			g.State = feed.GamePre
		}
		games = append(games, g)
	}
	return games
}

// Fixtures near an instant are those whose weather is of interest.
const (
	nearAhead  = 24 * feed.Hour
	nearBehind = 6 * feed.Hour
)

// Near returns a league's fixtures that are not over and start within a day of
// an instant or have started shortly before it, by id.
func (b *Board) Near(leagueID string, now feed.Time) []feed.Fixture {
	b.mu.Lock()
	defer b.mu.Unlock()
	var near []feed.Fixture
	for _, f := range b.fixtures {
		over := f.game != nil && f.game.State == feed.GamePost
		if !f.gone && f.record.League == leagueID && !over && f.record.StartTime-now < nearAhead && now-f.record.StartTime < nearBehind {
			near = append(near, f.record)
		}
	}
	sort.Slice(near, func(i, j int) bool { return near[i].FixtureID < near[j].FixtureID })
	return near
}
