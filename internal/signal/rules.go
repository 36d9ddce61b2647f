package signal

import (
	"fmt"
	"slices"
	"time"

	"github.com/betflow/betflow/internal/metric"
)

// Rules are the thresholds by which signals are found, as the file of the folder
// signals states them. Returns, holds and probabilities are fractions: 0.01 is
// one percent.
type Rules struct {
	Markets   []string  `yaml:"markets"` // names of the markets that are looked at
	Opinions  Opinions  `yaml:"opinions"`
	Arbitrage Arbitrage `yaml:"arbitrage"`
	Middle    Middle    `yaml:"middle"`
	LowHold   LowHold   `yaml:"low_hold"`
	Value     Value     `yaml:"value"`
	Steam     Steam     `yaml:"steam"`
	Drop      Drop      `yaml:"drop"`
	StaleLine StaleLine `yaml:"stale_line"`
	Outlier   Outlier   `yaml:"outlier"`
}

// Opinions says whose fair probabilities count when books are held against each
// other.
type Opinions struct {
	MaxAge metric.Span `yaml:"max_age"` // older ones do not
	MADs   float64     `yaml:"mads"`    // nor those further from the median, in median absolute deviations of the logit
}

// Common is what all rules have.
type Common struct {
	Enabled  bool        `yaml:"enabled"`
	Step     float64     `yaml:"step"`      // a value that changes by less is no update
	Cooldown metric.Span `yaml:"cooldown"`  // after a signal's end, before its key may open again
	MaxAge   metric.Span `yaml:"max_age"`   // of each leg's last confirmation by the provider
	MinBooks int         `yaml:"min_books"` // with a price on every outcome
	InPlay   bool        `yaml:"in_play"`   // whether it works after the start
}

// Band is the hysteresis of a value: a signal opens beyond one threshold and
// stays until the value is back behind the other.
type Band struct {
	Open  float64 `yaml:"open"`
	Close float64 `yaml:"close"`
}

// Arbitrage: the best prices of all outcomes return more than they cost.
type Arbitrage struct {
	Common    `yaml:",inline"`
	Band      `yaml:",inline"` // return on the stakes
	Max       float64          `yaml:"max"`        // a higher return is an error of somebody's
	MaxSpread metric.Span      `yaml:"max_spread"` // between the confirmations of the legs
}

// LowHold: the best prices of all outcomes have almost no hold.
type LowHold struct {
	Common    `yaml:",inline"`
	Band      `yaml:",inline"` // hold: it opens below open and closes above close
	MaxSpread metric.Span      `yaml:"max_spread"`
}

// Middle: over at a line and under at a higher one.
type Middle struct {
	Common    `yaml:",inline"`
	Band      `yaml:",inline"` // expected return on the stakes
	Max       float64          `yaml:"max"`
	MaxSpread metric.Span      `yaml:"max_spread"`
	Kelly     float64          `yaml:"kelly"` // fraction of the Kelly stake
}

// Value: a price is worth more by the other books' consensus than it costs.
type Value struct {
	Common   `yaml:",inline"`
	Band     `yaml:",inline"` // expected return
	Max      float64          `yaml:"max"`       // a higher one is an error of somebody's
	MaxRatio float64          `yaml:"max_ratio"` // of the price to the fair price
	SharpSum float64          `yaml:"sharp_sum"` // highest booksum of the sharp book relied on, where there is one
	Kelly    float64          `yaml:"kelly"`
}

// Steam: several books move the same way within a window.
type Steam struct {
	Common      `yaml:",inline"`
	Probability float64     `yaml:"probability"` // move of each book
	Points      float64     `yaml:"points"`      // or of its line, whichever is less
	Window      metric.Span `yaml:"window"`
	Share       float64     `yaml:"share"`   // of the books with a position that must have moved, besides min_books
	Reverse     float64     `yaml:"reverse"` // share of the move whose undoing ends it
}

// Drop: one book's fair price falls within a window.
type Drop struct {
	Common    `yaml:",inline"`
	Band      `yaml:",inline"` // share of the fair price
	Window    metric.Span      `yaml:"window"`
	Gap       float64          `yaml:"gap"`        // and at least so much in probability
	SharpOnly bool             `yaml:"sharp_only"` // where a sharp book has a position, only those count
}

// StaleLine: a book confirms its price while the others have moved on.
type StaleLine struct {
	Common `yaml:",inline"`
	Band   `yaml:",inline"` // probability by which the others have moved and are away
	After  metric.Span      `yaml:"after"` // they have been there for so long
}

// Outlier: a book stands far from the others.
type Outlier struct {
	Common `yaml:",inline"`
	Band   `yaml:",inline"` // median absolute deviations of the logit
	Gap    float64          `yaml:"gap"` // and at least this far from the median in probability
}

