package truth

import (
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/feed"
)

const noon = 1_700_001_000 * feed.Second // on a multiple of half an hour

// quote of a series at some seconds after noon.
func quote(second int, price float64) *feed.Quote {
	return &feed.Quote{Kind: feed.KindQuote, FixtureID: "a", Market: "h2h", Outcome: "home", Book: "b", Price: price, EventTime: noon + feed.Time(second)*feed.Second}
}

func ptr(v float64) *float64 { return &v }

func row(from, to int, count int64, first, last, low, high, mean float64) *Row {
	return &Row{FixtureID: "a", Market: "h2h", Outcome: "home", Book: "b",
		Start: int64(noon + feed.Time(from)*feed.Minute), End: int64(noon + feed.Time(to)*feed.Minute),
		Count: count, First: ptr(first), Last: ptr(last), Min: ptr(low), Max: ptr(high), Mean: ptr(mean)}
}

// known is a truth that can be counted on fingers: three quotes, out of order,
// two of them at one time.
func known() (*Truth, []*Row) {
	t := New()
	for _, q := range []*feed.Quote{quote(200, 3), quote(10, 1.5), quote(200, 2), {Kind: feed.KindTick, EventTime: noon}} {
		t.Add(q)
	}
	rows := []*Row{row(0, 3, 1, 1.5, 1.5, 1.5, 1.5, 1.5), row(3, 6, 2, 3, 2, 2, 3, 2.5)}
	for end := 1; end <= 13; end++ {
		switch {
		case end <= 3: // the first quote alone
			rows = append(rows, row(end-10, end, 1, 1.5, 1.5, 1.5, 1.5, 1.5))
		case end <= 10:
			rows = append(rows, row(end-10, end, 3, 1.5, 2, 1.5, 3, 6.5/3))
		default: // those at one time
			rows = append(rows, row(end-10, end, 2, 3, 2, 2, 3, 2.5))
		}
	}
	return t, rows
}

func TestTheTruthOfThreeQuotes(t *testing.T) {
	truth, rows := known()
	if truth.Rows() != len(rows) {
		t.Errorf("%d rows, want %d", truth.Rows(), len(rows))
	}
	c := truth.Compare()
	for _, r := range rows {
		c.Row(r)
	}
	if d := c.Done(); !d.None() {
		t.Error(d)
	}
	if got := truth.Due(noon + 3*feed.Minute + 30*feed.Second); got != 4 { // one of three minutes, three of ten
		t.Errorf("%d rows are due after three minutes", got)
	}
}

// TestEveryFaultIsFound: a comparison that takes anything is worth nothing.
func TestEveryFaultIsFound(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil func(rows []*Row) []*Row
		want  Difference
	}{
		"missing":          {func(r []*Row) []*Row { return r[1:] }, Difference{Missing: 1}},
		"repeated":         {func(r []*Row) []*Row { return append(r, r[0]) }, Difference{Repeated: 1}},
		"another series":   {func(r []*Row) []*Row { r[0].Book = "c"; return r }, Difference{Missing: 1, Extra: 1}},
		"a line":           {func(r []*Row) []*Row { r[0].Line = ptr(0); return r }, Difference{Missing: 1, Extra: 1}},
		"another window":   {func(r []*Row) []*Row { r[0].Start--; r[0].End--; return r }, Difference{Missing: 1, Extra: 1}},
		"another size":     {func(r []*Row) []*Row { r[0].End++; return r }, Difference{Missing: 1, Extra: 1}},
		"count":            {func(r []*Row) []*Row { r[0].Count++; return r }, Difference{Wrong: 1}},
		"first":            {func(r []*Row) []*Row { *r[1].First += 1e-9; return r }, Difference{Wrong: 1}},
		"last":             {func(r []*Row) []*Row { *r[1].Last += 1e-9; return r }, Difference{Wrong: 1}},
		"min":              {func(r []*Row) []*Row { *r[1].Min += 1e-9; return r }, Difference{Wrong: 1}},
		"max":              {func(r []*Row) []*Row { r[1].Max = nil; return r }, Difference{Wrong: 1}},
		"mean":             {func(r []*Row) []*Row { *r[1].Mean += 1e-9; return r }, Difference{Wrong: 1}},
		"in order of rows": {func(r []*Row) []*Row { r[0], r[1] = r[1], r[0]; return r }, Difference{}},
	} {
		truth, rows := known()
		c := truth.Compare()
		for _, r := range tc.spoil(rows) {
			c.Row(r)
		}
		got := c.Done()
		if got.Example == "" && !got.None() || !strings.Contains(got.String(), "missing") {
			t.Errorf("%s: no example: %s", name, got)
		}
		got.Example = ""
		if got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}
