package process

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/theoddsapi"
)

// request is one question that a provider is asked again and again. What its
// last answer held and the next one lacks is withdrawn.
type request struct {
	Name     string          `json:"name"`     // path and query
	Fixtures map[string]bool `json:"fixtures"` // that the last answer held
}

// requestOf returns the number of the request that the response answers.
func (l *leagueNormalise) requestOf(raw *feed.Raw) int {
	query, err := json.Marshal(raw.Query) // keys come sorted
	if err != nil {
		panic("process: " + err.Error()) // a map of strings
	}
	name := raw.Path + "?" + string(query)
	for i, r := range l.requests {
		if r.Name == name {
			return i
		}
	}
	l.requests = append(l.requests, &request{Name: name, Fixtures: map[string]bool{}})
	l.changed[keyRequests] = true
	return len(l.requests) - 1
}

// fixtureQuotes holds the open prices of one fixture. Withdrawn ones are
// forgotten: should they come back, they are news.
type fixtureQuotes struct {
	Open  []*openQuote         `json:"open"`  // in the order in which they came
	Seen  map[string]feed.Time `json:"seen"`  // by book and market: the provider's last time
	Start feed.Time            `json:"start"` // of the game, as last told

	index map[quoteID]*openQuote
}

// quoteID is a quote's key within its fixture.
type quoteID struct {
	Market  string    `json:"market"`
	Period  string    `json:"period"`
	Line    feed.Line `json:"line"`
	Outcome string    `json:"outcome"`
	Book    string    `json:"book"`
}

type openQuote struct {
	ID     quoteID `json:"id"`
	Price  float64 `json:"price"`
	Text   string  `json:"text"`
	Format string  `json:"format"`
	Holder int     `json:"holder"` // the request whose answer held it last

	touch int64 // the response that held it last
}

func newFixtureQuotes() *fixtureQuotes {
	return &fixtureQuotes{Seen: map[string]feed.Time{}, index: map[quoteID]*openQuote{}}
}

func (f *fixtureQuotes) reindex() {
	for _, q := range f.Open {
		f.index[q.ID] = q
	}
}

// heldBy lists the books' markets, as keys of Seen, of which a request's answer
// was the last one to hold a price.
func (f *fixtureQuotes) heldBy(number int) []string {
	held := map[string]bool{}
	for _, q := range f.Open {
		if q.Holder == number {
			held[q.ID.Book+"|"+q.ID.Market] = true
		}
	}
	return slices.Sorted(maps.Keys(held))
}

// odds reads an answer of The Odds API.
func (l *leagueNormalise) odds(out *output) error {
	switch path := strings.TrimSuffix(out.raw.Path, "/"); {
	case strings.HasSuffix(path, "/odds"):
		return l.oddsSnapshot(out)
	case strings.HasSuffix(path, "/events"):
		return l.events(out)
	case strings.HasSuffix(path, "/scores"):
		return l.scores(out)
	}
	return nil
}

// oddsSnapshot compares a complete picture of prices with the last one of the
// same request and emits the difference.
func (l *leagueNormalise) oddsSnapshot(out *output) error {
	number := l.requestOf(out.raw)
	l.touches++
	if out.raw.Status == 304 {
		return l.confirm(out, number)
	}
	events, defects, err := theoddsapi.ParseOdds(out.raw.Body, theoddsapi.FormatOf(out.raw.Query))
	if err != nil {
		return out.unreadable(err)
	}
	if err := out.quarantine(defects...); err != nil {
		return err
	}
	held, unread := map[string]bool{}, hasUnreadEvent(defects)
	for i := range events {
		ev := &events[i]
		if ev.HomeTeam == "" || ev.AwayTeam == "" {
			unread = true
			if err := out.quarantine(nameless(out.raw.Body, ev)); err != nil {
				return err
			}
			continue
		}
		res, err := out.resolve(sightingOf(ev))
		if err != nil {
			return err
		}
		held[res.FixtureID] = true
		if err := l.oddsEvent(out, number, ev, &res); err != nil {
			return err
		}
	}
	return l.vanish(out, number, held, unread)
}

