package process

import (
	"errors"
	"maps"
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/pack"
)

// The markets of a fixture are stored as
//
//	touched and start times, number of markets,
//	of each: market, period, flags, line, outcomes, books with their prices,
//	  digest,
//	and the confirmations: key, event, seen and before times.

// errMarkets is the reason for bytes that are no fixture's markets.
var errMarkets = errors.New("markets of a fixture are damaged")

func (f *fixtureMarkets) append(dst []byte) []byte {
	dst = pack.AppendInt(dst, f.Touched)
	dst = pack.AppendInt(dst, f.Start)
	dst = pack.AppendCount(dst, len(f.Markets))
	for _, m := range f.Markets {
		dst = m.append(dst)
	}
	dst = pack.AppendCount(dst, len(f.Seen))
	for _, key := range slices.Sorted(maps.Keys(f.Seen)) {
		s := f.Seen[key]
		dst = pack.AppendText(dst, key)
		dst = pack.AppendInt(dst, s.Event)
		dst = pack.AppendInt(dst, s.Seen)
		dst = pack.AppendInt(dst, s.Before)
	}
	return dst
}

func (m *market) append(dst []byte) []byte {
	dst = pack.AppendText(dst, m.ID.Market)
	dst = pack.AppendText(dst, m.ID.Period)
	dst = pack.AppendFlags(dst, m.ID.Line.Set, m.Due, m.Main, m.Digest != nil)
	dst = pack.AppendNumber(dst, m.ID.Line.Points)
	dst = pack.AppendCount(dst, len(m.Outcomes))
	for _, o := range m.Outcomes {
		dst = pack.AppendText(dst, o)
	}
	dst = pack.AppendCount(dst, len(m.Books))
	for _, b := range m.Books {
		dst = pack.AppendText(dst, b.Book)
		for _, p := range b.Prices { // as many as outcomes
			dst = pack.AppendFlags(dst, p.Open)
			dst = pack.AppendNumber(dst, p.Price)
			dst = pack.AppendInt(dst, p.Event)
			dst = pack.AppendInt(dst, p.Seen)
		}
	}
	if m.Digest != nil {
		dst = m.Digest.append(dst)
	}
	return dst
}

func (d *digest) append(dst []byte) []byte {
	dst = pack.AppendInt(dst, d.Books)
	dst = pack.AppendNumber(dst, d.Hold)
	dst = pack.AppendFlags(dst, d.Main)
	dst = pack.AppendCount(dst, len(d.Outcomes))
	for i := range d.Outcomes {
		o := &d.Outcomes[i]
		dst = pack.AppendText(dst, o.Outcome)
		dst = pack.AppendNumber(dst, o.Price)
		dst = pack.AppendText(dst, o.Book)
		dst = pack.AppendNumber(dst, o.Fair)
		dst = pack.AppendInt(dst, o.Prices)
		dst = pack.AppendNumber(dst, o.Common)
	}
	return dst
}

// parseMarkets reads what append wrote.
func parseMarkets(bytes []byte) (*fixtureMarkets, error) {
	r := &marketReader{pack.Reader{Bytes: bytes}}
	f := &fixtureMarkets{}
	var markets int
	f.Touched, f.Start, markets = r.head()
	for range markets {
		f.Markets = append(f.Markets, r.market())
	}
	n := r.Count()
	f.Seen = make(map[string]*bookSeen, n)
	for range n {
		key := r.Text()
		f.Seen[key] = &bookSeen{Event: r.time(), Seen: r.time(), Before: r.time()}
	}
	if !r.Whole() {
		return nil, errMarkets
	}
	f.reindex()
	return f, nil
}

// marketReader takes markets apart.
type marketReader struct{ pack.Reader }

// head reads what a fixture's markets begin with.
func (r *marketReader) head() (touched, start feed.Time, markets int) {
	return r.time(), r.time(), r.Count()
}

func (r *marketReader) market() *market {
	m := &market{ID: marketID{Market: r.Text(), Period: r.Text()}}
	flags := r.Flags()
	m.ID.Line.Set, m.Due, m.Main = flags.Has(0), flags.Has(1), flags.Has(2)
	m.ID.Line.Points = r.Number()
	for range r.Count() {
		m.Outcomes = append(m.Outcomes, r.Text())
	}
	for range r.Count() {
		b := &bookView{Book: r.Text(), Prices: make([]bookPrice, len(m.Outcomes))}
		for i := range b.Prices {
			b.Prices[i] = bookPrice{Open: r.Flags().Has(0), Price: r.Number(), Event: r.time(), Seen: r.time()}
		}
		m.Books = append(m.Books, b)
	}
	if flags.Has(3) {
		m.Digest = r.digest()
	}
	return m
}

func (r *marketReader) digest() *digest {
	d := &digest{Books: int32(r.Int()), Hold: r.Number(), Main: r.Flags().Has(0)}
	for range r.Count() {
		d.Outcomes = append(d.Outcomes, outcomeBrief{
			Outcome: r.Text(), Price: r.Number(), Book: r.Text(), Fair: r.Number(), Prices: int32(r.Int()), Common: r.Number(),
		})
	}
	return d
}

func (r *marketReader) time() feed.Time { return feed.Time(r.Int()) }
