package league

import (
	"fmt"
	"slices"
	"strings"

	"github.com/betflow/betflow/internal/feed"
)

// fixture is one game and the claims on it.
type fixture struct {
	record         feed.Fixture
	homeConfidence float64 // of the team ids, 0 where the id is empty
	awayConfidence float64
	placed         bool     // a source named the venue that record has
	claims         []*claim // by source and id
	retired        []string // ids of fixtures that were joined to this one
}

// claim is one source's id for a fixture, with what the source last said.
type claim struct {
	sourceID
	fixture    *fixture
	confidence float64
	swapped    bool
	start      feed.Time
	home, away string
	venue      string
	neutral    bool
	seen       feed.Time // when the source last said something new
}

// newFixture makes the fixture of a sighting, under an id that nobody has.
func (x *Identity) newFixture(s *Sighting, home, away side) *fixture {
	f := &fixture{homeConfidence: home.confidence, awayConfidence: away.confidence}
	f.record = feed.Fixture{
		Kind:      feed.KindFixture,
		FixtureID: x.newID(s.Start, home, away),
		League:    x.entry.league.ID,
		Season:    s.Season,
		StartTime: s.Start,
		HomeID:    home.id,
		AwayID:    away.id,
		Home:      home.name,
		Away:      away.name,
		Status:    string(feed.GamePre),
	}
	if s.Season == 0 {
		f.record.Season = x.entry.league.SeasonOf(s.Start)
	}
	x.fixtures[f.record.FixtureID] = f
	return f
}

// newID composes "<league>-<date>-<away>-<home>": the date of the start as fans
// in America count it, ten hours behind UTC. It does not depend on which source
// came first unless they disagree about that date. A second game of the day gets
// -2.
func (x *Identity) newID(start feed.Time, home, away side) string {
	date := "undated"
	if !start.IsZero() {
		date = start.Std().Add(dayShift).Format("20060102")
	}
	base := x.entry.league.ID + "-" + date + "-" + away.slug() + "-" + home.slug()
	id := base
	for n := 2; x.fixtures[id] != nil || x.retired[id] != ""; n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	return id
}

// add puts a claim on the fixture and lists it among the aliases.
func (f *fixture) add(claims ...*claim) {
	for _, c := range claims {
		c.fixture = f
	}
	f.claims = append(f.claims, claims...)
	slices.SortFunc(f.claims, func(a, b *claim) int {
		return strings.Compare(a.source+"\x00"+a.id, b.source+"\x00"+b.id)
	})
	f.list()
}

// list renews the aliases. It makes a new slice: the old one may be in the hands
// of a caller.
func (f *fixture) list() {
	aliases := make([]feed.Alias, 0, len(f.claims)+len(f.retired))
	for _, c := range f.claims {
		aliases = append(aliases, feed.Alias{Source: c.source, ID: c.id, Confidence: c.confidence})
	}
	for _, id := range f.retired {
		aliases = append(aliases, feed.Alias{Source: SourceSelf, ID: id, Confidence: 1})
	}
	f.record.Aliases = aliases
}

// claimedBy tells whether a source has an id for the fixture already.
func (f *fixture) claimedBy(source string) bool {
	return slices.ContainsFunc(f.claims, func(c *claim) bool { return c.source == source })
}

// resolution describes the claim's fixture as it is.
func (c *claim) resolution() Resolution {
	return Resolution{
		FixtureID:  c.fixture.record.FixtureID,
		Confidence: c.confidence,
		Swapped:    c.swapped,
		Fixture:    c.fixture.record,
	}
}

// news tells whether the source says something else than the last time.
func (c *claim) news(s *Sighting) bool {
	return s.Start != c.start && !s.Start.IsZero() || s.HomeName != c.home || s.AwayName != c.away ||
		s.VenueName != c.venue || s.Neutral != c.neutral
}

// hear remembers what the source said.
func (c *claim) hear(s *Sighting) {
	if !s.Start.IsZero() || c.start.IsZero() {
		c.start = s.Start
	}
	c.home, c.away, c.venue, c.neutral, c.seen = s.HomeName, s.AwayName, s.VenueName, s.Neutral, s.Seen
}

// sameGame compares what a fixture record says about the game itself.
func sameGame(a, b *feed.Fixture) bool {
	return a.StartTime == b.StartTime && a.Season == b.Season && a.HomeID == b.HomeID && a.AwayID == b.AwayID &&
		a.Home == b.Home && a.Away == b.Away && a.VenueID == b.VenueID && a.Neutral == b.Neutral && a.Status == b.Status
}
