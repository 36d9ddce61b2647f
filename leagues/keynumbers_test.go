package leagues_test

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/betflow/betflow/internal/odds"
)

const (
	sigma    = 13.45
	firstNFL = 2002 // the first season of 32 clubs
	lastKey  = 28   // above it a margin has too few games
)

// spreadGame is how many games with a closing spread ended by a margin. Both are
// the favourite's; whoever won, the margin counts as its size.
type spreadGame struct{ line, margin int } // the line in half points

// fitKeyNumbers finds the chances with which the line model expects each margin
// as often as it came: it widens what came more often and repeats.
func fitKeyNumbers(t *testing.T, games map[spreadGame]int) map[int]float64 {
	t.Helper()
	const most = 80
	lines, came := map[int]float64{}, [most + 1]float64{}
	for g, n := range games {
		lines[g.line] += float64(n)
		came[min(g.margin, most)] += float64(n)
	}
	chances := map[int]float64{}
	for n := range 41 {
		chances[n] = .03
	}
	for range 60 {
		m, err := odds.NewLineModel(sigma, chances)
		if err != nil {
			t.Fatal(err)
		}
		expected := [most]float64{}
		for half, n := range lines {
			mean := m.Mean(.5, -float64(half)/2)
			for margin := range expected {
				landing := m.Settle(mean, -float64(margin)).Push
				if margin > 0 {
					landing += m.Settle(mean, float64(margin)).Push
				}
				expected[margin] += n * landing
			}
		}
		for n := range chances {
			if came[n] > 0 {
				chances[n] *= math.Pow(came[n]/expected[n], .8)
			}
		}
	}
	for n := range chances {
		if n > lastKey {
			delete(chances, n)
		}
	}
	return chances
}

// nflGames reads closing spreads and results since the first season of 32 clubs.
func nflGames(t *testing.T) (games map[spreadGame]int, recorded bool) {
	t.Helper()
	f, err := os.Open(filepath.Join(recordings, "nfl-weather/spreadspoke_scores.csv.gz"))
	if os.IsNotExist(err) {
		return nil, false
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows := csv.NewReader(z)
	head, err := rows.Read()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range head {
		column[name] = i
	}
	games = map[spreadGame]int{}
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return games, true
		}
		if err != nil {
			t.Fatal(err)
		}
		cell := func(name string) string { return row[column[name]] }
		number := func(name string) float64 {
			v, err := strconv.ParseFloat(cell(name), 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		if number("schedule_season") < firstNFL || cell("score_home") == "" || cell("team_favorite_id") == "" {
			continue
		}
		line := 0.0
		if cell("team_favorite_id") != "PICK" {
			line = -number("spread_favorite")
		}
		margin := math.Abs(number("score_home") - number("score_away"))
		games[spreadGame{int(math.Round(2 * line)), int(margin)}]++
	}
}

// TestKeyNumbersAreThoseOfTheRecord measures the table of leagues/nfl.yaml again.
// go test ./leagues -run TheRecord -v prints it.
func TestKeyNumbersAreThoseOfTheRecord(t *testing.T) {
	l, _ := catalog(t).League("nfl")
	games, recorded := nflGames(t)
	if !recorded {
		t.Log("the record of games is not here: the table is only held to what a game of football has to show")
	} else {
		total := 0
		for _, n := range games {
			total += n
		}
		if total != 6278 {
			t.Errorf("%d games with a spread, the comment of nfl.yaml says 6,278", total)
		}
		measured := fitKeyNumbers(t, games)
		t.Logf("measured: %v", measured)
		for n, chance := range measured {
			if got := l.Score.KeyNumbers[n]; math.Abs(got-chance) > .0001 {
				t.Errorf("key number %d has %v, want %.4f", n, got, chance)
			}
		}
	}
	k := l.Score.KeyNumbers
	if len(k) != lastKey+1 || k[3] < .08 || k[3] > .1 || k[7] < .05 || k[7] > .07 || k[0] > .005 || k[9] > .02 {
		t.Errorf("key numbers %v", k)
	}
}

// TestKeyNumbersAreFound draws games from a table that is known.
func TestKeyNumbersAreFound(t *testing.T) {
	want := map[int]float64{0: .004, 1: .025, 2: .03, 3: .09, 4: .03, 5: .02, 6: .04, 7: .06, 8: .03, 9: .01, 10: .045}
	m, err := odds.NewLineModel(sigma, want)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	games := map[spreadGame]int{}
	for half := range 21 {
		mean := m.Mean(.5, -float64(half)/2)
		var upTo [161]float64 // chance of a margin of at most n-80
		for n := range upTo {
			s := m.Settle(mean, 80-float64(n))
			upTo[n] = s.Loss + s.Push
		}
		for range 10_000 {
			margin, _ := slices.BinarySearch(upTo[:], r.Float64())
			margin -= 80
			games[spreadGame{half, max(margin, -margin)}]++
		}
	}
	got := fitKeyNumbers(t, games)
	for n, chance := range want {
		if math.Abs(got[n]-chance) > .05*chance+.001 {
			t.Errorf("key number %d is found to have %.4f, want %.4f", n, got[n], chance)
		}
	}
}