func sightingOf(ev *theoddsapi.Event) league.Sighting {
	return league.Sighting{SourceID: ev.ID, Start: ev.CommenceTime, HomeName: ev.HomeTeam, AwayName: ev.AwayTeam}
}

// nameless is the defect of an event that the parser could read and that is no
// game of two teams.
func nameless(body []byte, ev *theoddsapi.Event) feed.Defect {
	const reason = "an event without home and away team is no fixture"
	var elements []json.RawMessage
	if err := json.Unmarshal(body, &elements); err == nil {
		for i, element := range elements {
			var named struct{ ID any }
			if json.Unmarshal(element, &named) == nil && named.ID == any(ev.ID) {
				return feed.Defect{Place: "[" + strconv.Itoa(i) + "]", Reason: reason, Body: element}
			}
		}
	}
	return feed.Defect{Place: ev.ID, Reason: reason, Body: body} // the parser reads more than the standard library
}

// hasUnreadEvent tells whether an event as a whole could not be read. Which one
// it was is not known, so none may be taken for missing.
func hasUnreadEvent(defects []feed.Defect) bool {
	return slices.ContainsFunc(defects, func(d feed.Defect) bool { return !strings.Contains(d.Place, ".") })
}

// vanish withdraws the fixtures that the request's last answer held and this
// one lacks.
func (l *leagueNormalise) vanish(out *output, number int, held map[string]bool, unread bool) error {
	req := l.requests[number]
	var missing []string
	for id := range req.Fixtures {
		if !held[id] {
			missing = append(missing, id)
		}
	}
	slices.Sort(missing)
	for _, id := range missing {
		if unread {
			held[id] = true
			continue
		}
		p := &picture{out: out, l: l, number: number, fixtureID: id}
		p.withdraw()
		if err := p.emit(); err != nil {
			return err
		}
	}
	if !maps.Equal(req.Fixtures, held) {
		req.Fixtures = held
		l.changed[keyRequests] = true
	}
	return nil
}

// confirm repeats that everything the request's last answer held is still so:
// the provider says that nothing has changed.
func (l *leagueNormalise) confirm(out *output, number int) error {
	for _, id := range slices.Sorted(maps.Keys(l.requests[number].Fixtures)) {
		f := l.quotes[id]
		if f == nil {
			continue
		}
		p := &picture{out: out, l: l, number: number, fixtureID: id}
		for _, key := range f.heldBy(number) {
			book, market, _ := strings.Cut(key, "|")
			p.seen(book, market, f.Seen[key])
		}
		if err := p.emit(); err != nil {
			return err
		}
	}
	return nil
}

// oddsEvent emits what has changed in one event's prices.
func (l *leagueNormalise) oddsEvent(out *output, number int, ev *theoddsapi.Event, res *league.Resolution) error {
	p := &picture{out: out, l: l, number: number, fixtureID: res.FixtureID}
	format := theoddsapi.FormatOf(out.raw.Query)
	partial := ev.Partial
	for i := range ev.Bookmakers {
		b := &ev.Bookmakers[i]
		if err := out.book(b.Key, b.Title); err != nil {
			return err
		}
		for j := range b.Markets {
			m := &b.Markets[j]
			at := firstKnown(m.LastUpdate, b.LastUpdate, out.raw.FetchedAt)
			market, period := marketOf(m.Key)
			for k := range m.Outcomes {
				o := &m.Outcomes[k]
				id := quoteID{Market: market, Period: period, Book: clean(b.Key)}
				id.Outcome, id.Line = outcomeOf(ev, res.Swapped, market, o)
				price, err := odds.ParsePrice(o.PriceText, odds.Format(format))
				if err != nil {
					partial = true
					if err := out.quarantine(feed.Defect{Place: ev.ID + "." + b.Key + "." + m.Key + "." + o.Name, Reason: err.Error(), Body: []byte(o.PriceText)}); err != nil {
						return err
					}
					continue
				}
				p.price(id, price, o, format, at)
			}
			p.seen(clean(b.Key), market, at)
		}
	}
	if !partial { // what could not be read is not missing
		p.withdraw()
	}
	p.starts(res.Fixture.StartTime)
	return p.emit()
}

