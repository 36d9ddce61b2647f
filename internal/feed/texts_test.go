package feed

import (
	"strconv"
	"testing"
)

// TestTextsAreThoseOfTheBytes whatever falls on whose place, and are not
// allocated again while nothing has taken theirs.
func TestTextsAreThoseOfTheBytes(t *testing.T) {
	var texts texts
	long := make([]byte, textLongest+1)
	b := []byte(nil)
	for i := range 5 * textPlaces {
		b = append(strconv.AppendInt(b[:0], int64(i%(3*textPlaces)), 10), long[:i%(textLongest+2)]...)
		got := texts.of(b)
		if got != string(b) {
			t.Fatalf("got %q, want %q", got, b)
		}
		for i := range b { // they are not the caller's bytes
			b[i]++
		}
		if got == string(b) && len(b) > 0 {
			t.Fatalf("%q follows the bytes", got)
		}
	}
	name := []byte("nhl-20261122-toronto-maple-leafs-boston-bruins")
	texts.of(name)
	if n := testing.AllocsPerRun(100, func() { texts.of(name) }); n != 0 {
		t.Errorf("a text that is known takes %v allocations", n)
	}
}

func TestNumbersAreThoseOfTheBits(t *testing.T) {
	var numbers numbers
	for i := range 5 * numberPlaces {
		v := float64(i%(3*numberPlaces)) / 2
		if got := numbers.of(v); *got != v {
			t.Fatalf("got %v, want %v", *got, v)
		}
	}
	if a, b := numbers.of(-3.5), numbers.of(-3.5); a != b {
		t.Error("a number that is known is made anew")
	}
}

// TestTextsOfALeagueHavePlaces: what quotes are made of keeps its place.
func TestTextsOfALeagueHavePlaces(t *testing.T) {
	names := []string{"quote", "seen", "tick", "nba", "h2h", "spreads", "totals", "full", "home", "away", "over", "under", "open", "suspended", "withdrawn", "decimal", "american", "the-odds-api"}
	for i := range 100 {
		names = append(names, "book-"+strconv.Itoa(i%10), "nba-20261120-game-"+strconv.Itoa(i%50), "+"+strconv.Itoa(100+i))
	}
	var texts texts
	n := testing.AllocsPerRun(1, func() { // the first run is not counted
		for _, name := range names {
			texts.of([]byte(name))
		}
	})
	// Chance alone would let three of 178 fall on the same of 512 places now and then.
	if n > 20 {
		t.Errorf("%v of %d texts had lost their place", n, len(names))
	}
}
