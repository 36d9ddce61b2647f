package nfl

import (
	"math"
	"strconv"

	"github.com/betflow/betflow/internal/model/elo"
	gamescore "github.com/betflow/betflow/internal/model/result"
	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/study"
)

// Rating is Elo, which knows scores only, beside the closing spread. Every
// forecast was made before its game; the first seasons are for warming up.
type Rating struct {
	Eras  []RatingEra  `json:"eras"`
	Knows *Coefficient `json:"elo_beside_market"` // of logit Elo next to logit market; P of 0: Elo knows nothing that the spread does not
}

// RatingEra compares the two on the decided games of some seasons.
type RatingEra struct {
	Era      string       `json:"era"`
	Games    int          `json:"games"`
	Elo      study.Number `json:"elo"`    // log loss
	Market   study.Number `json:"market"` // log loss of the normal model from the closing spread
	Behind   Estimate     `json:"behind"` // Elo less market, by bootstrap over weeks
	EloMAE   study.Number `json:"elo_mae"`
	CloseMAE study.Number `json:"market_mae"`
}

// eloPoint is how many rating points FiveThirtyEight took for a point of the
// spread.
const eloPoint = 25

// rating walks Elo through all games and compares it from 1979 on. It is nil
// without games that have spreads.
func rating(past []result, teams Finder, o Options) *Rating {
	config := elo.Default()
	ratings, err := elo.New(config)
	if err != nil {
		panic("the default configuration: " + err.Error())
	}
	type row struct {
		*result
		elo, market       float64 // probabilities
		eloMiss, lineMiss float64 // absolute errors of the margin
	}
	var rows []row
	for i := range past {
		r := &past[i]
		home, away := teams.FindTeam("nfl", r.Home), teams.FindTeam("nfl", r.Away)
		if home.Team == nil || away.Team == nil {
			continue
		}
		f := ratings.Play(gamescore.Game{
			Date: r.Day, Season: strconv.Itoa(r.Season), Home: home.Team.ID, Away: away.Team.ID,
			HomeScore: int(r.HomeScore), AwayScore: int(r.AwayScore), Neutral: r.Neutral,
		})
		if r.Season < eras[0].from || !r.lined() || r.margin == 0 {
			continue
		}
		ahead := f.Home - f.Away
		if !r.Neutral {
			ahead += config.HomeAdvantage
		}
		rows = append(rows, row{
			r, f.Expected, homeWins(r.Spread, sternSigma),
			math.Abs(r.margin - ahead/eloPoint), math.Abs(r.cover()),
		})
	}
	if len(rows) == 0 {
		return nil
	}
	var out Rating
	for _, e := range erasUpTo(eras[0].from, lastSeason(past)) {
		games := filter(rows, func(r *row) bool { return e.has(r.Season) })
		if len(games) == 0 {
			continue
		}
		var elo, market, eloMiss, lineMiss score.Mean
		for i := range games {
			r := &games[i]
			elo.Add(loss(r.elo, r.margin > 0))
			market.Add(loss(r.market, r.margin > 0))
			eloMiss.Add(r.eloMiss)
			lineMiss.Add(r.lineMiss)
		}
		weeks := score.Clusters(games, func(r row) int { return r.week })
		out.Eras = append(out.Eras, RatingEra{
			Era: e.String(), Games: len(games), Elo: study.Number(elo.Value()), Market: study.Number(market.Value()),
			Behind: average(weeks, o, func(r row) float64 { return loss(r.elo, r.margin > 0) - loss(r.market, r.margin > 0) }),
			EloMAE: study.Number(eloMiss.Value()), CloseMAE: study.Number(lineMiss.Value()),
		})
	}
	won := make([]bool, len(rows))
	for i := range rows {
		won[i] = rows[i].margin > 0
	}
	f, err := score.Logistic(won, column(rows, func(r *row) float64 { return score.Logit(r.market) }), column(rows, func(r *row) float64 { return score.Logit(r.elo) }))
	if err == nil {
		c := coefficient(f.Coefficients[2], 0, f.N)
		out.Knows = &c
	}
	return &out
}
