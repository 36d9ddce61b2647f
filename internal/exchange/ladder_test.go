package exchange

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// naive is a ladder as a map, summed anew each time in exact fractions.
type naive map[Price]Money

func (n naive) set(l Level) {
	if l.Size == 0 {
		delete(n, l.Price)
	} else {
		n[l.Price] = l.Size
	}
}

// vwap returns sum(price*size)/sum(size) of what n has more than an earlier
// ladder, and the sum of the sizes, in units.
func (n naive) vwap(earlier naive) (price, volume *big.Rat) {
	volume, price = new(big.Rat), new(big.Rat)
	prices := maps.Clone(n)
	maps.Copy(prices, earlier)
	for p := range prices {
		size := big.NewRat(int64(n[p]-earlier[p]), 100)
		volume.Add(volume, size)
		price.Add(price, new(big.Rat).Mul(size, big.NewRat(int64(p), 100)))
	}
	if volume.Sign() > 0 {
		price.Quo(price, volume)
	}
	return price, volume
}

var levels = rapid.Custom(func(t *rapid.T) Level {
	return Level{
		Price: Price(rapid.IntRange(101, 130).Draw(t, "price")),
		Size:  Money(rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(1, maxHundredths)).Draw(t, "size")),
	}
})

func TestALadderIsTheSumOfItsLevels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l Ladder
		n, earlier := naive{}, naive{}
		var before Total
		changes := rapid.SliceOfN(levels, 1, 60).Draw(t, "changes")
		half := rapid.IntRange(0, len(changes)).Draw(t, "half")
		for i, c := range changes {
			if i == half {
				before, earlier = l.Total(), maps.Clone(n)
			}
			l.Set(c)
			n.set(c)
		}
		if !slices.IsSortedFunc(l.Levels(), func(a, b Level) int { return cmp.Compare(a.Price, b.Price) }) || len(l.Levels()) != len(n) {
			t.Fatalf("levels %v, want those of %v", l.Levels(), n)
		}
		for _, level := range l.Levels() {
			if n[level.Price] != level.Size {
				t.Fatalf("levels %v, want those of %v", l.Levels(), n)
			}
		}
		check(t, l.Total(), n, nil)
		if half < len(changes) {
			check(t, l.Total().Since(before), n, earlier)
		}
	})
}

// check compares a total with the naive sums of what a ladder has more than an
// earlier one.
func check(t *rapid.T, got Total, n, earlier naive) {
	t.Helper()
	price, volume := n.vwap(earlier)
	if big.NewRat(int64(got.Volume), 100).Cmp(volume) != 0 {
		t.Fatalf("volume %s, want %s", got.Volume, volume.FloatString(2))
	}
	vwap, ok := got.VWAP()
	if want, _ := price.Float64(); ok && (vwap-want > 1e-12*want || want-vwap > 1e-12*want) || !ok && volume.Sign() > 0 && price.Sign() > 0 {
		t.Fatalf("vwap %.17g, %v, want %.17g", vwap, ok, want)
	}
}

func TestEmptyLaddersHaveNoPrice(t *testing.T) {
	var l Ladder
	if _, ok := l.Total().VWAP(); ok || l.Lowest() != (Level{}) || l.Highest() != (Level{}) {
		t.Error("an empty ladder has prices")
	}
	l.Set(Level{150, 200})
	l.Set(Level{120, 100})
	if l.Lowest() != (Level{120, 100}) || l.Highest() != (Level{150, 200}) {
		t.Errorf("ends %v and %v", l.Lowest(), l.Highest())
	}
	if _, ok := l.Total().Since(l.Total()).VWAP(); ok {
		t.Error("nothing traded has a price")
	}
}

func TestRanksAreReplacedByRank(t *testing.T) {
	var r Ranks
	if r.Best() != (Level{}) {
		t.Error("nothing is the best")
	}
	for _, l := range []RankedLevel{{1, Level{120, 5}}, {0, Level{121, 7}}, {2, Level{119, 3}}, {0, Level{122, 1}}, {1, Level{0, 0}}, {5, Level{0, 0}}} {
		r.Set(l)
	}
	if want := []RankedLevel{{0, Level{122, 1}}, {2, Level{119, 3}}}; !slices.Equal(r.Levels(), want) || r.Best() != want[0].Level {
		t.Errorf("got %v, want %v", r.Levels(), want)
	}
}
