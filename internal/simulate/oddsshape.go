package simulate

// Shapes of The Odds API v4.
type (
	oddsSport struct {
		Key          string `json:"key"`
		Group        string `json:"group"`
		Title        string `json:"title"`
		Description  string `json:"description"`
		Active       bool   `json:"active"`
		HasOutrights bool   `json:"has_outrights"`
	}
	oddsEvent struct {
		ID           string `json:"id"`
		SportKey     string `json:"sport_key"`
		SportTitle   string `json:"sport_title"`
		CommenceTime string `json:"commence_time"`
		HomeTeam     string `json:"home_team"`
		AwayTeam     string `json:"away_team"`
	}
	pricedEvent struct {
		oddsEvent
		Bookmakers []oddsBookmaker `json:"bookmakers"`
	}
	oddsBookmaker struct {
		Key        string       `json:"key"`
		Title      string       `json:"title"`
		LastUpdate string       `json:"last_update"`
		Markets    []oddsMarket `json:"markets"`
	}
	oddsMarket struct {
		Key        string        `json:"key"`
		LastUpdate string        `json:"last_update"`
		Outcomes   []oddsOutcome `json:"outcomes"`
	}
	oddsOutcome struct {
		Name     string   `json:"name"`
		Price    float64  `json:"price"`
		Point    *float64 `json:"point,omitempty"`
		BetLimit float64  `json:"bet_limit,omitempty"`
	}
	scoredEvent struct {
		oddsEvent
		Completed  bool        `json:"completed"`
		Scores     []oddsScore `json:"scores"`
		LastUpdate *string     `json:"last_update"`
	}
	oddsScore struct {
		Name  string `json:"name"`
		Score string `json:"score"`
	}
	oddsSnapshot struct {
		Timestamp         string        `json:"timestamp"`
		PreviousTimestamp string        `json:"previous_timestamp"`
		NextTimestamp     string        `json:"next_timestamp"`
		Data              []pricedEvent `json:"data"`
	}
)
