package league

import (
	"fmt"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// testLeague is a small hockey league with every kind of name that matters.
func testLeague() League {
	team := func(slug, location, nickname, abbreviation, venue string, aliases ...string) Team {
		return Team{
			ID: "nhl." + slug, Name: location + " " + nickname, Location: location, Nickname: nickname,
			Abbreviation: abbreviation, Venue: venue, Aliases: aliases,
		}
	}
	return League{
		ID: "nhl", Name: "NHL", Sport: "hockey", Outdoor: true,
		Keys:    map[string]string{"theoddsapi": "icehockey_nhl", "espn": "hockey/nhl"},
		Periods: Periods{Count: 3, Minutes: 20, Name: "period"},
		Season:  Season{StartMonth: 9},
		Score:   Score{Total: 6.1, HomeAdvantage: .25, SigmaMargin: 2.4, SigmaTotal: 2.3},
		Match:   Match{SameHours: 12, ReviewHours: 36},
		Teams: []Team{
			team("montreal-canadiens", "Montreal", "Canadiens", "MTL", "forum", "Montréal Canadiens", "Habs"),
			team("new-york-rangers", "New York", "Rangers", "NYR", "garden"),
			team("new-york-islanders", "New York", "Islanders", "NYI", "garden"),
			team("st-louis-blues", "St. Louis", "Blues", "STL", "dome"),
			team("boston-bruins", "Boston", "Bruins", "BOS", "pond"),
			team("toronto-maple-leafs", "Toronto", "Maple Leafs", "TOR", ""),
			team("calgary-flames", "Calgary", "Flames", "CGY", ""),
			team("seattle-kraken", "Seattle", "Kraken", "SEA", ""),
		},
		Venues: []Venue{
			{ID: "forum", Name: "The Forum", City: "Montreal", Latitude: 45.5, Longitude: -73.6, Roof: RoofOpen, Aliases: []string{"Old Forum"}},
			{ID: "garden", Name: "Garden", City: "New York", Latitude: 40.7, Longitude: -74, Roof: RoofRetractable},
			{ID: "dome", Name: "The Dome", City: "St. Louis", Latitude: 38.6, Longitude: -90.2, Roof: RoofDome},
			{ID: "pond", Name: "Frog Pond", City: "Boston", Latitude: 42.4, Longitude: -71.1, Roof: RoofOpen},
		},
	}
}

// testSoccer is a league with club words and names that share a city.
func testSoccer() League {
	l := testLeague()
	l.ID, l.Sport, l.Venues = "mls", "soccer", nil
	l.Keys = map[string]string{"espn": "soccer/usa.1"}
	l.Match = Match{SameHours: 72, ReviewHours: 240}
	l.Teams = []Team{
		{ID: "mls.lafc", Name: "Los Angeles FC", Location: "Los Angeles", Abbreviation: "LAFC"},
		{ID: "mls.galaxy", Name: "LA Galaxy", Location: "Los Angeles", Abbreviation: "LA"},
		{ID: "mls.cincinnati", Name: "FC Cincinnati", Location: "Cincinnati"},
		{ID: "mls.koln", Name: "1. FC Köln", Location: "Cologne"},
		{ID: "mls.brighton", Name: "Brighton & Hove Albion", Location: "Brighton"},
	}
	return l
}

func newCatalog(t testing.TB, leagues ...League) *Catalog {
	t.Helper()
	c, err := NewCatalog(leagues)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newIdentity(t testing.TB, edits ...func(*League)) *Identity {
	t.Helper()
	l := testLeague()
	for _, edit := range edits {
		edit(&l)
	}
	x, err := NewIdentity(newCatalog(t, l), l.ID)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// evening is seven in the evening in New York on 14 January 2026.
var evening = feed.At(time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC))

// seen is a sighting of "away at home" by a source.
func seen(source, id, away, home string, start feed.Time) Sighting {
	return Sighting{Source: source, SourceID: id, Start: start, HomeName: home, AwayName: away, Seen: start - 24*feed.Hour}
}

// later returns the sighting an instant later with changes.
func later(s Sighting, edit func(*Sighting)) Sighting {
	s.Seen += feed.Minute
	edit(&s)
	return s
}

// describe prints a state for comparison.
func describe(x *Identity) string {
	var out string
	for _, f := range x.Fixtures() {
		out += fmt.Sprintf("%+v\n", f)
	}
	return out + fmt.Sprintf("%+v", x.TeamAliases())
}
