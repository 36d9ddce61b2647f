package program

import (
	"fmt"
	"slices"
	"testing"
)

// Tables reads the rows of every table of the hot store as digests.
func (b *Binary) Tables(t testing.TB, data string) Tables {
	t.Helper()
	out := Tables{}
	for _, table := range Rows[struct{ Name string }](t, b, data, "SELECT table_name AS name FROM duckdb_tables() WHERE NOT internal") {
		rows := []uint64{}
		b.Query(t, data, "SELECT hash(t::VARCHAR) AS h FROM "+table.Name+" t", func(line []byte) {
			var h uint64
			if _, err := fmt.Sscanf(string(line), `{"h":%d}`, &h); err != nil {
				t.Fatalf("reading row %s of %s: %v", line, table.Name, err)
			}
			rows = append(rows, h)
		})
		slices.Sort(rows)
		out[table.Name] = rows
	}
	return out
}
