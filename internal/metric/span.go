package metric

import (
	"fmt"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// Span is a duration that prints as short as it can: 3m, 1h30m, 45s.
type Span time.Duration

// SpanError is a text that is no span.
type SpanError struct {
	Text   string
	Reason string
}

func (e *SpanError) Error() string {
	return fmt.Sprintf("reading duration %q: %s", e.Text, e.Reason)
}

// ParseSpan reads a Go duration and refuses negative ones. Its error is a
// *SpanError.
func ParseSpan(s string) (Span, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, &SpanError{s, "write it as in 30s, 10m or 1h"}
	}
	if d < 0 {
		return 0, &SpanError{s, "must not be negative"}
	}
	return Span(d), nil
}

// UnmarshalText reads the span from a definition file.
func (s *Span) UnmarshalText(b []byte) error {
	v, err := ParseSpan(string(b))
	*s = v
	return err
}

// MarshalText prints the span as String does.
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String prints the span without zero parts.
func (s Span) String() string {
	t := time.Duration(s).String()
	if strings.HasSuffix(t, "m0s") {
		t = strings.TrimSuffix(t, "0s")
	}
	if strings.HasSuffix(t, "h0m") {
		t = strings.TrimSuffix(t, "0m")
	}
	return t
}

// Time returns the span in the unit of event time.
func (s Span) Time() feed.Time { return feed.Span(time.Duration(s)) }
