package betfair

import (
	"math"
	"strconv"
	"time"

	"github.com/betflow/betflow/internal/exchange"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source/cursor"
)

// defect records what is wrong with the value that began at start and has been
// consumed.
func (p *Parser) defect(start int, reason string) {
	p.defects = append(p.defects, feed.Defect{Place: string(p.place), Reason: reason, Body: p.doc.Since(start)})
}

// at extends the place while f reads what is there.
func (p *Parser) at(step string, f func()) {
	n := len(p.place)
	if n > 0 {
		p.place = append(p.place, '.')
	}
	p.place = append(p.place, step...)
	f()
	p.place = p.place[:n]
}

// each reads the elements of a list, with the index as part of the place. An
// element for which read returns a reason is a defect. Null is an empty list.
func (p *Parser) each(read func() (reason string)) {
	start := p.doc.Pos()
	if kind := p.doc.Kind(); kind != cursor.Array {
		p.doc.Skip()
		if kind != cursor.Null {
			p.defect(start, "a list was expected, not a "+kind.String())
		}
		return
	}
	n := len(p.place)
	for i := range p.doc.Elements() {
		p.place = append(strconv.AppendInt(append(p.place, '['), int64(i), 10), ']')
		start := p.doc.Pos()
		if reason := read(); reason != "" {
			p.defect(start, reason)
		}
		p.place = p.place[:n]
	}
}

// value reads one value with a reader that tells whether it could; what could
// not be read is a defect, unless it is null.
func value[T any](p *Parser, name, what string, read func() (T, bool)) (v T, ok bool) {
	start, kind := p.doc.Pos(), p.doc.Kind()
	if v, ok = read(); !ok && kind != cursor.Null {
		p.at(name, func() { p.defect(start, "no "+what) })
	}
	return v, ok
}

// word reads a text.
func (p *Parser) word(name string) string {
	b, _ := value(p, name, "text", p.doc.Text)
	if s, known := p.texts[string(b)]; known {
		return s
	}
	s := string(b)
	p.texts[s] = s
	return s
}

func (p *Parser) flag(name string) bool {
	v, _ := value(p, name, "boolean", p.doc.Bool)
	return v
}

func (p *Parser) float(name string) float64 {
	v, _ := value(p, name, "number", p.doc.Float)
	return v
}

func (p *Parser) integer(name string) int64 {
	v, _ := value(p, name, "whole number", func() (int64, bool) {
		b, ok := p.doc.Text()
		if !ok {
			return 0, false
		}
		n, err := strconv.ParseInt(string(b), 10, 64)
		return n, err == nil
	})
	return v
}

// published reads milliseconds since the epoch.
func (p *Parser) published(name string) feed.Time {
	ms := p.integer(name)
	if ms == 0 {
		return 0
	}
	return instantOf(ms)
}

// time reads RFC 3339.
func (p *Parser) time(name string) feed.Time {
	t, _ := value(p, name, "instant", func() (feed.Time, bool) {
		b, ok := p.doc.Text()
		std, err := time.Parse(time.RFC3339, string(b))
		return feed.At(std), ok && err == nil
	})
	return t
}

// hundredths reads an exact amount or price.
func (p *Parser) hundredths(name string, most int64) (int64, bool) {
	return value(p, name, "amount in hundredths", func() (int64, bool) {
		b, ok := p.doc.Text()
		if !ok {
			return 0, false
		}
		n, ok := exchange.Hundredths(b)
		return n, ok && n <= most
	})
}

func (p *Parser) price(name string) exchange.Price {
	n, _ := p.hundredths(name, maxPrice)
	return exchange.Price(n)
}

// money reads an amount; the pointer leads into memory of the message.
func (p *Parser) money(name string) *exchange.Money {
	n, ok := p.hundredths(name, math.MaxInt64)
	if !ok {
		return nil
	}
	p.amounts = append(p.amounts, exchange.Money(n))
	return &p.amounts[len(p.amounts)-1]
}

// projection reads a projected starting price, which the exchange writes as
// "NaN" or "Infinity" while there is none.
func (p *Parser) projection(name string) *float64 {
	v, ok := value(p, name, "number", func() (float64, bool) {
		b, ok := p.doc.Text()
		if s := string(b); s == "NaN" || s == "Infinity" {
			return 0, true
		}
		if !ok {
			return 0, false
		}
		return cursor.ParseFloat(b)
	})
	if !ok || v == 0 {
		return nil
	}
	return &v
}