func firstKnown(times ...feed.Time) feed.Time {
	for _, t := range times {
		if t != 0 {
			return t
		}
	}
	return 0
}

// picture gathers the records that one response makes about one fixture.
type picture struct {
	out       *output
	l         *leagueNormalise
	number    int // of the request
	fixtureID string
	records   []feed.Quote
}

func (p *picture) quotes() *fixtureQuotes {
	f := p.l.quotes[p.fixtureID]
	if f == nil {
		f = newFixtureQuotes()
		p.l.quotes[p.fixtureID] = f
	}
	return f
}

// price notes a price, which is a record if it is new or has changed.
func (p *picture) price(id quoteID, price float64, o *theoddsapi.Outcome, format string, at feed.Time) {
	f := p.quotes()
	q := f.index[id]
	if q == nil {
		q = &openQuote{ID: id}
		f.index[id] = q
		f.Open = append(f.Open, q)
	} else if q.touch == p.l.touches {
		return // the same price under two of the provider's names
	}
	changed := q.Price != price
	if changed || q.Holder != p.number || q.Text != o.PriceText || q.Format != format {
		p.l.changed[keyQuotes+p.fixtureID] = true
	}
	q.Price, q.Text, q.Format, q.Holder, q.touch = price, o.PriceText, format, p.number, p.l.touches
	if changed {
		r := p.record(feed.StateOpen, q)
		r.Limit, r.EventTime = o.BetLimit, at
		p.records = append(p.records, r)
	}
}

// seen notes that the response held a book's market.
func (p *picture) seen(book, market string, at feed.Time) {
	p.records = append(p.records, feed.Quote{
		Kind: feed.KindSeen, FixtureID: p.fixtureID, League: p.l.id, Market: market, Book: book,
		EventTime: at, SeenTime: p.out.raw.FetchedAt, Source: p.out.raw.Source,
		RawPartition: p.out.place.Partition, RawOffset: p.out.place.Offset,
	})
	f := p.quotes()
	if key := book + "|" + market; f.Seen[key] != at {
		f.Seen[key] = at
		p.l.changed[keyQuotes+p.fixtureID] = true
	}
}

// starts tells when the game begins, to who computes on prices alone: with the
// first prices and when it changes.
func (p *picture) starts(at feed.Time) {
	f := p.l.quotes[p.fixtureID]
	if f == nil || f.Start == at {
		return
	}
	f.Start = at
	p.l.changed[keyQuotes+p.fixtureID] = true
	p.records = slices.Insert(p.records, 0, feed.Quote{
		Kind: feed.KindStart, FixtureID: p.fixtureID, League: p.l.id,
		EventTime: at, SeenTime: p.out.raw.FetchedAt, Source: p.out.raw.Source,
		RawPartition: p.out.place.Partition, RawOffset: p.out.place.Offset,
	})
}

// withdraw ends the prices that this request's last answer held and this one
// does not.
func (p *picture) withdraw() {
	f := p.l.quotes[p.fixtureID]
	if f == nil {
		return
	}
	kept := f.Open[:0]
	for _, q := range f.Open {
		if q.Holder != p.number || q.touch == p.l.touches {
			kept = append(kept, q)
			continue
		}
		delete(f.index, q.ID)
		r := p.record(feed.StateWithdrawn, q)
		r.EventTime = p.out.raw.FetchedAt
		p.records = append(p.records, r)
		p.l.changed[keyQuotes+p.fixtureID] = true
	}
	clear(f.Open[len(kept):])
	f.Open = kept
	if len(f.Open) == 0 {
		delete(p.l.quotes, p.fixtureID)
		p.l.changed[keyQuotes+p.fixtureID] = true
	}
}

