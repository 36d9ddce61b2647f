package soccer

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/footballdata"
	"github.com/betflow/betflow/internal/study"
)

// near tells whether two numbers agree to 1e-9.
func near(a study.Number, b float64) bool { return math.Abs(float64(a)-b) <= 1e-9 }

// options are few resamples: tests ask whether intervals are sane, not exact.
var options = Options{Seed: 3, Resamples: 100}

func TestTheTruthIsFound(t *testing.T) {
	folder, truths := world(1, 4000)
	r := Study(folder, options)

	loss := 0.0
	for _, x := range truths {
		loss -= math.Log(x.p[x.won]) / float64(len(truths))
	}
	if got := lossOf(r.Books, footballdata.Pinnacle, footballdata.Closing)[odds.Power]; got.Matches != 4000 || !near(got.LogLoss, loss) {
		t.Errorf("the log loss of the truth is %v over %d matches, want %v", got.LogLoss, got.Matches, loss)
	}
	if d := r.Data; d.Played != 4000 || d.First != "2019-08-01" || d.Last != "2020-09-03" || d.Leagues != 1 || d.Repaired != 3 {
		t.Errorf("data %+v", d)
	}
	if best := r.Ranking.Rows[0]; best.Book != footballdata.Pinnacle || best.Phase != "closing" || best.Behind.Value != 0 {
		t.Errorf("the best is %+v", best)
	}
	if n := len(r.Ranking.Rows); n != 10 || r.Ranking.Matches != 4000 || !r.Ranking.Rows[n-1].Behind.Above(0) {
		t.Errorf("the ranking is %+v", r.Ranking)
	}
	if c := r.Calibration[0]; c.ECE > 0.02 || c.P[footballdata.Home] < 0.001 || c.Murphy.Reliability > 0.002 {
		t.Errorf("the truth is not calibrated: %+v", c)
	}
	for _, s := range r.CLV[0].Slopes {
		if s.Method != odds.Power {
			continue
		}
		if !s.Slope.Holds(1) || !s.Slope.Above(0.3) || !s.Intercept.Holds(0) {
			t.Errorf("closing line value at the truth: %+v", s)
		}
	}
	e := r.Efficiency[0]
	if !e.Gain.Above(0) || len(e.Tests) != 6 || len(e.Encompass) != 3 || len(e.Moves) != 3 {
		t.Errorf("the close is the truth, and the gain is %+v", e)
	}
	for _, x := range e.Tests {
		if x.Phase == "closing" && x.P < 0.001 {
			t.Errorf("the truth fails %+v", x)
		}
	}
	for _, x := range e.Encompass {
		if !x.Pre.Holds(0) && x.P < 0.001 || !x.Close.Above(0) {
			t.Errorf("the guess adds to the truth: %+v", x)
		}
	}
	for _, b := range r.Bias {
		if b.Book == footballdata.Pinnacle && b.Phase == "closing" && (math.Abs(float64(b.Surplus.Value)) > 0.03 || b.ROI.Above(0)) {
			t.Errorf("a bias of the truth: %+v", b)
		}
	}
}

func TestANoisyCloseHasNoSlope(t *testing.T) {
	folder, _ := world(2, 4000)
	// Prices before the match are the truth, those at the close guesses.
	for i := range folder.Matches {
		for k := range folder.Matches[i].Quotes {
			q := &folder.Matches[i].Quotes[k]
			q.Phase = footballdata.Closing - q.Phase
		}
	}
	v := clv(played(folder.Matches), footballdata.Pinnacle, options)
	if s := v.Slopes[1]; s.Stakes != equalReturn || !s.Slope.Holds(0) || !s.Slope.Below(1) {
		t.Errorf("closing line value at a guess: %+v", s)
	}
	if e := efficiency(played(folder.Matches), footballdata.Pinnacle, options); !e.Gain.Below(0) {
		t.Errorf("a close that knows less gains %+v", e.Gain)
	}
}

