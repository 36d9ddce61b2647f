package odds

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func pair(book string, p, weight float64, age time.Duration) Opinion {
	return Opinion{Book: book, Fair: []float64{p, 1 - p}, Weight: weight, Age: age}
}

func TestCombineAverages(t *testing.T) {
	opinions := []Opinion{pair("a", .5, 1, 0), pair("b", .6, 1, 0), pair("c", .7, 2, 0)}
	l := (0 + math.Log(.6/.4) + 2*math.Log(.7/.3)) / 4
	for average, want := range map[Average]float64{
		"":        (.5 + .6 + 1.4) / 4,
		Mean:      (.5 + .6 + 1.4) / 4,
		Median:    .65, // half the weight lies up to .6, half from .7
		LogitMean: 1 / (1 + math.Exp(-l)),
	} {
		var c Consensus
		if err := (Rule{Average: average}).Combine(&c, opinions); err != nil {
			t.Fatal(err)
		}
		closeTo(t, string(average), c.Fair[0], want)
		closeTo(t, string(average), c.Fair[1], 1-want)
		if c.Books != 3 || c.Weight != 4 {
			t.Errorf("%d books with weight %v", c.Books, c.Weight)
		}
	}
	var c Consensus
	if err := (Rule{Average: "mode"}).Combine(&c, opinions); !errors.Is(err, ErrUnknownAverage) {
		t.Errorf("error %v", err)
	}
}

