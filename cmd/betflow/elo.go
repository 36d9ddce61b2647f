package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/betflow/betflow/internal/model/elo"
	"github.com/betflow/betflow/internal/model/result"
	tables "github.com/betflow/betflow/internal/source/table"
)

// eloFlags are what the command is asked for besides the ratings.
type eloFlags struct {
	top     int
	predict string
	neutral bool
	history string
	json    bool
}

func newElo() *cobra.Command {
	config := elo.Default()
	var f eloFlags
	cmd := &cobra.Command{
		Use:   "elo FILE",
		Short: "Rate teams by their results",
		Long: `Reads the results of games from a CSV file (.gz is unpacked), rates the teams by
Elo in the order of the games' dates, and prints the table. Every game is
forecast from the games before it; how good these forecasts were is printed below
the table, beside a baseline that knows only how often home has won.

The file has a header with the columns date, home, away, home_score and
away_score, and season and neutral if there are any, in any order; the usual
other names are known too (home_team, HomeTeam, team_home, FTHG, score_home,
home_goals, schedule_date, ...) and other columns are ignored. Dates are
2024-03-09, or with slashes if the file tells by itself whether the day or the
month comes first. Rows without scores are games to come and left out. Ratings
go back towards the start between seasons only if the file has them.

The defaults are FiveThirtyEight's for the NFL. A draw counts as half a win.`,
		Example: `  betflow elo nfl.csv.gz --top 10
  betflow elo epl.csv --k 20 --hfa 60 --revert 0 --predict "Arsenal,Chelsea"
  betflow elo nfl.csv --history "Chicago Bears"
  betflow elo nfl.csv --json | jq .scores`,
		Args: misuse(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return rate(cmd.OutOrStdout(), args[0], config, f)
		},
	}
	flags := cmd.Flags()
	flags.Float64Var(&config.K, "k", config.K, "points that a surprise of one win moves a rating")
	flags.Float64Var(&config.HomeAdvantage, "hfa", config.HomeAdvantage, "rating points that playing at home is worth")
	flags.BoolVar(&config.Margin, "mov", config.Margin, "let big wins move ratings more")
	flags.Float64Var(&config.Revert, "revert", config.Revert, "share of the way back to 1500 between seasons, 0 to 1")
	flags.IntVar(&f.top, "top", 20, "how many teams are printed; 0 for all")
	flags.StringVar(&f.predict, "predict", "", "forecast the game `HOME,AWAY` from the last ratings")
	flags.BoolVar(&f.neutral, "neutral", false, "the game of --predict is on neutral ground")
	flags.StringVar(&f.history, "history", "", "print the rating of `TEAM` after each of its games")
	flags.BoolVar(&f.json, "json", false, "print one JSON object")
	return cmd
}

// rate runs the command.
func rate(out io.Writer, path string, config elo.Config, f eloFlags) error {
	ratings, err := elo.New(config)
	if err != nil {
		return &usageError{err}
	}
	home, away, both := strings.Cut(f.predict, ",")
	switch {
	case f.predict != "" && !both:
		return &usageError{fmt.Errorf("--predict %q is not HOME,AWAY", f.predict)}
	case f.predict == "" && f.neutral:
		return &usageError{errors.New("--neutral belongs to --predict")}
	case f.top < 0:
		return &usageError{fmt.Errorf("--top %d is below 0", f.top)}
	}
	file, err := readResults(path)
	if err != nil {
		return err
	}
	result.ByDate(file.Games)
	a := eloAnswer{Config: configJSON(config), Games: len(file.Games), Unplayed: file.Unplayed}
	a.score(ratings.Walk(file.Games))
	if err := a.describe(file.Games, ratings, f); err != nil {
		return err
	}
	if f.predict != "" {
		if err := a.forecast(ratings, strings.TrimSpace(home), strings.TrimSpace(away), f.neutral); err != nil {
			return err
		}
	}
	if f.json {
		return json.NewEncoder(out).Encode(a)
	}
	return a.print(out)
}

// readResults reads a file of results, packed or not.
func readResults(path string) (result.File, error) {
	text, err := tables.Load(os.DirFS(filepath.Dir(path)), filepath.Base(path))
	if err != nil {
		return result.File{}, err
	}
	file, err := result.Read(bytes.NewReader(text))
	if err != nil {
		return file, fmt.Errorf("reading %s: %w", path, err)
	}
	return file, nil
}

// eloAnswer is what the command says, as JSON and as text.
type eloAnswer struct {
	Config   eloConfigJSON      `json:"config"`
	Games    int                `json:"games"`
	Unplayed int                `json:"unplayed"`
	Seasons  int                `json:"seasons"` // 0: the file has none
	From     string             `json:"from"`
	To       string             `json:"to"`
	Teams    int                `json:"teams"`
	Ratings  []eloTeamJSON      `json:"ratings"`
	Scores   eloScoresJSON      `json:"scores"`
	History  []eloPointJSON     `json:"history,omitempty"`
	Forecast *eloPredictionJSON `json:"prediction,omitempty"`
}

type eloConfigJSON struct {
	K             float64 `json:"k"`
	HomeAdvantage float64 `json:"hfa"`
	Margin        bool    `json:"mov"`
	Revert        float64 `json:"revert"`
}

