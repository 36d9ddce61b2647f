package league

import (
	"fmt"
	"slices"
	"strings"

	"github.com/betflow/betflow/internal/feed"
)

// Sighting is one source's mention of a game in one response. Its texts are
// UTF-8.
type Sighting struct {
	Source           string
	SourceID         string // the source's id of the game
	Start            feed.Time
	HomeName         string // as the source writes it
	AwayName         string
	HomeSourceTeamID string // the source's id of the team, if it gives one
	AwaySourceTeamID string
	Season           int32  // the year in which the season began; 0 to take it from the calendar
	VenueName        string // empty if the source names none
	VenueCity        string
	Neutral          bool // the source says that the ground is neutral
	Seen             feed.Time
}

// Resolution is what a sighting means.
type Resolution struct {
	FixtureID  string
	Confidence float64 // that this source's id is this fixture
	New        bool    // the fixture was made by this sighting
	Changed    bool    // the fixture differs from what was last handed out, New included
	Swapped    bool    // the source's home team is the fixture's away team
	Fixture    feed.Fixture
	Reviews    []feed.Review // questions for a person, each asked once
}

// Identity is which fixture every source's id means, for one league. It is a
// state machine without clock: the same sightings in the same order give the
// same answers. It is not safe for concurrent use.
//
// A source's id means one fixture for ever, whatever happens to the start. A new
// id joins the best fixture that has no id of that source, if both teams and the
// start fit with a confidence of at least Accept, and else makes its own: two
// ids of one source are two fixtures, such as a double-header.
//
// The Aliases of a Fixture it hands out are shared and not to be changed.
type Identity struct {
	entry    *entry
	fixtures map[string]*fixture
	claims   map[sourceID]*claim
	retired  map[string]string // id of a fixture that was joined to another -> that one's id
	learned  map[teamKey]TeamAlias
	// What changed since ClearDirty: fixtures, gone ones too, and team names.
	dirtyFixtures map[string]struct{}
	dirtyTeams    map[teamKey]struct{}
}

// NewIdentity returns the empty state of a league.
func NewIdentity(c *Catalog, leagueID string) (*Identity, error) {
	e := c.byID[leagueID]
	if e == nil {
		return nil, fmt.Errorf("opening identity of league %q: no league has this id", leagueID)
	}
	return &Identity{
		entry:    e,
		fixtures: map[string]*fixture{},
		claims:   map[sourceID]*claim{},
		retired:  map[string]string{},
		learned:  map[teamKey]TeamAlias{},

		dirtyFixtures: map[string]struct{}{},
		dirtyTeams:    map[teamKey]struct{}{},
	}, nil
}

// Resolve returns the fixture that a sighting means, making one if need be. For
// an id that was seen before and says nothing new it allocates nothing.
func (x *Identity) Resolve(s Sighting) Resolution {
	c := x.claims[sourceID{s.Source, s.SourceID}]
	if c == nil {
		return x.first(s)
	}
	if s.Seen < c.seen || !c.news(&s) {
		return c.resolution()
	}
	return x.again(c, s)
}

// first resolves an id that the source has not used before.
func (x *Identity) first(s Sighting) Resolution {
	home, homeReview := x.identify(&s, s.HomeSourceTeamID, s.HomeName)
	away, awayReview := x.identify(&s, s.AwaySourceTeamID, s.AwayName)
	reviews := collect(homeReview, awayReview)
	best := x.best(&s, home, away, nil)

	joined := best.fixture != nil && best.confidence >= Accept && !best.taken
	c := &claim{sourceID: sourceID{s.Source, s.SourceID}, confidence: 1}
	if joined {
		c.fixture, c.confidence, c.swapped = best.fixture, best.confidence, best.swapped
		x.learnFrom(&s, best)
	} else {
		c.fixture = x.newFixture(&s, home, away)
		if best.fixture != nil {
			reviews = append(reviews, x.review(&s, best.fixture.record.FixtureID, best.confidence, best.reason))
		}
	}
	x.claims[c.sourceID] = c
	c.hear(&s)
	c.fixture.add(c)
	x.complete(c.fixture, &s, home, away, c.swapped)
	c.fixture.record.SeenTime = s.Seen
	x.touch(c.fixture)

	r := c.resolution()
	r.New, r.Changed, r.Reviews = !joined, true, reviews
	return r
}

