package simulate

import (
	"fmt"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
)

const day = 24 * feed.Hour

// The schedule is cut into blocks of a day. In one block a team plays at most
// once, and no game begins in the last hours of a block, so no team ever has
// two games at a time. Blocks of different leagues begin at different hours.
const startSpan = day - 390*feed.Minute

// competition is a league with its schedule and what makes its scores.
type competition struct {
	model
	league  *league.League
	weather *climate
	seed    seed
	number  int // position among the leagues, part of ids
	phase   feed.Time
	games   int   // a block
	order   []int // the teams' places in the round robin
	venues  map[string]league.Venue
	oddsID  string // the league's key at The Odds API
	path    string // the league's path at ESPN
	blocks  map[int64][]*fixture
	shifts  map[string]feed.Time // of rescheduled fixtures by OddsID; outlives the blocks
}

// keptBlocks bounds the blocks that a competition keeps. Dropped ones are
// computed again when somebody asks for their days.
const keptBlocks = 24

func newCompetition(world seed, number int, l *league.League, perDay int, weather *climate) (*competition, error) {
	m, err := newModel(l)
	if err != nil {
		return nil, err
	}
	c := &competition{
		model: m, league: l, weather: weather, seed: world.of(l.ID), number: number,
		phase:  feed.Time(7*number%24) * feed.Hour, // 7 spreads even a few leagues around the clock
		games:  min(perDay, len(l.Teams)/2),
		venues: make(map[string]league.Venue, len(l.Venues)),
		oddsID: l.Keys[feed.SourceOdds], path: l.Keys[feed.SourceGames],
		blocks: make(map[int64][]*fixture),
		shifts: make(map[string]feed.Time),
		order:  world.of(l.ID).of("order").shuffled(len(l.Teams)),
	}
	for _, v := range l.Venues {
		c.venues[v.ID] = v
	}
	return c, nil
}

// between returns the fixtures that start in [from, to), by start time.
func (c *competition) between(from, to feed.Time) []*fixture {
	var out []*fixture
	for b := c.blockOf(from); b <= c.blockOf(to); b++ {
		for _, f := range c.block(b) {
			if f.Start >= from && f.Start < to {
				out = append(out, f)
			}
		}
	}
	return out
}

func (c *competition) blockOf(t feed.Time) int64 {
	return int64((t - c.phase).Truncate(day) / day)
}

// block returns the fixtures of one block, by start time.
func (c *competition) block(b int64) []*fixture {
	if fs, ok := c.blocks[b]; ok {
		return fs
	}
	if len(c.blocks) >= keptBlocks {
		clear(c.blocks)
	}
	s := c.seed.of("block").at(uint64(b))
	chosen := s.shuffled(len(c.order) / 2)
	fs := make([]*fixture, c.games)
	for g := range fs {
		home, away := c.pair(b, chosen[g])
		if s.at(uint64(g)).of("sides").uniform() < .5 {
			home, away = away, home
		}
		fs[g] = c.fixture(s.at(uint64(g)), b, g, home, away)
	}
	c.blocks[b] = fs
	return fs
}

// pair returns the teams of pair i in the round robin of a block, by the circle
// method: the same two meet again only after as many days as there are others,
// as no real league has the same two meet on days that nearly touch.
func (c *competition) pair(b int64, i int) (one, other int) {
	ring := len(c.order)&^1 - 1                           // of an odd number of teams one rests for good
	r := int((b%int64(ring) + int64(ring)) % int64(ring)) // days before 1970 count too
	if i == 0 {
		return c.order[ring], c.order[r]
	}
	return c.order[(r+i)%ring], c.order[(r-i+ring)%ring]
}

// fixture draws game g of block b.
func (c *competition) fixture(s seed, b int64, g, home, away int) *fixture {
	share := (float64(g) + .8*s.of("start").uniform()) / float64(c.games)
	start := feed.Time(b)*day + c.phase + feed.Time(share*float64(startSpan))
	f := &fixture{
		competition: c, seed: s, home: home, away: away, block: b,
		Fixture: Fixture{
			League:  c.league.ID,
			OddsID:  fmt.Sprintf("%016x%016x", uint64(s.of("id").at(0)), uint64(s.of("id").at(1))),
			ScoreID: fmt.Sprintf("4%02d%04d%02d", c.number+1, b%10000, g),
			Home:    c.league.Teams[home],
			Away:    c.league.Teams[away],
			Start:   start.Truncate(5 * feed.Minute),
			Neutral: s.of("neutral").uniform() < .03,
		},
		outlooks: make(map[int]*outlook),
	}
	f.Venue = c.venues[f.Home.Venue]
	if f.Venue.ID == "" {
		f.Venue = league.Venue{ID: f.Home.ID, Name: f.Home.Location + " Arena", City: f.Home.Location, Roof: league.RoofDome}
	}
	f.shift = c.shifts[f.OddsID]
	f.draw()
	return f
}
