package main

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/betflow/betflow/internal/app"
	"github.com/betflow/betflow/internal/store/duckdb"
	"github.com/betflow/betflow/metrics"
)

// TestThePlanNamesTheColumnsOfTheTable asks the hot store itself.
func TestThePlanNamesTheColumnsOfTheTable(t *testing.T) {
	defs, err := metrics.Load(filepath.Join("..", "..", "docs", "metrics-examples"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := duckdb.Open(t.Context(), filepath.Join(t.TempDir(), "hot.duckdb"), defs)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	for i := range defs {
		p := planOf(&defs[i], &app.Config{})
		for _, table := range []string{p.Description.Table, p.Latest} {
			r, err := s.Query(t.Context(), "DESCRIBE "+table, 0)
			if err != nil {
				t.Fatal(err)
			}
			var got, want string
			for _, row := range r.Rows {
				got += fmt.Sprintln(row[0], row[1])
			}
			for _, c := range p.Table {
				want += fmt.Sprintln(c.Name, c.Type)
			}
			if got != want {
				t.Errorf("%s has\n%sthe plan says\n%s", table, got, want)
			}
		}
	}
}
