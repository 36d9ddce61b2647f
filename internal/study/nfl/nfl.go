package nfl

import "time"

// Resamples is the usual number of drawn samples.
const Resamples = 2000

// Options say how the study is made.
type Options struct {
	Seed      uint64 // of the bootstrap
	Resamples int    // of the bootstrap
}

// Results are the numbers of the study.
type Results struct {
	Data        Coverage    `json:"data"`
	Movement    Movement    `json:"open_close"`
	Agreement   *Agreement  `json:"agreement"`
	Books       []Book      `json:"books"`
	Reversals   []Reversal  `json:"reverse_moves"`
	Efficiency  Efficiency  `json:"efficiency"`
	Winning     Winning     `json:"win_probability"`
	Rating      *Rating     `json:"elo"`
	Weather     Weather     `json:"weather"`
	Home        Home        `json:"home_advantage"`
	Persistence Persistence `json:"seasons"`
	Published   []Compared  `json:"published"`
}

// Coverage says what was read.
type Coverage struct {
	Lines    int    `json:"line_games"` // of the folder of lines
	Played   int    `json:"line_games_played"`
	First    int    `json:"lines_from"` // season
	Last     int    `json:"lines_to"`
	Splits   int    `json:"games_with_splits"` // whose bets on the spread are known
	ManyBets int    `json:"games_with_many_bets"`
	Results  int    `json:"results"`
	From     int    `json:"results_from"`
	To       int    `json:"results_to"`
	LastDay  string `json:"results_last_day"`
	Defects  int    `json:"defects"`
}

// manyBets is how many bets make a split that means something.
const manyBets = 1000

// Study computes everything. Teams are found by any of their names.
func Study(d *Data, teams Finder, o Options) *Results {
	games, past := markets(d.Lines), results(d.Games)
	return &Results{
		Data:        coverage(d, games, past),
		Movement:    movement(games, o),
		Agreement:   agreement(games, past, teams, o),
		Books:       books(games, o),
		Reversals:   reversals(games),
		Efficiency:  efficiency(games, past),
		Winning:     winning(games, past, o),
		Rating:      rating(past, teams, o),
		Weather:     weather(past, o),
		Home:        home(past),
		Persistence: persistence(past, teams),
		Published:   published(games, past),
	}
}

func coverage(d *Data, games []market, past []result) Coverage {
	c := Coverage{Lines: len(d.Lines), Played: len(games), Results: len(past), Defects: len(d.Defects)}
	c.Splits, c.ManyBets = splitsOf(games, manyBets)
	if len(games) > 0 {
		c.First, c.Last = games[0].Season, games[len(games)-1].Season
	}
	if len(past) > 0 {
		c.From, c.To, c.LastDay = past[0].Season, past[len(past)-1].Season, past[len(past)-1].Day.Format(time.DateOnly)
	}
	return c
}
