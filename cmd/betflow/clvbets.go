package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	_ "time/tzdata" // --zone works where the system has no time zones

	"github.com/spf13/cobra"

	"github.com/betflow/betflow/internal/app"
	"github.com/betflow/betflow/internal/bet"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/odds"
)

// betsFlags are those of clv for a file of bets.
type betsFlags struct {
	file     string
	closing  string
	books    []string
	zone     string
	currency string
	method   string
	format   string
	json     bool
}

const betsHelp = `With --bets a file of bets is graded by the final scores and compared with the
closing prices, which come from the hot store of the data folder (also beside a
running betflow) or from the file --closing. The answer is the return and the
closing line value with intervals by a bootstrap over days, and plainly whether
there is an edge. docs/backtest.md lists the columns of both files.
`

const betsExample = `  betflow clv --bets bets.csv --closing closing.csv --zone America/New_York
  betflow clv --bets bets.csv --data betflow-data --books pinnacle --json`

func (f *betsFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.file, "bets", "", "grade the bets in `FILE`, a CSV file with a header")
	fl.StringVar(&f.closing, "closing", "", "take closing prices and scores from `FILE`, a CSV file with a header")
	fl.StringSliceVar(&f.books, "books", nil, "`BOOKS` whose closing prices make the fair ones (default: all)")
	fl.StringVar(&f.zone, "zone", "", "time `ZONE` of instants without one, such as America/New_York")
	fl.StringVar(&f.currency, "currency", bet.DefaultCurrency, "`CURRENCY` of stakes without one")
}

// args are prices, or none beside a file of bets.
func (f *betsFlags) args(cmd *cobra.Command, args []string) error {
	if f.file == "" {
		return cobra.MinimumNArgs(3)(cmd, args)
	}
	return cobra.NoArgs(cmd, args)
}

// run grades the bets of the file.
func (f *betsFlags) run(cmd *cobra.Command, s *shared) error {
	cfg, _, err := s.load()
	if err != nil {
		return err
	}
	catalog, err := app.Catalog(cfg)
	if err != nil {
		return err
	}
	im, err := f.importer(catalog)
	if err != nil {
		return &usageError{err}
	}
	reading := bet.Reading{Books: f.books}
	if reading.Method, err = odds.ParseMethod(cmp.Or(f.method, string(odds.DefaultMethod))); err != nil {
		return &usageError{err}
	}
	bets, err := readCSV(cmd.ErrOrStderr(), f.file, im.Bets)
	if err != nil {
		return err
	}
	if len(bets) == 0 {
		return fmt.Errorf("%s holds no bets", f.file)
	}
	var games []bet.Game
	if f.closing != "" {
		games, err = readCSV(cmd.ErrOrStderr(), f.closing, im.Closing)
	} else {
		games, err = storedGames(cmd.Context(), cfg.Data, bets, catalog)
	}
	if err != nil {
		return err
	}
	index := bet.NewGames(games, catalog)
	var graded []bet.Graded
	for _, b := range bets {
		g, err := index.Find(&b)
		if err != nil && !errors.Is(err, bet.ErrNoGame) {
			return err
		}
		r := reading
		if l, ok := catalog.League(leagueOfBet(&b, g)); ok {
			r = r.For(l)
		}
		graded = append(graded, bet.Assess(b, g, r))
	}
	records := summed(graded)
	if f.json {
		return json.NewEncoder(cmd.OutOrStdout()).Encode(records)
	}
	return printRecords(cmd.OutOrStdout(), records, graded)
}

func leagueOfBet(b *bet.Bet, g *bet.Game) string {
	if g != nil && g.League != "" {
		return g.League
	}
	return b.League
}

func (f *betsFlags) importer(catalog *league.Catalog) (im bet.Importer, err error) {
	im = bet.Importer{Format: odds.Format(f.format), Leagues: catalog}
	if im.Currency, err = bet.ParseCurrency(f.currency); err != nil {
		return im, err
	}
	if f.zone != "" {
		if im.Zone, err = time.LoadLocation(f.zone); err != nil {
			return im, fmt.Errorf("--zone: %w", err)
		}
	}
	return im, nil
}

// readCSV reads a file and says which of its columns mean nothing.
func readCSV[T any](warn io.Writer, file string, read func(io.Reader, string) ([]T, []string, error)) ([]T, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("opening table: %w", err)
	}
	defer in.Close()
	rows, ignored, err := read(in, file)
	if err != nil {
		return nil, err
	}
	if len(ignored) > 0 {
		fmt.Fprintf(warn, "%s: columns that are not read: %s\n", file, strings.Join(ignored, ", "))
	}
	return rows, nil
}

// betRecord is the bets of one currency, summed up.
type betRecord struct {
	Currency    string                  `json:"currency"`
	Performance bet.Performance         `json:"performance"`
	Buckets     map[string][]bet.Bucket `json:"buckets"`
	Bets        []bet.Row               `json:"bets"`
}

// summed sums bets up by currency: money of two is no sum.
func summed(graded []bet.Graded) []betRecord {
	byCurrency := map[string][]bet.Graded{}
	var currencies []string
	for _, g := range graded {
		if byCurrency[g.Currency] == nil {
			currencies = append(currencies, g.Currency)
		}
		byCurrency[g.Currency] = append(byCurrency[g.Currency], g)
	}
	slices.Sort(currencies)
	var out []betRecord
	for _, c := range currencies {
		r := betRecord{Currency: c, Performance: bet.Perform(byCurrency[c], bet.DefaultDoubt()), Buckets: map[string][]bet.Bucket{}}
		for _, g := range bet.Groupings() {
			r.Buckets[g.Name] = bet.Split(byCurrency[c], g, bet.DefaultDoubt())
		}
		for _, g := range byCurrency[c] {
			r.Bets = append(r.Bets, g.Row())
		}
		out = append(out, r)
	}
	return out
}

func printRecords(out io.Writer, records []betRecord, graded []bet.Graded) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "bet\tgame\tprice\tstake\tresult\tprofit\tclose\tCLV\tnotes")
	for i := range graded {
		g := &graded[i]
		closing, clv := "", ""
		if v := g.Value; v != nil {
			closing, clv = fmt.Sprintf("%.4f", 1/v.Fair), fmt.Sprintf("%+.2f %%", 100*v.NoVig)
		}
		result := string(g.Result)
		if result == "" {
			result = "pending"
		}
		fmt.Fprintf(w, "%s %s %s\t%s @ %s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", g.Market, g.Outcome, g.OwnLine(), g.Away, g.Home, g.Text,
			bet.FormatAmount(g.Stake, g.Currency), result, bet.FormatAmount(g.Profit, g.Currency), closing, clv, strings.Join(g.Notes, "; "))
	}
	for i := range records {
		r := &records[i]
		fmt.Fprintf(w, "\n%s\n\n", r.Performance.Sentence(bet.DefaultDoubt().Level))
		for _, f := range r.Performance.Facts(r.Currency) {
			fmt.Fprintf(w, "  %s\t%s\n", f[0], f[1])
		}
	}
	return w.Flush()
}
