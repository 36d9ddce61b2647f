package source

import (
	"strings"

	"github.com/betflow/betflow/internal/league"
)

// LeagueOf returns a function that tells which league a response belongs to by
// its source and path: the league whose key at that source is part of the path.
// Where the path names none, as OpenWeather's, it is empty.
func LeagueOf(leagues []league.League) func(source, path string) string {
	return func(source, path string) string {
		for _, l := range leagues {
			if key := l.Keys[source]; key != "" && strings.Contains(path+"/", "/"+key+"/") {
				return l.ID
			}
		}
		return ""
	}
}
