package feed

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTimeSurvivesEveryForm(t *testing.T) {
	const year0, year9999 = -62167219200_000_000, 253402300799_999_999
	rapid.Check(t, func(t *rapid.T) {
		want := Time(rapid.Int64Range(year0, year9999).Draw(t, "time"))
		if got := At(want.Std()); got != want {
			t.Errorf("as a standard time %d became %d", want, got)
		}
		b, err := json.Marshal(map[Time]Time{want: want})
		if err != nil {
			t.Fatal(err)
		}
		var got map[Time]Time
		if err := json.Unmarshal(b, &got); err != nil || got[want] != want {
			t.Errorf("%d became %s, read as %v (%v)", want, b, got, err)
		}
	})
}

func TestZeroTimeIsUnknown(t *testing.T) {
	if !Time(0).IsZero() || !Time(0).Std().IsZero() || At(time.Time{}) != 0 || Time(0).String() != "" {
		t.Error("the zero Time is not the zero time.Time")
	}
	var got = Time(5)
	if err := got.UnmarshalText(nil); err != nil || got != 0 {
		t.Errorf("empty text is %d (%v), want 0", got, err)
	}
}

func TestTimeReadsAnyZoneAndPrintsUTC(t *testing.T) {
	for text, want := range map[string]string{
		"2026-02-24T17:00:00Z":             "2026-02-24T17:00:00Z",
		"2026-02-24T17:00:00.25+02:00":     "2026-02-24T15:00:00.25Z",
		"2026-02-24T17:00:00.123456789Z":   "2026-02-24T17:00:00.123456Z",
		"1969-12-31T23:59:59.999999-00:00": "1969-12-31T23:59:59.999999Z",
	} {
		var got Time
		if err := got.UnmarshalText([]byte(text)); err != nil || got.String() != want {
			t.Errorf("%s is %s (%v), want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"yesterday", "2026-02-24", "1234"} {
		var got Time
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%s was read as %s", text, got)
		}
	}
}

func TestTruncateRoundsDownBeforeAndAfterTheEpoch(t *testing.T) {
	for _, c := range []struct{ t, span, want Time }{
		{0, 10, 0}, {9, 10, 0}, {10, 10, 10}, {19, 10, 10}, {-1, 10, -10}, {-10, 10, -10}, {-11, 10, -20},
	} {
		if got := c.t.Truncate(c.span); got != c.want {
			t.Errorf("%d truncated to %d is %d, want %d", c.t, c.span, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		at, span := Time(rapid.Int64Range(-1e17, 1e17).Draw(t, "time")), Time(rapid.Int64Range(1, 1e14).Draw(t, "span"))
		if got := at.Truncate(span); got%span != 0 || got > at || got+span <= at {
			t.Errorf("%d truncated to %d is %d", at, span, got)
		}
	})
}

func TestSpansAndDurationsAgree(t *testing.T) {
	if Span(time.Hour) != Hour || Hour != 60*Minute || Minute != 60*Second || Span(1999*time.Nanosecond) != 1 {
		t.Error("a span is not in microseconds")
	}
	if got := (5 * Second).Sub(8 * Second); got != -3*time.Second {
		t.Errorf("5s-8s is %s", got)
	}
}

func TestTimesThatCannotBeWrittenAreUnknown(t *testing.T) {
	for _, text := range []string{"0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59.999-00:01"} {
		std, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := At(std); got != 0 {
			t.Errorf("%s is %d, want unknown", text, got)
		}
	}
}

// FuzzTimeText: text that is read prints as text that is read as the same
// instant.
func FuzzTimeText(f *testing.F) {
	for _, seed := range []string{"", "2026-02-24T17:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-02-24T17:00:00+23:59"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var first, second Time
		if first.UnmarshalText([]byte(text)) != nil {
			return
		}
		if err := second.UnmarshalText([]byte(first.String())); err != nil || second != first {
			t.Errorf("%q is %d, prints %q and is then %d (%v)", text, first, first, second, err)
		}
	})
}
