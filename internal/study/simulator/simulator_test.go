package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/books"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/leagues"
	"github.com/betflow/betflow/signals"
)

// begin is when the worlds of the tests begin.
var begin = feed.At(time.Date(2026, 10, 3, 12, 0, 0, 0, time.UTC))

func someLeagues(t testing.TB, ids ...string) []league.League {
	t.Helper()
	all, err := leagues.Load()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(l league.League) bool { return !slices.Contains(ids, l.ID) })
}

func options(t testing.TB, span time.Duration, ids ...string) Options {
	t.Helper()
	rules, err := signals.Load("")
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := books.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return Options{Seed: 3, Leagues: someLeagues(t, ids...), Start: begin, Span: span, Every: 30 * time.Second, Games: 6, Rules: rules, Books: trusted}
}

func live(t *testing.T, o Options) (*Results, []byte) {
	t.Helper()
	r, err := Run(context.Background(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return r, text
}

func TestAWorldIsMarkedTheSameTwice(t *testing.T) {
	o := options(t, 40*time.Minute, "nhl", "epl")
	_, one := live(t, o)
	_, two := live(t, o)
	if !bytes.Equal(one, two) {
		t.Errorf("\n%s\n%s", one, two)
	}
	o.Seed++
	if _, other := live(t, o); bytes.Equal(one, other) {
		t.Error("another seed gives the same numbers")
	}
}

// TestMarksOfTheDefaultRules holds the rules and methods to what they have to
// reach in this world. The bounds are far below what a long run shows, see
// docs/studies/simulator.md.
func TestMarksOfTheDefaultRules(t *testing.T) {
	r, _ := live(t, options(t, 4*time.Hour, "nba"))
	if len(r.Recovery) != len(odds.Methods()) {
		t.Fatalf("%d methods", len(r.Recovery))
	}
	for _, m := range r.Recovery {
		if m.Joint.Looks < 100 || m.Joint.RMSE >= m.Books.RMSE || m.Joint.RMSE > 0.02 {
			t.Errorf("%s: %+v", m.Method, m)
		}
	}
	// Half of the margin is even over the outcomes, half in proportion: the
	// method that takes it off in proportion leaves long shots too likely.
	if best := r.nearest().Method; best == odds.Multiplicative {
		t.Errorf("the nearest method is %s", best)
	}
	for _, want := range []struct {
		rule      string
		precision float64
		recall    float64
	}{{feed.RuleValue, 0.6, 0.2}, {feed.RuleLowHold, 0.7, 0.2}, {feed.RuleArbitrage, 0.6, 0.2}, {feed.RuleOutlier, 0.4, 0}} {
		d := r.of(want.rule)
		if d.Signals < 5 || d.precision() < want.precision || share(d.Found, d.Chances) < want.recall {
			t.Errorf("%s: %d of %d right, %d of %d found", want.rule, d.Right, d.Signals, d.Found, d.Chances)
		}
		if d.Right > d.Signals || d.Found > d.Chances {
			t.Errorf("%s: %+v", want.rule, d)
		}
	}
}

func TestTheReportIsMadeOfTheNumbers(t *testing.T) {
	r, _ := live(t, options(t, 30*time.Minute, "nfl"))
	report := r.Report("betflow study simulator")
	var out bytes.Buffer
	if err := report.Print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{string(r.nearest().Method), feed.RuleStaleLine, "No game was followed"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in the report", want)
		}
	}
	if strings.Contains(out.String(), "NaN") || strings.Contains(out.String(), "Inf") {
		t.Error("the report holds a number that is none")
	}
	if _, err := report.Write(t.TempDir()); err != nil {
		t.Error(err)
	}
}

func TestARunThatIsToldToStopStops(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	o := options(t, time.Hour, "nhl")
	if _, err := Run(ctx, o, func(done, total int) {
		if done == 5 {
			stop()
		}
		if done > total {
			t.Errorf("%d responses of %d", done, total)
		}
	}); err == nil {
		t.Error("it went on")
	}
}
