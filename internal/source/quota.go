package source

import (
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// Quota headers of The Odds API. Other providers send none, and their quota
// stays unknown.
const (
	headerRemaining = "x-requests-remaining"
	headerUsed      = "x-requests-used"
	headerLast      = "x-requests-last"
)

// Quota is what is known about a provider's credits.
type Quota struct {
	Known     bool      `json:"known"`     // the provider has told
	Remaining int       `json:"remaining"` // credits left, less those of requests under way
	Used      int       `json:"used"`      // credits used in this period
	Last      int       `json:"last"`      // what the last request cost
	Reserve   int       `json:"reserve"`   // credits that are not spent
	At        feed.Time `json:"at"`        // when the provider told
	Renews    feed.Time `json:"renews"`    // when credits come back, zero if never
}

// Available is how many credits may be spent, 0 if the reserve is reached.
func (q Quota) Available() int { return max(0, q.Remaining-q.Reserve) }

// Allows tells whether a request of that cost leaves the reserve whole. While
// the quota is unknown everything is allowed: the first answer tells.
func (q Quota) Allows(cost int) bool { return cost <= 0 || !q.Known || cost <= q.Available() }

// MonthEnd is the start of the month after now, UTC, when most plans renew
// their credits.
func MonthEnd(now feed.Time) feed.Time {
	t := now.Std()
	return feed.At(time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC))
}

// ledger keeps the account of credits while requests are under way.
type ledger struct {
	renewal func(feed.Time) feed.Time // nil: credits are never renewed

	mu      sync.Mutex
	quota   Quota
	pending int
}

func (l *ledger) snapshot(now feed.Time) Quota {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.current(now)
}

// current is the quota with the requests under way counted as spent. What the
// provider told before the last renewal says nothing about now.
func (l *ledger) current(now feed.Time) Quota {
	q := l.quota
	q.Remaining = max(0, q.Remaining-l.pending)
	if l.renewal != nil {
		q.Renews = l.renewal(now)
		q.Known = q.Known && l.renewal(q.At) > now
	}
	return q
}

// begin sets credits aside for a request. It refuses if the reserve would be
// touched.
func (l *ledger) begin(cost int, now feed.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.current(now).Allows(cost) {
		return false
	}
	l.pending += cost
	return true
}

// end closes a request's account. Without word from the provider its cost
// counts as charged, which the next answer puts right.
func (l *ledger) end(cost int, headers map[string]string, at feed.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending -= cost
	remaining, ok := credits(headers, headerRemaining)
	if !ok {
		l.quota.Remaining = max(0, l.quota.Remaining-cost)
		return
	}
	l.quota.Known, l.quota.Remaining, l.quota.At = true, remaining, at
	if used, ok := credits(headers, headerUsed); ok {
		l.quota.Used = used
	}
	if last, ok := credits(headers, headerLast); ok {
		l.quota.Last = last
	}
}

// CostOf reads from captured headers what a response cost, 0 if they do not
// say.
func CostOf(headers map[string]string) int {
	cost, _ := credits(headers, headerLast)
	return cost
}

// credits reads a header of whole credits, which may be written as a float.
func credits(headers map[string]string, name string) (int, bool) {
	f, err := strconv.ParseFloat(headers[name], 64)
	if err != nil || math.IsNaN(f) || f < 0 || f > math.MaxInt32 {
		return 0, false
	}
	return int(f), true
}
