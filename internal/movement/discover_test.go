package movement

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// priced makes the quote records of books whose fair probabilities follow paths:
// prices with a margin of 4 %.
func priced(ps ...Path) []feed.Quote {
	var rows []feed.Quote
	for _, p := range ps {
		for _, q := range p.Points {
			fair := odds.Logistic(q.X)
			minute := float64(q.At-begin) / float64(feed.Minute)
			rows = append(rows, h2h(minute, p.Book, 1/(fair*1.04), 1/((1-fair)*1.04))...)
		}
	}
	slices.SortStableFunc(rows, func(a, b feed.Quote) int { return int(a.SeenTime - b.SeenTime) })
	return rows
}

func TestDiscoveryOfALeaderAndItsFollower(t *testing.T) {
	ps := moved(walks(600, feed.Minute, 0.02), 0, 0.02)
	start := begin + 600*feed.Minute
	rules := DefaultRules()
	rules.Method = odds.Multiplicative
	m := Assemble(priced(ps...))[0]
	d := m.Discover(start, rules)
	if d.Outcome != "home" || d.Line != nil || d.Quotes != 1200 || d.LeftOut != 0 || len(d.Open) != 2 || len(d.Close) != 2 || d.OpenConsensus != nil || len(d.Books) != 2 {
		t.Fatalf("got %+v", d)
	}
	if l := d.Leads; len(l) != 1 || l[0].Leader != "A" || value(l[0].Lag) != 60 {
		t.Errorf("leads %+v", l)
	}
	if l := d.OnGrid; len(l) != 1 || l[0].Leader != "A" || value(l[0].Lag) != 60 {
		t.Errorf("leads on the grid %+v", l)
	}
	if i := d.Information; len(i.Books) != 2 || i.Books[0].Book != "A" || i.Books[0].Low < 0.9 || d.Obstacle != "" {
		t.Errorf("information %+v %s", i, d.Obstacle)
	}
	for i, b := range d.Books {
		want := ps[i].Points[599].X - ps[i].Points[0].X
		if b.Book != ps[i].Book || !near(value(b.Net), want, 1e-9) || !b.Velocity.Enough() || !b.Acceleration.Enough() || !b.Volatility.Enough() || b.Deviation == nil || !b.FirstMoves.Enough() {
			t.Errorf("book %+v, moved by %g", b, want)
		}
	}
	if len(d.Follows) != 2 || value(d.Follows[0].Median) != 60 || d.Follows[0].Leader != "A" {
		t.Errorf("follows %+v", d.Follows)
	}
	if n := len(d.Dispersion); n != 11 || d.Dispersion[n-1].At != start || d.Dispersion[n-1].Books != 2 {
		t.Errorf("dispersion %+v", d.Dispersion)
	}
	if len(d.Hours) != 24 || !d.Hours[0].Volatility.Enough() || d.Hours[23].Volatility.Enough() {
		t.Errorf("hours %+v", d.Hours)
	}
}

// Whatever is missing is said to be, and lists are never null.
func TestDiscoveryOfLittleHasNoNumbers(t *testing.T) {
	for name, m := range map[string]Market{
		"nothing":  {Market: "h2h", Period: "full"},
		"one book": Assemble(h2h(0, "a", 1.9, 1.9))[0],
		"two":      Assemble(join(h2h(0, "a", 1.9, 1.9), h2h(0, "b", 1.9, 2), h2h(9, "b", 1.8, 2)))[0],
		"one side": Assemble([]feed.Quote{row(0, "h2h", "a", "home", nil, 1.9)})[0],
	} {
		d := m.Discover(begin+feed.Hour, DefaultRules())
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range []string{"open", "close", "books", "hours", "dispersion", "leads", "cross_correlations", "follows", "limit_weighted"} {
			if strings.Contains(string(text), `"`+list+`":null`) {
				t.Errorf("%s: %s is null in %s", name, list, text)
			}
		}
		for _, b := range d.Books {
			if b.Volatility.Enough() || b.FirstMoves.Enough() {
				t.Errorf("%s: %+v", name, b)
			}
		}
		if len(d.Information.Books) > 0 || d.Information.Books == nil || len(d.Leads) > 0 && d.Leads[0].Lag.Enough() {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

// Discovery knows nothing of what was seen after the start.
func TestDiscoveryLooksNoFurtherThanTheStart(t *testing.T) {
	ps := moved(walks(200, feed.Minute, 0.02), 0, 0.02)
	rows := priced(ps...)
	start := begin + 100*feed.Minute
	early := slices.DeleteFunc(slices.Clone(rows), func(q feed.Quote) bool { return q.SeenTime > start })
	whole, cut := Assemble(rows)[0], Assemble(early)[0]
	if a, b := whole.Discover(start, DefaultRules()), cut.Discover(start, DefaultRules()); !reflect.DeepEqual(a, b) {
		t.Errorf("with the future %+v\nwithout %+v", a, b)
	}
}
