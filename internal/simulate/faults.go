package simulate

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// FaultKind is a way in which providers fail.
type FaultKind string

// Kinds of faults.
const (
	FaultRateLimit   FaultKind = "rate_limit"   // 429 with Retry-After
	FaultServerError FaultKind = "server_error" // a 5xx status
	FaultHang        FaultKind = "hang"         // no answer until the client gives up, a minute at most
	FaultQuota       FaultKind = "quota"        // The Odds API's credits are used up: 401
	FaultTruncate    FaultKind = "truncate"     // the body ends in the middle
	FaultWrongType   FaultKind = "wrong_type"   // one game has an object where its start should be, and words for prices or scores
	FaultNull        FaultKind = "null"         // one game has null where an object is expected
	FaultVanish      FaultKind = "vanish"       // a book is missing from all responses
	FaultReschedule  FaultKind = "reschedule"   // a fixture starts at another time
)

// hangMost bounds a hanging request.
const hangMost = time.Minute

// Fault is one disturbance. It lasts for a number of requests or for a time,
// whichever ends first; with neither it lasts until Clear.
type Fault struct {
	Kind       FaultKind `json:"kind"`
	Source     string    `json:"source,omitempty"`      // feed.SourceOdds, ...; empty is every source
	Requests   int       `json:"requests,omitempty"`    // how many it hits
	Seconds    float64   `json:"seconds,omitempty"`     // how long it lasts by the simulator's clock on the wall
	Status     int       `json:"status,omitempty"`      // of a server error, default 503
	RetryAfter int       `json:"retry_after,omitempty"` // seconds, of a rate limit, default 1
	Book       string    `json:"book,omitempty"`        // key of the book that vanishes
	Fixture    string    `json:"fixture,omitempty"`     // either provider's id of the fixture to reschedule
	Shift      float64   `json:"shift,omitempty"`       // minutes by which it starts later, negative for earlier
}

// Faults holds the disturbances that are on and counts what they did. It is
// safe for concurrent use, and serves the admin endpoint: GET shows what is on
// and the counts, POST switches on the Fault in the body, DELETE clears.
type Faults struct {
	now        func() time.Time
	reschedule func(id string, by feed.Time) error

	mu     sync.Mutex
	active []activeFault
	counts map[FaultKind]int
	epoch  int // grows when something changes that bodies depend on
}

type activeFault struct {
	Fault
	until time.Time // zero: no end
}

