package simulate

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// oddsQuery is what a request to The Odds API asks for.
type oddsQuery struct {
	key      string // of the request among all, for the cache
	regions  map[string]bool
	books    map[string]bool // instead of regions
	markets  [4]bool         // by kind
	asked    int             // markets that are charged
	american bool
	limits   bool
	events   map[string]bool // all if empty
	from, to feed.Time       // of the start; 0 is open
}

// oddsRegions are the regions that The Odds API knows.
const oddsRegions = ",us,us2,uk,au,eu,us_dfs,us_ex,fr,se,"

// parseOddsQuery reads the parameters, or returns the refusal. Only requests
// for prices need regions or bookmakers.
func parseOddsQuery(path string, q url.Values, prices bool) (oddsQuery, *reply) {
	out := oddsQuery{events: set(q.Get("eventIds")), limits: q.Get("includeBetLimits") == "true"}
	fail := func(code, message string) (oddsQuery, *reply) {
		r := refused(http.StatusUnprocessableEntity, code, message)
		return out, &r
	}
	for _, bound := range []struct {
		name, code string
		at         *feed.Time
	}{{"commenceTimeFrom", "INVALID_COMMENCE_TIME_FROM", &out.from}, {"commenceTimeTo", "INVALID_COMMENCE_TIME_TO", &out.to}} {
		text := q.Get(bound.name)
		if text == "" {
			continue
		}
		t, err := time.Parse("2006-01-02T15:04:05Z", text)
		if err != nil {
			return fail(bound.code, "Invalid "+bound.name+" parameter. The format must be YYYY-MM-DDTHH:MM:SSZ")
		}
		*bound.at = feed.At(t)
	}
	if f := q.Get("dateFormat"); f != "" && f != "iso" {
		return fail("INVALID_DATE_FORMAT", "Invalid dateFormat parameter. Only iso is simulated")
	}
	switch q.Get("oddsFormat") {
	case "", "decimal":
	case "american":
		out.american = true
	default:
		return fail("INVALID_ODDS_FORMAT", "Invalid oddsFormat parameter. Valid values are decimal and american")
	}
	if prices {
		if code, message := out.choose(q); code != "" {
			return fail(code, message)
		}
	}
	q.Del("apiKey")
	out.key = path + "?" + q.Encode()
	return out, nil
}

// choose reads the books and markets that a request for prices names.
func (o *oddsQuery) choose(q url.Values) (code, message string) {
	o.books, o.regions = set(q.Get("bookmakers")), set(q.Get("regions"))
	if len(o.books) == 0 && len(o.regions) == 0 {
		return "MISSING_REGION", "Missing regions parameter"
	}
	for region := range o.regions {
		if len(o.books) == 0 && !strings.Contains(oddsRegions, ","+region+",") {
			return "INVALID_REGION", "Invalid regions parameter. Valid regions are " + strings.Trim(oddsRegions, ",")
		}
	}
	markets := set(q.Get("markets"))
	if len(markets) == 0 {
		markets = map[string]bool{"h2h": true}
	}
	for m := range markets {
		switch m {
		case "h2h":
			o.markets[h2h], o.markets[h2hLay] = true, true
		case "h2h_lay":
			o.markets[h2hLay] = true
		case "spreads":
			o.markets[spreads] = true
		case "totals":
			o.markets[totals] = true
		case "outrights", "outrights_lay": // valid, and without an offer for single games
		default:
			return "INVALID_MARKET", "Invalid markets parameter. Featured markets are h2h, spreads, totals and outrights"
		}
	}
	o.asked = len(markets)
	return "", ""
}

// cost in credits: markets times regions, where ten named books are a region.
func (o *oddsQuery) cost() int {
	if n := len(o.books); n > 0 {
		return o.asked * ((n + 9) / 10)
	}
	return o.asked * len(o.regions)
}

// wants tells whether the request covers a book.
func (o *oddsQuery) wants(b *bookmaker) bool {
	if len(o.books) > 0 {
		return o.books[b.Key]
	}
	return o.regions[b.Region]
}

// covers tells whether the request covers a fixture with this id and start.
func (o *oddsQuery) covers(id string, start feed.Time) bool {
	return (len(o.events) == 0 || o.events[id]) && (o.from == 0 || start >= o.from) && (o.to == 0 || start <= o.to)
}

// set reads a list of words separated by commas.
func set(text string) map[string]bool {
	out := make(map[string]bool)
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word != "" {
			out[word] = true
		}
	}
	return out
}
