package league

// Confidences. One is certain. They multiply along a chain of evidence: the
// confidence that two sightings are one game is that of the worse matched team,
// times that of the starts (see startConfidence).
const (
	// Accept is the least confidence at which a match is acted upon. Below it
	// the sighting gets a fixture of its own and a person is asked.
	Accept = 0.8

	// confidenceExact: the full name or an alias, after Normalise.
	confidenceExact = 1.0
	// confidenceSameName: two providers write the same name and no league file
	// knows it.
	confidenceSameName = 0.95
	// confidenceLearned: the provider's team id or spelling was met before, in a
	// game whose other particulars told the team.
	confidenceLearned = 0.95
	// confidenceShort: a nickname, location or abbreviation that only one team
	// of the league has.
	confidenceShort = 0.9
	// confidenceFuzzy scales the similarity of a misspelt name, which must reach
	// leastSimilarity, so that the result lies in [0.81, 0.9).
	confidenceFuzzy = 0.9
	// confidenceCompany: one team is known, the starts are within an hour, and
	// the other name says nothing. A team cannot play twice at once.
	confidenceCompany = 0.85
	// confidenceAcquaintance: the same with starts within SameHours, which is
	// enough for a question only.
	confidenceAcquaintance = 0.6

	// factorSwapped: home and away are exchanged and a provider says that the
	// ground is neutral. Without a neutral ground it may be the other half of a
	// home-and-home pair, so factorReversed leads to a question.
	factorSwapped  = 0.95
	factorReversed = 0.6

	// factorFarthest is the factor of starts exactly SameHours apart; beyond it
	// the factor falls from factorBeyond, which is below Accept, to factorLast
	// at ReviewHours.
	factorFarthest = 0.9
	factorBeyond   = 0.79
	factorLast     = 0.5

	// leastSimilarity and leastMargin guard fuzzy matches: the best team must be
	// this similar, and more similar than the next by the margin.
	leastSimilarity = 0.9
	leastMargin     = 0.08
	// leastCandidate is the confidence below which a candidate is not worth a
	// person's time.
	leastCandidate = 0.4
)
