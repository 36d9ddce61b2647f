package simulator

import (
	"cmp"
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/movement"
	"github.com/betflow/betflow/internal/simulate"
	"github.com/betflow/betflow/internal/study"
)

// Discovery is whether the estimators of price discovery find who leads.
type Discovery struct {
	Games  int            `json:"games"` // followed for the whole span of the estimators
	Books  []BookLead     `json:"books"` // the one with the least delay first
	Pairs  int            `json:"pairs"` // of books of different delay with an estimated lag
	Order  int            `json:"order"` // of these, in which the faster one is named
	Signed score.Interval `json:"signed"`
}

// BookLead is what the estimators say of one book, averaged over games.
type BookLead struct {
	Book        string  `json:"book"`
	Delay       float64 `json:"delay_s"`     // behind the truth, by the world's own word
	FirstMoves  float64 `json:"first_moves"` // share of waves that it began
	Information float64 `json:"information"` // Hasbrouck share, middle of its bounds
	Leads       int     `json:"leads"`       // games in which its share of first moves is the highest
	Lag         float64 `json:"lag_s"`       // median behind the fastest book, by Hayashi-Yoshida
	Estimates   int     `json:"estimates"`   // behind the lag
	InfoGames   int     `json:"information_n"`
}

// discovery gathers games.
type discovery struct {
	games       int
	books       map[string]*bookLead
	pairs, good int
}

type bookLead struct {
	delay       float64
	first, info score.Mean
	leads       int
	lags        []float64
}

func newDiscovery() *discovery {
	d := &discovery{books: map[string]*bookLead{}}
	for _, b := range simulate.DefaultBooks() {
		// A look shows what has been there since the last refresh: half of it, on
		// average, is delay too.
		d.books[b.Key] = &bookLead{delay: (b.Lag + b.Refresh/2).Seconds()}
	}
	return d
}

// discover measures the games that have begun and were followed long enough.
func (m *market) discover(d *discovery, l league.League, until feed.Time) error {
	rules := movement.DefaultRules()
	rules.Lines = movement.LinesOf(l.Score)
	for _, f := range m.ordered {
		if f.twin == nil || len(f.history) == 0 {
			continue
		}
		start := f.twin.Start
		if start > until || f.history[0].SeenTime > start-followed {
			continue
		}
		for _, market := range movement.Assemble(f.history) {
			d.add(market.Discover(start, rules))
		}
	}
	return nil
}

// followed is how long before its start a game has to be watched.
const followed = 18 * feed.Hour

func (d *discovery) add(found movement.Discovery) {
	d.games++
	leader, most := "", 0.0
	for _, b := range found.Books {
		known := d.books[b.Book]
		if !b.FirstMoves.Enough() {
			continue
		}
		known.first.Add(*b.FirstMoves.Value)
		if *b.FirstMoves.Value > most {
			leader, most = b.Book, *b.FirstMoves.Value
		}
	}
	if leader != "" {
		d.books[leader].leads++
	}
	for _, p := range found.Information.Books {
		d.books[p.Book].info.Add(p.Share)
	}
	for _, l := range found.Leads {
		if !l.Lag.Enough() {
			continue
		}
		lag, a, b := *l.Lag.Value, d.books[l.Leader], d.books[l.Follower]
		if fastest := d.fastest(); l.Leader == fastest || l.Follower == fastest {
			other, behind := b, lag
			if l.Follower == fastest {
				other, behind = a, -lag
			}
			other.lags = append(other.lags, behind)
		}
		if difference := b.delay - a.delay; difference > telling || difference < -telling {
			d.pairs++
			if lag*difference > 0 {
				d.good++
			}
		}
	}
}

// telling is a difference of delays, in seconds, that a lag in steps of a minute
// can show.
const telling = 60

// fastest is the book with the least delay.
func (d *discovery) fastest() string {
	best := ""
	for book, b := range d.books {
		if best == "" || b.delay < d.books[best].delay || b.delay == d.books[best].delay && book < best {
			best = book
		}
	}
	return best
}

func (d *discovery) merge(o *discovery) {
	d.games += o.games
	d.pairs += o.pairs
	d.good += o.good
	for book, b := range o.books {
		own := d.books[book]
		own.first.Merge(b.first)
		own.info.Merge(b.info)
		own.leads += b.leads
		own.lags = append(own.lags, b.lags...)
	}
}

func (d *discovery) result() Discovery {
	out := Discovery{Games: d.games, Pairs: d.pairs, Order: d.good, Signed: score.Wilson(d.good, d.pairs, study.Level)}
	for book, b := range d.books {
		if b.first.N() == 0 {
			continue
		}
		out.Books = append(out.Books, BookLead{
			Book: book, Delay: b.delay, FirstMoves: b.first.Value(), Leads: b.leads, Lag: median(b.lags), Estimates: len(b.lags),
			Information: known(b.info), InfoGames: b.info.N(),
		})
	}
	slices.SortFunc(out.Books, func(a, b BookLead) int { return cmp.Or(cmp.Compare(a.Delay, b.Delay), cmp.Compare(a.Book, b.Book)) })
	return out
}

// known is a mean, 0 of nothing: JSON has no number for that.
func known(m score.Mean) float64 {
	if m.N() == 0 {
		return 0
	}
	return m.Value()
}