// TestRecordedSeasons holds the study to figures that were computed without any
// of this code: by scripts of a few lines with a bisection of their own.
func TestRecordedSeasons(t *testing.T) {
	const recorded = "../../../../shared/data/soccer"
	if _, err := os.Stat(recorded); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the recorded seasons are not on this machine; the other tests ask the same of a made-up league")
	}
	folder, err := footballdata.ReadFolder(recorded, nil)
	if err != nil {
		t.Fatal(err)
	}
	games := played(folder.Matches)
	few := Options{Seed: 1, Resamples: 2}
	if r := rank(games, few); r.Matches != 7973 || len(r.Rows) != 14 || r.Rows[0].Book != footballdata.Pinnacle || !near(r.Rows[0].LogLoss, 0.9718275528692846) ||
		r.Rows[13].Book != "bet365" || !near(r.Rows[13].LogLoss, 0.975364950104059) {
		t.Errorf("ranking %+v", r)
	}
	if v := clv(games, footballdata.Pinnacle, few); v.Bets != 54186 || !near(v.CLV, -0.03335799446474183) || !near(v.Slopes[0].Slope.Value, 0.9114707835258432) ||
		v.Buckets[12].Bets != 1651 || !near(v.Buckets[12].ROI.Value, 0.24152029073288894) {
		t.Errorf("closing line value %+v", v)
	}
	if l := longshot(games, footballdata.Pinnacle, footballdata.Closing); l.Buckets[6].Bets != 9849 || !near(l.Buckets[6].ROI.Value, -0.06357193623718158) || !near(l.Buckets[6].SE, 0.019052419043241606) {
		t.Errorf("prices from 4 to 6: %+v", l.Buckets[6])
	}
	for phase, want := range [2][3]int{{8513, 11273, 1800}, {6768, 5185, 749}} {
		p, _ := guarded(games, footballdata.Phase(phase))
		for i, n := range want {
			if p.Steps[i].Crossed != n {
				t.Errorf("%s: %s crosses %d times, want %d", p.Phase, p.Steps[i].Source, p.Steps[i].Crossed, n)
			}
		}
	}
	for i := range folder.Matches { // what is not asked below takes its time
		m := &folder.Matches[i]
		m.Quotes = slices.DeleteFunc(m.Quotes, func(q footballdata.Quote) bool {
			return q.Book != footballdata.MarketAverage && q.Book != footballdata.Pinnacle
		})
	}
	books := lossByBook(games)
	for _, want := range []struct {
		book    string
		phase   footballdata.Phase
		method  odds.Method
		matches int
		loss    float64
	}{
		{footballdata.MarketAverage, footballdata.PreMatch, odds.Multiplicative, 8954, 0.9736221536864827},
		{footballdata.MarketAverage, footballdata.PreMatch, odds.Additive, 8954, 0.9734616965625206},
		{footballdata.MarketAverage, footballdata.PreMatch, odds.Power, 8954, 0.9734329607443323},
		{footballdata.MarketAverage, footballdata.Closing, odds.Multiplicative, 8955, 0.9710817360684469},
		{footballdata.MarketAverage, footballdata.Closing, odds.Additive, 8955, 0.9709259324171997},
		{footballdata.MarketAverage, footballdata.Closing, odds.Power, 8955, 0.970945943266493},
		{footballdata.Pinnacle, footballdata.PreMatch, odds.Power, 18063, 0.9667308485174543},
		{footballdata.Pinnacle, footballdata.Closing, odds.Power, 18083, 0.9642075639310297},
	} {
		if got := lossOf(books, want.book, want.phase)[want.method]; got.Matches != want.matches || !near(got.LogLoss, want.loss) {
			t.Errorf("%+v: %v over %d matches", want, got.LogLoss, got.Matches)
		}
	}
}

