package bet

import (
	"errors"
	"strconv"
	"strings"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/odds"
)

// Final is how a game ended.
type Final struct {
	State                    feed.GameState // post if it was played to its end
	Home, Away               int
	HomePeriods, AwayPeriods []int // points by period, overtime behind the regular ones; nil if not known
	Regular                  int   // how many regular periods the sport has; 0 if not known
}

// Errors of Grade.
var (
	ErrNotOver   = errors.New("the game is not over")
	ErrPeriods   = errors.New("the score by periods is needed and not known")
	ErrTie       = errors.New("a tie, and it is not known whether the draw was an outcome: name the market 1x2 or draw_no_bet")
	ErrUngraded  = errors.New("a score cannot grade this market: tell the result")
	ErrUncertain = errors.New("the market has no such outcome")
)

// Grade settles a bet by the final score. A game that was cancelled, abandoned
// or postponed voids it: the stake is returned. Full-time markets count
// overtime, but for a three-way h2h, which is settled by the score at the end of
// regular time; without a score by periods the final one is taken for it.
func Grade(b *Bet, f Final) (Result, error) {
	switch f.State {
	case feed.GameCancelled, feed.GameAbandoned, feed.GamePostponed:
		return Void, nil
	case feed.GamePost:
	default:
		return Pending, ErrNotOver
	}
	home, away, err := f.score(b)
	if err != nil {
		return Pending, err
	}
	switch b.Market {
	case feed.MarketH2H:
		return gradeH2H(&b.Selection, home-away)
	case feed.MarketSpreads:
		return gradeLine(b.Line, b.Outcome == feed.OutcomeHome, b.Outcome == feed.OutcomeAway, home-away)
	case feed.MarketTotals:
		return gradeLine(feed.Line{Points: -b.Line.Points, Set: b.Line.Set}, b.Outcome == feed.OutcomeOver, b.Outcome == feed.OutcomeUnder, home+away)
	case feed.MarketTeamTotals:
		ofHome, over, ok := b.teamTotal()
		if !ok {
			return Pending, ErrUncertain
		}
		points := away
		if ofHome {
			points = home
		}
		return gradeLine(feed.Line{Points: -b.Line.Points, Set: b.Line.Set}, over, !over, points)
	}
	return Pending, ErrUngraded
}

func gradeH2H(s *Selection, margin int) (Result, error) {
	won := map[string]bool{feed.OutcomeHome: margin > 0, feed.OutcomeAway: margin < 0, feed.OutcomeDraw: margin == 0}
	hit, known := won[s.Outcome]
	switch {
	case !known:
		return Pending, ErrUncertain
	case margin == 0 && s.Outcome != feed.OutcomeDraw && s.Ways == TwoWay:
		return Push, nil
	case margin == 0 && s.Outcome != feed.OutcomeDraw && s.Ways != ThreeWay:
		return Pending, ErrTie
	case hit:
		return Won, nil
	}
	return Lost, nil
}

// gradeLine settles one of two sides. The first side is ahead by points and was
// given the line.
func gradeLine(line feed.Line, first, second bool, points int) (Result, error) {
	switch {
	case !line.Set || !first && !second:
		return Pending, ErrUncertain
	case first:
		return resultOf(odds.Settle(float64(points), line.Points, 2)), nil
	}
	return resultOf(odds.Settle(-float64(points), -line.Points, 2)), nil
}

// teamTotal reads an outcome such as "home over" or "Toronto Maple Leafs under".
func (b *Bet) teamTotal() (ofHome, over, ok bool) {
	cut := strings.LastIndexByte(b.Outcome, ' ')
	if cut < 0 {
		return false, false, false
	}
	team, side := b.Outcome[:cut], b.Outcome[cut+1:]
	name := league.Normalise(team)
	ofHome = team == feed.OutcomeHome || name != "" && name == league.Normalise(b.Home)
	ofAway := team == feed.OutcomeAway || name != "" && name == league.Normalise(b.Away)
	over = side == feed.OutcomeOver
	return ofHome, over, ofHome != ofAway && (over || side == feed.OutcomeUnder)
}

// score is the score that counts for the bet.
func (f *Final) score(b *Bet) (home, away int, err error) {
	from, to := 0, 0
	switch {
	case b.Period != feed.PeriodFull && b.Period != "":
		if from, to, err = f.periods(b.Period); err != nil {
			return 0, 0, err
		}
	case b.Market == feed.MarketH2H && b.Ways == ThreeWay && f.Regular > 0 && f.played(f.Regular):
		to = f.Regular
	default:
		return f.Home, f.Away, nil
	}
	for i := from; i < to; i++ {
		home += f.HomePeriods[i]
		away += f.AwayPeriods[i]
	}
	return home, away, nil
}

// periods returns which periods a name such as h1, q3, p2 or 1st_5_innings
// stands for. The second half counts no overtime.
func (f *Final) periods(name string) (from, to int, err error) {
	half := f.Regular / 2
	innings, isInnings := strings.CutSuffix(strings.TrimPrefix(name, "1st_"), "_innings")
	number := 0
	if len(name) == 2 && name[1] >= '1' && name[1] <= '9' {
		number = int(name[1] - '0')
	}
	switch {
	case isInnings && f.Regular == 9:
		if to, err = strconv.Atoi(innings); err != nil || to < 1 || to > 9 {
			return 0, 0, ErrUngraded
		}
	case name[0] == 'h' && number == 1 && f.Regular > 0 && f.Regular%2 == 0:
		to = half
	case name[0] == 'h' && number == 2 && f.Regular > 0 && f.Regular%2 == 0:
		from, to = half, f.Regular
	case name[0] == 'q' && f.Regular == 4 && number >= 1 && number <= 4, name[0] == 'p' && f.Regular == 3 && number >= 1 && number <= 3:
		from, to = number-1, number
	case f.Regular == 0:
		return 0, 0, ErrPeriods
	default:
		return 0, 0, ErrUngraded
	}
	if !f.played(to) {
		return 0, 0, ErrPeriods
	}
	return from, to, nil
}

// played tells whether the score of the first n periods is known.
func (f *Final) played(n int) bool { return len(f.HomePeriods) >= n && len(f.AwayPeriods) >= n }
