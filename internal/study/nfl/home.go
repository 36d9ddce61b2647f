package nfl

import (
	"github.com/betflow/betflow/internal/model/score"
)

// Home is what playing at home is worth, without games on neutral ground.
type Home struct {
	Eras    []HomeEra `json:"eras"`
	Seasons []HomeEra `json:"seasons"`
}

// HomeEra is the home side of some seasons.
type HomeEra struct {
	Era       string   `json:"era"`
	Games     int      `json:"games"`
	Advantage Estimate `json:"advantage"` // mean margin, points
	Won       Estimate `json:"won"`       // ties are not won
	Spread    Estimate `json:"spread"`    // the advantage in the closing spread
	Cover     Record   `json:"cover"`     // of home against the closing spread
}

// home measures the advantage by era and season.
func home(past []result) Home {
	last := lastSeason(past)
	games := filter(past, func(r *result) bool { return !r.Neutral })
	var out Home
	for _, e := range append([]era{{1966, 1978}}, erasUpTo(1979, last)...) {
		if rows := during(games, e); len(rows) > 0 {
			out.Eras = append(out.Eras, homeEra(e, rows))
		}
	}
	for season := 1979; season <= last; season++ {
		e := era{season, season}
		if rows := during(games, e); len(rows) > 0 {
			out.Seasons = append(out.Seasons, homeEra(e, rows))
		}
	}
	return out
}

func homeEra(e era, games []result) HomeEra {
	var margin, spread score.Mean
	var cover tally
	won := 0
	for i := range games {
		g := &games[i]
		margin.Add(g.margin)
		if g.margin > 0 {
			won++
		}
		if g.lined() {
			spread.Add(-g.Spread)
			cover.add(g.cover())
		}
	}
	return HomeEra{e.String(), len(games), mean(&margin), share(won, len(games)), mean(&spread), cover.record()}
}

// era returns the home side of the named era.
func (h *Home) era(name string) (HomeEra, bool) {
	for _, e := range h.Eras {
		if e.Era == name {
			return e, true
		}
	}
	return HomeEra{}, false
}