// Inject switches a fault on. Rescheduling acts at once, lasts for good, and
// fails for an unknown fixture or one that has begun.
func (fs *Faults) Inject(f Fault) error {
	switch f.Kind {
	case FaultReschedule:
		if err := fs.reschedule(f.Fixture, feed.Time(f.Shift*float64(feed.Minute))); err != nil {
			return err
		}
	case FaultVanish:
		if f.Book == "" {
			return fmt.Errorf("injecting fault %s: name a book", f.Kind)
		}
		if f.Requests != 0 {
			return fmt.Errorf("injecting fault %s: it lasts for a time, not for requests", f.Kind)
		}
	case FaultServerError:
		if f.Status == 0 {
			f.Status = http.StatusServiceUnavailable
		}
		if f.Status < 500 || f.Status > 599 {
			return fmt.Errorf("injecting fault %s: %d is no server error", f.Kind, f.Status)
		}
	case FaultRateLimit:
		f.RetryAfter = max(f.RetryAfter, 1)
	case FaultHang, FaultQuota, FaultTruncate, FaultWrongType, FaultNull:
	default:
		return fmt.Errorf("injecting a fault: unknown kind %q", f.Kind)
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.epoch++
	if f.Kind == FaultReschedule {
		fs.counts[f.Kind]++
		return nil
	}
	a := activeFault{Fault: f}
	if f.Seconds > 0 {
		a.until = fs.now().Add(time.Duration(f.Seconds * float64(time.Second)))
	}
	fs.active = append(fs.active, a)
	return nil
}

// Clear switches all faults off. Rescheduled fixtures stay where they are.
func (fs *Faults) Clear() {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.active = nil
	fs.epoch++
}

// Counts returns how often each kind of fault has struck.
func (fs *Faults) Counts() map[FaultKind]int {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	out := make(map[FaultKind]int, len(fs.counts))
	for k, n := range fs.counts {
		out[k] = n
	}
	return out
}

// take finds a fault of one of the kinds that is on for a source and uses up
// one of its requests.
func (fs *Faults) take(source string, kinds ...FaultKind) (Fault, bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.expire()
	for i := range fs.active {
		a := &fs.active[i]
		if a.Source != "" && a.Source != source || !among(a.Kind, kinds) {
			continue
		}
		fs.counts[a.Kind]++
		f := a.Fault
		if a.Requests == 1 {
			fs.active = append(fs.active[:i], fs.active[i+1:]...)
		} else if a.Requests > 1 {
			a.Requests--
		}
		return f, true
	}
	return Fault{}, false
}

func among(k FaultKind, kinds []FaultKind) bool {
	for _, x := range kinds {
		if k == x {
			return true
		}
	}
	return false
}

// expire drops faults whose time is over. The caller holds the lock.
func (fs *Faults) expire() {
	kept := fs.active[:0]
	for _, a := range fs.active {
		if a.until.IsZero() || fs.now().Before(a.until) {
			kept = append(kept, a)
		} else if a.Kind == FaultVanish {
			fs.epoch++
		}
	}
	fs.active = kept
}

// currentEpoch tells bodies made under different faults apart.
func (fs *Faults) currentEpoch() int {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.expire()
	return fs.epoch
}

// vanished tells whether a book is missing at present. Each response counts
// once for each book it misses.
func (fs *Faults) vanished(book string) bool {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, a := range fs.active {
		if a.Kind == FaultVanish && a.Book == book {
			fs.counts[FaultVanish]++
			return true
		}
	}
	return false
}

// refuse answers a request with a fault that needs no body of ours.
func (fs *Faults) refuse(w http.ResponseWriter, r *http.Request, source string) bool {
	f, ok := fs.take(source, FaultRateLimit, FaultServerError, FaultHang)
	if !ok {
		return false
	}
	status := f.Status
	switch f.Kind {
	case FaultHang:
		ctx, cancel := context.WithTimeout(r.Context(), hangMost)
		defer cancel()
		<-ctx.Done()
		status = http.StatusGatewayTimeout
	case FaultRateLimit:
		status = http.StatusTooManyRequests
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(refusal(source, status)) // the client is gone: nobody is left to tell
	return true
}

// refusal is the body that a source sends with a status of this kind.
func refusal(source string, status int) []byte {
	switch {
	case source == feed.SourceOdds && status == http.StatusTooManyRequests:
		return marshal(oddsError("EXCEEDED_FREQ_LIMIT", "Requests are too frequent. Please limit the frequency of requests"))
	case source == feed.SourceWeather && status == http.StatusTooManyRequests:
		return marshal(weatherError{Cod: status, Message: "Your account is temporary blocked due to exceeding of requests limitation of your subscription type. Please choose the proper subscription https://openweathermap.org/price"})
	case source == feed.SourceGames:
		return marshal(scoreboardError{Code: status, Message: http.StatusText(status)})
	}
	return marshal(struct {
		Message string `json:"message"`
	}{http.StatusText(status)})
}

// ServeHTTP is the admin endpoint.
func (fs *Faults) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
	case http.MethodDelete:
		fs.Clear()
	case http.MethodPost:
		var f Fault
		dec := json.NewDecoder(io.LimitReader(r.Body, 1<<16))
		dec.DisallowUnknownFields()
		err := dec.Decode(&f)
		if err == nil {
			err = fs.Inject(f)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	default:
		w.Header().Set("Allow", "GET, POST, DELETE")
		http.Error(w, "use GET, POST or DELETE", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(fs.report()) // the client is gone: nobody is left to tell
}

// report is what GET shows.
func (fs *Faults) report() []byte {
	counts := fs.Counts()
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.expire()
	active := make([]Fault, len(fs.active))
	for i, a := range fs.active {
		active[i] = a.Fault
	}
	return marshal(struct {
		Active []Fault           `json:"active"`
		Counts map[FaultKind]int `json:"counts"`
	}{active, counts})
}

// reschedule moves a fixture that has not begun, for good and at both
// providers. Earlier than now plus five minutes is not possible.
func (s *Simulator) reschedule(id string, by feed.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Instant()
	for _, c := range s.competitions {
		for _, f := range c.between(now-day, now+oddsAhead+day) {
			if f.OddsID != id && f.ScoreID != id {
				continue
			}
			if f.kickoff() <= now || f.kickoff()+by < now+5*feed.Minute {
				return fmt.Errorf("rescheduling fixture %s: it starts at %s, and neither that nor the new start may be past", id, f.kickoff())
			}
			c.shifts[f.OddsID] += by
			f.shift += by
			return nil
		}
	}
	return fmt.Errorf("rescheduling: no fixture %q starts within days", id)
}
