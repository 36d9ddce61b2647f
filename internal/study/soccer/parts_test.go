package soccer

import (
	"math"
	"testing"

	"github.com/betflow/betflow/internal/source/footballdata"
	"github.com/betflow/betflow/internal/study"
)

// match has one price list a book: book, phase, home, draw, away.
func match(day int, homeGoals, awayGoals int, quotes ...footballdata.Quote) footballdata.Match {
	m := footballdata.Match{Season: 2020, Played: true, HomeGoals: homeGoals, AwayGoals: awayGoals, Quotes: quotes}
	m.Day = m.Day.AddDate(2019, 0, day)
	return m
}

func before(book string, home, draw, away float64) footballdata.Quote {
	return footballdata.Quote{Book: book, Phase: footballdata.PreMatch, H2H: [3]float64{home, draw, away}}
}

func atClose(book string, home, draw, away float64) footballdata.Quote {
	q := before(book, home, draw, away)
	q.Phase = footballdata.Closing
	return q
}

func TestLongshotByHand(t *testing.T) {
	l := longshot(played([]footballdata.Match{
		match(1, 2, 0, atClose("b", 1.25, 6, 20)), // the edge belongs to the bucket above
		match(1, 1, 1, atClose("b", 1.24, 6, 21)),
		match(2, 0, 1, atClose("b", 1.2, 8, 12)),
		match(2, 0, 1, before("b", 1.2, 8, 12)),
	}), "b", footballdata.Closing)
	if l.Matches != 3 || len(l.Buckets) != 5 {
		t.Fatalf("got %+v", l)
	}
	for i, want := range []struct {
		low, high study.Number
		bets, won int
		roi       float64
	}{{study.Number(math.Inf(-1)), 1.25, 2, 0, -1}, {1.25, 1.5, 1, 1, 0.25}, {6, 10, 3, 1, 1}, {10, 20, 1, 1, 11}, {20, study.Number(math.Inf(1)), 2, 0, -1}} {
		b := l.Buckets[i]
		if b.Low != want.low || b.High != want.high || b.Bets != want.bets || b.Won != want.won || !near(b.ROI.Value, want.roi) {
			t.Errorf("bucket %d is %+v, want %+v", i, b, want)
		}
	}
	// All nine: 0.25 of the first match, 5 of the second, 11 of the third, six lost.
	if !near(l.All.Value, 10.25/9) {
		t.Errorf("all return %v", l.All.Value)
	}
	// A unit on each of 6, 6, 8: -1, 5, -1, whose standard deviation is sqrt(12).
	if se := l.Buckets[2].SE; !near(se, 2) {
		t.Errorf("SE %v", se)
	}
}

func TestArbitrageDropsForAReason(t *testing.T) {
	fairly := func(phase func(string, float64, float64, float64) footballdata.Quote) []footballdata.Quote {
		return []footballdata.Quote{phase("a", 2.5, 3.3, 2.9), phase("b", 2.55, 3.25, 2.85), phase("c", 2.5, 3.25, 2.9), phase("d", 2.5, 3.3, 2.85)}
	}
	with := func(more ...footballdata.Quote) []footballdata.Quote { return append(fairly(before), more...) }
	divided := func(maximum footballdata.Quote, away float64) []footballdata.Quote {
		return []footballdata.Quote{maximum, before("a", 2.7, 3.4, 2.6), before("b", 2.7, 3.4, 2.6), before("c", 2.4, 3.4, away), before("d", 2.4, 3.4, away)}
	}
	maximum := before(footballdata.MarketMaximum, 3.2, 3.6, 3.2)
	games := played([]footballdata.Match{
		match(1, 0, 0, with(before(footballdata.MarketMaximum, 2.55, 3.3, 2.9))...),              // does not cross
		match(1, 0, 0, with(maximum)...),                                                         // nobody offers that
		match(1, 0, 0, with(maximum, atClose("e", 3.2, 3.6, 2.2), atClose("a", 2, 3, 3.2))...),   // at two times
		match(1, 0, 0, maximum, before("a", 3.2, 3.6, 2.0), before("b", 2.0, 3.3, 3.2)),          // two books
		match(1, 0, 0, with(maximum, before("e", 4.2, 3.3, 1.9), before("f", 2.5, 3.3, 2.9))...), // one strays
		match(1, 0, 0, divided(before(footballdata.BetbrainMaximum, 2.7, 3.4, 3), 3)...),         // hardly anything
		match(1, 0, 0, divided(maximum, 3.1)...),
		match(1, 0, 0, fairly(before)...), // nobody sums it up
	})
	p, ok := guarded(games, footballdata.PreMatch)
	if !ok || p.Naive != 6 {
		t.Fatalf("got %+v", p)
	}
	for i, want := range []int{1, 1, 1, 1, 1} {
		if r := p.Dropped[i]; r.Count != want {
			t.Errorf("%d dropped because %s, want %d", r.Count, r.Reason, want)
		}
	}
	if p.Kept != 1 {
		t.Errorf("%d kept", p.Kept)
	}
	total := p.Kept
	for _, r := range p.Dropped {
		total += r.Count
	}
	if total != p.Naive {
		t.Errorf("%d crossings have %d fates", p.Naive, total)
	}
	if _, ok := guarded(games, footballdata.Closing); ok {
		t.Error("there is no maximum at the close")
	}
	a := arbitrages(games)
	if len(a.Naive) != 2 || a.Naive[1].Crossed != 5 || a.Naive[1].Matches != 6 || a.Naive[0].Crossed != 1 || len(a.Guarded) != 1 {
		t.Errorf("got %+v", a)
	}
	if sum := 2/3.2 + 1/3.6; !near(a.Naive[1].Booksum, sum) || !near(a.Naive[1].ROI, 1/sum-1) {
		t.Errorf("the maximum sums to %v and returns %v", a.Naive[1].Booksum, a.Naive[1].ROI)
	}
}

