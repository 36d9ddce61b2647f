package bet

import (
	"errors"
	"fmt"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// Errors of instants.
var (
	errWhen = errors.New("write an instant as 2026-01-31T19:00:00Z, 2026-01-31 14:00 -0500 or, of a game, its day as 2026-01-31")
	errZone = errors.New("no time zone: write it as 2026-01-31T19:00:00Z or 2026-01-31 14:00 -0500, or tell the file's zone")
)

// zoned and local are the forms of an instant.
var (
	zoned = []string{
		time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04Z07:00",
		"2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04 Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04 -0700",
		"2006-01-02 15:04:05 UTC", "2006-01-02 15:04 UTC",
	}
	local = []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02 3:04 PM"}
)

// parseInstant reads an instant. Without an offset it is in the zone, which may
// be nil: then it is refused.
func parseInstant(text string, zone *time.Location) (feed.Time, error) {
	for _, layout := range zoned {
		if at, err := time.Parse(layout, text); err == nil {
			return known(at)
		}
	}
	for _, layout := range local {
		if _, err := time.Parse(layout, text); err != nil {
			continue
		}
		if zone == nil {
			return 0, fmt.Errorf("%q has %w", text, errZone)
		}
		at, err := time.ParseInLocation(layout, text, zone)
		if err != nil {
			return 0, errWhen
		}
		return known(at)
	}
	return 0, fmt.Errorf("%q: %w", text, errWhen)
}

// parseStart reads when a game starts: an instant, or a day, which stands for
// its noon, in UTC if no zone is told.
func parseStart(text string, zone *time.Location) (at feed.Time, dayOnly bool, err error) {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		at, err = parseInstant(text, zone)
		return at, false, err
	}
	if zone == nil {
		zone = time.UTC
	}
	at, err = known(time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, zone))
	return at, true, err
}

// known refuses instants that the rest of BetFlow takes for no instant.
func known(at time.Time) (feed.Time, error) {
	t := feed.At(at)
	if t.IsZero() || at.Year() < 1 {
		return 0, errWhen
	}
	return t, nil
}
