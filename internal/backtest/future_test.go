package backtest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
)

// wandering plays a few games with books whose prices wander.
func wandering(seed uint64, records int) *script {
	r := rand.New(rand.NewPCG(seed, 7))
	s := &script{}
	const n = 4
	for g := range n {
		s.fixture(noon, fmt.Sprint("g", g), noon+feed.Time(1+g)*feed.Hour)
	}
	at := noon
	for range records {
		at += feed.Time(r.IntN(int(2 * feed.Minute)))
		g := r.IntN(n)
		id := fmt.Sprint("g", g)
		switch k := r.IntN(20); {
		case k == 0:
			s.game(at, id, feed.GameIn, 0, 0)
		case k == 1:
			s.game(at, id, feed.GamePost, int32(r.IntN(4)), int32(r.IntN(4)))
		case k < 5:
			s.seen(at, id, string(rune('a'+r.IntN(4))))
		case k == 5:
			s.h2h(at, id, string(rune('a'+r.IntN(4))), 0, 0)
		default:
			p := 0.35 + 0.3*r.Float64()
			s.h2h(at, id, string(rune('a'+r.IntN(4))), 1/(p*1.02), 1/((1-p)*1.02))
		}
	}
	return s
}

// TestTheFutureChangesNoDecision holds what a backtest stands and falls with: up
// to any moment the same bets are made, whatever comes after it. The moment is
// that of a bet, and the other future begins at once, with every price another.
func TestTheFutureChangesNoDecision(t *testing.T) {
	texts := []string{
		"name: x\nentry: {ev: {min: 0.01}, min_books: 1}\nstaking: {kelly: 0.3}\nlatency: 40s\nlimits: {day: 5000}\n",
		"name: x\nentry: {chance: 0.7}\nstaking: {to_win: 50}\nlatency: 3s\n",
		"name: x\nentry: {ev: {min: 0.0}, min_books: 2, consensus: {average: median}}\nstaking: {flat: 20}\nuniverse: {in_play: true}\n",
	}
	compared := 0
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.SampledFrom(texts).Draw(rt, "strategy")
		whole := wandering(rapid.Uint64().Draw(rt, "world"), 150)
		a := run(rt, whole, text).Strategies[0]
		if len(a.Bets) == 0 {
			return
		}
		now := rapid.SampledFrom(a.Bets).Draw(rt, "bet").Placed
		other := &script{}
		for _, e := range whole.entries {
			if e.at <= now {
				other.entries = append(other.entries, e)
			}
		}
		for g := range 4 {
			for _, book := range []string{"a", "b", "c", "d"} {
				other.h2h(now+1, fmt.Sprint("g", g), book, canary, canary)
			}
		}
		for _, e := range wandering(rapid.Uint64().Draw(rt, "another future"), 150).entries {
			if e.at > now+1 {
				other.entries = append(other.entries, e)
			}
		}
		b := run(rt, other, text).Strategies[0]
		if want, got := until(a.Bets, now), until(b.Bets, now); fmt.Sprint(want) != fmt.Sprint(got) {
			rt.Fatalf("up to %s:\n%v\nwith another future:\n%v", now, want, got)
		}
		compared++
	})
	if compared == 0 {
		t.Error("no bet was made: the comparison says nothing")
	}
}

// until lists the bets that were struck by a moment, without what became of them.
func until(bets []Struck, now feed.Time) (out []string) {
	for _, b := range bets {
		if b.Placed <= now {
			out = append(out, fmt.Sprint(b.Placed, b.Fixture, b.Outcome, b.Book, b.Price, b.Stake))
		}
	}
	return out
}
