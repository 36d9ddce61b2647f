package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
)

// NormaliseConfig says what normalise tasks know of the world.
type NormaliseConfig struct {
	Catalog    *league.Catalog
	Leagues    []string // ids of the leagues that have topics
	Sources    []string // in the order in which records of one instant are taken
	Partitions int32    // of every topic
}

// identityKept is how long after its start a fixture's identity is kept. It
// lies well behind what any source still mentions.
const identityKept = 7 * 24 * feed.Hour

// NewNormalise returns the task that turns one partition of the raw topics into
// canonical records.
func NewNormalise(c Config, nc NormaliseConfig, partition int32) *Task {
	var inputs []log.Partition
	for _, s := range nc.Sources {
		inputs = append(inputs, log.Partition{Topic: log.RawTopic(s), Partition: partition})
	}
	outputs := []string{log.TopicDims, log.TopicFixtures, log.TopicQuarantine, log.TopicReviews}
	for _, id := range nc.owned(partition) {
		outputs = append(outputs, log.QuotesTopic(id), log.GamesTopic(id), log.PlaysTopic(id), log.WeatherTopic(id))
	}
	return newTask(c, KindNormalise, partition, func() Operator {
		return newNormalise(nc, partition, inputs)
	}, inputs, outputs)
}

// owned lists the leagues whose raw responses are in the partition.
func (nc *NormaliseConfig) owned(partition int32) []string {
	var ids []string
	for _, id := range nc.Leagues {
		if log.PartitionOf(id, nc.Partitions) == partition {
			ids = append(ids, id)
		}
	}
	return ids
}

// normalise is the operator of a normalise task.
type normalise struct {
	cfg       NormaliseConfig
	partition int32 // of the raw topics; also of fixtures, quarantine and reviews
	merger    *merger
	leagues   []*leagueNormalise
	byID      map[string]*leagueNormalise
	done      map[log.Partition]int64
	meta      normaliseMeta
}

type normaliseMeta struct {
	Tick  feed.Time `json:"tick"`  // newest tick handed on
	Swept feed.Time `json:"swept"` // when old fixtures were last forgotten
}

func newNormalise(nc NormaliseConfig, partition int32, inputs []log.Partition) *normalise {
	o := &normalise{cfg: nc, partition: partition, merger: newMerger(inputs), byID: map[string]*leagueNormalise{}, done: map[log.Partition]int64{}}
	for _, id := range nc.owned(partition) {
		l := newLeagueNormalise(nc.Catalog, id)
		o.leagues = append(o.leagues, l)
		o.byID[id] = l
	}
	return o
}

// Process takes in one raw record and handles what is now known to be next.
func (o *normalise) Process(r *kgo.Record, e *Emitter) error {
	entry, err := log.DecodeRaw(r)
	if err != nil {
		return err
	}
	o.merger.add(entry)
	for {
		next, ok := o.merger.next()
		if !ok {
			return nil
		}
		if err := o.handle(&next, e); err != nil {
			return err
		}
		o.done[log.Partition{Topic: next.Place.Topic, Partition: next.Place.Partition}] = next.Place.Offset + 1
	}
}

// handle takes the next entry in order: first the time it brings, then what it
// says.
func (o *normalise) handle(entry *log.RawEntry, e *Emitter) error {
	if t := entry.Time.Truncate(feed.Second); t > o.meta.Tick {
		o.meta.Tick = t
		if err := o.tick(t, e); err != nil {
			return err
		}
	}
	if entry.Tick {
		return nil
	}
	l := o.byID[entry.Raw.League]
	if l == nil {
		return nil // an answer about no league, such as the list of sports
	}
	out := &output{o: o, l: l, e: e, raw: &entry.Raw, place: entry.Place}
	if reason, ok := entry.Raw.Headers[feed.HeaderDefect]; ok {
		return out.quarantine(feed.Defect{Place: entry.Raw.Path, Reason: reason, Body: entry.Raw.Body})
	}
	if entry.Raw.Status >= 400 {
		return nil // an error response: captured and counted where it was fetched
	}
	switch entry.Raw.Source {
	case feed.SourceOdds:
		return l.odds(out)
	case feed.SourceGames:
		return l.scoreboard(out)
	case feed.SourceWeather:
		return l.currentWeather(out)
	}
	return nil
}