func TestCombineWeighsByAge(t *testing.T) {
	rule := Rule{HalfLife: time.Minute, MaxAge: 5 * time.Minute}
	var c Consensus
	err := rule.Combine(&c, []Opinion{
		pair("new", .5, 1, 0), pair("old", .8, 1, 2*time.Minute),
		pair("stale", .9, 100, 5*time.Minute+1), pair("ahead", .5, 1, -time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "p", c.Fair[0], (.5+.5+.8/4)/2.25)
	closeTo(t, "weight", c.Weight, 2.25)
	if want := []Verdict{Used, Used, Stale, Used}; !slices.Equal(c.Verdicts, want) {
		t.Errorf("verdicts %v, want %v", c.Verdicts, want)
	}
}

func TestCombineFlagsOutliers(t *testing.T) {
	rule := Rule{MADs: 4}
	var c Consensus
	err := rule.Combine(&c, []Opinion{
		pair("a", .50, 1, 0), pair("b", .51, 1, 0), pair("c", .49, 1, 0), pair("d", .52, 1, 0), pair("wrong", .8, 50, 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []Verdict{Used, Used, Used, Used, Outlier}; !slices.Equal(c.Verdicts, want) {
		t.Errorf("verdicts %v, want %v", c.Verdicts, want)
	}
	closeTo(t, "p", c.Fair[0], .505)

	// Books that agree to the digit do not make an outlier of one that nearly does.
	err = rule.Combine(&c, []Opinion{pair("a", .5, 1, 0), pair("b", .5, 1, 0), pair("c", .505, 1, 0)})
	if err != nil || c.Books != 3 {
		t.Errorf("%d books, verdicts %v, %v", c.Books, c.Verdicts, err)
	}
	// Of two, neither can be told wrong.
	err = rule.Combine(&c, []Opinion{pair("a", .1, 1, 0), pair("b", .9, 1, 0)})
	if err != nil || c.Books != 2 {
		t.Errorf("%d books, verdicts %v, %v", c.Books, c.Verdicts, err)
	}
}

func TestCombineHasNoOutliersWithoutAMajority(t *testing.T) {
	// Each of three books differs from the two others on an outcome of its own.
	opinions := []Opinion{
		{Fair: []float64{.4, .2, .2, .2}, Weight: 1},
		{Fair: []float64{.2, .4, .2, .2}, Weight: 1},
		{Fair: []float64{.2, .2, .4, .2}, Weight: 1},
	}
	var c Consensus
	if err := (Rule{MADs: 4}).Combine(&c, opinions); err != nil {
		t.Fatal(err)
	}
	if want := []Verdict{Used, Used, Used}; !slices.Equal(c.Verdicts, want) {
		t.Errorf("verdicts %v, want %v", c.Verdicts, want)
	}
	closeTo(t, "p", c.Fair[0], .8/3)
}

func TestWithoutLeavesOneBookOut(t *testing.T) {
	opinions := []Opinion{pair("a", .5, 1, 0), pair("b", .6, 1, 0), pair("c", .7, 1, 0), pair("b", .9, 1, 0)}
	var got, want Consensus
	if err := (Rule{}).Without(&got, opinions, "b"); err != nil {
		t.Fatal(err)
	}
	if err := (Rule{}).Combine(&want, []Opinion{opinions[0], opinions[2]}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Fair, want.Fair) {
		t.Errorf("without b %v, want %v", got.Fair, want.Fair)
	}
	if v := []Verdict{Used, Left, Used, Left}; !slices.Equal(got.Verdicts, v) {
		t.Errorf("verdicts %v, want %v", got.Verdicts, v)
	}
	if err := (Rule{}).Without(&got, opinions[:1], "a"); !errors.Is(err, ErrNoOpinions) {
		t.Errorf("error %v", err)
	}
}

func TestCombineLeavesInvalidOpinionsOut(t *testing.T) {
	good := pair("good", .5, 1, 0)
	for name, bad := range map[string]Opinion{
		"length":      {Fair: []float64{.3, .3, .4}, Weight: 1},
		"sum":         {Fair: []float64{.5, .6}, Weight: 1},
		"negative":    {Fair: []float64{-.1, 1.1}, Weight: 1},
		"nan":         {Fair: []float64{math.NaN(), .5}, Weight: 1},
		"weight":      pair("", .5, -1, 0),
		"nan weight":  pair("", .5, math.NaN(), 0),
		"infinite":    pair("", .5, math.Inf(1), 0),
		"no opinions": {Weight: 1},
	} {
		var c Consensus
		if err := (Rule{MADs: 4}).Combine(&c, []Opinion{good, bad}); err != nil || c.Books != 1 || c.Verdicts[1] != Invalid {
			t.Errorf("%s: %d books, verdicts %v, %v", name, c.Books, c.Verdicts, err)
		}
	}
	var c Consensus
	if err := (Rule{}).Combine(&c, []Opinion{good, pair("untrusted", .9, 0, 0)}); err != nil || c.Books != 1 || c.Verdicts[1] != Left {
		t.Errorf("%d books, verdicts %v, %v", c.Books, c.Verdicts, err)
	}
	for _, none := range [][]Opinion{nil, {{Weight: 1}}, {pair("", .5, 0, 0)}} {
		if err := (Rule{MADs: 4}).Combine(&c, none); !errors.Is(err, ErrNoOpinions) {
			t.Errorf("%v: error %v", none, err)
		}
	}
}

func TestConsensusSumsToTheWinnersAndKeepsAgreement(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, 8).Draw(rt, "n")
		k := rapid.IntRange(1, n-1).Draw(rt, "k")
		books := rapid.IntRange(1, 6).Draw(rt, "books")
		agree := rapid.Bool().Draw(rt, "agree")
		opinions := make([]Opinion, books)
		for i := range opinions {
			prices := make([]float64, n)
			for j := range prices {
				prices[j] = float64(n) / float64(k) * rapid.Float64Range(.7, .99).Draw(rt, "factor")
			}
			if agree && i > 0 {
				opinions[i] = opinions[0]
				continue
			}
			for j := range prices {
				prices[j] = max(prices[j], 1.01)
			}
			fair, err := FairWinners(nil, OddsRatio, prices, k)
			if err != nil {
				rt.Skip("no fair market drawn")
			}
			opinions[i] = Opinion{Book: fmt.Sprint(i), Fair: fair.Probabilities, Age: time.Duration(i) * time.Second,
				Weight: rapid.Float64Range(.1, 5).Draw(rt, "weight")}
		}
		rule := Rule{Winners: k, HalfLife: time.Minute, MADs: 4,
			Average: rapid.SampledFrom([]Average{Mean, Median, LogitMean}).Draw(rt, "average")}
		var c Consensus
		if err := rule.Combine(&c, opinions); err != nil {
			rt.Fatal(err)
		}
		sum := 0.0
		for i, p := range c.Fair {
			sum += p
			if agree {
				closeTo(rt, "p", p, opinions[0].Fair[i])
			}
		}
		closeTo(rt, "sum", sum, float64(k))
	})
}

func TestCombineDoesNotAllocateWhenRepeated(t *testing.T) {
	opinions := []Opinion{pair("a", .5, 1, 0), pair("b", .6, 1, time.Second), pair("c", .7, 2, 0)}
	for _, average := range []Average{Mean, Median, LogitMean} {
		var c Consensus
		rule := Rule{Average: average, HalfLife: time.Minute, MADs: 4}
		book := "b"
		allocs := testing.AllocsPerRun(100, func() {
			if err := rule.Without(&c, opinions, book); err != nil {
				t.Fatal(err)
			}
		})
		if allocs != 0 {
			t.Errorf("%s allocates %v times", average, allocs)
		}
	}
}

func BenchmarkCombine(b *testing.B) {
	var opinions []Opinion
	for i := range 20 {
		opinions = append(opinions, pair(fmt.Sprint(i), .5+float64(i)/400, 1, time.Duration(i)*time.Second))
	}
	for _, average := range []Average{Mean, Median, LogitMean} {
		b.Run(string(average), func(b *testing.B) {
			var c Consensus
			rule := Rule{Average: average, HalfLife: time.Minute, MADs: 4}
			b.ReportAllocs()
			for b.Loop() {
				if err := rule.Combine(&c, opinions); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
