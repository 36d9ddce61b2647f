package simulator

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/signal"
	"github.com/betflow/betflow/internal/simulate"
)

// Books of the world make no blunders. To hold the outlier rule to something,
// the study exchanges both sides' prices of a book's market now and then, for a
// few minutes, in the captured answer: the commonest error of real books.
const (
	garbleSpan  = 5 * feed.Minute
	garbleShare = 0.0002 // of the books' markets at any time
)

// garbler knows which prices are wrong when.
type garbler struct{ seed uint64 }

// wrong tells whether a book's market of a game is garbled at an instant.
func (g garbler) wrong(oddsID, book, market string, at feed.Time) bool {
	h := fnv.New64a()
	h.Write(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, g.seed), uint64(at/garbleSpan)))
	h.Write([]byte(oddsID))
	h.Write([]byte(book))
	h.Write([]byte(market))
	const bits = 53
	return float64(mix(h.Sum64())>>(64-bits))/(1<<bits) < garbleShare
}

// mix spreads a hash over all its bits.
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// The parts of an answer of The Odds API that garbling touches.
type (
	oddsEvent struct {
		ID           string          `json:"id"`
		SportKey     string          `json:"sport_key"`
		SportTitle   string          `json:"sport_title"`
		CommenceTime json.RawMessage `json:"commence_time"`
		HomeTeam     json.RawMessage `json:"home_team"`
		AwayTeam     json.RawMessage `json:"away_team"`
		Bookmakers   []oddsBook      `json:"bookmakers"`
	}
	oddsBook struct {
		Key        string          `json:"key"`
		Title      string          `json:"title"`
		LastUpdate json.RawMessage `json:"last_update"`
		Markets    []oddsMarket    `json:"markets"`
	}
	oddsMarket struct {
		Key        string          `json:"key"`
		LastUpdate json.RawMessage `json:"last_update"`
		Outcomes   []oddsOutcome   `json:"outcomes"`
	}
	oddsOutcome struct {
		Name  string          `json:"name"`
		Price json.RawMessage `json:"price"`
		Point json.RawMessage `json:"point,omitempty"`
	}
)

// due tells whether anything that an answer may hold is garbled: hardly ever.
func (g garbler) due(world *simulate.Simulator, raw *feed.Raw) bool {
	for _, f := range world.Fixtures(raw.League, raw.FetchedAt-day, raw.FetchedAt+4*day) {
		for _, b := range simulate.DefaultBooks() {
			for _, market := range [...]string{feed.MarketH2H, feed.MarketSpreads, feed.MarketTotals} {
				if g.wrong(f.OddsID, b.Key, market, raw.FetchedAt) {
					return true
				}
			}
		}
	}
	return false
}

// response garbles an answer with odds.
func (g garbler) response(world *simulate.Simulator, raw *feed.Raw) error {
	if !g.due(world, raw) {
		return nil
	}
	var events []oddsEvent
	if err := json.Unmarshal(raw.Body, &events); err != nil {
		return fmt.Errorf("garbling prices: %w", err)
	}
	touched := false
	for _, e := range events {
		for _, b := range e.Bookmakers {
			for _, m := range b.Markets {
				if n := len(m.Outcomes); n >= 2 && g.wrong(e.ID, b.Key, m.Key, raw.FetchedAt) {
					m.Outcomes[0].Price, m.Outcomes[1].Price = m.Outcomes[1].Price, m.Outcomes[0].Price
					touched = true
				}
			}
		}
	}
	if !touched {
		return nil
	}
	body, err := json.Marshal(events)
	raw.Body = body
	return err
}

// outlierReferee knows what was garbled. A market that is even looks the same
// with its prices exchanged: only what is off by the rule's gap is a chance. A
// signal is right if its book is that far from the truth, for whatever reason.
type outlierReferee struct{ rules *signal.Rules }

func (r outlierReferee) chances(l *look, yield func(feed.SignalKey)) {
	for _, t := range l.tables {
		for _, w := range t.rows {
			if !w.quotes[0].garbled {
				continue
			}
			if gap, ok := l.gap(t, w, 0); ok && math.Abs(gap) >= r.rules.Outlier.Gap {
				yield(feed.SignalKey{Rule: feed.RuleOutlier, Market: t.key, Book: w.book})
			}
		}
	}
}

func (r outlierReferee) right(l *look, s *feed.Signal) (bool, float64, bool) {
	t := l.table(feed.MarketKey{FixtureID: l.id, Market: s.Market, Period: s.Period, Line: feed.LineOf(s.Line)})
	gap, ok := l.gap(t, t.row(s.Book), slices.Index(t.outcomes, s.Legs[0].Outcome))
	return ok && math.Abs(gap) >= r.rules.Outlier.Gap, s.Value, true
}