// again takes in what a known id says anew: a start moves the fixture, whoever
// says it; names and the venue fill in what was not known.
func (x *Identity) again(c *claim, s Sighting) Resolution {
	f := c.fixture
	before := f.record
	confidence, swapped := c.confidence, c.swapped

	var reviews []feed.Review
	if s.Start != c.start && !s.Start.IsZero() {
		f.record.StartTime = s.Start
	}
	if s.HomeName != c.home || s.AwayName != c.away {
		reviews = x.renamed(c, &s)
	} else if s.VenueName != c.venue || s.Neutral != c.neutral {
		x.complete(f, &s, side{}, side{}, c.swapped)
	}
	c.hear(&s)
	x.touch(f)

	changed := !sameGame(&before, &f.record) || confidence != c.confidence || swapped != c.swapped
	if changed {
		f.record.SeenTime = s.Seen
	}
	r := c.resolution()
	r.Changed, r.Reviews = changed, reviews
	return r
}

// renamed handles a known id whose teams are written otherwise: a playoff
// pairing that became known, the sides exchanged, or another spelling.
func (x *Identity) renamed(c *claim, s *Sighting) []feed.Review {
	home, homeReview := x.identify(s, s.HomeSourceTeamID, s.HomeName)
	away, awayReview := x.identify(s, s.AwaySourceTeamID, s.AwayName)
	reviews := collect(homeReview, awayReview)

	f := c.fixture
	ours := f.sides()
	straight, crossed := comparePairs(home, away, ours), comparePairs(away, home, ours)
	if !straight.possible && !crossed.possible {
		return append(reviews, x.review(s, f.record.FixtureID, 0, "the source's id now names other teams"))
	}
	switch {
	case crossed.possible && crossed.confidence > straight.confidence:
		c.swapped = true
	case straight.possible && straight.confidence > crossed.confidence:
		c.swapped = false
	}
	x.complete(f, s, home, away, c.swapped)
	if now := f.sides(); now != ours {
		reviews = append(reviews, x.twin(f, s)...)
	}
	return reviews
}

// twin asks about another fixture that a fixture turns out to be the same game
// as, now that its teams are known. The two stay apart until a person joins
// them, since both ids are in use.
func (x *Identity) twin(f *fixture, s *Sighting) []feed.Review {
	ours := f.sides()
	said := *s
	said.Start = f.record.StartTime
	best := x.best(&said, ours[0], ours[1], f)
	if best.fixture == nil || best.taken || best.confidence < Accept {
		return nil
	}
	return []feed.Review{x.review(s, best.fixture.record.FixtureID, best.confidence, "the teams became known and another fixture has them")}
}

// collect returns the reviews that are there.
func collect(reviews ...*feed.Review) []feed.Review {
	var all []feed.Review
	for _, r := range reviews {
		if r != nil {
			all = append(all, *r)
		}
	}
	return all
}

// complete fills in what the fixture lacks and the sighting knows: a team that
// was unknown, the neutral ground, the venue.
func (x *Identity) complete(f *fixture, s *Sighting, home, away side, swapped bool) {
	if swapped {
		home, away = away, home
	}
	r := &f.record
	if ours := f.sides(); ours[0].givesWayTo(home) {
		r.HomeID, r.Home, f.homeConfidence = home.id, home.name, home.confidence
	}
	if ours := f.sides(); ours[1].givesWayTo(away) {
		r.AwayID, r.Away, f.awayConfidence = away.id, away.name, away.confidence
	}
	if s.Neutral {
		r.Neutral = true
	}
	if s.VenueName != "" || !f.placed {
		r.VenueID = x.entry.place(s.VenueName, s.VenueCity, r.Neutral, r.HomeID)
		f.placed = s.VenueName != ""
	}
}

// Fixture returns the state of a fixture, also by the id of one that was joined
// to it.
func (x *Identity) Fixture(id string) (feed.Fixture, bool) {
	f := x.fixture(id)
	if f == nil {
		return feed.Fixture{}, false
	}
	return f.record, true
}

func (x *Identity) fixture(id string) *fixture {
	if survivor := x.retired[id]; survivor != "" {
		id = survivor
	}
	return x.fixtures[id]
}

// Fixtures lists all fixtures by start, then id.
func (x *Identity) Fixtures() []feed.Fixture {
	all := make([]feed.Fixture, 0, len(x.fixtures))
	for _, f := range x.fixtures {
		all = append(all, f.record)
	}
	slices.SortFunc(all, func(a, b feed.Fixture) int {
		if a.StartTime != b.StartTime {
			return int(min(max(a.StartTime-b.StartTime, -1), 1))
		}
		return strings.Compare(a.FixtureID, b.FixtureID)
	})
	return all
}
