package simulate

import (
	"net/http"
	"strconv"

	"github.com/betflow/betflow/internal/feed"
)

// meter is what one key has used in a month.
type meter struct {
	year, month int
	used        int
}

// oddsAPIError is the body of The Odds API's refusals.
type oddsAPIError struct {
	Message    string `json:"message"`
	ErrorCode  string `json:"error_code"`
	DetailsURL string `json:"details_url"`
}

func oddsError(code, message string) oddsAPIError {
	return oddsAPIError{Message: message, ErrorCode: code,
		DetailsURL: "https://the-odds-api.com/liveapi/guides/v4/api-error-codes.html"}
}

// refused is a reply with an error of The Odds API.
func refused(status int, code, message string) reply {
	return reply{status: status, body: marshal(oddsError(code, message))}
}

// metered checks the key of a request to The Odds API, answers it and charges
// the key, as the service does: by the month, nothing for an empty or refused
// answer, and nothing at all once an answer would exceed the budget.
func (s *Simulator) metered(r *http.Request, at feed.Time, answer func(*http.Request, feed.Time) reply) reply {
	key := r.URL.Query().Get("apiKey")
	if key == "" {
		return refused(http.StatusUnauthorized, "MISSING_KEY", "API key is missing")
	}
	now := at.Std()
	m := s.meters[key]
	if m == nil {
		m = &meter{}
		s.meters[key] = m
	}
	if m.year != now.Year() || m.month != int(now.Month()) {
		*m = meter{year: now.Year(), month: int(now.Month())}
	}
	out := answer(r, at)
	_, exhausted := s.faults.take(feed.SourceOdds, FaultQuota)
	if out.status == http.StatusOK && (exhausted || m.used+out.cost > s.config.Credits) {
		out = refused(http.StatusUnauthorized, "OUT_OF_USAGE_CREDITS", "Usage quota has been reached. See usage plans at https://the-odds-api.com")
	}
	m.used += out.cost
	remaining := s.config.Credits - m.used
	if exhausted {
		remaining = 0
	}
	out.header = http.Header{}
	out.header.Set("X-Requests-Remaining", strconv.Itoa(remaining))
	out.header.Set("X-Requests-Used", strconv.Itoa(s.config.Credits-remaining))
	out.header.Set("X-Requests-Last", strconv.Itoa(out.cost))
	return out
}
