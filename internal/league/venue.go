package league

import "github.com/betflow/betflow/internal/feed"

// venues finds the venues of one league by id and by name.
type venues struct {
	byID   map[string]*Venue
	byName map[string]*Venue // nil where two venues share a name
}

// newVenues indexes a valid league's venues.
func newVenues(l *League) *venues {
	v := &venues{byID: map[string]*Venue{}, byName: map[string]*Venue{}}
	for i := range l.Venues {
		venue := &l.Venues[i]
		v.byID[venue.ID] = venue
		for _, name := range append([]string{venue.Name}, venue.Aliases...) {
			key := Normalise(name)
			if other, taken := v.byName[key]; taken && other != venue || key == "" {
				v.byName[key] = nil
				continue
			}
			v.byName[key] = venue
		}
	}
	return v
}

// Venue returns the venue with an id of the league's file.
func (c *Catalog) Venue(leagueID, venueID string) (*Venue, bool) {
	e := c.byID[leagueID]
	if e == nil {
		return nil, false
	}
	v := e.venues.byID[venueID]
	return v, v != nil
}

// FindVenue returns the venue that a name means, by any spelling that Normalise
// brings together. Several stadiums of one name in a league find none.
func (c *Catalog) FindVenue(leagueID, name string) (*Venue, bool) {
	e := c.byID[leagueID]
	if e == nil {
		return nil, false
	}
	v := e.venues.byName[Normalise(name)]
	return v, v != nil
}

// OutdoorVenue returns the place whose weather matters to a fixture: its venue,
// if that is known and not under a fixed roof. A league that plays indoors has
// none.
func (c *Catalog) OutdoorVenue(f feed.Fixture) (*Venue, bool) {
	e := c.byID[f.League]
	if e == nil || !e.league.Outdoor {
		return nil, false
	}
	v := e.venues.byID[f.VenueID]
	if v == nil || v.Roof == RoofDome {
		return nil, false
	}
	return v, true
}

// place decides where a game is played. A venue the source names and we know is
// the place. Without one it is the home team's, unless the ground is neutral or
// the source names another city: a stadium's name changes with its sponsor, its
// city does not.
func (e *entry) place(name, city string, neutral bool, homeID string) string {
	if v := e.venues.byName[Normalise(name)]; v != nil {
		return v.ID
	}
	home := e.teams[homeID]
	if home == nil || neutral {
		return ""
	}
	v := e.venues.byID[home.Venue]
	if v == nil || city != "" && Normalise(city) != Normalise(v.City) {
		return ""
	}
	return v.ID
}
