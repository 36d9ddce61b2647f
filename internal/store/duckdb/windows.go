package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/internal/store"
)

// windowsDDL is the table of one metric, and the view of its last revisions.
func windowsDDL(d *metric.Definition) string {
	var b strings.Builder
	table := "windows_" + d.Name
	fmt.Fprintf(&b, "\nCREATE TABLE IF NOT EXISTS %s (window_size VARCHAR NOT NULL, window_start TIMESTAMP NOT NULL, window_end TIMESTAMP NOT NULL, revision INTEGER NOT NULL", table)
	for _, c := range d.KeyColumns() {
		kind := "VARCHAR NOT NULL"
		if c.Number {
			kind = "DOUBLE"
		}
		fmt.Fprintf(&b, ", %s %s", c.Name, kind)
	}
	for _, m := range d.Aggregates {
		kind := "DOUBLE"
		if m.Counts() {
			kind = "BIGINT NOT NULL"
		}
		fmt.Fprintf(&b, ", %q %s", m.Name, kind)
	}
	b.WriteString(", seq BIGINT NOT NULL);\n")
	// A session whose last row counts nothing was joined into another.
	only := ""
	if d.Windows.Kind() == metric.KindSession {
		only = " AND count > 0"
	}
	fmt.Fprintf(&b, "CREATE OR REPLACE VIEW latest_%s AS SELECT * FROM %s QUALIFY row_number() OVER (PARTITION BY %s ORDER BY revision DESC) = 1%s;\n",
		table, table, strings.Join(append(d.Windows.Identity(), d.Keys...), ", "), only)
	return b.String()
}

// windowColumns are the columns of a metric's table.
func windowColumns(d *metric.Definition) []string {
	columns := append([]string{"window_size", "window_start", "window_end", "revision"}, d.Keys...)
	for _, m := range d.Aggregates {
		columns = append(columns, m.Name)
	}
	return append(columns, "seq")
}

// checkWindows refuses a table that an earlier definition of the metric has left
// behind: rows of the two must not stand in one table.
func (s *Store) checkWindows(ctx context.Context, d *metric.Definition) error {
	var have []string
	err := rowsOf(ctx, s.db, func(r *sql.Rows) error {
		var column string
		err := r.Scan(&column)
		have = append(have, column)
		return err
	}, "SELECT column_name FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index", "windows_"+d.Name)
	if want := s.windows[d.Name]; err == nil && !slices.Equal(have, want) {
		err = fmt.Errorf("the metric %s has changed: its table has the columns %s, the definition %s; give the metric another name, or go back to the old columns",
			d.Name, strings.Join(have, ", "), strings.Join(want, ", "))
	}
	return err
}

// window appends a row to its metric's table.
func (b *batch) window(w store.Window) error {
	name, _ := w["metric"].(string)
	columns, ok := b.s.windows[name]
	if !ok {
		return fmt.Errorf("no metric %q", name)
	}
	values := make([]driver.Value, len(columns))
	for i, column := range columns {
		values[i] = w[column]
	}
	return b.append("windows_"+name, values...)
}