func (p *picture) record(state feed.State, q *openQuote) feed.Quote {
	return feed.Quote{
		Kind: feed.KindQuote, FixtureID: p.fixtureID, League: p.l.id,
		Market: q.ID.Market, Period: q.ID.Period, Line: q.ID.Line.Ptr(), Outcome: q.ID.Outcome, Book: q.ID.Book,
		Price: q.Price, PriceOriginal: q.Text, PriceFormat: q.Format, State: state,
		SeenTime: p.out.raw.FetchedAt, Source: p.out.raw.Source,
		RawPartition: p.out.place.Partition, RawOffset: p.out.place.Offset,
	}
}

// emit writes the records; the last one is marked, for it completes the
// picture.
func (p *picture) emit() error {
	if len(p.records) == 0 {
		return nil
	}
	p.records[len(p.records)-1].Last = true
	partition := p.out.partitionOf(p.fixtureID)
	for i := range p.records {
		if err := p.out.e.Emit(log.QuotesTopic(p.l.id), partition, p.fixtureID, &p.records[i]); err != nil {
			return err
		}
	}
	return nil
}

// events reads a list of games without prices.
func (l *leagueNormalise) events(out *output) error {
	events, defects, err := theoddsapi.ParseEvents(out.raw.Body)
	if err != nil {
		return out.unreadable(err)
	}
	if err := out.quarantine(defects...); err != nil {
		return err
	}
	for i := range events {
		if events[i].HomeTeam == "" || events[i].AwayTeam == "" {
			continue
		}
		if _, err := out.resolve(sightingOf(&events[i])); err != nil {
			return err
		}
	}
	return nil
}

// periodNames maps the suffixes of The Odds API's market keys.
var periodNames = []string{"h1", "h2", "q1", "q2", "q3", "q4", "p1", "p2", "p3", "1st_1_innings", "1st_3_innings", "1st_5_innings", "1st_7_innings"}

// marketOf splits a provider's market key into our market and its period.
// Alternate lines are lines of the same market.
func marketOf(key string) (market, period string) {
	market, period = clean(key), feed.PeriodFull
	for _, p := range periodNames {
		if cut, ok := strings.CutSuffix(market, "_"+p); ok {
			market, period = cut, p
			break
		}
	}
	return strings.TrimPrefix(market, "alternate_"), period
}

// outcomeOf maps an outcome by its name, never by its place, and finds the line
// of its market: home's handicap for both sides of a spread.
func outcomeOf(ev *theoddsapi.Event, swapped bool, market string, o *theoddsapi.Outcome) (string, feed.Line) {
	outcome := clean(o.Name)
	switch {
	case o.Name == ev.HomeTeam:
		outcome = sideOf(true, swapped)
	case o.Name == ev.AwayTeam:
		outcome = sideOf(false, swapped)
	case o.Name == "Draw":
		outcome = feed.OutcomeDraw
	case o.Name == "Over":
		outcome = feed.OutcomeOver
	case o.Name == "Under":
		outcome = feed.OutcomeUnder
	}
	line := feed.LineOf(o.Point)
	if market == feed.MarketSpreads && outcome == feed.OutcomeAway && line.Set {
		negated := -line.Points
		line = feed.LineOf(&negated)
	}
	if o.Description != "" { // whose total or which player's: part of what is bet on
		outcome = clean(o.Description) + " " + outcome
	}
	return outcome, line
}

func sideOf(home, swapped bool) string {
	if home != swapped {
		return feed.OutcomeHome
	}
	return feed.OutcomeAway
}

// clean keeps the separator of keys out of providers' names.
func clean(name string) string { return strings.ReplaceAll(name, "|", "/") }
