package league

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/betflow/betflow/internal/feed"
)

// Entry is one piece of an identity's state for a checkpoint. Keys are unique
// within the league; a nil Value means that the entry is gone.
type Entry struct {
	Key   string
	Value []byte // JSON
}

// The beginnings of entry keys.
const (
	fixturePrefix = "fixture/"
	teamPrefix    = "team/"
)

// Dirty lists, by key, the entries that changed since ClearDirty. A state that
// sees nothing new has none.
func (x *Identity) Dirty() []Entry {
	entries := make([]Entry, 0, len(x.dirtyFixtures)+len(x.dirtyTeams))
	for id := range x.dirtyFixtures {
		e := Entry{Key: fixturePrefix + id}
		if f := x.fixtures[id]; f != nil {
			e.Value = encode(f.saved())
		}
		entries = append(entries, e)
	}
	for key := range x.dirtyTeams {
		entries = append(entries, Entry{key.entryKey(), encode(x.learned[key])})
	}
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Key, b.Key) })
	return entries
}

// ClearDirty forgets what changed, after a checkpoint holds it.
func (x *Identity) ClearDirty() {
	clear(x.dirtyFixtures)
	clear(x.dirtyTeams)
}

// Load adds an entry of a checkpoint to a state that does not have it. Loading
// all entries, in any order, gives the state that wrote them, with none dirty.
func (x *Identity) Load(e Entry) error {
	var err error
	switch {
	case strings.HasPrefix(e.Key, fixturePrefix):
		err = x.loadFixture(e)
	case strings.HasPrefix(e.Key, teamPrefix):
		err = x.loadTeam(e)
	default:
		err = fmt.Errorf("the key is neither of a fixture nor of a team")
	}
	if err != nil {
		return fmt.Errorf("loading identity entry %q: %w", e.Key, err)
	}
	return nil
}

func (x *Identity) touch(f *fixture) { x.dirtyFixtures[f.record.FixtureID] = struct{}{} }

func (k teamKey) entryKey() string {
	if k.id != "" {
		return teamPrefix + k.source + "/id/" + k.id
	}
	return teamPrefix + k.source + "/name/" + k.name
}

// savedFixture is the stable encoding of a fixture. Times are microseconds.
type savedFixture struct {
	ID             string       `json:"id"`
	Season         int32        `json:"season"`
	Start          int64        `json:"start"`
	HomeID         string       `json:"home_id,omitempty"`
	AwayID         string       `json:"away_id,omitempty"`
	Home           string       `json:"home"`
	Away           string       `json:"away"`
	HomeConfidence float64      `json:"home_confidence,omitempty"`
	AwayConfidence float64      `json:"away_confidence,omitempty"`
	Venue          string       `json:"venue,omitempty"`
	Placed         bool         `json:"placed,omitempty"`
	Neutral        bool         `json:"neutral,omitempty"`
	Status         string       `json:"status"`
	Seen           int64        `json:"seen"`
	Claims         []savedClaim `json:"claims"`
	Retired        []string     `json:"retired,omitempty"`
}

// savedClaim is the stable encoding of a claim.
type savedClaim struct {
	Source     string  `json:"source"`
	ID         string  `json:"id"`
	Confidence float64 `json:"confidence"`
	Swapped    bool    `json:"swapped,omitempty"`
	Start      int64   `json:"start"`
	Home       string  `json:"home"`
	Away       string  `json:"away"`
	Venue      string  `json:"venue,omitempty"`
	Neutral    bool    `json:"neutral,omitempty"`
	Seen       int64   `json:"seen"`
}

func (f *fixture) saved() savedFixture {
	r := &f.record
	s := savedFixture{
		ID: r.FixtureID, Season: r.Season, Start: int64(r.StartTime),
		HomeID: r.HomeID, AwayID: r.AwayID, Home: r.Home, Away: r.Away,
		HomeConfidence: f.homeConfidence, AwayConfidence: f.awayConfidence,
		Venue: r.VenueID, Placed: f.placed, Neutral: r.Neutral, Status: r.Status,
		Seen: int64(r.SeenTime), Claims: make([]savedClaim, 0, len(f.claims)), Retired: f.retired,
	}
	for _, c := range f.claims {
		s.Claims = append(s.Claims, savedClaim{
			Source: c.source, ID: c.id, Confidence: c.confidence, Swapped: c.swapped, Start: int64(c.start),
			Home: c.home, Away: c.away, Venue: c.venue, Neutral: c.neutral, Seen: int64(c.seen),
		})
	}
	return s
}

func (x *Identity) loadFixture(e Entry) error {
	var s savedFixture
	if err := decode(e.Value, &s); err != nil {
		return err
	}
	if e.Key != fixturePrefix+s.ID {
		return fmt.Errorf("the value is of fixture %q", s.ID)
	}
	if x.fixture(s.ID) != nil {
		return fmt.Errorf("the fixture is there already")
	}
	f := &fixture{
		homeConfidence: s.HomeConfidence, awayConfidence: s.AwayConfidence, placed: s.Placed, retired: s.Retired,
		record: feed.Fixture{
			Kind: feed.KindFixture, FixtureID: s.ID, League: x.entry.league.ID, Season: s.Season,
			StartTime: feed.Time(s.Start), HomeID: s.HomeID, AwayID: s.AwayID, Home: s.Home, Away: s.Away,
			VenueID: s.Venue, Neutral: s.Neutral, Status: s.Status, SeenTime: feed.Time(s.Seen),
		},
	}
	claims := make([]*claim, 0, len(s.Claims))
	for _, c := range s.Claims {
		id := sourceID{c.Source, c.ID}
		if x.claims[id] != nil {
			return fmt.Errorf("%s id %q belongs to another fixture", c.Source, c.ID)
		}
		claims = append(claims, &claim{
			sourceID: id, confidence: c.Confidence, swapped: c.Swapped, start: feed.Time(c.Start),
			home: c.Home, away: c.Away, venue: c.Venue, neutral: c.Neutral, seen: feed.Time(c.Seen),
		})
	}
	f.add(claims...)
	for _, c := range claims {
		x.claims[c.sourceID] = c
	}
	for _, id := range f.retired {
		x.retired[id] = s.ID
	}
	x.fixtures[s.ID] = f
	return nil
}

func (x *Identity) loadTeam(e Entry) error {
	var a TeamAlias
	if err := decode(e.Value, &a); err != nil {
		return err
	}
	byID := teamKey{a.Source, a.SourceID, ""}
	byName := teamKey{a.Source, "", Normalise(a.Name)}
	switch e.Key {
	case byName.entryKey():
		x.learned[byName] = a
	case byID.entryKey():
		x.learned[byID] = a
	default:
		return fmt.Errorf("the value is of %s team %q", a.Source, a.Name)
	}
	return nil
}

// encode writes a value that always can be written.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // a struct of strings and finite numbers
	}
	return b
}

func decode(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(v)
}
