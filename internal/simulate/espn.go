package simulate

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
)

// eastern is the zone of ESPN's days, without daylight saving.
var eastern = time.FixedZone("EST", -5*3600)

// Without dates a scoreboard shows the games around the present.
const (
	scoreboardBack  = 10 * feed.Hour
	scoreboardAhead = day
)

// espnMinute is the format of ESPN's instants.
const espnMinute = "2006-01-02T15:04Z"

// scoreboard answers /apis/site/v2/sports/{sport}/{league}/scoreboard.
func (s *Simulator) scoreboard(r *http.Request, at feed.Time) reply {
	path := r.PathValue("sport") + "/" + r.PathValue("league")
	var c *competition
	for _, x := range s.competitions {
		if x.path != "" && x.path == path {
			c = x
		}
	}
	if c == nil {
		return scoreboardRefusal(http.StatusNotFound, "Not Found")
	}
	from, to := at-scoreboardBack, at+scoreboardAhead
	dates := r.URL.Query().Get("dates")
	if dates != "" {
		t, err := time.ParseInLocation("20060102", dates, eastern)
		if err != nil {
			return scoreboardRefusal(http.StatusBadRequest, "Failed to get events endpoint.")
		}
		from = feed.At(t)
		to = from + day
	}
	limit := math.MaxInt
	if text := r.URL.Query().Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return scoreboardRefusal(http.StatusBadRequest, "Invalid limit.")
		}
		limit = n
	}
	key := fmt.Sprintf("%s?%s&%d", r.URL.Path, dates, limit)
	return reply{status: http.StatusOK, body: s.cached(at, key, func() any { return c.page(from, to, at, limit) })}
}

func scoreboardRefusal(status int, message string) reply {
	return reply{status: status, body: marshal(scoreboardError{Code: status, Message: message})}
}

// page writes the fixtures that start in [from, to).
func (c *competition) page(from, to, at feed.Time, limit int) scoreboardPage {
	season := c.seasonAt(at)
	slug := c.path[strings.IndexByte(c.path, '/')+1:]
	id := strconv.Itoa(c.number + 1)
	out := scoreboardPage{
		Leagues: []espnLeague{{ID: id, UID: fmt.Sprintf("s:%d~l:%s", c.uid, id), Name: c.league.Name,
			Abbreviation: strings.ToUpper(c.league.ID), Slug: slug, Season: season}},
		Season: season,
		Events: []espnEvent{},
	}
	if c.league.Sport == "football" {
		out.Week = c.weekAt(at)
	} else {
		out.Day = &espnDay{Date: at.Std().In(eastern).Format(time.DateOnly)}
	}
	for _, f := range c.between(from-day, to+day) {
		if start := f.published(at); start >= from && start < to && len(out.Events) < limit {
			out.Events = append(out.Events, f.espnEvent(at))
		}
	}
	return out
}

// seasonAt is the season of an instant. ESPN names winter sports by the year in
// which the season ends.
func (c *competition) seasonAt(at feed.Time) espnSeason {
	start := c.seasonStart(at)
	year := start.Year()
	if (c.league.Sport == "hockey" || c.league.Sport == "basketball") && c.league.Season.StartMonth >= 8 {
		year++
	}
	return espnSeason{Type: 2, Year: year, Slug: "regular-season"}
}

// seasonStart is the first day of the season of an instant.
func (c *competition) seasonStart(at feed.Time) time.Time {
	t := at.Std()
	month := time.Month(max(c.league.Season.StartMonth, 1))
	year := t.Year()
	if t.Month() < month {
		year--
	}
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}

func (c *competition) weekAt(at feed.Time) *espnWeek {
	days := at.Sub(feed.At(c.seasonStart(at))).Hours() / 24
	return &espnWeek{Number: min(18, 1+int(days/7))}
}

