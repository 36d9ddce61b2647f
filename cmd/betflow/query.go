package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/betflow/betflow/internal/app"
	"github.com/betflow/betflow/internal/store"
	"github.com/betflow/betflow/internal/store/duckdb"
)

func newQuery(s *shared) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "query SQL",
		Short: "Run SQL on the hot store, read only",
		Long: `Runs one statement on the hot store and prints the rows. While a betflow runs on
the data folder it is asked; otherwise the file is read directly.

Tables: fixtures, crosswalk, quotes, market_states, games, plays, weather, news,
signals, quarantine, reviews, late, windows_<metric>; views of the last state:
latest_quotes, latest_market_states, latest_games, latest_signals,
latest_windows_<metric>; views of how prices moved: starts, two_sided, openings,
closings, line_moves (ask these for one fixture or league at a time). Times are UTC.

Functions of the market maths stand beside DuckDB's own: parse_price, american,
implied, booksum, margin, hold, fair, arbitrage, stakes, ev, kelly, clv, settle
and more; docs/sql.md explains them.`,
		Example: `  betflow query "SHOW TABLES"
  betflow query "SELECT home, away, start_time FROM fixtures ORDER BY start_time"
  betflow query --json "SELECT book, count(*) AS n FROM quotes GROUP BY book" | jq .n
  betflow query "SELECT book, hold(list(price)) AS hold FROM latest_quotes
    WHERE market = 'h2h' GROUP BY fixture_id, book ORDER BY hold"`,
		Args: misuse(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, _, err := s.load()
			if err != nil {
				return err
			}
			result, err := ask(cmd.Context(), cfg.Data, args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return printObjects(cmd.OutOrStdout(), result)
			}
			return printTable(cmd.OutOrStdout(), result)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object for each row")
	return cmd
}

// ask runs a statement where the hot store is open, or opens its file.
func ask(ctx context.Context, data, sql string) (*store.Result, error) {
	a, running, err := runningOn(ctx, data)
	if err != nil {
		return nil, err
	}
	if running {
		return askServer(ctx, a, sql)
	}
	file := app.HotStoreFile(data)
	if _, err := os.Stat(file); err != nil {
		return nil, fmt.Errorf("no hot store in %s: start one with `betflow up --data %s`", data, data)
	}
	db, err := duckdb.OpenReadOnly(file)
	if err != nil {
		return nil, err
	}
	result, err := db.Query(ctx, sql, 0)
	return result, errors.Join(err, db.Close())
}

// runningOn finds the betflow that runs on a data folder. The file of one that
// was killed names an instance that does not answer any more.
func runningOn(ctx context.Context, data string) (app.Addresses, bool, error) {
	a, ok, err := app.ReadAddresses(data)
	if err != nil || !ok {
		return a, false, err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.HTTP+"/healthz", nil)
	if err != nil {
		return a, false, fmt.Errorf("asking %s: %w", a.HTTP, err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return a, false, nil // nobody there
	}
	defer resp.Body.Close()
	return a, resp.Header.Get("Betflow-Instance") == a.Instance, nil
}

func askServer(ctx context.Context, a app.Addresses, sql string) (*store.Result, error) {
	body, err := json.Marshal(map[string]any{"sql": sql, "limit": -1})
	if err != nil {
		return nil, fmt.Errorf("writing the question: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.HTTP+"/api/v1/query", bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", a.HTTP, err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", a.HTTP, err)
	}
	defer resp.Body.Close()
	d := json.NewDecoder(resp.Body)
	d.UseNumber() // integers beyond 2^53 stay what they are
	if resp.StatusCode != http.StatusOK {
		return nil, problemOf(a, resp, d)
	}
	var answer struct {
		Columns []string
		Rows    [][]any
	}
	if err := d.Decode(&answer); err != nil {
		return nil, fmt.Errorf("reading the answer of %s: %w", a.HTTP, err)
	}
	return &store.Result{Columns: answer.Columns, Rows: answer.Rows}, nil
}

// problemOf reads why a server did not answer a question.
func problemOf(a app.Addresses, resp *http.Response, d *json.Decoder) error {
	var problem struct{ Error, Hint string }
	if err := d.Decode(&problem); err != nil {
		return fmt.Errorf("asking %s: status %s", a.HTTP, resp.Status)
	}
	if problem.Hint != "" {
		return fmt.Errorf("%s (%s)", problem.Error, problem.Hint)
	}
	return errors.New(problem.Error)
}

// printObjects prints a JSON object a row, its fields in the order of the
// columns.
func printObjects(out io.Writer, r *store.Result) error {
	var line bytes.Buffer
	for _, row := range r.Rows {
		line.Reset()
		line.WriteByte('{')
		for i, name := range r.Columns {
			if i > 0 {
				line.WriteByte(',')
			}
			for j, v := range []any{name, row[i]} {
				text, err := json.Marshal(v)
				if err != nil {
					return fmt.Errorf("printing column %s: %w", name, err)
				}
				if j > 0 {
					line.WriteByte(':')
				}
				line.Write(text)
			}
		}
		line.WriteString("}\n")
		if _, err := out.Write(line.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

func printTable(out io.Writer, r *store.Result) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(r.Columns, "\t"))
	for _, row := range r.Rows {
		for i, v := range row {
			if i > 0 {
				fmt.Fprint(w, "\t")
			}
			fmt.Fprint(w, cell(v))
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	rows := "rows"
	if len(r.Rows) == 1 {
		rows = "row"
	}
	_, err := fmt.Fprintf(out, "(%d %s)\n", len(r.Rows), rows)
	return err
}

func cell(v any) string {
	switch x := v.(type) {
	case nil:
		return "NULL"
	case string:
		return strings.NewReplacer("\t", " ", "\n", " ").Replace(x)
	case []any, map[string]any:
		if text, err := json.Marshal(x); err == nil {
			return string(text)
		}
	}
	return fmt.Sprint(v)
}
