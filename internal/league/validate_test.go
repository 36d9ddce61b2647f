package league

import (
	"errors"
	"math"
	"testing"
)

func TestValidateAcceptsAGoodLeague(t *testing.T) {
	for _, l := range []League{testLeague(), testSoccer()} {
		if err := Validate(l); err != nil {
			t.Error(err)
		}
	}
}

func TestValidateNamesThePlace(t *testing.T) {
	for path, spoil := range map[string]func(*League){
		"id":                  func(l *League) { l.ID = "N H L" },
		"name":                func(l *League) { l.Name = "" },
		"sport":               func(l *League) { l.Sport = "" },
		"keys":                func(l *League) { l.Keys = nil },
		"periods.count":       func(l *League) { l.Periods.Count = 0 },
		"periods.minutes":     func(l *League) { l.Periods.Minutes = -1 },
		"periods.name":        func(l *League) { l.Periods.Name = "" },
		"season.start_month":  func(l *League) { l.Season.StartMonth = 13 },
		"score.sigma_margin":  func(l *League) { l.Score.SigmaMargin = 0 },
		"score.total":         func(l *League) { l.Score.Total = math.NaN() },
		"score.key_numbers.3": func(l *League) { l.Score.KeyNumbers = map[int]float64{3: 1.2} },
		"match.same_hours":    func(l *League) { l.Match.SameHours = 0 },
		"match.review_hours":  func(l *League) { l.Match.ReviewHours = 1 },
		"teams[1].id":         func(l *League) { l.Teams[1].ID = l.Teams[0].ID },
		"teams[2].id":         func(l *League) { l.Teams[2].ID = "nba.x" },
		"teams[3].name":       func(l *League) { l.Teams[3].Name = "MONTREAL CANADIENS" },
		"teams[4].aliases[1]": func(l *League) { l.Teams[4].Aliases = []string{"B's", "habs"} },
		"teams[5].aliases[0]": func(l *League) { l.Teams[5].Aliases = []string{"--"} },
		"teams[0].venue":      func(l *League) { l.Teams[0].Venue = "moon" },
		"venues[0].id":        func(l *League) { l.Venues[0].ID = "a--b" },
		"venues[1].id":        func(l *League) { l.Venues[1].ID = "forum" },
		"venues[1].name":      func(l *League) { l.Venues[1].Name = "" },
		"venues[2].lat":       func(l *League) { l.Venues[2].Latitude = math.NaN() },
		"venues[2].lon":       func(l *League) { l.Venues[2].Longitude = -181 },
		"venues[3].lat":       func(l *League) { l.Venues[3].Latitude, l.Venues[3].Longitude = 0, 0 },
		"venues[3].roof":      func(l *League) { l.Venues[3].Roof = "closed" },
	} {
		l := testLeague()
		spoil(&l)
		var p *Problem
		if err := Validate(l); !errors.As(err, &p) || p.Path != path {
			t.Errorf("%s: got %v", path, err)
		}
	}
}
