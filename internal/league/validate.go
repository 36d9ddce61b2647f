package league

import (
	"fmt"
	"math"
	"strings"
)

// Problem is what is wrong with a league file.
type Problem struct {
	Path   string // where, such as "teams[3].aliases[0]"
	Reason string
}

// Error says where and what.
func (p *Problem) Error() string { return p.Path + ": " + p.Reason }

// Validate tells whether a league can be used: ids are well formed and unique,
// a spelling means one team, numbers are in range and references lead somewhere.
// The error is a *Problem, the first one found.
func Validate(l League) error {
	for _, check := range []func(*League) *Problem{checkHead, checkNumbers, checkVenues, checkTeams, checkSpellings} {
		if p := check(&l); p != nil {
			return p
		}
	}
	return nil
}

func problem(path, format string, args ...any) *Problem {
	return &Problem{path, fmt.Sprintf(format, args...)}
}

// wellFormed tells whether an id has only lower-case letters, digits and single
// hyphens between them.
func wellFormed(id string) bool {
	for i := range len(id) {
		c := id[i]
		hyphen := c == '-' && i > 0 && i < len(id)-1 && id[i-1] != '-'
		if !hyphen && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return id != ""
}

func checkHead(l *League) *Problem {
	switch {
	case !wellFormed(l.ID):
		return problem("id", "%q is no id: use lower-case letters, digits and hyphens", l.ID)
	case l.Name == "":
		return problem("name", "the name is missing")
	case !wellFormed(l.Sport):
		return problem("sport", "%q is no sport: write it as in football or soccer", l.Sport)
	case len(l.Keys) == 0:
		return problem("keys", "no source knows the league: give at least one key")
	}
	for source, key := range l.Keys {
		if key == "" {
			return problem("keys", "the key of source %q is empty", source)
		}
	}
	return nil
}

// maxKeyNumber is a margin that no game has.
const maxKeyNumber = 1000

func checkNumbers(l *League) *Problem {
	numbers := []struct {
		path     string
		value    float64
		positive bool
	}{
		{"periods.count", float64(l.Periods.Count), true},
		{"periods.minutes", l.Periods.Minutes, false},
		{"periods.overtime", l.Periods.Overtime, false},
		{"score.total", l.Score.Total, true},
		{"score.home_advantage", l.Score.HomeAdvantage, false},
		{"score.sigma_margin", l.Score.SigmaMargin, true},
		{"score.sigma_total", l.Score.SigmaTotal, true},
		{"match.same_hours", l.Match.SameHours, true},
		{"match.review_hours", l.Match.ReviewHours, true},
	}
	for _, n := range numbers {
		if math.IsNaN(n.value) || math.IsInf(n.value, 0) || n.value < 0 || n.positive && n.value == 0 {
			return problem(n.path, "%v is out of range", n.value)
		}
	}
	for n, chance := range l.Score.KeyNumbers {
		if n < 0 || n > maxKeyNumber || !(chance > 0 && chance < 1) {
			return problem(fmt.Sprintf("score.key_numbers.%d", n), "%v is no chance of a key number: use whole margins from 0 to %d with chances between 0 and 1", chance, maxKeyNumber)
		}
	}
	switch {
	case l.Periods.Name == "":
		return problem("periods.name", "the name is missing")
	case l.Season.StartMonth < 1 || l.Season.StartMonth > 12:
		return problem("season.start_month", "%d is no month: use 1 to 12", l.Season.StartMonth)
	case l.Match.ReviewHours < l.Match.SameHours:
		return problem("match.review_hours", "%v is less than same_hours", l.Match.ReviewHours)
	}
	return nil
}

func checkVenues(l *League) *Problem {
	seen := map[string]bool{}
	for i, v := range l.Venues {
		at := fmt.Sprintf("venues[%d]", i)
		switch {
		case !wellFormed(v.ID):
			return problem(at+".id", "%q is no id: use lower-case letters, digits and hyphens", v.ID)
		case seen[v.ID]:
			return problem(at+".id", "venue %q stands twice", v.ID)
		case Normalise(v.Name) == "":
			return problem(at+".name", "the name is missing")
		case !(math.Abs(v.Latitude) <= 90):
			return problem(at+".lat", "%v is no latitude", v.Latitude)
		case !(math.Abs(v.Longitude) <= 180):
			return problem(at+".lon", "%v is no longitude", v.Longitude)
		case v.Latitude == 0 && v.Longitude == 0:
			return problem(at+".lat", "the coordinates are missing")
		case v.Roof != RoofOpen && v.Roof != RoofDome && v.Roof != RoofRetractable:
			return problem(at+".roof", "%q is no roof: use open, dome or retractable", v.Roof)
		}
		seen[v.ID] = true
	}
	return nil
}

func checkTeams(l *League) *Problem {
	venues := map[string]bool{"": true}
	for _, v := range l.Venues {
		venues[v.ID] = true
	}
	seen := map[string]bool{}
	for i, t := range l.Teams {
		at := fmt.Sprintf("teams[%d]", i)
		tail, ours := strings.CutPrefix(t.ID, l.ID+".")
		switch {
		case !ours || !wellFormed(tail):
			return problem(at+".id", "%q is no team id: write %s. and a name in lower-case letters, digits and hyphens", t.ID, l.ID)
		case seen[t.ID]:
			return problem(at+".id", "team %q stands twice", t.ID)
		case !venues[t.Venue]:
			return problem(at+".venue", "no venue has the id %q", t.Venue)
		}
		seen[t.ID] = true
	}
	return nil
}

// checkSpellings refuses a full name or alias that means two teams. Short forms
// may be shared: they then find none.
func checkSpellings(l *League) *Problem {
	owner := map[string]string{}
	for i, t := range l.Teams {
		for j, name := range fullNames(&t) {
			at := fmt.Sprintf("teams[%d].name", i)
			if j > 0 && j <= len(t.Aliases) {
				at = fmt.Sprintf("teams[%d].aliases[%d]", i, j-1)
			}
			key := Normalise(name)
			if key == "" {
				return problem(at, "%q has no letter or digit", name)
			}
			if other, taken := owner[key]; taken && other != t.ID {
				return problem(at, "%q means %s already", name, other)
			}
			owner[key] = t.ID
		}
	}
	return nil
}
