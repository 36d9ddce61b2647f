package movement

import (
	"errors"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// Rules are the choices behind a Discovery.
type Rules struct {
	Method    odds.Method   // of the fair probabilities
	Lines     Lines         // of the league, to bring lines to the reference line
	MaxAge    time.Duration // of a closing quote; 0 is any age
	Consensus int           // two-sided books that make an opening consensus
	Span      feed.Time     // before the start, in which moves are looked at
	Window    feed.Time     // between moves of one wave
	Least     float64       // move that counts as a first or followed one, in log odds
	Tolerance float64       // of standing at the closing price, in log odds
	Horizon   feed.Time     // within which a move is followed
	Step      feed.Time     // of lags and of the grid
	Lags      int           // tried on either side, in steps
	MaxOrder  int           // of the error correction model
}

// DefaultRules returns the rules that are used where a user names none. 0.02 in
// log odds is half a percentage point at even chances.
func DefaultRules() Rules {
	return Rules{
		Method: odds.DefaultMethod, Consensus: 3, Span: 24 * feed.Hour, Window: 5 * feed.Minute, Least: 0.005, Tolerance: 0.02,
		Horizon: 30 * feed.Minute, Step: feed.Minute, Lags: 30, MaxOrder: 3,
	}
}

// Discovery is how a market found its price, up to the start.
type Discovery struct {
	Market        string          `json:"market"`
	Period        string          `json:"period"`
	Outcome       string          `json:"outcome"`        // whose log odds x is
	Line          *float64        `json:"reference_line"` // at which x is measured
	Quotes        int             `json:"quotes"`         // two-sided ones before the start
	LeftOut       int             `json:"left_out"`       // of these, without a fair probability at the reference line
	Open          []Stand         `json:"open"`
	OpenConsensus *Consensus      `json:"open_consensus"` // null if never enough books stood
	Close         []Stand         `json:"close"`
	Limited       []LimitWeighted `json:"limit_weighted"` // prices at the close
	Books         []BookMoves     `json:"books"`
	Hours         []Hour          `json:"hours"`
	Dispersion    []Dispersion    `json:"dispersion"`         // on the hour before the start, and at the start
	Leads         []Lead          `json:"leads"`              // by Hayashi and Yoshida
	OnGrid        []Lead          `json:"cross_correlations"` // the same by cross-correlation on the grid
	Information   Information     `json:"information"`
	Obstacle      string          `json:"information_obstacle,omitempty"` // why data that suffices gives no shares
	Follows       []Follow        `json:"follows"`
}

// BookMoves is how one book moved.
type BookMoves struct {
	Book         string   `json:"book"`
	Net          Estimate `json:"net_move"`     // x at the close less x at the opening
	LineMoves    int      `json:"line_moves"`   // changes of the line
	Velocity     Estimate `json:"velocity"`     // log odds a minute, in the last hour
	Acceleration Estimate `json:"acceleration"` // of the last hour against the one before
	Volatility   Estimate `json:"volatility"`   // per root of an hour
	Deviation    *float64 `json:"deviation"`    // from the mean of all books at the start, as probability
	FirstMoves   Estimate `json:"first_moves"`  // share of waves that the book began
	Arrival      *Arrival `json:"arrival"`      // at the closing price; null if it does not close there
}

// hoursShown bounds the series by hour.
const hoursShown = 24

// Discover measures one market up to the actual start of the game.
func (m *Market) Discover(start feed.Time, r Rules) Discovery {
	d := Discovery{
		Market: m.Market, Period: m.Period, Open: []Stand{}, Close: []Stand{}, Books: []BookMoves{},
		Dispersion: []Dispersion{}, Follows: []Follow{}, Information: Information{Books: []Part{}},
	}
	if len(m.Outcomes) > 0 {
		d.Outcome = m.Outcomes[0]
	}
	reference := m.Reference(start)
	d.Line = reference.Ptr()
	var ps []Path
	for i := range m.Tracks {
		t := &m.Tracks[i]
		if s, ok := m.Opening(t, r.Method, start); ok {
			d.Open = append(d.Open, s)
		}
		if s, ok := m.Closing(t, r.Method, start, r.MaxAge); ok {
			d.Close = append(d.Close, s)
		}
		p, without := m.Path(t, r.Method, r.Lines, reference, start)
		d.LeftOut += without
		for j := range t.Quotes {
			if t.Quotes[j].Open() && t.Quotes[j].Seen <= start {
				d.Quotes++
			}
		}
		if len(p.Points) > 0 {
			ps = append(ps, p)
			d.Books = append(d.Books, BookMoves{Book: t.Book, LineMoves: t.lineMoves(start)})
		}
	}
	if c, ok := m.OpeningConsensus(r.Method, r.Lines, reference, r.Consensus, start); ok {
		d.OpenConsensus = &c
	}
	d.Limited = m.LimitWeighted(reference, start)
	d.sizes(ps, start, r)
	d.order(ps, start, r)
	return d
}

// lineMoves counts the changes of the line between two-sided quotes.
func (t *Track) lineMoves(until feed.Time) int {
	n := 0
	var last *Quote
	for i := range t.Quotes {
		q := &t.Quotes[i]
		if q.Seen > until || !q.Open() {
			continue
		}
		if last != nil && last.Line != q.Line {
			n++
		}
		last = q
	}
	return n
}

// sizes fills in how far and how fast the books went.
func (d *Discovery) sizes(ps []Path, start feed.Time, r Rules) {
	from := start - r.Span
	for i := range ps {
		p, b := &ps[i], &d.Books[i]
		last := p.Points[len(p.Points)-1]
		b.Net = of(last.X-p.Points[0].X, len(p.Moves(p.Points[0].At, start)))
		b.Velocity = Velocity(p, start-feed.Hour, start)
		b.Acceleration = Acceleration(p, start, feed.Hour)
		b.Volatility = Volatility(p, max(from, p.Points[0].At), start)
		if v, ok := Deviation(ps, i, start); ok {
			b.Deviation = &v
		}
	}
	d.Hours = Hours(ps, start, hoursShown)
	for h := hoursShown; h >= 0; h-- {
		if at, ok := DispersionAt(ps, start-feed.Time(h)*feed.Hour); ok {
			d.Dispersion = append(d.Dispersion, at)
		}
	}
}

// order fills in who went first.
func (d *Discovery) order(ps []Path, start feed.Time, r Rules) {
	from := start - r.Span
	firsts, arrivals := FirstMovers(ps, from, start, r.Window, r.Least), Arrivals(ps, start, r.Tolerance)
	for i := range d.Books {
		d.Books[i].FirstMoves = firsts[i].Share
		for j := range arrivals {
			if arrivals[j].Book == d.Books[i].Book {
				d.Books[i].Arrival = &arrivals[j]
			}
		}
	}
	d.Leads = LeadLags(ps, from, start, r.Step, r.Lags)
	for i := range ps {
		for j := range ps {
			if i != j {
				d.Follows = append(d.Follows, TimeToFollow(&ps[i], &ps[j], from, start, r.Horizon, r.Least))
			}
		}
	}
	grid := Sample(busiest(ps, from, start), from, start, r.Step)
	d.OnGrid = grid.CrossCorrelations(r.Lags)
	info, err := grid.InformationShares(r.MaxOrder)
	switch {
	case errors.Is(err, ErrBooks): // one book shares with nobody
	case err != nil:
		d.Obstacle = err.Error()
		fallthrough
	default:
		d.Information = info
	}
	if d.Information.Books == nil {
		d.Information.Books = []Part{}
	}
}

// busiest returns the paths that moved most, as many as the model takes, in their
// order. The model needs every book to move: those that never did are left out.
func busiest(ps []Path, from, to feed.Time) []Path {
	var out []Path
	for i := range ps {
		n := len(ps[i].Moves(from, to))
		busier := 0
		for j := range ps {
			if k := len(ps[j].Moves(from, to)); k > n || k == n && j < i {
				busier++
			}
		}
		if n > 0 && busier < mostBooks {
			out = append(out, ps[i])
		}
	}
	return out
}