// tick tells every partition of the owned leagues that time has come to t, and
// now and then forgets what is long over.
func (o *normalise) tick(t feed.Time, e *Emitter) error {
	for _, l := range o.leagues {
		for p := range o.cfg.Partitions {
			err := errors.Join(
				e.Emit(log.QuotesTopic(l.id), p, feed.TickKey, &feed.Quote{Kind: feed.KindTick, League: l.id, EventTime: t, SeenTime: t}),
				e.Emit(log.GamesTopic(l.id), p, feed.TickKey, &feed.Game{Kind: feed.KindTick, League: l.id, EventTime: t, SeenTime: t}),
				e.Emit(log.PlaysTopic(l.id), p, feed.TickKey, &feed.Play{Kind: feed.KindTick, League: l.id, EventTime: t, SeenTime: t}),
				e.Emit(log.WeatherTopic(l.id), p, feed.TickKey, &feed.Weather{Kind: feed.KindTick, League: l.id, EventTime: t, SeenTime: t}),
			)
			if err != nil {
				return err
			}
		}
	}
	if t-o.meta.Swept > feed.Hour {
		o.meta.Swept = t
		for _, l := range o.leagues {
			l.forget(t - identityKept)
		}
	}
	return nil
}

// Done yields the positions behind the last handled record of each input.
// Records that wait in the merger are read again after a restart.
func (o *normalise) Done(yield func(log.Partition, int64)) {
	for p, next := range o.done {
		yield(p, next)
	}
}

// Dropped is always zero: the raw topics have one writer in the broker's own
// process, and every entry counts.
func (o *normalise) Dropped() int64 { return 0 }

// output is where the records of one response go.
type output struct {
	o     *normalise
	l     *leagueNormalise
	e     *Emitter
	raw   *feed.Raw
	place feed.Place
}

func (out *output) partitionOf(fixtureID string) int32 {
	return log.PartitionOf(fixtureID, out.o.cfg.Partitions)
}

// resolve finds out which fixture a sighting means and emits what that changes.
func (out *output) resolve(s league.Sighting) (league.Resolution, error) {
	s.Source, s.Seen = out.raw.Source, out.raw.FetchedAt
	res := out.l.identity.Resolve(s)
	if res.Changed {
		if err := errors.Join(out.fixture(res.Fixture), out.teams()); err != nil {
			return res, err
		}
	}
	for i := range res.Reviews {
		v := res.Reviews[i]
		if err := out.e.Emit(log.TopicReviews, out.o.partition, v.Source+"|"+v.SourceID+"|"+v.Name, &v); err != nil {
			return res, err
		}
	}
	return res, nil
}

func (out *output) fixture(f feed.Fixture) error {
	return out.e.Emit(log.TopicFixtures, out.o.partition, f.FixtureID, &f)
}

// quarantine emits bad parts of the response.
func (out *output) quarantine(defects ...feed.Defect) error {
	for _, d := range defects {
		q := &feed.Quarantine{
			Kind: feed.KindQuarantine, Source: out.raw.Source, League: out.l.id, SeenTime: out.raw.FetchedAt,
			Path: out.raw.Path, Place: d.Place, Reason: d.Reason, Body: d.Body,
			RawPartition: out.place.Partition, RawOffset: out.place.Offset,
		}
		if err := out.e.Emit(log.TopicQuarantine, out.o.partition, out.raw.Source+"|"+out.l.id, q); err != nil {
			return err
		}
	}
	return nil
}

// unreadable quarantines the whole response.
func (out *output) unreadable(err error) error {
	return out.quarantine(feed.Defect{Place: "", Reason: err.Error(), Body: out.raw.Body})
}

// leagueNormalise is the state of one league.
type leagueNormalise struct {
	id       string
	league   *league.League
	catalog  *league.Catalog
	identity *league.Identity

	requests []*request // that were answered, in the order of the first answer
	quotes   map[string]*fixtureQuotes
	games    map[string]*gameMemory
	weather  map[string]feed.Weather
	dims     map[string]string // name of a thing at a source -> our id of it, as published

	changed map[string]bool // state keys to store, or to remove if what they name is gone
	touches int64           // counts responses, to mark what one has touched
}