func TestTheSameSeedGivesTheSameBytes(t *testing.T) {
	folder, _ := world(3, 1500)
	write := func(seed uint64) (files map[string]string) {
		t.Helper()
		dir := t.TempDir()
		report := Study(folder, Options{Seed: seed, Resamples: 50}).Report("betflow study soccer DIR")
		names, err := report.Write(dir)
		if err != nil {
			t.Fatal(err)
		}
		var numbers bytes.Buffer
		if err := report.JSON(&numbers); err != nil {
			t.Fatal(err)
		}
		files = map[string]string{"json": numbers.String()}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files[filepath.Base(name)] = string(text)
		}
		return files
	}
	first, second, other := write(1), write(1), write(2)
	if len(first) < 8 {
		t.Errorf("only %d files", len(first))
	}
	for name, text := range first {
		if second[name] != text {
			t.Errorf("%s differs", name)
		}
		if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
			t.Errorf("%s shows what is no number", name)
		}
	}
	if first["json"] == other["json"] {
		t.Error("another seed draws the same days")
	}
}

func TestTheShapeOfTheJSON(t *testing.T) {
	folder, _ := world(4, 300)
	folder.Matches[0].Played = false           // no result
	folder.Matches[1].Quotes[4].H2H[1] = 0     // no draw of the average before the match
	folder.Matches[2].Quotes = nil             // no prices
	folder.Matches[3].Quotes[10].H2H[0] = 1.01 // a large margin: others become impossible
	var out bytes.Buffer
	if err := Study(folder, options).Report("").JSON(&out); err != nil {
		t.Fatal(err)
	}
	var r struct {
		LogLoss map[string]map[string]struct {
			Matches int
			Value   *float64
		} `json:"log_loss"`
	}
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	for phase, want := range map[string]int{"closing": 298, "pre_match": 297} {
		for _, m := range odds.Methods() {
			if s, ok := r.LogLoss[phase][string(m)]; !ok || s.Matches != want || s.Value == nil || !(*s.Value > 0) {
				t.Errorf("%s %s is %+v", phase, m, s)
			}
		}
		if n := len(r.LogLoss[phase]); n != len(odds.Methods()) {
			t.Errorf("%d methods", n)
		}
	}
}

func TestAWinnerCalledImpossibleHasAFiniteLoss(t *testing.T) {
	quote := func(prices [3]float64) []footballdata.Quote {
		return []footballdata.Quote{{Book: footballdata.MarketAverage, Phase: footballdata.Closing, H2H: prices}}
	}
	games := played([]footballdata.Match{
		{Played: true, AwayGoals: 1, Quotes: quote([3]float64{1.05, 8, 80})}, // additive: away below 0
		{Played: true, AwayGoals: 1, Quotes: quote([3]float64{3.1, 3.5, 3.1})},
		{Played: true, Quotes: quote([3]float64{3, 0, 3})},
	})
	all := lossOf(lossByBook(games), footballdata.MarketAverage, footballdata.Closing)
	under := -math.Log(1 / 3.1 / (2/3.1 + 1/3.5))
	if s := all[odds.Additive]; s.Matches != 2 || s.Problematic != 1 || s.Floored != 1 || s.Underround != 1 || !near(s.LogLoss, (under-math.Log(floor))/2) {
		t.Errorf("additive %+v", s)
	}
	mult := -math.Log(1 / 80. / (1/1.05 + 1/8. + 1/80.))
	if s := all[odds.Multiplicative]; s.Matches != 2 || s.Problematic+s.Floored != 0 || !near(s.LogLoss, (under+mult)/2) {
		t.Errorf("multiplicative %+v", s)
	}
}

func TestAFolderWithHardlyAPriceHasAReport(t *testing.T) {
	folder := &footballdata.Folder{Matches: []footballdata.Match{{Home: "a", Away: "b", Played: true, Quotes: []footballdata.Quote{ // half a chance is neither here nor there
		{Book: footballdata.Pinnacle, Phase: footballdata.Closing, H2H: [3]float64{2, 4, 4}, Total: [2]float64{2, 2}},
	}}, {Home: "b", Away: "a"}}}
	report := Study(folder, options).Report("")
	var out bytes.Buffer
	if err := report.Print(&out); err != nil || !strings.Contains(out.String(), "2 matches, 1 of them with a result") {
		t.Errorf("%v: %s", err, out.String())
	}
	out.Reset()
	if err := report.JSON(&out); err != nil || !json.Valid(out.Bytes()) {
		t.Errorf("%v: %s", err, out.String())
	}
}
