package duckdb

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/store"
	"github.com/betflow/betflow/metrics"
)

func open(t testing.TB) *Store {
	t.Helper()
	s := openAt(t, filepath.Join(t.TempDir(), "hot.duckdb"))
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// openAt opens a store that the caller closes.
func openAt(t testing.TB, path string) *Store {
	t.Helper()
	defs, err := metrics.Load("")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(context.Background(), path, defs)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ask returns the rows of a statement.
func ask(t testing.TB, s *Store, query string) [][]any {
	t.Helper()
	r, err := s.Query(context.Background(), query, 0)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return r.Rows
}

// asText returns the rows of a statement as JSON.
func asText(t testing.TB, s *Store, query string) string {
	t.Helper()
	b, err := json.Marshal(ask(t, s, query))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestQueryAnswersWhatReads(t *testing.T) {
	s := open(t)
	for _, q := range []string{
		"SELECT 1 AS one", "SELECT count(*) FROM quotes", "WITH x AS (SELECT 1) SELECT * FROM x;", "SELECT 1;; -- the end",
		"EXPLAIN SELECT * FROM latest_quotes", "DESCRIBE quotes", "SHOW TABLES", "SHOW ALL TABLES", "SUMMARIZE quotes", "FROM fixtures", "TABLE quotes", "VALUES (1)",
		"SELECT * FROM windows_line_movement", "SELECT * FROM latest_market_states, latest_games, crosswalk, plays, weather, news, signals, quarantine",
		"FROM query('SELECT 42')", "SELECT 'DROP TABLE quotes; enable_logging()'", "EXPLAIN (FORMAT json) FROM quotes",
	} {
		if _, err := s.Query(t.Context(), q, 10); err != nil {
			t.Errorf("%s: %v", q, err)
		}
	}
}

func TestQueryStopsAtTheLimitAndSaysSo(t *testing.T) {
	s := open(t)
	for _, c := range []struct {
		limit, rows int
		truncated   bool
	}{{5, 5, true}, {19, 19, true}, {20, 20, false}, {21, 20, false}, {0, 20, false}} {
		r, err := s.Query(t.Context(), "SELECT * FROM range(20)", c.limit)
		if err != nil || len(r.Rows) != c.rows || r.Truncated != c.truncated || len(r.Columns) != 1 {
			t.Errorf("limit %d: got %+v, %v", c.limit, r, err)
		}
	}
	if r, err := s.Query(t.Context(), "SELECT 1 WHERE false", 0); err != nil || r.Rows == nil {
		t.Errorf("no rows: got %+v, %v", r, err)
	}
}

func TestQueryRefusesWhatWritesOrReachesOut(t *testing.T) {
	s := open(t)
	file := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(file, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const settings = "SELECT name, value FROM duckdb_settings() ORDER BY name"
	before := asText(t, s, settings)
	for _, q := range []string{
		"DROP TABLE quotes", "DELETE FROM quotes", "UPDATE quotes SET price = 1", "TRUNCATE quotes", "ALTER TABLE quotes ADD COLUMN x INT",
		"MERGE INTO quotes USING quotes q ON true WHEN MATCHED THEN DELETE", "COMMENT ON TABLE quotes IS 'x'",
		"INSERT INTO news VALUES ('1','2','3','4','5',now(),now(),'x') RETURNING 1", "WITH d AS (DELETE FROM quotes RETURNING *) SELECT * FROM d",
		"CREATE TABLE x (a INT)", "CREATE TEMP TABLE x AS SELECT 1", "CREATE MACRO f() AS 1", "CREATE SEQUENCE sq",
		"SELECT 1; DROP TABLE quotes", "COMMIT; DROP TABLE quotes", "SELECT 1 /* ; */; -- x\n DROP TABLE quotes", "SELECT 1; SELECT 2", "", ";", "-- nothing",
		"BEGIN", "COMMIT", "ROLLBACK", "CHECKPOINT", "VACUUM", "ANALYZE", "USE memory", "DETACH hot", "SET memory_limit='9GB'", "SET VARIABLE x = 1", "RESET ALL",
		"PREPARE v AS DELETE FROM quotes", "PREPARE v AS SELECT 1", "EXECUTE v", "DEALLOCATE v", "CALL pragma_version()", "PRAGMA enable_profiling", "SELECT ?",
		"EXPLAIN ANALYZE DELETE FROM quotes", "EXPLAIN (ANALYZE, FORMAT json) SELECT 1", "explain /* x */ analyze SELECT 1", "EXPLAIN DROP TABLE quotes",
		"FROM query('DROP TABLE quotes')", "FROM query_table('" + file + "')",
		"ATTACH 'x.db'", "COPY quotes TO '" + file + "'", "COPY (SELECT 1) TO '/dev/stdout'", "WITH x AS (COPY quotes TO '" + file + "') SELECT 1", "EXPORT DATABASE 'x'", "IMPORT DATABASE 'x'",
		"LOAD httpfs", "INSTALL httpfs", "SELECT getenv('HOME')",
		"SELECT * FROM read_csv('" + file + "')", "SELECT * FROM '" + file + "'", "FROM read_text('" + file + "')", "FROM read_blob('" + file + "')",
		"FROM read_json('" + file + "')", "FROM read_parquet('" + file + "')", "FROM sniff_csv('" + file + "')", "FROM glob('/*')", "FROM read_csv('https://127.0.0.1/x.csv')",
		"FROM enable_logging()", "FROM enable_logging(storage='file', storage_path='" + filepath.Dir(file) + "')", "FROM \"system\".main.Enable_Logging()",
		"FROM query('SELECT * FROM enable' || '_logging()')", "SELECT (SELECT count(*) FROM disable_logging())", "FROM truncate_duckdb_logs()",
		"SELECT * FROM quotes, LATERAL (FROM checkpoint())", "FROM force_checkpoint()",
		"WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n+1 FROM r, enable_logging() WHERE n < 3) FROM r",
		"FROM json_execute_serialized_sql(json_serialize_sql('FROM enable_logging()'))",
	} {
		if r, err := s.Query(t.Context(), q, 10); err == nil {
			t.Errorf("%q was run: %v", q, r.Rows)
		}
	}
	for _, q := range []string{"DROP TABLE quotes", "FROM enable_logging()", "SELECT 1; SELECT 2"} {
		if _, err := s.Query(t.Context(), q, 1); !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("%s: got %v, want ErrReadOnly", q, err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != "a,b\n1,2\n" {
		t.Errorf("the file is now %q, %v", got, err)
	}
	if _, err := s.Query(t.Context(), "SELECT * FROM quotes, news", 1); err != nil {
		t.Errorf("after all that: %v", err)
	}
	if after := asText(t, s, settings); after != before {
		t.Errorf("settings were %s and are %s", before, after)
	}
}

// TestEveryTableFunctionHasBeenLookedAt: a new version of the database may bring
// a function that does more than read, which has to go on the list of changing.
func TestEveryTableFunctionHasBeenLookedAt(t *testing.T) {
	reading := []string{
		"arrow_scan", "arrow_scan_dumb", "check_peg_parser", "duckdb_*", "generate_series", "glob", "icu_calendar_names", "json_each", "json_tree",
		"parquet_*", "pg_timezone_names", "pragma_*", "query", "query_table", "range", "read_*", "repeat", "repeat_row", "seq_scan", "sniff_csv",
		"sql_auto_complete", "summary", "test_all_types", "test_vector_types", "unnest", "which_secret",
	}
	for _, c := range changing() {
		reading = append(reading, strings.ToLower(c))
	}
	s := open(t)
	for _, row := range ask(t, s, "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'table'") {
		name := row[0].(string)
		if !slices.ContainsFunc(reading, func(p string) bool { ok, err := filepath.Match(p, name); return ok && err == nil }) {
			t.Errorf("%s is new", name)
		}
	}
}

func TestACancelledQueryEndsAndTheStoreAnswersOn(t *testing.T) {
	s := open(t)
	const endless = "SELECT count(*) FROM range(1000000000000) a(x) WHERE x % 7 = 3"
	for name, arm := range map[string]func() (context.Context, context.CancelFunc){
		"timeout": func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(t.Context(), 50*time.Millisecond)
		},
		"cancel": func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(t.Context())
			go cancel()
			return ctx, cancel
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := arm()
			defer cancel()
			if _, err := s.Query(ctx, endless, 1); err == nil {
				t.Error("an endless statement was answered")
			}
			if got := asText(t, s, "SELECT 1"); got != "[[1]]" {
				t.Errorf("afterwards: %s", got)
			}
		})
	}
}

func TestAReadOnlyStoreAnswers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hot.duckdb")
	w := openAt(t, path)
	if err := w.Apply(t.Context(), batchOf(quote(1))); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := asText(t, s, "SELECT count(*) FROM latest_quotes"); got != "[[1]]" {
		t.Errorf("got %s", got)
	}
	for _, q := range []string{"DELETE FROM quotes", "SET memory_limit='9GB'", "FROM enable_logging()", "FROM '/etc/passwd'"} {
		if _, err := s.Query(t.Context(), q, 1); err == nil {
			t.Errorf("%s was run", q)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenReadOnly(filepath.Join(t.TempDir(), "absent.duckdb")); err == nil {
		t.Error("a file that is not there was opened")
	}
}
