package league

import (
	"slices"
	"strings"

	"github.com/betflow/betflow/internal/feed"
)

// SourceSelf is the source of aliases that are ids of our own: fixtures that
// were joined to another.
const SourceSelf = "betflow"

// TeamAlias is what one source calls a team: a row of the crosswalk.
type TeamAlias struct {
	Source     string  `json:"source"`
	SourceID   string  `json:"source_id,omitempty"` // the source's id of the team, if it gives one
	Name       string  `json:"name"`                // as the source wrote it first
	TeamID     string  `json:"team_id,omitempty"`   // empty while the team is unknown
	Confidence float64 `json:"confidence"`          // 0 while the team is unknown
}

// teamKey finds an alias: a source has one for each of its ids and each
// spelling.
type teamKey struct{ source, id, name string }

// identify finds the team that a source names and remembers what it calls it.
// A name that no team fits is told once, by a review.
func (x *Identity) identify(s *Sighting, sourceTeamID, name string) (side, *feed.Review) {
	m := x.entry.spellings.find(name)
	found := side{name: name}
	switch {
	case m.Team != nil:
		found = side{m.Team.ID, m.Team.Name, m.Confidence}
	case placeholder(name):
		return found, nil
	default:
		found = x.recall(s.Source, sourceTeamID, name)
	}
	if !x.learn(s.Source, sourceTeamID, name, found) || found.id != "" {
		return found, nil
	}
	review := &feed.Review{
		Kind:     feed.KindReview,
		League:   x.entry.league.ID,
		Source:   s.Source,
		Subject:  "team",
		SourceID: sourceTeamID,
		Name:     name,
		Score:    m.Score,
		Reason:   "no team of the league file has this name",
		SeenTime: s.Seen,
	}
	if m.Candidate != nil {
		review.Candidate = m.Candidate.ID
	}
	return found, review
}

// recall returns the team that a source's id or spelling meant before.
func (x *Identity) recall(source, sourceTeamID, name string) side {
	a := x.learned[teamKey{source, sourceTeamID, ""}]
	if sourceTeamID == "" || a.TeamID == "" {
		a = x.learned[teamKey{source, "", Normalise(name)}]
	}
	t := x.entry.teams[a.TeamID]
	if t == nil { // never met, or the league file has lost the team since
		return side{name: name}
	}
	return side{t.ID, t.Name, min(a.Confidence, confidenceLearned)}
}

// learn records what a source calls a team, by its id and by its name, and tells
// whether the spelling is new. A better confidence replaces a worse one.
func (x *Identity) learn(source, sourceTeamID, name string, found side) (fresh bool) {
	alias := TeamAlias{source, sourceTeamID, name, found.id, found.confidence}
	byName := teamKey{source, "", Normalise(name)}
	_, had := x.learned[byName]
	keys := []teamKey{byName}
	if sourceTeamID != "" {
		keys = append(keys, teamKey{source, sourceTeamID, ""})
	}
	for _, key := range keys {
		old, exists := x.learned[key]
		if exists && old.Confidence >= alias.Confidence {
			continue
		}
		x.learned[key] = alias
		x.dirtyTeams[key] = struct{}{}
	}
	return !had
}

// learnFrom teaches the names of a sighting that joined a fixture whose teams
// are known.
func (x *Identity) learnFrom(s *Sighting, c candidate) {
	ours := c.fixture.sides()
	if c.swapped {
		ours[0], ours[1] = ours[1], ours[0]
	}
	for i, said := range []struct{ id, name string }{{s.HomeSourceTeamID, s.HomeName}, {s.AwaySourceTeamID, s.AwayName}} {
		if team := ours[i]; team.id != "" && !placeholder(said.name) {
			team.confidence = min(team.confidence, c.confidence)
			x.learn(s.Source, said.id, said.name, team)
		}
	}
}

// TeamAliases lists what the sources call the teams, by source, source's id and
// name. A spelling and an id that were met together are one row.
func (x *Identity) TeamAliases() []TeamAlias {
	rows := map[TeamAlias]struct{}{}
	for _, a := range x.learned {
		rows[a] = struct{}{}
	}
	all := make([]TeamAlias, 0, len(rows))
	for a := range rows {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b TeamAlias) int {
		return strings.Compare(a.Source+"\x00"+a.SourceID+"\x00"+a.Name, b.Source+"\x00"+b.SourceID+"\x00"+b.Name)
	})
	return all
}

// review asks whether a sighting is a fixture.
func (x *Identity) review(s *Sighting, fixtureID string, score float64, reason string) feed.Review {
	return feed.Review{
		Kind:      feed.KindReview,
		League:    x.entry.league.ID,
		Source:    s.Source,
		Subject:   "fixture",
		SourceID:  s.SourceID,
		Name:      s.AwayName + " at " + s.HomeName,
		Candidate: fixtureID,
		Score:     score,
		Reason:    reason,
		SeenTime:  s.Seen,
	}
}