type eloTeamJSON struct {
	Rank   int     `json:"rank"`
	Team   string  `json:"team"`
	Rating float64 `json:"rating"`
	Games  int     `json:"games"`
	Last   string  `json:"last"`
}

// eloScoresJSON judges the forecasts made before each game.
type eloScoresJSON struct {
	N         int      `json:"n"`
	LogLoss   float64  `json:"log_loss"`
	LogLossSE *float64 `json:"log_loss_se"` // null for a single game
	Brier     float64  `json:"brier"`
	Baseline  float64  `json:"baseline_log_loss"`
	Draws     int      `json:"draws"`
}

type eloPointJSON struct {
	Date   string  `json:"date"`
	Rating float64 `json:"rating"`
}

type eloPredictionJSON struct {
	Home       string  `json:"home"`
	Away       string  `json:"away"`
	Neutral    bool    `json:"neutral"`
	HomeRating float64 `json:"home_rating"`
	AwayRating float64 `json:"away_rating"`
	Expected   float64 `json:"home_probability"` // a draw as half a win
}

func configJSON(c elo.Config) eloConfigJSON {
	return eloConfigJSON{c.K, c.HomeAdvantage, c.Margin, c.Revert}
}

func (a *eloAnswer) score(rec elo.Record) {
	a.Scores = eloScoresJSON{
		N: rec.LogLoss.N(), LogLoss: rec.LogLoss.Value(), Brier: rec.Brier.Value(),
		Baseline: rec.Baseline.Value(), Draws: rec.Draws,
	}
	if se := rec.LogLoss.SE(); rec.LogLoss.N() > 1 {
		a.Scores.LogLossSE = &se
	}
}

// describe fills in who played when, and where the teams stand.
func (a *eloAnswer) describe(games []result.Game, ratings *elo.Ratings, f eloFlags) error {
	a.From, a.To = games[0].Date.Format(time.DateOnly), games[len(games)-1].Date.Format(time.DateOnly)
	seasons := map[string]bool{}
	for _, g := range games {
		if g.Season != "" {
			seasons[g.Season] = true
		}
	}
	a.Seasons = len(seasons)
	teams := ratings.Table()
	a.Teams = len(teams)
	for i, t := range teams {
		if f.top > 0 && i == f.top {
			break
		}
		a.Ratings = append(a.Ratings, eloTeamJSON{i + 1, t.Name, t.Rating, t.Games, t.Last.Format(time.DateOnly)})
	}
	if f.history == "" {
		return nil
	}
	for _, p := range ratings.History() {
		if p.Team == f.history {
			a.History = append(a.History, eloPointJSON{p.Date.Format(time.DateOnly), p.Rating})
		}
	}
	if a.History == nil {
		return unknownTeam(fmt.Errorf("%s: %w", f.history, elo.ErrUnknownTeam))
	}
	return nil
}

// forecast fills in a game to come.
func (a *eloAnswer) forecast(ratings *elo.Ratings, home, away string, neutral bool) error {
	p, err := ratings.Predict(home, away, neutral)
	if err != nil {
		return unknownTeam(err)
	}
	a.Forecast = &eloPredictionJSON{home, away, neutral, p.Home, p.Away, p.Expected}
	return nil
}

func unknownTeam(err error) error {
	return &usageError{fmt.Errorf("%w; --top 0 lists all", err)}
}

func (a *eloAnswer) print(out io.Writer) error {
	err := table(out, func(w io.Writer) {
		fmt.Fprintln(w, "rank\trating\tgames\tlast\tteam\t")
		for _, t := range a.Ratings {
			fmt.Fprintf(w, "%d\t%.1f\t%d\t%s\t%s\t\n", t.Rank, t.Rating, t.Games, t.Last, t.Team)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d games of %d teams from %s to %s", a.Games, a.Teams, a.From, a.To)
	if a.Unplayed > 0 {
		fmt.Fprintf(out, ", %d without a score left out", a.Unplayed)
	}
	if a.Seasons == 0 && a.Config.Revert > 0 {
		fmt.Fprint(out, "; the file has no seasons, so ratings never go back")
	}
	fmt.Fprintln(out)
	fmt.Fprintf(out, "each forecast from the games before it, draws (%d) as half a win: n %d   log loss %.4f", a.Scores.Draws, a.Scores.N, a.Scores.LogLoss)
	if se := a.Scores.LogLossSE; se != nil {
		fmt.Fprintf(out, " +-%.4f", 1.96**se)
	}
	fmt.Fprintf(out, "   Brier %.4f   baseline's log loss %.4f\n", a.Scores.Brier, a.Scores.Baseline)
	for _, p := range a.History {
		fmt.Fprintf(out, "%s  %.1f\n", p.Date, p.Rating)
	}
	if p := a.Forecast; p != nil {
		ground := "at home to"
		if p.Neutral {
			ground = "on neutral ground against"
		}
		fmt.Fprintf(out, "%s (%.1f) %s %s (%.1f): %s, fair price %.3f; away %s, %.3f\n", p.Home, p.HomeRating, ground,
			p.Away, p.AwayRating, percent(p.Expected), 1/p.Expected, percent(1-p.Expected), 1/(1-p.Expected))
	}
	return nil
}
