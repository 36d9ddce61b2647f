package simulate

import (
	"fmt"
	"math"
	"strconv"

	"github.com/betflow/betflow/internal/feed"
)

// espnSituation is what is going on in a game under way. Which fields are there
// depends on the sport.
type espnSituation struct {
	LastPlay         *espnPlay `json:"lastPlay,omitempty"`
	Down             int       `json:"down,omitempty"`
	YardLine         int       `json:"yardLine,omitempty"`
	Distance         int       `json:"distance,omitempty"`
	DownDistanceText string    `json:"downDistanceText,omitempty"`
	ShortText        string    `json:"shortDownDistanceText,omitempty"`
	PossessionText   string    `json:"possessionText,omitempty"`
	IsRedZone        bool      `json:"isRedZone,omitempty"`
	Possession       string    `json:"possession,omitempty"`
	Balls            *int      `json:"balls,omitempty"`
	Strikes          *int      `json:"strikes,omitempty"`
	Outs             *int      `json:"outs,omitempty"`
}

type espnPlay struct {
	ID          string          `json:"id"`
	Type        espnPlayType    `json:"type"`
	Text        string          `json:"text"`
	ScoreValue  int             `json:"scoreValue"`
	Team        espnTeamRef     `json:"team"`
	Probability espnProbability `json:"probability"`
}

type espnPlayType struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

type espnTeamRef struct {
	ID string `json:"id"`
}

type espnProbability struct {
	TiePercentage     float64 `json:"tiePercentage"`
	HomeWinPercentage float64 `json:"homeWinPercentage"`
	AwayWinPercentage float64 `json:"awayWinPercentage"`
	SecondsLeft       int     `json:"secondsLeft"`
}

// playText is the type and the text of a play; the text follows the team.
type playText struct{ id, kind, text string }

// playTexts are the plays by sport and points.
var playTexts = map[string]map[int]playText{
	"football": {
		0: {"52", "Punt", "punt"}, 2: {"20", "Safety", "score a safety"},
		3: {"59", "Field Goal Good", "field goal is good"},
		6: {"67", "Passing Touchdown", "touchdown, extra point is no good"},
		7: {"68", "Rushing Touchdown", "touchdown, extra point is good"},
		8: {"67", "Passing Touchdown", "touchdown, two-point conversion is good"},
	},
	"basketball": {
		0: {"92", "Jump Shot", "miss a jump shot"}, 1: {"97", "Free Throw", "make a free throw"},
		2: {"92", "Jump Shot", "make a two point shot"}, 3: {"92", "Jump Shot", "make a three point shot"},
	},
	"hockey":   {0: {"507", "Shot", "shot on goal saved"}, 1: {"505", "Goal", "goal"}},
	"soccer":   {0: {"106", "Attempt Saved", "attempt saved"}, 1: {"70", "Goal", "goal"}},
	"baseball": {0: {"2", "Play Result", "side retired"}},
}

// lastPlay is the last chance that is over, or nil before the first.
func (f *fixture) lastPlay(seen feed.Time) *espnPlay {
	g := f.play()
	n := g.done(seen - f.kickoff())
	if n == 0 {
		return nil
	}
	c := g.chances[n-1]
	t, ok := playTexts[f.league.Sport][c.points]
	if !ok {
		t = playText{"2", "Play Result", fmt.Sprintf("score %d", c.points)}
	}
	team := f.Away
	if c.ofHome {
		team = f.Home
	}
	o := f.at(seen)
	return &espnPlay{
		ID:   fmt.Sprintf("%s%04d", f.ScoreID, n),
		Type: espnPlayType{ID: t.id, Text: t.kind}, Text: team.Name + " " + t.text,
		ScoreValue: c.points, Team: espnTeamRef{ID: f.side(c.ofHome)},
		Probability: espnProbability{TiePercentage: thousandths(o.draw),
			HomeWinPercentage: thousandths(o.home), AwayWinPercentage: thousandths(o.away)},
	}
}

// situation describes a game under way.
func (f *fixture) situation(seen feed.Time, status espnStatus) *espnSituation {
	if status.Type.State != "in" {
		return nil
	}
	out := &espnSituation{LastPlay: f.lastPlay(seen)}
	g := f.play()
	w := seen - f.kickoff()
	n := g.done(w)
	if n == len(g.chances) || w < g.chances[n].from {
		return out
	}
	c := &g.chances[n]
	switch f.league.Sport {
	case "football":
		f.drive(out, c, g.known(n, w, f.digits))
	case "baseball":
		s := f.seed.of("count").at(uint64(w / feed.Minute))
		balls, strikes, outs := s.at(0).below(4), s.at(1).below(3), min(2, g.known(n, w, f.digits))
		out.Balls, out.Strikes, out.Outs = &balls, &strikes, &outs
	}
	return out
}

// drive tells how a football drive stands. The ball is the nearer to the goal
// the better the digits known so far are, so the field position tells what the
// truth knows.
func (f *fixture) drive(out *espnSituation, c *chance, known int) {
	width := math.Ldexp(1, -known)
	middle := (math.Floor(c.u/width) + .5) * width
	toGoal := max(1, 75-int(70*(1-middle)*float64(known)/float64(f.digits)))
	s := f.seed.of("down").at(uint64(c.from)).at(uint64(known))
	out.Down, out.Distance = 1+s.at(0).below(3), 1+s.at(1).below(10)
	if out.Down == 1 {
		out.Distance = 10
	}
	out.Distance = min(out.Distance, toGoal)
	out.Possession = f.side(c.ofHome)
	attack, defence := f.Away.Abbreviation, f.Home.Abbreviation
	out.YardLine = toGoal // counted from the home side's goal line
	if c.ofHome {
		attack, defence = defence, attack
		out.YardLine = 100 - toGoal
	}
	out.PossessionText = defence + " " + strconv.Itoa(toGoal)
	if toGoal > 50 {
		out.PossessionText = attack + " " + strconv.Itoa(100-toGoal)
	}
	out.IsRedZone = toGoal <= 20
	out.ShortText = fmt.Sprintf("%s & %d", ordinal(out.Down), out.Distance)
	out.DownDistanceText = out.ShortText + " at " + out.PossessionText
}

// side is ESPN's id of a team.
func (f *fixture) side(home bool) string {
	if home {
		return strconv.Itoa(f.home + 1)
	}
	return strconv.Itoa(f.away + 1)
}

func thousandths(x float64) float64 { return math.Round(x*1000) / 1000 }
