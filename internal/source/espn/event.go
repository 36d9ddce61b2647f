package espn

import "github.com/betflow/betflow/internal/feed"

// Event is one game of a scoreboard.
type Event struct {
	ID         string
	Name       string // such as New York Giants at Tennessee Titans
	ShortName  string // such as NYG @ TEN
	Start      feed.Time
	SeasonYear int // ESPN's: the NHL season of 2022-23 is 2023
	SeasonType int // 1 pre, 2 regular, 3 post; soccer has its own numbers
	Week       int // 0 where the league has no weeks
	Neutral    bool
	Venue      *Venue
	Home       Competitor
	Away       Competitor
	Status     Status
	Situation  *Situation // nil unless the game runs
	Weather    *Weather
}

// Venue is where the game is played.
type Venue struct {
	ID     string
	Name   string
	City   string
	State  string
	Indoor *bool // nil where ESPN does not say
}

// Competitor is one side.
type Competitor struct {
	TeamID       string // unique within a league only
	Name         string // full name, such as Atlanta Falcons
	Location     string
	Nickname     string
	Abbreviation string
	Score        *int32
	Periods      []int32 // points by period, nil if not told
	Record       string  // of the season, such as 11-3
}

// Status is where the game stands.
type Status struct {
	State        feed.GameState // by Name, else by Phase; empty if neither is known
	Name         string         // such as STATUS_HALFTIME
	Phase        string         // pre, in or post
	Detail       string         // such as 10:23 - 3rd Quarter
	Period       int32
	ClockSeconds *float64
	Clock        string // as displayed
	Completed    bool
}

// Situation is the moment of play.
type Situation struct {
	Down       *int32
	Distance   *int32
	Possession string // team id
	Text       string // such as 1st & 10 at NO 10
	LastPlay   *Play
}

// Play is one thing that happened.
type Play struct {
	ID         string
	TypeID     string
	Type       string
	Text       string
	ScoreValue int32
}

// Weather is the forecast ESPN shows beside a game.
type Weather struct {
	Text         string   // such as Mostly cloudy
	TemperatureF *float64 // degrees Fahrenheit
}
