package study

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/betflow/betflow/internal/model/score"
)

func TestNumbersInTextAndJSON(t *testing.T) {
	for _, c := range []struct {
		n                   Number
		text, percent, json string
	}{
		{0.12345, "0.12", "12.35 %", "0.12345"}, {-0.001, "0.00", "-0.10 %", "-0.001"}, {Number(math.NaN()), "-", "-", "null"},
		{Number(math.Inf(-1)), "-", "-", "null"}, {1234.5, "1234.50", "123450.00 %", "1234.5"},
	} {
		text, err := json.Marshal(c.n)
		if c.n.Text(2) != c.text || c.n.Percent(2) != c.percent || string(text) != c.json || err != nil {
			t.Errorf("%v: %q %q %s %v", float64(c.n), c.n.Text(2), c.n.Percent(2), text, err)
		}
	}
	for n, want := range map[int]string{7: "7", 1234: "1,234", -1234567: "-1,234,567", -123: "-123"} {
		if got := Count(n); got != want {
			t.Errorf("%d is %q", n, got)
		}
	}
}

func TestEstimatesKnowTheirSide(t *testing.T) {
	e := Estimated(0.5, score.Interval{Low: 0.45, High: 0.55})
	if !e.Holds(0.5) || !e.Holds(0.45) || e.Holds(0.56) || !e.Above(0.4) || e.Above(0.45) || !e.Below(0.6) || e.Below(0.5) {
		t.Errorf("%+v", e)
	}
	if e.Span(2) != "0.45 to 0.55" || e.PercentSpan(0) != "45 to 55 %" || e.Point(3).X != 3 || e.Point(3).High != 0.55 {
		t.Errorf("%q %q %+v", e.Span(2), e.PercentSpan(0), e.Point(3))
	}
}
