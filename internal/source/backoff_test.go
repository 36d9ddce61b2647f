package source

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBackoffStaysInItsSpan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := Backoff{
			Base: time.Duration(rapid.Int64Range(1, int64(time.Minute)).Draw(t, "base")),
			Max:  time.Duration(rapid.Int64Range(1, int64(1000*time.Hour)).Draw(t, "max")),
		}
		attempt := rapid.IntRange(1, 200).Draw(t, "attempt")
		span := b.span(attempt)
		if span <= 0 || span > b.Max || attempt > 1 && span < b.span(attempt-1) {
			t.Fatalf("the span after attempt %d is %v", attempt, span)
		}
		if d := b.Delay(attempt, rapid.Float64Range(0, 0.999).Draw(t, "rand")); d < 0 || d > span {
			t.Fatalf("waits %v of %v", d, span)
		}
	})
}

func TestRetryAfterIsSecondsOrADate(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"": 0, "soon": 0, "0": 0, "-5": 0, "120": 2 * time.Minute,
		"Sat, 07 Mar 2026 12:00:30 GMT": 30 * time.Second,
		"Sat, 07 Mar 2026 11:00:00 GMT": 0,
	} {
		if got := retryAfter(value, noon); got != want {
			t.Errorf("%q is %v, want %v", value, got, want)
		}
	}
	if got := retryAfter("99999999999999", noon); got <= 0 {
		t.Errorf("a very long wait is %v", got)
	}
}
