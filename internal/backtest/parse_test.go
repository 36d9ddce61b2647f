package backtest

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/internal/odds"
	examples "github.com/betflow/betflow/strategies"
)

func TestParse(t *testing.T) {
	list := strategies(t, `# two
name: a
doc: text
universe: {leagues: [nhl], markets: [h2h], start: {from: 24h, to: 5m}}
entry: {ev: {min: 0.02, max: 0.1}, price: {min: 1.5}, min_books: 3, max_age: 90s, books: [x], consensus: {method: logarithmic, average: logit, books: [y], outliers: 4}}
staking: {kelly: 0.25}
limits: {bet: 0.1, fixture: "20", day: 1000, open: 5000, least: 1}
commission: {betfair: 0.02}
latency: 5s
bankroll: 1000.50
currency: EUR
---
name: b
entry: {signal: steam}
staking: {flat: 10}
`)
	lo, hi, price := 0.02, 0.1, 1.5
	want := []Strategy{
		{Name: "a", Doc: "text",
			Universe: Universe{Leagues: []string{"nhl"}, Markets: []string{"h2h"}, Periods: []string{"full"}, Start: Window{metric.Span(24 * time.Hour), metric.Span(5 * time.Minute)}},
			Entry: Entry{EV: Range{&lo, &hi}, Price: Range{Min: &price}, MinBooks: 3, MaxAge: metric.Span(90 * time.Second), Books: []string{"x"},
				Consensus: Consensus{Method: odds.OddsRatio, Average: odds.LogitMean, Books: []string{"y"}, MADs: 4}},
			Staking: Staking{Kelly: 0.25}, Limits: Limits{"0.1", "20", "1000", "5000", "1"}, Commission: map[string]float64{"betfair": 0.02},
			Latency: metric.Span(5 * time.Second), Bankroll: "1000.50", Currency: "EUR"},
		{Name: "b", Universe: Universe{Periods: []string{"full"}},
			Entry:   Entry{Signal: "steam", MinBooks: 2, MaxAge: metric.Span(10 * time.Minute), Consensus: Consensus{Method: odds.Power, Average: odds.Mean}},
			Staking: Staking{Flat: "10"}, Bankroll: "10000", Currency: "USD"},
	}
	if !reflect.DeepEqual(list, want) {
		t.Errorf("got  %+v\nwant %+v", list, want)
	}
}

func TestParseNamesTheLine(t *testing.T) {
	const head = "name: a\nentry: {ev: {min: 0.02}}\nstaking: {flat: 10}\n"
	for _, c := range []struct{ text, line, about string }{
		{"entry: {ev: {min: 0.02}}\nstaking: {flat: 10}\n", "line 1", "name"},
		{head + "universe:\n  start: {from: 5m, to: 24h}\n", "line 5", "from is the earlier end"},
		{head + "universe:\n  in_play: true\n  start: {to: 5m}\n", "line 6", "no time to its start"},
		{"name: a\nstaking: {flat: 10}\nentry:\n  signal: hunch\n", "line 4", "none of"},
		{"name: a\nstaking: {flat: 10}\nentry:\n  min_books: 1\n", "line", "name a signal"},
		{"name: a\nstaking: {flat: 10}\nentry:\n  chance: 2\n", "line 4", "share"},
		{"name: a\nstaking: {flat: 10}\nentry:\n  ev: {min: 0.1, max: 0.05}\n", "line 4", "min is above max"},
		{"name: a\nstaking: {flat: 10}\nentry:\n  ev: {min: 0.1}\n  consensus: {method: guess}\n", "line 5", "no method"},
		{"name: a\nentry: {ev: {min: 0.02}}\n", "line", "name one of flat"},
		{"name: a\nentry: {ev: {min: 0.02}}\nstaking: {flat: 10, kelly: 0.5}\n", "line 3", "name one of flat"},
		{"name: a\nentry: {ev: {min: 0.02}}\nstaking: {flat: 10.005}\n", "line 3", "more decimals"},
		{"name: a\nentry: {chance: 0.1}\nstaking:\n  kelly: 0.5\n", "line 4", "control knows no probability"},
		{head + "commission:\n  x: 0.02\n  y: 1.5\n", "line 6", "share below 1"},
		{head + "currency: DOLLARS\n", "line 4", "three letters"},
		{head + "---\n" + head, "line 5", "another strategy"},
		{head + "colour: red\n", "[4:1]", "unknown field"},
		{head + "latency: soon\n", "", "write it as in 30s"},
		{"name: [\n", "", ""},
	} {
		if _, err := Parse([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.line) || !strings.Contains(err.Error(), c.about) {
			t.Errorf("%q: %v, want %q and %q", c.text, err, c.line, c.about)
		}
	}
	for _, text := range []string{"", "# nothing\n", "---\n---\n"} {
		if _, err := Parse([]byte(text)); !errors.Is(err, ErrNoStrategy) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestExamplesAreStrategies(t *testing.T) {
	for _, name := range examples.Names() {
		text, err := examples.Example(name)
		if err != nil {
			t.Fatal(err)
		}
		if list := strategies(t, string(text)); len(list) != 1 || list[0].Doc == "" {
			t.Errorf("example %s: %+v", name, list)
		}
	}
	if _, err := examples.Example("luck"); err == nil || !strings.Contains(err.Error(), "value") {
		t.Errorf("got %v", err)
	}
}

// FuzzParse: a text is strategies that a backtest can run, or an error.
func FuzzParse(f *testing.F) {
	for _, name := range examples.Names() {
		text, _ := examples.Example(name)
		f.Add(string(text))
	}
	f.Add("name: a\n---\nname: !!x\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := Parse([]byte(text))
		if (err == nil) != (len(list) > 0) {
			t.Fatalf("%d strategies and %v", len(list), err)
		}
		if err == nil {
			run(t, soft(), text)
		}
	})
}
