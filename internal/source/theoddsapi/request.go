package theoddsapi

import (
	"strconv"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/source"
)

// BaseURL of the provider.
const BaseURL = "https://api.the-odds-api.com"

// Config describes the provider to a client. Rate: the provider allows about 30
// requests a second.
func Config(key source.Secret) source.Config {
	return source.Config{
		Source:     feed.SourceOdds,
		BaseURL:    BaseURL,
		Credential: source.Credential{Param: "apiKey", Secret: key},
		PerSecond:  10,
		Burst:      10,
		Timeout:    15 * time.Second,
		Attempts:   4,
		Backoff:    source.Backoff{Base: 500 * time.Millisecond, Max: 30 * time.Second},
		MaxBody:    64 << 20,
		Renewal:    source.MonthEnd,
		Explain:    explain,
	}
}

// Schedule is how often a league's odds are asked for while credits last.
func Schedule() source.Schedule {
	return source.Schedule{
		InPlay: 30 * time.Second,
		Steps: []source.Step{
			{Within: time.Hour, Every: time.Minute},
			{Within: 6 * time.Hour, Every: 5 * time.Minute},
			{Within: 24 * time.Hour, Every: 15 * time.Minute},
			{Within: 7 * 24 * time.Hour, Every: time.Hour},
		},
		Idle: 12 * time.Hour,
	}
}

// bookmakersPerRegion is how many single books are charged as one region.
const bookmakersPerRegion = 10

// historicalFactor is how much dearer a historical request is.
const historicalFactor = 10

// Offer is which prices to ask for.
type Offer struct {
	Markets    []string // such as h2h, spreads, totals
	Regions    []string // such as us, uk, eu; ignored if Bookmakers is set
	Bookmakers []string // keys of single books
	Format     string   // feed.FormatDecimal or feed.FormatAmerican
}

// Cost is what a request for the offer is charged: markets x regions, ten
// bookmakers counting as one region. An empty answer is free.
func (o Offer) Cost() int {
	regions := len(o.Regions)
	if n := len(o.Bookmakers); n > 0 {
		regions = (n + bookmakersPerRegion - 1) / bookmakersPerRegion
	}
	return len(o.Markets) * regions
}

func (o Offer) query() map[string]string {
	q := map[string]string{
		"markets":    strings.Join(o.Markets, ","),
		"oddsFormat": o.Format,
		"dateFormat": "iso",
	}
	if len(o.Bookmakers) > 0 {
		q["bookmakers"] = strings.Join(o.Bookmakers, ",")
	} else {
		q["regions"] = strings.Join(o.Regions, ",")
	}
	return q
}

// Sports asks which competitions there are; all includes those out of season.
// It is free, belongs to no league, and tells the quota.
func Sports(all bool) source.Request {
	q := map[string]string{}
	if all {
		q["all"] = "true"
	}
	return source.Request{Path: "/v4/sports", Query: q}
}

// Events asks for a league's games without prices. It is free.
func Events(l league.League) source.Request {
	return request(l, "/v4/sports/", "/events", map[string]string{"dateFormat": "iso"}, 0)
}

// Odds asks for a league's games with prices.
func Odds(l league.League, o Offer) source.Request {
	return request(l, "/v4/sports/", "/odds", o.query(), o.Cost())
}

// Scores asks for a league's running games, and for those that ended in the
// last days (0 to 3).
func Scores(l league.League, days int) source.Request {
	q := map[string]string{"dateFormat": "iso"}
	cost := 1
	if days > 0 {
		q["daysFrom"] = strconv.Itoa(days)
		cost = 2
	}
	return request(l, "/v4/sports/", "/scores", q, cost)
}

// HistoricalOdds asks for the prices as they stood at an instant.
func HistoricalOdds(l league.League, o Offer, at feed.Time) source.Request {
	q := o.query()
	q["date"] = at.Std().Format(time.RFC3339)
	return request(l, "/v4/historical/sports/", "/odds", q, historicalFactor*o.Cost())
}

func request(l league.League, before, after string, query map[string]string, cost int) source.Request {
	return source.Request{
		League: l.ID,
		Path:   before + l.Keys[feed.SourceOdds] + after,
		Query:  query,
		Cost:   cost,
	}
}
