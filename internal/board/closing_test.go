package board

import (
	"testing"

	"github.com/betflow/betflow/internal/feed"
)

func gameOf(id string, state feed.GameState, seen feed.Time) *feed.Game {
	return &feed.Game{Kind: feed.KindGame, FixtureID: id, League: "nfl", State: state, SeenTime: seen}
}

func TestTheClosingLineIsTheLastBeforeTheGame(t *testing.T) {
	early, last, live := noon-feed.Hour, noon-feed.Minute, noon+feed.Minute
	states := []any{marketOf("f", "h2h", nil, 3, .5, early), marketOf("f", "h2h", nil, 3, .6, last), marketOf("f", "h2h", nil, 3, .7, live)}
	for name, c := range map[string]struct {
		records []any
		want    float64 // fair probability of home; 0 for no closing line
	}{
		"as it came":                  {[]any{gameOf("f", feed.GamePre, early), states[0], states[1], gameOf("f", feed.GameIn, noon), states[2]}, .6},
		"not begun":                   {[]any{gameOf("f", feed.GamePre, early), states[0], states[1]}, 0},
		"prices read first":           {[]any{states[0], states[1], states[2], gameOf("f", feed.GameIn, noon)}, .6},
		"prices read ahead":           {[]any{gameOf("f", feed.GamePre, early), states[0], states[1], states[2], gameOf("f", feed.GameIn, noon)}, .6},
		"games read first":            {[]any{gameOf("f", feed.GameIn, noon), states[0], states[1], states[2]}, .6},
		"begun early":                 {[]any{gameOf("f", feed.GamePre, early), states[0], gameOf("f", feed.GameIn, last-feed.Second), states[1]}, .5},
		"begun late":                  {[]any{gameOf("f", feed.GamePre, early), states[1], states[2], gameOf("f", feed.GameIn, live+feed.Minute)}, .7},
		"begun late, start announced": {[]any{gameOf("f", feed.GameDelayed, early), states[1], states[2], gameOf("f", feed.GameIn, live+feed.Minute)}, .7},
		"delayed in its middle":       {[]any{gameOf("f", feed.GamePre, early), states[1], gameOf("f", feed.GameIn, noon), gameOf("f", feed.GameDelayed, live), states[2]}, .6},
		"put off":                     {[]any{gameOf("f", feed.GameIn, noon), states[1], gameOf("f", feed.GamePostponed, live)}, 0},
		"met in play":                 {[]any{states[2], gameOf("f", feed.GameIn, noon+feed.Hour)}, 0},
		"live prices only":            {[]any{states[2], gameOf("f", feed.GameIn, noon)}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t)
			put(t, b, fixtureOf("f", noon))
			put(t, b, c.records...)
			d, _ := b.Detail("f")
			got := 0.0
			if len(d.Closing) > 0 {
				got = *d.Closing[0].Outcomes[0].Fair
			}
			if got != c.want || len(d.Closing) > 1 {
				t.Errorf("closing at %v, want %v: %+v", got, c.want, d.Closing)
			}
		})
	}
}

func TestTheClosingLineHoldsMainLinesAndTheirAges(t *testing.T) {
	b := newBoard(t)
	put(t, b, fixtureOf("f", noon), gameOf("f", feed.GamePre, noon-feed.Hour),
		marketOf("f", "spreads", ptr(-3.0), 3, .5, noon-feed.Minute), marketOf("f", "spreads", ptr(-3.5), 5, .5, noon-2*feed.Minute),
		marketOf("f", "totals", ptr(44.5), 5, .5, noon-feed.Minute), gameOf("f", feed.GameIn, noon),
		seenOf("f", "pinnacle", noon+5*feed.Minute)) // a confirmation in the game is none of a price before it
	d, _ := b.Detail("f")
	if len(d.Closing) != 2 || *d.Closing[0].Line != -3.5 || d.Closing[1].Market != "totals" || d.Closing[0].Outcomes[0].BestSeenTime != noon-2*feed.Minute {
		t.Errorf("%+v", d.Closing)
	}
}
