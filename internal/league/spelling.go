package league

import "strings"

// TeamMatch is the answer to "which team is this name".
type TeamMatch struct {
	Team       *Team   // nil if the name is unknown or fits several teams
	Confidence float64 // of Team: 1 exact, 0.9 a unique short form, 0.81 to 0.9 misspelt, 0 none
	Candidate  *Team   // the most similar team, whether accepted or not; nil if none is alike
	Score      float64 // how similar Candidate's name is, 0 to 1
}

// spellings finds the teams of one league by name.
type spellings struct {
	soccer bool
	exact  map[string]*Team // full names and aliases
	short  map[string]*Team // nicknames, locations, abbreviations; nil where several teams share one
	forms  []form
}

// form is one full spelling of a team, as similarity compares it.
type form struct {
	text string
	team *Team
}

// newSpellings indexes a valid league's teams.
func newSpellings(l *League) *spellings {
	s := &spellings{soccer: l.Sport == "soccer", exact: map[string]*Team{}, short: map[string]*Team{}}
	for i := range l.Teams {
		t := &l.Teams[i]
		for _, name := range fullNames(t) {
			if key := Normalise(name); s.exact[key] == nil {
				s.exact[key] = t
				s.forms = append(s.forms, form{key, t})
			}
		}
		for _, name := range shortNames(t) {
			s.addShort(Normalise(name), t)
		}
	}
	s.addStripped()
	return s
}

// fullNames lists the spellings that mean the team beyond doubt.
func fullNames(t *Team) []string {
	names := append([]string{t.Name}, t.Aliases...)
	if t.Location != "" && t.Nickname != "" {
		names = append(names, t.Location+" "+t.Nickname)
	}
	return names
}

// shortNames lists the spellings that mean the team if no other shares them.
func shortNames(t *Team) []string {
	names := []string{t.Location, t.Nickname, t.Abbreviation}
	if t.Abbreviation != "" && t.Nickname != "" {
		names = append(names, t.Abbreviation+" "+t.Nickname)
	}
	return names
}

// addShort adds a short form; one that two teams share finds neither.
func (s *spellings) addShort(key string, t *Team) {
	if key == "" {
		return
	}
	if other, taken := s.short[key]; taken && other != t {
		t = nil
	}
	s.short[key] = t
}

// addStripped adds soccer names without their club words. They are as good as
// the full name unless another team has a claim to what is left: "Los Angeles
// FC" is not known by "Los Angeles" where the Galaxy play too.
func (s *spellings) addStripped() {
	if !s.soccer {
		return
	}
	for _, f := range s.forms {
		s.addShort(withoutClubWords(f.text), f.team)
	}
	for _, f := range s.forms {
		key := withoutClubWords(f.text)
		if s.short[key] == f.team && s.exact[key] == nil {
			s.exact[key] = f.team
		}
	}
}

// find returns the team that a name means.
func (s *spellings) find(name string) TeamMatch {
	key := Normalise(name)
	if key == "" {
		return TeamMatch{}
	}
	if t := s.exact[key]; t != nil {
		return TeamMatch{t, confidenceExact, t, 1}
	}
	if s.soccer {
		if t := s.exact[withoutClubWords(key)]; t != nil {
			return TeamMatch{t, confidenceExact, t, 1}
		}
	}
	if t := s.short[key]; t != nil {
		return TeamMatch{t, confidenceShort, t, 1}
	}
	return s.alike(key)
}

// alike looks for a misspelt name.
func (s *spellings) alike(key string) TeamMatch {
	var best, next float64 // next belongs to another team than best
	var team *Team
	for _, f := range s.forms {
		score := similarity(key, f.text)
		switch {
		case score > best:
			if team != f.team {
				next = best
			}
			best, team = score, f.team
		case score > next && f.team != team:
			next = score
		}
	}
	m := TeamMatch{Candidate: team, Score: best}
	if _, shared := s.short[key]; !shared && best >= leastSimilarity && best-next >= leastMargin {
		m.Team, m.Confidence = team, confidenceFuzzy*best
	}
	return m
}

// slugOf returns the part of a team's id after its league's.
func slugOf(teamID string) string {
	_, s, _ := strings.Cut(teamID, ".")
	return s
}
