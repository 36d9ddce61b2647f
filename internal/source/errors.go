package source

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/betflow/betflow/internal/source/cursor"
)

// Class says what may be done about an error.
type Class string

// The classes.
const (
	Retryable Class = "retryable" // the same request may succeed later
	Permanent Class = "permanent" // the same request will fail again until someone changes something
	Ambiguous Class = "ambiguous" // the provider may have answered and charged; only part of the answer came
	Corrupt   Class = "corrupt"   // an answer came and cannot be read
	Exhausted Class = "exhausted" // not sent: it would touch the credits held in reserve
)

// ErrCapture marks an answer that came and could not be handed on. It is the
// sink's trouble, not the provider's.
var ErrCapture = errors.New("capturing response")

// Error is a request that did not bring data. It never holds a credential.
type Error struct {
	Class      Class
	Source     string
	Path       string        // what was asked for, without host and query
	Status     int           // HTTP status, 0 if no answer came
	Message    string        // the provider's own words, if it had any
	Hint       string        // what to do about it
	RetryAfter time.Duration // how long the provider wants to be left alone, 0 if it did not say
	Timeout    bool          // no answer came in time
	Err        error         // the cause, nil if the status says it all
}

// Error tells who was asked for what and what came of it.
func (e *Error) Error() string {
	s := "asking " + e.Source
	if e.Path != "" {
		s += " for " + e.Path
	}
	if e.Status != 0 {
		s += fmt.Sprintf(": HTTP status %d", e.Status)
	}
	if e.Message != "" {
		s += ": " + e.Message
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// HintOf returns what to do about an error of this package, "" for any other.
func HintOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}

// verdict is a class with what to do about it.
type verdict struct {
	class Class
	hint  string
}

// verdicts of HTTP statuses that mean more than their hundred.
var verdicts = map[int]verdict{
	http.StatusUnauthorized:            {Permanent, "check that the key is right, active and has credits left"},
	http.StatusPaymentRequired:         {Permanent, "the plan does not cover this request: change the plan or ask for less"},
	http.StatusForbidden:               {Permanent, "the key may not ask for this: check what the plan covers"},
	http.StatusNotFound:                {Permanent, "check the league's key for this source and the base URL"},
	http.StatusUnprocessableEntity:     {Permanent, "the provider refuses a parameter: check markets, regions and dates"},
	http.StatusRequestTimeout:          {Retryable, "the provider was slow: it is asked again"},
	http.StatusTooEarly:                {Retryable, "the provider asks to come again"},
	http.StatusTooManyRequests:         {Retryable, "asked too often: lower the rate or lengthen the schedule"},
	http.StatusHTTPVersionNotSupported: {Permanent, "the provider does not speak this version of HTTP: check the base URL"},
	http.StatusNotImplemented:          {Permanent, "the provider does not know the request: check the base URL"},
}

// statusVerdict decides by status. ok is true for answers that hold data or
// say that nothing changed.
func statusVerdict(status int) (v verdict, ok bool) {
	if v, known := verdicts[status]; known {
		return v, false
	}
	switch {
	case status >= 500:
		return verdict{Retryable, "the provider is in trouble: it is asked again"}, false
	case status >= 400:
		return verdict{Permanent, "the provider refuses the request: see its message"}, false
	case status == http.StatusNotModified, status >= 200 && status < 300:
		return verdict{}, true
	default:
		return verdict{Permanent, "the provider has moved: set its new base URL"}, false
	}
}

// errTooLarge is a body beyond the client's limit.
var errTooLarge = errors.New("body is larger than the limit")

// causeVerdict decides by what went wrong on the way. answered tells that a
// status had come before.
func causeVerdict(err error, answered bool) verdict {
	var flateErr flate.CorruptInputError
	var certificate *tls.CertificateVerificationError
	var dns *net.DNSError
	switch {
	case errors.Is(err, errTooLarge):
		return verdict{Corrupt, "raise the limit of a body's size if the answer is meant to be so large"}
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &flateErr):
		return verdict{Corrupt, "the answer's compression is broken: look for a proxy in between"}
	case errors.As(err, &certificate):
		return verdict{Permanent, "the provider's certificate is not trusted: check the base URL, the proxy and the clock"}
	case errors.As(err, &dns) && dns.IsNotFound:
		return verdict{Permanent, "the host is not known: check the base URL and the network"}
	case isTimeout(err):
		return verdict{Retryable, "no answer came in time: it is asked again"}
	case answered:
		return verdict{Ambiguous, "the connection broke during the answer, which may have been charged"}
	default:
		return verdict{Retryable, "the connection broke: it is made again"}
	}
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &n) && n.Timeout()
}

// Answered builds the error of an answer whose status, be it HTTP's or one that
// the provider writes into its body, says that it holds no data.
func Answered(source string, status int, message string) *Error {
	v, _ := statusVerdict(status)
	return &Error{Class: v.class, Source: source, Status: status, Message: message, Hint: v.hint}
}

// Unreadable builds the error of a body that as a whole is not what was asked
// for. What says what it was to be.
func Unreadable(source, what string, err error) *Error {
	return &Error{
		Class:  Corrupt,
		Source: source,
		Hint:   "the answer is kept in the log as it came: compare it with the provider's documentation",
		Err:    fmt.Errorf("reading %s: %w", what, err),
	}
}

// Message reads the provider's own words from the body of an error that is an
// object with a field of that name, as most are. It is "" for any other.
func Message(body []byte) string {
	c, err := cursor.Open(body)
	if err != nil {
		return ""
	}
	message := ""
	for name := range c.Fields() {
		if string(name) == "message" {
			b, _ := c.Text()
			message = string(b)
		}
	}
	return message
}
