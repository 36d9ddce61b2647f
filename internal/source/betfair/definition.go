package betfair

import (
	"github.com/betflow/betflow/internal/exchange"
	"github.com/betflow/betflow/internal/source/cursor"
)

// definition reads a market's definition; null is none. It has memory of its
// own, for markets keep it.
func (p *Parser) definition() *exchange.Definition {
	start := p.doc.Pos()
	if kind := p.doc.Kind(); kind != cursor.Object {
		p.doc.Skip()
		if kind != cursor.Null {
			p.defect(start, "a definition was expected, not a "+kind.String())
		}
		return nil
	}
	d := &exchange.Definition{}
	for name := range p.doc.Fields() {
		switch string(name) {
		case "status":
			d.Status = p.word("status")
		case "inPlay":
			d.InPlay = p.flag("inPlay")
		case "marketType":
			d.MarketType = p.word("marketType")
		case "eventId":
			d.EventID = p.word("eventId")
		case "eventName":
			d.EventName = p.word("eventName")
		case "marketTime":
			d.MarketTime = p.time("marketTime")
		case "settledTime":
			d.Settled = p.time("settledTime")
		case "numberOfWinners":
			d.Winners = int(p.integer("numberOfWinners"))
		case "marketBaseRate":
			d.BaseRate = p.float("marketBaseRate")
		case "version":
			d.Version = p.integer("version")
		case "runners":
			p.at("runners", func() { p.each(func() string { return p.runnerDefinition(d) }) })
		}
	}
	return d
}

func (p *Parser) runnerDefinition(of *exchange.Definition) string {
	if kind := p.doc.Kind(); kind != cursor.Object {
		p.doc.Skip()
		return "a runner was expected, not a " + kind.String()
	}
	var r exchange.RunnerDefinition
	for name := range p.doc.Fields() {
		switch string(name) {
		case "id":
			r.ID.Selection = p.integer("id")
		case "hc":
			r.ID.Handicap = p.float("hc")
		case "name":
			r.Name = p.word("name")
		case "status":
			r.Status = p.word("status")
		case "bsp":
			if v := p.projection("bsp"); v != nil {
				r.Start = *v
			}
		}
	}
	if r.ID.Selection == 0 {
		return "a runner without id"
	}
	of.Runners = append(of.Runners, r)
	return ""
}
