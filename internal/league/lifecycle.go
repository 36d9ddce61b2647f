package league

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/betflow/betflow/internal/feed"
)

// ErrUnknownFixture says that no fixture of the league has an id.
var ErrUnknownFixture = errors.New("no fixture has this id")

// SetStatus records where a game stands and tells whether that is new. The id of
// a joined fixture counts as its survivor's.
func (x *Identity) SetStatus(id string, state feed.GameState, seen feed.Time) (f feed.Fixture, changed bool, err error) {
	held := x.fixture(id)
	if held == nil {
		return feed.Fixture{}, false, fmt.Errorf("setting status of fixture %q: %w", id, ErrUnknownFixture)
	}
	if held.record.Status == string(state) {
		return held.record, false, nil
	}
	held.record.Status, held.record.SeenTime = string(state), seen
	x.touch(held)
	return held.record, true, nil
}

// Join makes two fixtures one, by a person's decision. The first keeps its id
// and its start; all that sources call the second means the first from now on,
// and so does the second's own id. Names of the second that were not known are
// learned as those of the first's teams.
func (x *Identity) Join(survivorID, otherID string) (feed.Fixture, error) {
	survivor, other := x.fixture(survivorID), x.fixture(otherID)
	switch {
	case survivor == nil:
		return feed.Fixture{}, fmt.Errorf("joining fixtures: %q: %w", survivorID, ErrUnknownFixture)
	case other == nil:
		return feed.Fixture{}, fmt.Errorf("joining fixtures: %q: %w", otherID, ErrUnknownFixture)
	case survivor == other:
		return feed.Fixture{}, fmt.Errorf("joining fixtures: %q and %q are one fixture already", survivorID, otherID)
	}
	ours, theirs := survivor.sides(), other.sides()
	reversed := comparePairs(theirs[1], theirs[0], ours).confidence > comparePairs(theirs[0], theirs[1], ours).confidence
	x.merge(survivor, other, reversed)
	for _, c := range other.claims {
		x.teach(survivor, c)
	}
	x.touch(survivor)
	x.touch(other) // it is gone: its entry is to be deleted
	return survivor.record, nil
}

// merge moves everything of other to survivor. Reversed says that home of one is
// away of the other.
func (x *Identity) merge(survivor, other *fixture, reversed bool) {
	theirs := other.sides()
	if reversed {
		theirs[0], theirs[1] = theirs[1], theirs[0]
	}
	if survivor.sides()[0].givesWayTo(theirs[0]) {
		survivor.record.HomeID, survivor.record.Home, survivor.homeConfidence = theirs[0].id, theirs[0].name, theirs[0].confidence
	}
	if survivor.sides()[1].givesWayTo(theirs[1]) {
		survivor.record.AwayID, survivor.record.Away, survivor.awayConfidence = theirs[1].id, theirs[1].name, theirs[1].confidence
	}
	survivor.record.Neutral = survivor.record.Neutral || other.record.Neutral
	if !survivor.placed && other.placed {
		survivor.record.VenueID, survivor.placed = other.record.VenueID, true
	}
	survivor.record.SeenTime = max(survivor.record.SeenTime, other.record.SeenTime)

	delete(x.fixtures, other.record.FixtureID)
	survivor.retired = slices.Sorted(slices.Values(slices.Concat(survivor.retired, other.retired, []string{other.record.FixtureID})))
	for _, id := range survivor.retired {
		x.retired[id] = survivor.record.FixtureID
	}
	for _, c := range other.claims {
		c.swapped = c.swapped != reversed
	}
	survivor.add(other.claims...)
}

// teach learns the names of a claim that a person gave to a fixture.
func (x *Identity) teach(f *fixture, c *claim) {
	said := [2]string{c.home, c.away}
	if c.swapped {
		said[0], said[1] = said[1], said[0]
	}
	for i, team := range f.sides() {
		if team.id != "" && !placeholder(said[i]) {
			x.learn(c.source, "", said[i], team)
		}
	}
}

// waitingKept is how much longer a postponed or suspended game is kept, since it
// may come back under its id: until the season after.
const waitingKept = 400 * 24 * feed.Hour

// Forget drops fixtures that started before an instant, with all that sources
// call them, and returns their ids. Without a start the last change counts. A
// postponed or suspended game is kept for longer. What was learned about team
// names stays: it is as much as there are names.
//
// The instant must lie well behind what sources still mention: a source that
// names a forgotten game makes a new fixture.
func (x *Identity) Forget(before feed.Time) []string {
	var gone []string
	for _, id := range slices.Sorted(maps.Keys(x.fixtures)) {
		f := x.fixtures[id]
		when := f.record.StartTime
		if when.IsZero() {
			when = f.record.SeenTime
		}
		waits := f.record.Status == string(feed.GamePostponed) || f.record.Status == string(feed.GameSuspended)
		if when >= before || waits && when >= before-waitingKept {
			continue
		}
		for _, c := range f.claims {
			delete(x.claims, c.sourceID)
		}
		for _, old := range f.retired {
			delete(x.retired, old)
		}
		delete(x.fixtures, id)
		x.touch(f)
		gone = append(gone, id)
	}
	return gone
}
