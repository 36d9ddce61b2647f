package source

import (
	"net/http"
	"strconv"
	"time"
)

// Backoff is how long to wait between attempts: a random part of a span that
// doubles each time (full jitter), so that clients that failed together do not
// come back together.
type Backoff struct {
	Base time.Duration // span before the second attempt
	Max  time.Duration // longest span
}

// Delay is the wait after the failed attempt, counted from 1. Rand is in
// [0, 1).
func (b Backoff) Delay(attempt int, rand float64) time.Duration {
	return time.Duration(rand * float64(b.span(attempt)))
}

// span is the upper end of the wait after an attempt.
func (b Backoff) span(attempt int) time.Duration {
	span := b.Base
	for range attempt - 1 {
		if span >= b.Max/2 {
			return b.Max
		}
		span *= 2
	}
	return min(span, b.Max)
}

// retryAfter reads the header of that name: seconds, or an HTTP date. It is 0
// if there is none, it cannot be read or it has passed.
func retryAfter(value string, now time.Time) time.Duration {
	const longest = 1 << 31 // seconds; more would overflow
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		return time.Duration(min(max(seconds, 0), longest)) * time.Second
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now))
	}
	return 0
}