// espnEvent writes a fixture as ESPN shows it at an instant: some seconds late,
// and its end up to minutes late.
func (f *fixture) espnEvent(at feed.Time) espnEvent {
	seen := at - feed.Time(5+f.seed.of("scoreboard").below(20))*feed.Second
	status := f.espnStatus(seen)
	uid := fmt.Sprintf("s:%d~l:%d~e:%s", f.uid, f.number+1, f.ScoreID)
	date := f.published(at).Std().Format(espnMinute)
	out := espnEvent{
		ID: f.ScoreID, UID: uid, Date: date, Season: f.seasonAt(f.Start), Status: status,
		Name:      f.Away.Name + " at " + f.Home.Name,
		ShortName: f.Away.Abbreviation + " @ " + f.Home.Abbreviation,
	}
	if f.league.Sport == "football" {
		out.Week = f.weekAt(f.Start)
	}
	if f.Venue.Roof == league.RoofOpen && f.Venue.Latitude != 0 {
		w := f.weather.at(f.Venue.Latitude, f.Venue.Longitude, max(seen, f.kickoff()).Truncate(feed.Hour))
		code, _, description := w.condition()
		degrees := int(math.Round(fahrenheit(w.celsius)))
		out.Weather = &espnWeather{DisplayValue: strings.ToUpper(description[:1]) + description[1:],
			Temperature: degrees, HighTemperature: degrees, ConditionID: strconv.Itoa(code % 100)}
	}
	out.Competitions = []espnCompetition{{
		ID: f.ScoreID, UID: uid + "~c:" + f.ScoreID, Date: date, StartDate: date,
		TimeValid: true, NeutralSite: f.Neutral, PlayByPlay: true, Recent: status.Type.State != "pre",
		Venue: espnVenue{ID: f.Venue.ID, FullName: f.Venue.Name, Address: espnAddress{City: f.Venue.City},
			Indoor: f.Venue.Roof != league.RoofOpen},
		Competitors: []espnCompetitor{f.competitor(0, seen, status), f.competitor(1, seen, status)},
		Notes:       []string{}, Broadcasts: []string{}, Status: status,
		Situation: f.situation(seen, status), Odds: f.espnOdds(seen, status),
	}}
	return out
}

// competitor writes one side: 0 is home.
func (f *fixture) competitor(side int, seen feed.Time, status espnStatus) espnCompetitor {
	t, number, homeAway := f.Home, f.home, "home"
	if side == 1 {
		t, number, homeAway = f.Away, f.away, "away"
	}
	id := strconv.Itoa(number + 1)
	uid := fmt.Sprintf("s:%d~l:%d~t:%s", f.uid, f.number+1, id)
	short := t.Nickname
	if short == "" {
		short = t.Name
	}
	out := espnCompetitor{
		ID: id, UID: uid, Type: "team", Order: side, HomeAway: homeAway, Score: "0",
		Team: espnTeam{ID: id, UID: uid, Location: t.Location, Name: short, Abbreviation: t.Abbreviation,
			DisplayName: t.Name, ShortDisplayName: short, IsActive: true},
		Statistics: []string{}, Records: f.records(number),
	}
	if status.Type.State == "pre" {
		return out
	}
	score := [2]int{}
	score[0], score[1] = f.scoreAt(seen)
	out.Score = strconv.Itoa(score[side])
	if f.league.Sport != "soccer" {
		out.Linescores = f.linescores(side, seen)
	}
	if status.Type.Completed {
		won := score[side] > score[1-side]
		out.Winner = &won
	}
	return out
}

// linescores are the points of a side by period, up to the present one.
func (f *fixture) linescores(side int, seen feed.Time) []espnPoints {
	g := f.play()
	w := seen - f.kickoff()
	out := make([]espnPoints, g.periodAt(w).number)
	for _, c := range g.chances[:g.done(w)] {
		if c.ofHome == (side == 0) {
			out[c.period-1].Value += float64(c.points)
		}
	}
	if g.shootout != 0 && w >= g.end {
		won := (g.shootout > 0) == (side == 0)
		out = append(out, espnPoints{})
		if won {
			out[len(out)-1].Value = 1
		}
	}
	return out
}

// records is a side's season so far: as many games as days, up to a season's
// length, won as often as its strength promises.
func (f *fixture) records(team int) []espnRecord {
	played := int(f.Start.Sub(feed.At(f.seasonStart(f.Start))).Hours()/24) % 82
	if f.league.Sport == "football" {
		played /= 7
	}
	strength := f.rating(team, 1)
	won := int(math.Round(float64(played) * min(.95, max(.05, .5+.4*strength))))
	lost := played - won
	summary := fmt.Sprintf("%d-%d", won, lost)
	switch f.league.Sport {
	case "hockey":
		summary = fmt.Sprintf("%d-%d-%d", won, lost-lost/5, lost/5)
	case "soccer":
		summary = fmt.Sprintf("%d-%d-%d", won-won/4, won/4+lost/4, lost-lost/4)
	}
	return []espnRecord{{Name: "overall", Abbreviation: "Any", Type: "total", Summary: summary}}
}

// espnOdds is what ESPN shows of prices before a game. For some games the list
// holds null.
func (f *fixture) espnOdds(seen feed.Time, status espnStatus) []*espnOdds {
	if status.Type.State != "pre" || f.Start-seen > 2*day {
		return nil
	}
	if f.seed.of("null odds").uniform() < .1 {
		return []*espnOdds{nil}
	}
	o := f.at(seen)
	spread := 0 - median(o.margin, o.marginTail)
	details := fmt.Sprintf("%s %+.1f", f.Home.Abbreviation, spread)
	if spread > 0 {
		details = fmt.Sprintf("%s %+.1f", f.Away.Abbreviation, -spread)
	}
	return []*espnOdds{{Provider: espnProvider{ID: "58", Name: "ESPN BET", Priority: 1},
		Details: details, OverUnder: median(o.total, o.totalTail), Spread: spread}}
}
