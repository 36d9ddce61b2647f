package nfllines

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source/table"
)

// Bounds of what can be a line or a score of a football game.
const (
	maxSpread = 60
	maxTotal  = 120
	maxScore  = 150
	maxBets   = 1e9
)

// required are the columns that every file has.
var required = []string{
	"game_id", "season", "week", "team", "score", "outcome", "rotation",
	"opening_moneyline", "opening_spread", "opening_spread_odds", "opening_total", "opening_total_odds",
	"moneyline_bet_pct", "moneyline_dollar_pct", "spread_bet_pct", "spread_dollar_pct", "total_bet_pct", "total_dollar_pct",
}

// markets are those whose bets are split, as columns name them.
var markets = [...]string{"moneyline", "spread", "total"}

// Parse reads a week. Name stands for the file in errors and defects. Games come
// in the order in which they are complete. A number that cannot be, or that the two
// rows of a game do not agree on, is a defect and missing; so is a row without
// a second one.
//
// The error is that of table.Open: the text as a whole is no such file.
func Parse(name string, text []byte) ([]Game, []feed.Defect, error) {
	t, err := table.Open(name, text, required...)
	if err != nil {
		return nil, nil, err
	}
	p := parser{Table: t, books: books(t.Columns())}
	var games []Game
	var order []*row // the first rows
	first := map[string]*row{}
	for t.Next() {
		r := p.row()
		if r == nil {
			continue
		}
		away := first[r.id]
		switch {
		case away == nil:
			first[r.id] = r
			order = append(order, r)
		case away.joined:
			t.Reject("game_id", "the game has two rows already")
		case away.season != r.season || away.week != r.week || away.status != r.status:
			t.Reject("game_id", "season, week or outcome differ from the game's first row")
		case away.rotation > r.rotation:
			t.Reject("rotation", "the away team, with the lower number, stands in the first row of a game")
		default:
			away.joined = true
			games = append(games, p.join(away, r))
		}
	}
	defects := t.Defects()
	for _, r := range order {
		if !r.joined {
			defects = append(defects, feed.Defect{Place: name, Reason: "no second row completes the game", Body: []byte(r.id)})
		}
	}
	return games, defects, nil
}

// books lists the numbers of the books that have columns, in order.
func books(columns []string) []int {
	var ids []int
	for _, c := range columns {
		number, found := strings.CutSuffix(c, "_moneyline")
		if id, err := strconv.Atoi(number); found && err == nil && strconv.Itoa(id) == number {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// parser reads the rows of one file.
type parser struct {
	*table.Table
	books []int // that have columns
}

// row is one team's side of a game.
type row struct {
	joined       bool // a second row has completed its game
	id           string
	season, week int
	team         string
	status       Status
	rotation     int
	score        float64
	lines        []offer // the opening one first, then the books'
	splits       [3]struct{ share, bets float64 }
}

// offer is what a team's row says of a line.
type offer struct{ moneyline, spread, spreadPrice, total, totalPrice float64 }

// row reads the present row, or rejects it and returns nil.
func (p *parser) row() *row {
	r := &row{id: p.Text("game_id"), team: p.Text("team"), status: Status(p.Text("outcome"))}
	var hasSeason, hasWeek bool
	r.season, hasSeason = p.Whole("season", 1920, 2200)
	r.week, hasWeek = p.Whole("week", 0, 30)
	if r.id == "" || r.team == "" || !hasSeason || !hasWeek {
		p.Reject("", "the row does not say which game and team it is about")
		return nil
	}
	switch r.status {
	case Final, Overtime, Postponed, Canceled:
	default:
		p.Reject("outcome", "it is none of FINAL, FINAL OT, POSTPONED, CANCELED")
		return nil
	}
	r.rotation, _ = p.Whole("rotation", 0, 1e6)
	r.score = p.Number("score", 0, maxScore)
	r.lines = append(r.lines, p.offer("opening_"))
	for _, id := range p.books {
		r.lines = append(r.lines, p.offer(strconv.Itoa(id)+"_"))
	}
	for i, market := range markets {
		r.splits[i].share = p.Number(market+"_bet_pct", 0, 100) / 100
		r.splits[i].bets = p.Number(market+"_dollar_pct", 0, maxBets)
	}
	return r
}

func (p *parser) offer(prefix string) offer {
	return offer{
		moneyline:   p.American(prefix + "moneyline"),
		spread:      p.Number(prefix+"spread", -maxSpread, maxSpread),
		spreadPrice: p.American(prefix + "spread_odds"),
		total:       p.Number(prefix+"total", 0, maxTotal),
		totalPrice:  p.American(prefix + "total_odds"),
	}
}

// join puts two rows together; home's is the present one, where defects are
// placed.
func (p *parser) join(away, home *row) Game {
	g := Game{
		ID: home.id, Season: home.season, Week: home.week, Status: home.status,
		Away: away.team, Home: home.team, AwayScore: away.score, HomeScore: home.score,
		Open: p.lines("opening_", away.lines[0], home.lines[0]),
		Bets: Bets{Moneyline: p.split(away, home, 0), Spread: p.split(away, home, 1), Total: p.split(away, home, 2)},
	}
	if (g.Status == Final || g.Status == Overtime) && !g.Played() {
		p.Reject("score", "a game that is over has two scores")
	}
	for i, id := range p.books {
		a, h := away.lines[i+1], home.lines[i+1]
		if !a.empty() || !h.empty() {
			g.Books = append(g.Books, Book{ID: id, Lines: p.lines(strconv.Itoa(id)+"_", a, h)})
		}
	}
	return g
}

func (o offer) empty() bool {
	return !slices.ContainsFunc([]float64{o.moneyline, o.spread, o.spreadPrice, o.total, o.totalPrice}, func(v float64) bool { return table.Has(v) })
}

// lines joins what two rows say. What they contradict each other in is missing.
func (p *parser) lines(prefix string, away, home offer) Lines {
	l := Lines{
		Moneyline:    Sides{Away: away.moneyline, Home: home.moneyline},
		Spread:       home.spread + 0*away.spread, // missing if either is
		SpreadPrices: Sides{Away: away.spreadPrice, Home: home.spreadPrice},
		Total:        home.total + 0*away.total,
		TotalPrices:  Total{Over: away.totalPrice, Under: home.totalPrice},
	}
	if table.Has(l.Spread) && away.spread != -home.spread {
		p.Reject(prefix+"spread", fmt.Sprintf("the teams' spreads are %g and %g: one is not the other's opposite", away.spread, home.spread))
		l.Spread, l.SpreadPrices = table.Missing, Sides{table.Missing, table.Missing}
	}
	if table.Has(l.Total) && away.total != home.total {
		p.Reject(prefix+"total", fmt.Sprintf("the rows have totals of %g and %g", away.total, home.total))
		l.Total, l.TotalPrices = table.Missing, Total{table.Missing, table.Missing}
	}
	return l
}

// split joins the shares of a market's bets. Shares that do not make a whole are
// missing; two zeros are how the source writes that.
func (p *parser) split(first, second *row, i int) Split {
	const rounding = 0.011 // two percentages without decimals
	a, b := first.splits[i], second.splits[i]
	s := Split{First: a.share, Second: b.share}
	if bets := a.bets + b.bets; table.Has(bets) {
		s.Bets = bets
	}
	if sum := a.share + b.share; sum == 0 || !(math.Abs(sum-1) <= rounding) {
		if sum > 0 {
			p.Reject(markets[i]+"_bet_pct", fmt.Sprintf("the shares sum to %.4g, not to 1", sum))
		}
		s.First, s.Second = table.Missing, table.Missing
	}
	return s
}