func TestMarginsByHand(t *testing.T) {
	all := margins(played([]footballdata.Match{
		match(1, 0, 0, before("b", 2, 4, 4), before(footballdata.MarketMaximum, 3, 4, 5)),
		match(2, 0, 0, before("b", 2, 4, 3), atClose("b", 0, 4, 4)),
	}))
	want := []Margin{{"b", "pre_match", 2020, 2, study.Number((1/3. - 1/4.) / 2)}, {"b", "pre_match", 0, 2, study.Number((1/3. - 1/4.) / 2)}}
	if len(all) != 2 || all[0].Season != 2020 || all[1].Season != 0 {
		t.Fatalf("got %+v", all)
	}
	for i := range all {
		if all[i].Matches != 2 || !near(all[i].Margin, float64(want[i].Margin)) {
			t.Errorf("got %+v, want %+v", all[i], want[i])
		}
	}
}

func TestOnlyTheSameMatchesAreRanked(t *testing.T) {
	var matches []footballdata.Match
	for i := range 200 {
		quotes := []footballdata.Quote{atClose("a", 2, 3.5, 4), atClose("b", 2.1, 3.4, 3.9), atClose("c", 2.05, 3.4, 3.8)}
		if i < 150 { // 75 % are too few
			quotes = append(quotes, atClose("d", 2.05, 3.5, 3.9))
		}
		if i < 170 { // enough, and the other 30 are ranked for nobody
			quotes = append(quotes, atClose("e", 2.05, 3.5, 3.9))
		}
		matches = append(matches, match(i, i%2, 0, quotes...))
	}
	r := rank(played(matches), options)
	if r.Matches != 170 || len(r.Rows) != 4 {
		t.Errorf("got %+v", r)
	}
	if r := rank(played(matches[:99]), options); r != nil {
		t.Errorf("99 matches are ranked: %+v", r)
	}
}

func TestIntervalsTakeADayForOneBet(t *testing.T) {
	var alone, together byDay
	for i := range 100 {
		won := float64(i / 50)
		alone.add(i+1, 1, won)
		together.add(1+i/50, 1, won) // all winners on one day
	}
	a, b := alone.ratio(), together.ratio()
	if !near(a.Value, 0.5) || !near(b.Value, 0.5) {
		t.Errorf("means %v and %v", a.Value, b.Value)
	}
	if !(b.High-b.Low > 5*(a.High-a.Low)) {
		t.Errorf("two days say as much as a hundred: %+v, %+v", b, a)
	}
}

func TestNumbersAreWritten(t *testing.T) {
	for want, got := range map[string]string{
		"-3.35 %": study.Number(-0.03347).Percent(2), "0.00 %": study.Number(-0.000001).Percent(2), "-": study.Number(math.NaN()).Percent(1), "1,234,567": study.Count(1234567),
		"999": study.Count(999), "-1,000": study.Count(-1000), "20+": Bucket{Low: 20, High: study.Number(math.Inf(1))}.prices(), "1.25-1.5": Bucket{Low: 1.25, High: 1.5}.prices(),
		"below -10 %": Bucket{Low: study.Number(math.Inf(-1)), High: -0.1}.percents(), "-6 to 12 %": Bucket{Low: -0.06, High: 0.12}.percents(),
		"2014/15": seasonName(2015), "1999/00": seasonName(2000), "0.5 to 1.5": study.Estimate{Low: 0.5, High: 1.5}.Span(1), "-1.0 to 2.0 %": study.Estimate{Low: -0.01, High: 0.02}.PercentSpan(1),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
