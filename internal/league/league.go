// Package league knows the leagues, their teams and venues, and which fixture a
// provider means. A league is a file, not code: see the leagues folder.
//
// A Catalog holds the leagues and finds a team or venue by any spelling of its
// name. An Identity is the state of one league: it gives every game an id of our
// own and remembers which id each provider uses for it.
//
// The package is pure: it reads no file and no clock. Package leagues holds the
// default files and reads them.
package league

// League is one competition as BetFlow sees it.
type League struct {
	ID      string                       `yaml:"id"`    // nfl, ncaaf, nba, wnba, nhl, mlb, epl, mls, ...
	Name    string                       `yaml:"name"`  // as people write it: NFL, Premier League
	Sport   string                       `yaml:"sport"` // football, basketball, hockey, baseball, soccer
	Draw    bool                         `yaml:"draw"`  // h2h has a third outcome
	Outdoor bool                         `yaml:"outdoor"`
	Keys    map[string]string            `yaml:"keys"`   // source -> the league's key there, e.g. theoddsapi: americanfootball_nfl, espn: football/nfl
	Params  map[string]map[string]string `yaml:"params"` // source -> extra query parameters, e.g. espn: {groups: "80"}
	Periods Periods                      `yaml:"periods"`
	Season  Season                       `yaml:"season"`
	Score   Score                        `yaml:"score"`
	Match   Match                        `yaml:"match"`
	Teams   []Team                       `yaml:"teams"`
	Venues  []Venue                      `yaml:"venues"`
}

// Periods is how a game is divided.
type Periods struct {
	Count    int     `yaml:"count"`     // regular periods: 4 quarters, 3 periods, 2 halves, 9 innings
	Minutes  float64 `yaml:"minutes"`   // length of one, 0 where there is no clock (baseball)
	Name     string  `yaml:"name"`      // quarter, period, half, inning
	Overtime float64 `yaml:"overtime"`  // minutes of an overtime period, 0 where there is none
	CountsUp bool    `yaml:"counts_up"` // the clock shows time played (soccer)
}

// Season is the calendar: a season is named for the year in which it starts.
type Season struct {
	StartMonth int `yaml:"start_month"` // 1 to 12
}

// Score is the distribution of results that models and the simulator use.
type Score struct {
	Total         float64 `yaml:"total"`          // mean points or goals of both sides
	HomeAdvantage float64 `yaml:"home_advantage"` // points
	SigmaMargin   float64 `yaml:"sigma_margin"`   // standard deviation of result minus spread
	SigmaTotal    float64 `yaml:"sigma_total"`    // standard deviation of total minus line

	// KeyNumbers are winning margins on which games land more or less often than
	// the normal distribution has it, each with the chance of landing there when
	// it is an even spread. They may be missing.
	KeyNumbers map[int]float64 `yaml:"key_numbers"`
}

// Match says how far apart two providers' starts may lie for one game. The first
// number must stay below the shortest time in which the same two teams meet
// again at the same place: a double-header in baseball, the next evening in
// hockey, months in soccer.
type Match struct {
	SameHours   float64 `yaml:"same_hours"`   // up to this distance it is the same game
	ReviewHours float64 `yaml:"review_hours"` // up to this distance a person is asked
}

// Team is one side. Its id is "<league>.<slug>", stable for good.
type Team struct {
	ID           string   `yaml:"id"`
	Name         string   `yaml:"name"`         // full name as The Odds API and ESPN's displayName write it
	Location     string   `yaml:"location"`     // city or region part
	Nickname     string   `yaml:"nickname"`     // Bears
	Abbreviation string   `yaml:"abbreviation"` // ESPN's
	Aliases      []string `yaml:"aliases"`      // other spellings seen at providers
	Venue        string   `yaml:"venue"`        // id of the home venue
}

// Roof of a venue.
type Roof string

// Roofs. Weather matters where the roof is open; a retractable one counts as
// outdoor until a source says it is closed.
const (
	RoofOpen        Roof = "open"
	RoofDome        Roof = "dome"
	RoofRetractable Roof = "retractable"
)

// Venue is where games are played.
type Venue struct {
	ID        string   `yaml:"id"`
	Name      string   `yaml:"name"`
	City      string   `yaml:"city"`
	Latitude  float64  `yaml:"lat"` // degrees, north positive
	Longitude float64  `yaml:"lon"` // degrees, east positive
	Roof      Roof     `yaml:"roof"`
	Aliases   []string `yaml:"aliases"` // former and sponsors' names
}
