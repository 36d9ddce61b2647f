package betfair

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/betflow/betflow/internal/exchange"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source"
	"github.com/betflow/betflow/internal/source/cursor"
)

// Parser reads messages into memory of its own, which the next call uses again.
// Its zero value is ready. It is not safe for concurrent use.
type Parser struct {
	doc     *cursor.Cursor
	message exchange.Message
	amounts []exchange.Money // that the message's pointers lead to
	place   []byte           // of the value being read, such as mc[0].rc[1]
	defects []feed.Defect
	texts   map[string]string // one copy of each id and word
}

// Parse reads one message. It and the defects are valid until the next call, but
// for the definitions in it. The error is a *source.Error of class Corrupt: the
// text is no message at all.
func (p *Parser) Parse(text []byte) (*exchange.Message, []feed.Defect, error) {
	c, err := cursor.Open(text)
	if err != nil {
		return nil, nil, source.Unreadable(Source, "a stream message", err)
	}
	if c.Kind() != cursor.Object {
		return nil, nil, source.Unreadable(Source, "a stream message", fmt.Errorf("an object was expected, not a %s", c.Kind()))
	}
	if p.texts == nil {
		p.texts = make(map[string]string)
	}
	p.doc, p.defects, p.amounts = c, p.defects[:0], p.amounts[:0]
	m := &p.message
	*m = exchange.Message{Markets: m.Markets[:0]}
	for name := range p.doc.Fields() {
		switch string(name) {
		case "op":
			m.Op = p.word("op")
		case "pt":
			m.Published = p.published("pt")
		case "ct":
			m.Type = p.word("ct")
		case "status":
			m.Status = int(p.integer("status"))
		case "mc":
			p.at("mc", func() { p.each(p.market) })
		}
	}
	if m.Op == "" {
		return nil, nil, source.Unreadable(Source, "a stream message", fmt.Errorf("it has no op"))
	}
	if m.Op == "mcm" && m.Published.IsZero() && len(m.Markets) > 0 {
		return nil, nil, source.Unreadable(Source, "a stream message", fmt.Errorf("changes of markets without a time (pt)"))
	}
	return m, p.defects, nil
}

// market reads a change of one market.
func (p *Parser) market() string {
	if kind := p.doc.Kind(); kind != cursor.Object {
		p.doc.Skip()
		return "a change of a market was expected, not a " + kind.String()
	}
	c := extend(&p.message.Markets)
	*c = exchange.MarketChange{Runners: c.Runners[:0]}
	for name := range p.doc.Fields() {
		switch string(name) {
		case "id":
			c.ID = p.word("id")
		case "img":
			c.Image = p.flag("img")
		case "con":
			c.Conflated = p.flag("con")
		case "tv":
			c.Volume = p.money("tv")
		case "marketDefinition":
			p.at("marketDefinition", func() { c.Definition = p.definition() })
		case "rc":
			p.at("rc", func() { p.each(func() string { return p.runner(c) }) })
		}
	}
	if c.ID == "" {
		p.message.Markets = p.message.Markets[:len(p.message.Markets)-1]
		return "a change of a market without id"
	}
	return ""
}

// runner reads a change of one runner.
func (p *Parser) runner(of *exchange.MarketChange) string {
	if kind := p.doc.Kind(); kind != cursor.Object {
		p.doc.Skip()
		return "a change of a runner was expected, not a " + kind.String()
	}
	c := extend(&of.Runners)
	reset(c)
	for name := range p.doc.Fields() {
		if s, ok := ladderOf(name); ok {
			p.at(string(name), func() { p.each(func() string { return p.level(&c.Ladders[s]) }) })
			continue
		}
		if v, ok := ranksOf(name); ok {
			p.at(string(name), func() { p.each(func() string { return p.ranked(&c.Ranks[v]) }) })
			continue
		}
		switch string(name) {
		case "id":
			c.ID.Selection = p.integer("id")
		case "hc":
			c.ID.Handicap = p.float("hc")
		case "ltp":
			c.LastPrice = p.price("ltp")
		case "tv":
			c.Volume = p.money("tv")
		case "spn":
			c.Near = p.projection("spn")
		case "spf":
			c.Far = p.projection("spf")
		}
	}
	if c.ID.Selection == 0 {
		of.Runners = of.Runners[:len(of.Runners)-1]
		return "a change of a runner without id"
	}
	return ""
}

