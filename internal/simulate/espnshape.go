package simulate

// Shapes of ESPN's scoreboard.
type (
	scoreboardPage struct {
		Leagues []espnLeague `json:"leagues"`
		Season  espnSeason   `json:"season"`
		Week    *espnWeek    `json:"week,omitempty"`
		Day     *espnDay     `json:"day,omitempty"`
		Events  []espnEvent  `json:"events"`
	}
	scoreboardError struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	espnLeague struct {
		ID           string     `json:"id"`
		UID          string     `json:"uid"`
		Name         string     `json:"name"`
		Abbreviation string     `json:"abbreviation"`
		Slug         string     `json:"slug"`
		Season       espnSeason `json:"season"`
	}
	espnSeason struct {
		Type int    `json:"type"`
		Year int    `json:"year"`
		Slug string `json:"slug,omitempty"`
	}
	espnWeek struct {
		Number int `json:"number"`
	}
	espnDay struct {
		Date string `json:"date"`
	}
	espnEvent struct {
		ID           string            `json:"id"`
		UID          string            `json:"uid"`
		Date         string            `json:"date"`
		Name         string            `json:"name"`
		ShortName    string            `json:"shortName"`
		Season       espnSeason        `json:"season"`
		Week         *espnWeek         `json:"week,omitempty"`
		Competitions []espnCompetition `json:"competitions"`
		Weather      *espnWeather      `json:"weather,omitempty"`
		Status       espnStatus        `json:"status"`
	}
	espnCompetition struct {
		ID          string           `json:"id"`
		UID         string           `json:"uid"`
		Date        string           `json:"date"`
		Attendance  int              `json:"attendance"`
		TimeValid   bool             `json:"timeValid"`
		NeutralSite bool             `json:"neutralSite"`
		Conference  bool             `json:"conferenceCompetition"`
		PlayByPlay  bool             `json:"playByPlayAvailable"`
		Recent      bool             `json:"recent"`
		Venue       espnVenue        `json:"venue"`
		Competitors []espnCompetitor `json:"competitors"`
		Notes       []string         `json:"notes"`
		Situation   *espnSituation   `json:"situation,omitempty"`
		Status      espnStatus       `json:"status"`
		Broadcasts  []string         `json:"broadcasts"`
		StartDate   string           `json:"startDate"`
		Odds        []*espnOdds      `json:"odds,omitempty"`
	}
	espnVenue struct {
		ID       string      `json:"id"`
		FullName string      `json:"fullName"`
		Address  espnAddress `json:"address"`
		Indoor   bool        `json:"indoor"`
	}
	espnAddress struct {
		City string `json:"city"`
	}
	espnCompetitor struct {
		ID         string       `json:"id"`
		UID        string       `json:"uid"`
		Type       string       `json:"type"`
		Order      int          `json:"order"`
		HomeAway   string       `json:"homeAway"`
		Winner     *bool        `json:"winner,omitempty"`
		Team       espnTeam     `json:"team"`
		Score      string       `json:"score"`
		Linescores []espnPoints `json:"linescores,omitempty"`
		Statistics []string     `json:"statistics"`
		Records    []espnRecord `json:"records"`
	}
	espnTeam struct {
		ID               string `json:"id"`
		UID              string `json:"uid"`
		Location         string `json:"location"`
		Name             string `json:"name"`
		Abbreviation     string `json:"abbreviation"`
		DisplayName      string `json:"displayName"`
		ShortDisplayName string `json:"shortDisplayName"`
		IsActive         bool   `json:"isActive"`
	}
	espnPoints struct {
		Value float64 `json:"value"`
	}
	espnRecord struct {
		Name         string `json:"name"`
		Abbreviation string `json:"abbreviation"`
		Type         string `json:"type"`
		Summary      string `json:"summary"`
	}
	espnWeather struct {
		DisplayValue    string `json:"displayValue"`
		Temperature     int    `json:"temperature"`
		HighTemperature int    `json:"highTemperature"`
		ConditionID     string `json:"conditionId"`
	}
	espnOdds struct {
		Provider  espnProvider `json:"provider"`
		Details   string       `json:"details"`
		OverUnder float64      `json:"overUnder"`
		Spread    float64      `json:"spread"`
	}
	espnProvider struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		Priority int    `json:"priority"`
	}
)
