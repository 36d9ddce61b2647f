package board

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/betflow/betflow/internal/feed"
)

// words reads the signals of the newest frame as "state reason".
func words(t *testing.T, b *Board) []string {
	t.Helper()
	out := []string{}
	for _, s := range b.frames[len(b.frames)-1].Signals {
		var v feed.Signal
		if err := json.Unmarshal(s.JSON, &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, string(v.State)+" "+v.Reason)
	}
	return out
}

func TestASignalIsFramedWithItsFixture(t *testing.T) {
	b := newBoard(t)
	put(t, b, signalOf("f", feed.SignalOpen, 0.03, noon))
	if b.seq != 0 {
		t.Fatal("a signal of a nameless fixture was framed")
	}
	put(t, b, fixtureOf("f", noon))
	if got := words(t, b); !slices.Equal(got, []string{"open "}) || len(b.Snapshot().Signals) != 1 {
		t.Errorf("named: %q", got)
	}
	put(t, b, quoteOf("f", "betmgm", "home", 1.9, noon))
	if got := words(t, b); len(got) != 0 {
		t.Errorf("another book's price: %q", got)
	}
	put(t, b, signalOf("f", feed.SignalUpdate, 0.04, noon), signalOf("f", feed.SignalDropped, 0.05, noon))
	if got := words(t, b); !slices.Equal(got, []string{"update "}) {
		t.Errorf("updated: %q", got)
	}
	closing := signalOf("f", feed.SignalClose, 0.04, noon)
	closing.Reason = "ended"
	put(t, b, closing)
	if got := words(t, b); !slices.Equal(got, []string{"close ended"}) || len(b.Snapshot().Signals) != 0 {
		t.Errorf("closed: %q", got)
	}
	want := map[SignalCount]int64{
		{feed.RuleValue, feed.SignalOpen, ""}: 1, {feed.RuleValue, feed.SignalUpdate, ""}: 1,
		{feed.RuleValue, feed.SignalDropped, ""}: 1, {feed.RuleValue, feed.SignalClose, "ended"}: 1,
	}
	if got := b.SignalCounts(); !maps.Equal(got, want) || b.Counters().Signals != 4 {
		t.Errorf("counted %v", got)
	}
}

func TestAConfirmationMakesASignalsLegsYounger(t *testing.T) {
	b := newBoard(t)
	put(t, b, fixtureOf("f", noon), signalOf("f", feed.SignalOpen, 0.03, noon))
	put(t, b, seenOf("f", "pinnacle", noon+5*feed.Second))
	var s feed.Signal
	if err := json.Unmarshal(b.Snapshot().Signals[0].JSON, &s); err != nil {
		t.Fatal(err)
	}
	if l := s.Legs[0]; l.EventTime != noon+4*feed.Second || l.SeenTime != noon+5*feed.Second || l.Age != 1 {
		t.Errorf("leg %+v", l)
	}
}

func TestSignalsLeaveWithTheirFixture(t *testing.T) {
	b := newBoard(t)
	put(t, b, fixtureOf("f", noon), signalOf("f", feed.SignalOpen, 0.03, noon))
	put(t, b, tickOf(noon+13*feed.Hour))
	if got := words(t, b); !slices.Equal(got, []string{"close gone"}) || len(b.Snapshot().Signals) != 0 {
		t.Errorf("got %q", got)
	}
}
