package league

import (
	"math"
	"slices"
	"strings"

	"github.com/betflow/betflow/internal/feed"
)

// side is one team of a sighting or a fixture.
type side struct {
	id         string // team id, empty if the name is unknown
	name       string // the team's full name, or as the source wrote it
	confidence float64
}

// slug returns the team's part of a fixture id.
func (s side) slug() string {
	if s.id != "" {
		return slugOf(s.id)
	}
	return slug(s.name)
}

// givesWayTo tells whether another naming of the side says more than this one.
func (s side) givesWayTo(other side) bool {
	return s.id == "" && (other.id != "" || placeholder(s.name) && other.name != "")
}

// placeholder tells whether a name stands for a team that is not known yet, such
// as "TBD", "Winner of game 3" or "Celtics/Knicks".
func placeholder(name string) bool {
	if strings.Contains(name, "/") {
		return true
	}
	words := strings.Fields(Normalise(name))
	return len(words) == 0 || slices.ContainsFunc(words, func(w string) bool {
		return w == "tbd" || w == "tba" || w == "winner" || w == "loser"
	})
}

// sides returns home and away of a fixture.
func (f *fixture) sides() [2]side {
	return [2]side{
		{f.record.HomeID, f.record.Home, f.homeConfidence},
		{f.record.AwayID, f.record.Away, f.awayConfidence},
	}
}

// sameTeam says how sure two sides are one team. Two known teams that differ
// contradict each other.
func sameTeam(a, b side) (confidence float64, possible bool) {
	if a.id != "" && b.id != "" {
		if a.id != b.id {
			return 0, false
		}
		return min(a.confidence, b.confidence), true
	}
	if a.id == "" && placeholder(a.name) || b.id == "" && placeholder(b.name) {
		return 0, true
	}
	x, y := Normalise(a.name), Normalise(b.name)
	if x == y {
		return confidenceSameName, true
	}
	return confidenceFuzzy * similarity(x, y), true
}

// pairing is how two teams compare with those of a fixture, in one order.
type pairing struct {
	confidence float64 // of the worse matched team
	anchored   bool    // the better matched team is known by more than likeness
	possible   bool    // no known team contradicts another
}

// comparePairs compares a home and an away team with those of a fixture.
func comparePairs(home, away side, of [2]side) pairing {
	h, possibleHome := sameTeam(home, of[0])
	a, possibleAway := sameTeam(away, of[1])
	if !possibleHome || !possibleAway {
		return pairing{}
	}
	return pairing{min(h, a), max(h, a) >= confidenceShort, true}
}

// startConfidence is the factor for two starts so many hours apart: from 1 at
// none down to 0.9 at SameHours, then below Accept, from 0.79 down to 0.5 at
// ReviewHours, then 0.
func (m Match) startConfidence(hours float64) float64 {
	switch {
	case hours <= m.SameHours:
		return 1 - (1-factorFarthest)*hours/m.SameHours
	case hours <= m.ReviewHours:
		return factorBeyond - (factorBeyond-factorLast)*(hours-m.SameHours)/(m.ReviewHours-m.SameHours)
	}
	return 0
}

// candidate is a fixture that a sighting may mean.
type candidate struct {
	fixture    *fixture
	confidence float64
	hours      float64 // between the starts
	swapped    bool
	taken      bool // the source has another id for it
	reason     string
}

// better orders candidates: free ones first, then by confidence, nearer start,
// and id, so that the choice does not depend on the order of a map.
func (c candidate) better(d candidate) bool {
	switch {
	case d.fixture == nil:
		return true
	case c.taken != d.taken:
		return !c.taken
	case c.confidence != d.confidence:
		return c.confidence > d.confidence
	case c.hours != d.hours:
		return c.hours < d.hours
	}
	return c.fixture.record.FixtureID < d.fixture.record.FixtureID
}

// best returns the fixture that a sighting most probably means, other than one;
// the zero candidate if there is none worth a question.
func (x *Identity) best(s *Sighting, home, away side, other *fixture) candidate {
	var best candidate
	if s.Start.IsZero() {
		return best
	}
	reach := feed.Time(x.entry.league.Match.ReviewHours * float64(feed.Hour))
	for _, f := range x.fixtures {
		start := f.record.StartTime
		if f == other || start.IsZero() || start < s.Start-reach || start > s.Start+reach {
			continue
		}
		c := x.consider(f, s, home, away)
		if c.confidence >= leastCandidate && c.better(best) {
			best = c
		}
	}
	return best
}

// consider rates one fixture for a sighting.
func (x *Identity) consider(f *fixture, s *Sighting, home, away side) candidate {
	rule := x.entry.league.Match
	c := candidate{fixture: f, hours: math.Abs(s.Start.Sub(f.record.StartTime).Hours()), reason: "the names are not sure"}
	ours := f.sides()
	straight, crossed := comparePairs(home, away, ours), comparePairs(away, home, ours)
	pair := straight.confidence
	switch {
	case straight.anchored && c.hours <= 1:
		pair = max(pair, confidenceCompany)
	case straight.anchored && c.hours <= rule.SameHours:
		pair = max(pair, confidenceAcquaintance)
	}
	if crossed.confidence > pair {
		c.swapped, pair = true, crossed.confidence*factorReversed
		c.reason = "home and away are exchanged"
		if (s.Neutral || f.record.Neutral) && c.hours <= rule.SameHours {
			pair = crossed.confidence * factorSwapped
		}
	}
	if c.hours > rule.SameHours {
		c.reason = "the starts are far apart"
	}
	c.confidence = pair * rule.startConfidence(c.hours)
	if c.taken = f.claimedBy(s.Source); c.taken {
		// The next game of a series is no news; the same game under a second id is.
		c.reason = "the source lists this game under another id as well"
		if c.confidence < Accept || c.swapped {
			c.confidence = 0
		}
	}
	return c
}
