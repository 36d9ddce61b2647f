package feed

import (
	"fmt"
	"time"
)

// Time is an instant in microseconds since the Unix epoch, UTC. It is what the
// log carries (Avro timestamp-micros): comparable, eight bytes wide, and the
// same after every encoding. The zero Time means "not known".
type Time int64

// Microsecond-based spans, to add to a Time.
const (
	Second = Time(1_000_000)
	Minute = 60 * Second
	Hour   = 60 * Minute
)

// At converts a standard time. The zero time.Time becomes the zero Time, and so
// does one outside of the years 0 to 9999: it is some program's "never", and its
// text could not be read again.
func At(t time.Time) Time {
	if year := t.UTC().Year(); t.IsZero() || year < 0 || year > 9999 {
		return 0
	}
	return Time(t.UnixMicro())
}

// Span converts a duration to the unit of Time, dropping what is below a
// microsecond.
func Span(d time.Duration) Time { return Time(d.Microseconds()) }

// Std converts to a standard time in UTC; the zero Time becomes the zero
// time.Time.
func (t Time) Std() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(t)).UTC()
}

// IsZero tells whether the instant is unknown.
func (t Time) IsZero() bool { return t == 0 }

// Sub returns the duration t-u.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t-u) * time.Microsecond }

// Truncate rounds down to a multiple of span since the epoch.
func (t Time) Truncate(span Time) Time {
	r := t % span
	if r < 0 {
		r += span
	}
	return t - r
}

// String prints RFC 3339 in UTC with as many digits as needed.
func (t Time) String() string {
	if t == 0 {
		return ""
	}
	return t.Std().Format(time.RFC3339Nano)
}

// MarshalText prints the instant as String does; unknown is empty.
func (t Time) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads RFC 3339; empty is unknown.
func (t *Time) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*t = 0
		return nil
	}
	s, err := time.Parse(time.RFC3339Nano, string(b))
	if err != nil {
		return fmt.Errorf("reading instant: %w", err)
	}
	*t = At(s)
	return nil
}