func newLeagueNormalise(c *league.Catalog, id string) *leagueNormalise {
	l, ok := c.League(id)
	if !ok {
		panic("process: league " + id + " is not in the catalog") // checked by the configuration
	}
	identity, err := league.NewIdentity(c, id)
	if err != nil {
		panic("process: " + err.Error()) // the league is in the catalog
	}
	return &leagueNormalise{
		id: id, league: l, catalog: c, identity: identity,
		quotes: map[string]*fixtureQuotes{}, games: map[string]*gameMemory{}, weather: map[string]feed.Weather{}, dims: map[string]string{},
		changed: map[string]bool{},
	}
}

// forget drops fixtures that started before an instant and what is known of
// them.
func (l *leagueNormalise) forget(before feed.Time) {
	for _, id := range l.identity.Forget(before) {
		// Prices stay until the books take them back.
		delete(l.games, id)
		delete(l.weather, id)
		l.changed[keyGame+id], l.changed[keyWeather+id] = true, true
	}
}

// Keys of a league's state, behind "league/<id>/".
const (
	metaAll     = "all" // of all leagues
	keyLeague   = "league/"
	keyIdentity = "identity/"
	keyRequests = "requests"
	keyDims     = "dims"
	keyQuotes   = "quotes/"
	keyGame     = "game/"
	keyWeather  = "weather/"
)

// Save adds what has changed to the checkpoint.
func (o *normalise) Save(b *Batch) error {
	if err := setJSON(b, keyMeta+metaAll, &o.meta); err != nil {
		return err
	}
	for _, l := range o.leagues {
		prefix := keyLeague + l.id + "/"
		for _, entry := range l.identity.Dirty() {
			key := prefix + keyIdentity + entry.Key
			var err error
			if entry.Value == nil {
				err = b.Delete(key)
			} else {
				err = b.Set(key, entry.Value)
			}
			if err != nil {
				return err
			}
		}
		l.identity.ClearDirty()
		for _, key := range slices.Sorted(maps.Keys(l.changed)) {
			if err := l.saveEntry(b, prefix, key); err != nil {
				return err
			}
		}
		clear(l.changed)
	}
	return nil
}

func (l *leagueNormalise) saveEntry(b *Batch, prefix, key string) error {
	var value any
	kind, id, _ := strings.Cut(key, "/")
	switch kind + "/" {
	case keyRequests + "/":
		value = l.requests
	case keyDims + "/":
		value = l.dims
	case keyQuotes:
		if f, ok := l.quotes[id]; ok {
			value = f
		}
	case keyGame:
		if g, ok := l.games[id]; ok {
			value = g
		}
	case keyWeather:
		if w, ok := l.weather[id]; ok {
			value = w
		}
	}
	if value == nil {
		return b.Delete(prefix + key)
	}
	return setJSON(b, prefix+key, value)
}

// Load restores the state of the last checkpoint.
func (o *normalise) Load(s *State) error {
	if err := s.Each(keyMeta, func(_ string, v []byte) error { return json.Unmarshal(v, &o.meta) }); err != nil {
		return err
	}
	return s.Each(keyLeague, func(key string, v []byte) error {
		id, rest, _ := strings.Cut(key, "/")
		l := o.byID[id]
		if l == nil {
			return nil // a league that is not configured any more
		}
		return l.loadEntry(rest, v)
	})
}

func (l *leagueNormalise) loadEntry(key string, v []byte) error {
	kind, id, _ := strings.Cut(key, "/")
	switch kind + "/" {
	case keyIdentity:
		return l.identity.Load(league.Entry{Key: id, Value: slices.Clone(v)})
	case keyRequests + "/":
		return json.Unmarshal(v, &l.requests)
	case keyDims + "/":
		return json.Unmarshal(v, &l.dims)
	case keyQuotes:
		f := newFixtureQuotes()
		if err := json.Unmarshal(v, f); err != nil {
			return err
		}
		f.reindex()
		l.quotes[id] = f
	case keyGame:
		g := new(gameMemory)
		if err := json.Unmarshal(v, g); err != nil {
			return err
		}
		l.games[id] = g
	case keyWeather:
		var w feed.Weather
		if err := json.Unmarshal(v, &w); err != nil {
			return err
		}
		l.weather[id] = w
	default:
		return fmt.Errorf("state key %q is not known", key)
	}
	return nil
}