// Validate reports the first thing that is wrong. The returned field is its
// place in the file, as in "steam.window".
func (r *Rules) Validate() (field string, err error) {
	if len(r.Markets) == 0 {
		return "markets", fmt.Errorf("name at least one market")
	}
	for i, m := range r.Markets {
		if m == "" || slices.Contains(r.Markets[:i], m) {
			return "markets", fmt.Errorf("market %q is empty or stands twice", m)
		}
	}
	for _, c := range r.checks() {
		if !c.ok {
			return c.field, fmt.Errorf("%s %s", c.field, c.must)
		}
	}
	return "", nil
}

// check is one condition on the rules.
type check struct {
	ok          bool
	field, must string
}

func (r *Rules) checks() []check {
	var bands []check
	for _, n := range []struct {
		name string
		b    Band
	}{
		{"arbitrage", r.Arbitrage.Band}, {"middle", r.Middle.Band}, {"value", r.Value.Band},
		{"drop", r.Drop.Band}, {"stale_line", r.StaleLine.Band}, {"outlier", r.Outlier.Band},
	} {
		bands = append(bands, check{n.b.Open > 0, n.name + ".open", "must be above 0"}, check{n.b.Close <= n.b.Open, n.name + ".close", "must not be above open"})
	}
	cs := []check{
		{r.Opinions.MaxAge > 0, "opinions.max_age", "must be above 0"},
		{r.Opinions.MADs > 0, "opinions.mads", "must be above 0"},
		{r.Arbitrage.Max > r.Arbitrage.Open, "arbitrage.max", "must be above open"},
		{r.Arbitrage.MaxSpread > 0, "arbitrage.max_spread", "must be above 0"},
		{r.LowHold.MaxSpread > 0, "low_hold.max_spread", "must be above 0"},
		{r.LowHold.Open >= 0 && r.LowHold.Open <= r.LowHold.Close && r.LowHold.Close < 1, "low_hold.close", "must be at least open, which is not negative"},
		{r.Middle.Max > r.Middle.Open, "middle.max", "must be above open"},
		{r.Middle.MaxSpread > 0, "middle.max_spread", "must be above 0"},
		{isShare(r.Middle.Kelly), "middle.kelly", "lies above 0, up to 1"},
		{r.Value.Max > r.Value.Open, "value.max", "must be above open"},
		{r.Value.MaxRatio > 1, "value.max_ratio", "must be above 1"},
		{r.Value.SharpSum >= 1, "value.sharp_sum", "must be at least 1"},
		{isShare(r.Value.Kelly), "value.kelly", "lies above 0, up to 1"},
		{r.Steam.Probability > 0 && r.Steam.Probability < 0.5, "steam.probability", "lies between 0 and 0.5"},
		{r.Steam.Points > 0, "steam.points", "must be above 0"},
		{isWindow(r.Steam.Window), "steam.window", "lies from 1s to 24h"},
		{r.Steam.Share >= 0 && r.Steam.Share <= 1, "steam.share", "lies from 0 to 1"},
		{isShare(r.Steam.Reverse), "steam.reverse", "lies above 0, up to 1"},
		{r.Steam.MinBooks >= 2, "steam.min_books", "must be at least 2: one book is a drop"},
		{r.Drop.Open < 1, "drop.open", "must be below 1"},
		{isWindow(r.Drop.Window), "drop.window", "lies from 1s to 24h"},
		{r.Drop.Gap >= 0 && r.Drop.Gap < 1, "drop.gap", "lies from 0 to below 1"},
		{r.StaleLine.Open < 1, "stale_line.open", "must be below 1"},
		{r.StaleLine.After > 0, "stale_line.after", "must be above 0"},
		{r.Outlier.Gap >= 0 && r.Outlier.Gap < 1, "outlier.gap", "lies from 0 to below 1"},
	}
	for _, n := range []struct {
		name string
		c    *Common
	}{
		{"arbitrage", &r.Arbitrage.Common}, {"middle", &r.Middle.Common}, {"low_hold", &r.LowHold.Common}, {"value", &r.Value.Common},
		{"steam", &r.Steam.Common}, {"drop", &r.Drop.Common}, {"stale_line", &r.StaleLine.Common}, {"outlier", &r.Outlier.Common},
	} {
		cs = append(cs,
			check{n.c.Step >= 0, n.name + ".step", "must not be negative"},
			check{time.Duration(n.c.Cooldown) >= time.Second, n.name + ".cooldown", "must be at least 1s: what opens under one key has a time of its own"},
			check{n.c.MaxAge > 0, n.name + ".max_age", "must be above 0"},
			check{n.c.MinBooks >= 1, n.name + ".min_books", "must be at least 1"},
		)
	}
	return append(bands, cs...)
}

func isShare(v float64) bool { return v > 0 && v <= 1 }

func isWindow(s metric.Span) bool {
	return time.Duration(s) >= time.Second && time.Duration(s) <= 24*time.Hour
}