// reset empties a change and keeps its memory.
func reset(c *exchange.RunnerChange) {
	ladders, ranks := c.Ladders, c.Ranks
	for i := range ladders {
		ladders[i] = ladders[i][:0]
	}
	for i := range ranks {
		ranks[i] = ranks[i][:0]
	}
	*c = exchange.RunnerChange{Ladders: ladders, Ranks: ranks}
}

func ladderOf(name []byte) (exchange.Side, bool) {
	switch string(name) {
	case "trd":
		return exchange.Traded, true
	case "atb":
		return exchange.ToBack, true
	case "atl":
		return exchange.ToLay, true
	case "spb":
		return exchange.StartBack, true
	case "spl":
		return exchange.StartLay, true
	}
	return 0, false
}

func ranksOf(name []byte) (exchange.View, bool) {
	switch string(name) {
	case "batb":
		return exchange.BestToBack, true
	case "batl":
		return exchange.BestToLay, true
	case "bdatb":
		return exchange.DisplayToBack, true
	case "bdatl":
		return exchange.DisplayToLay, true
	}
	return 0, false
}

// level reads [price, size].
func (p *Parser) level(into *[]exchange.Level) string {
	var pair [2]int64
	if reason := p.tuple(pair[:], 0); reason != "" {
		return reason
	}
	level := exchange.Level{Price: exchange.Price(pair[0]), Size: exchange.Money(pair[1])}
	if !possible(level) {
		return "no price from 1.01 to 1000, or of a starting price's limit, in hundredths"
	}
	*into = append(*into, level)
	return ""
}

// ranked reads [rank, price, size].
func (p *Parser) ranked(into *[]exchange.RankedLevel) string {
	var triple [3]int64
	if reason := p.tuple(triple[:], 1); reason != "" {
		return reason
	}
	level := exchange.Level{Price: exchange.Price(triple[1]), Size: exchange.Money(triple[2])}
	if !possible(level) && level.Size != 0 { // a removed rank has price 0
		return "no price from 1.01 to 1000 in hundredths"
	}
	*into = append(*into, exchange.RankedLevel{Rank: int(triple[0] / 100), Level: level})
	return ""
}

// possible tells whether a level's price can be one: above 1, at most 1000.
func possible(l exchange.Level) bool { return l.Price > 100 && l.Price <= maxPrice }

const maxPrice = 1000_00

// tuple reads a list of exactly as many numbers as dst has room for, as
// hundredths; the first whole of them must be whole.
func (p *Parser) tuple(dst []int64, whole int) (reason string) {
	if kind := p.doc.Kind(); kind != cursor.Array {
		p.doc.Skip()
		return "a level was expected, not a " + kind.String()
	}
	n := 0
	for i := range p.doc.Elements() {
		n++
		if i >= len(dst) {
			continue
		}
		text, ok := p.doc.Text()
		if ok {
			dst[i], ok = exchange.Hundredths(text)
		}
		if !ok || dst[i] > math.MaxInt32 && i < len(dst)-1 || i < whole && (dst[i]%100 != 0 || dst[i] > maxRank) {
			reason = "a level holds what is no amount in hundredths"
		}
	}
	if n != len(dst) {
		return "a level has " + strconv.Itoa(n) + " numbers, not " + strconv.Itoa(len(dst))
	}
	return reason
}

const maxRank = 1000_00

// extend makes the list longer by one element that keeps what it held when the
// list was last that long.
func extend[T any](list *[]T) *T {
	n := len(*list)
	if n == cap(*list) {
		var zero T
		*list = append(*list, zero)
	} else {
		*list = (*list)[:n+1]
	}
	return &(*list)[n]
}

// instantOf converts milliseconds.
func instantOf(ms int64) feed.Time {
	return feed.At(time.UnixMilli(ms))
}
