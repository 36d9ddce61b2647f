package league

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// Catalog is all known leagues. It does not change once made and is safe for
// concurrent use; the leagues, teams and venues it hands out are not to be
// changed either.
type Catalog struct {
	leagues []*League
	byID    map[string]*entry
	byKey   map[sourceID]*League
}

// entry is one league with its indexes.
type entry struct {
	league    *League
	teams     map[string]*Team
	spellings *spellings
	venues    *venues
}

// sourceID is an id or key in a source's own naming.
type sourceID struct{ source, id string }

// NewCatalog indexes leagues. Each must be valid, and no two may share an id or
// a source's key.
func NewCatalog(leagues []League) (*Catalog, error) {
	c := &Catalog{byID: map[string]*entry{}, byKey: map[sourceID]*League{}}
	for _, l := range leagues {
		if err := Validate(l); err != nil {
			return nil, fmt.Errorf("adding league %q: %w", l.ID, err)
		}
		if c.byID[l.ID] != nil {
			return nil, fmt.Errorf("adding league %q: the id is taken by another league", l.ID)
		}
		for source, key := range l.Keys {
			k := sourceID{source, key}
			if other := c.byKey[k]; other != nil {
				return nil, fmt.Errorf("adding league %q: %s key %q belongs to league %q", l.ID, source, key, other.ID)
			}
			c.byKey[k] = &l
		}
		e := &entry{league: &l, teams: map[string]*Team{}, spellings: newSpellings(&l), venues: newVenues(&l)}
		for i := range l.Teams {
			e.teams[l.Teams[i].ID] = &l.Teams[i]
		}
		c.byID[l.ID] = e
		c.leagues = append(c.leagues, &l)
	}
	slices.SortFunc(c.leagues, func(a, b *League) int { return strings.Compare(a.ID, b.ID) })
	return c, nil
}

// Leagues lists the leagues by id. The slice is the caller's.
func (c *Catalog) Leagues() []*League { return slices.Clone(c.leagues) }

// League returns the league with an id of ours, such as "nfl".
func (c *Catalog) League(id string) (*League, bool) {
	e := c.byID[id]
	if e == nil {
		return nil, false
	}
	return e.league, true
}

// ByKey returns the league that a source knows by a key, such as
// "icehockey_nhl" of The Odds API or "hockey/nhl" of ESPN.
func (c *Catalog) ByKey(source, key string) (*League, bool) {
	l := c.byKey[sourceID{source, key}]
	return l, l != nil
}

// ByPath returns the league whose key at the source stands in a URL path as
// whole segments, such as /v4/sports/icehockey_nhl/odds.
func (c *Catalog) ByPath(source, path string) (*League, bool) {
	bounded := "/" + strings.Trim(path, "/") + "/"
	for _, l := range c.leagues {
		if key := l.Keys[source]; key != "" && strings.Contains(bounded, "/"+key+"/") {
			return l, true
		}
	}
	return nil, false
}

// Team returns the team with an id of the league's file.
func (c *Catalog) Team(leagueID, teamID string) (*Team, bool) {
	e := c.byID[leagueID]
	if e == nil {
		return nil, false
	}
	t := e.teams[teamID]
	return t, t != nil
}

// FindTeam returns the team that a name means in a league. The full name and
// aliases count in any case, with or without accents, punctuation and a soccer
// club's FC or AC; a short form or a misspelling counts if it fits one team
// only. See TeamMatch for the confidences.
func (c *Catalog) FindTeam(leagueID, name string) TeamMatch {
	e := c.byID[leagueID]
	if e == nil {
		return TeamMatch{}
	}
	return e.spellings.find(name)
}

// dayShift moves the change of date to ten in the morning UTC, so that an
// American evening and the night after it are one day, as fans count.
const dayShift = -10 * time.Hour

// SeasonOf returns the season that a game starting then belongs to, by the
// league's calendar: the year in which the season began. It is 0 for an unknown
// start.
func (l *League) SeasonOf(start feed.Time) int32 {
	if start.IsZero() {
		return 0
	}
	t := start.Std().Add(dayShift)
	if int(t.Month()) < l.Season.StartMonth {
		return int32(t.Year() - 1)
	}
	return int32(t.Year())
}
