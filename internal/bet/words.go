package bet

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
)

// kind is what a name of a market means.
type kind struct {
	market string
	ways   int
}

// kinds are the names of markets that files use, as key gives them.
var kinds = map[string]kind{
	"h2h": {feed.MarketH2H, 0}, "moneyline": {feed.MarketH2H, 0}, "money_line": {feed.MarketH2H, 0}, "ml": {feed.MarketH2H, 0},
	"winner": {feed.MarketH2H, 0}, "match_winner": {feed.MarketH2H, 0},
	"1x2": {feed.MarketH2H, ThreeWay}, "h2h_3_way": {feed.MarketH2H, ThreeWay}, "3_way": {feed.MarketH2H, ThreeWay},
	"match_odds": {feed.MarketH2H, ThreeWay}, "full_time_result": {feed.MarketH2H, ThreeWay},
	"draw_no_bet": {feed.MarketH2H, TwoWay}, "dnb": {feed.MarketH2H, TwoWay}, "2_way": {feed.MarketH2H, TwoWay},
	"spreads": {market: feed.MarketSpreads}, "spread": {market: feed.MarketSpreads}, "point_spread": {market: feed.MarketSpreads},
	"ats": {market: feed.MarketSpreads}, "handicap": {market: feed.MarketSpreads}, "asian_handicap": {market: feed.MarketSpreads},
	"ah": {market: feed.MarketSpreads}, "puck_line": {market: feed.MarketSpreads}, "run_line": {market: feed.MarketSpreads},
	"alternate_spreads": {market: feed.MarketSpreads},
	"totals":            {market: feed.MarketTotals}, "total": {market: feed.MarketTotals}, "over/under": {market: feed.MarketTotals},
	"over_under": {market: feed.MarketTotals}, "o/u": {market: feed.MarketTotals}, "ou": {market: feed.MarketTotals},
	"alternate_totals": {market: feed.MarketTotals},
	"team_totals":      {market: feed.MarketTeamTotals}, "team_total": {market: feed.MarketTeamTotals},
}

// periods are the names of parts of a game.
var periods = map[string]string{
	"": feed.PeriodFull, "full": feed.PeriodFull, "game": feed.PeriodFull, "match": feed.PeriodFull, "full_game": feed.PeriodFull,
	"full_time": feed.PeriodFull, "ft": feed.PeriodFull,
	"h1": "h1", "1h": "h1", "1st_half": "h1", "first_half": "h1", "h2": "h2", "2h": "h2", "2nd_half": "h2", "second_half": "h2",
	"q1": "q1", "1q": "q1", "1st_quarter": "q1", "q2": "q2", "2q": "q2", "2nd_quarter": "q2",
	"q3": "q3", "3q": "q3", "3rd_quarter": "q3", "q4": "q4", "4q": "q4", "4th_quarter": "q4",
	"p1": "p1", "1p": "p1", "1st_period": "p1", "p2": "p2", "2p": "p2", "2nd_period": "p2", "p3": "p3", "3p": "p3", "3rd_period": "p3",
	"f5": "1st_5_innings", "1st_1_innings": "1st_1_innings", "1st_3_innings": "1st_3_innings",
	"1st_5_innings": "1st_5_innings", "1st_7_innings": "1st_7_innings",
}

// parseMarket reads the name of a market, which may end in a period.
func parseMarket(text string) (k kind, period string) {
	name := key(text)
	if k, ok := kinds[name]; ok {
		return k, ""
	}
	for word, period := range periods {
		for _, rest := range []string{strings.TrimSuffix(name, "_"+word), strings.TrimPrefix(name, word+"_")} {
			if k, ok := kinds[rest]; ok && rest != name {
				return k, period
			}
		}
	}
	return kind{market: name}, ""
}

func parsePeriod(text string) (string, error) {
	p, ok := periods[key(text)]
	if !ok {
		return "", fmt.Errorf("%q is no period: write full, h1, q3, p2 or 1st_5_innings", text)
	}
	return p, nil
}

// parseLine reads a handicap or a total.
func parseLine(text string) (feed.Line, error) {
	switch key(text) {
	case "pk", "pick", "pickem", "pick'em", "ev":
		return feed.Line{Set: true}, nil
	}
	v, err := strconv.ParseFloat(strings.TrimPrefix(strings.ReplaceAll(text, "½", ".5"), "+"), 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > 1000 {
		return feed.Line{}, fmt.Errorf("%q is no line: write it as -3.5 or 220", text)
	}
	return feed.LineOf(&v), nil
}

// parseOutcome reads what was bet on: a side, or a team's name, with a line
// behind it or without: "over 5.5", "Bills -3", "home".
func parseOutcome(text string, e *Event) (outcome string, line feed.Line, err error) {
	words := strings.Fields(text)
	if len(words) > 1 {
		last := words[len(words)-1]
		if l, err := parseLine(last); err == nil && (strings.ContainsAny(last[:1], "+-") || isTotal(words[0])) {
			line, words = l, words[:len(words)-1]
		}
	}
	name := strings.Join(words, " ")
	switch key(name) {
	case "home", "1", "h":
		return feed.OutcomeHome, line, nil
	case "away", "2", "a":
		return feed.OutcomeAway, line, nil
	case "draw", "x", "d", "tie":
		return feed.OutcomeDraw, line, nil
	case "over", "o":
		return feed.OutcomeOver, line, nil
	case "under", "u":
		return feed.OutcomeUnder, line, nil
	}
	if league.Normalise(name) == "" {
		return "", line, errors.New("nothing says what was bet on")
	}
	switch ofHome, ofAway := names(name, e.Home), names(name, e.Away); {
	case ofHome && !ofAway:
		return feed.OutcomeHome, line, nil
	case ofAway && !ofHome:
		return feed.OutcomeAway, line, nil
	}
	return name, line, nil
}

// names tells whether a name is a team's, or a part of it such as "Bills".
func names(name, team string) bool {
	words := strings.Fields(league.Normalise(team))
	for _, w := range strings.Fields(league.Normalise(name)) {
		if !slices.Contains(words, w) {
			return false
		}
	}
	return true
}

func isTotal(word string) bool {
	switch key(word) {
	case "over", "under", "o", "u":
		return true
	}
	return false
}

// parseTeams reads both teams of one cell: "Away @ Home", "Home v Away",
// "Home vs Away" or "Home - Away".
func parseTeams(text string) (home, away string, err error) {
	for _, sep := range []string{" @ ", " at ", " vs. ", " vs ", " v ", " - "} {
		if a, b, ok := strings.Cut(text, sep); ok && strings.TrimSpace(a) != "" && strings.TrimSpace(b) != "" {
			if sep == " @ " || sep == " at " {
				a, b = b, a
			}
			return strings.TrimSpace(a), strings.TrimSpace(b), nil
		}
	}
	return "", "", fmt.Errorf("%q are no two teams: write Away @ Home or Home v Away", text)
}

// parseCommission reads a share such as 0.02 or 2%.
func parseCommission(text string) (float64, error) {
	body, percent := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(body), 64)
	if percent {
		v /= 100
	}
	if err != nil || !(v >= 0 && v < 1) {
		return 0, fmt.Errorf("%q is no commission: write 0.02 or 2%%", text)
	}
	return v, nil
}
