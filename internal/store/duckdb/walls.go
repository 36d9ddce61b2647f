package duckdb

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	driverdb "github.com/duckdb/duckdb-go/v2"

	"github.com/betflow/betflow/internal/store"
)

// check refuses a statement that does more than read.
func check(ctx context.Context, conn *driverdb.Conn, query string) error {
	kind, err := kindOf(conn, query)
	if err != nil {
		return err
	}
	switch kind {
	case driverdb.STATEMENT_TYPE_SELECT, driverdb.STATEMENT_TYPE_RELATION:
		return checkPlan(ctx, conn, query)
	case driverdb.STATEMENT_TYPE_EXPLAIN:
		// With ANALYZE it would run what no other wall has seen.
		if upper := strings.ToUpper(query); !strings.Contains(upper, "ANALYZE") && !strings.Contains(upper, "ANALYSE") {
			return nil
		}
	}
	return store.ErrReadOnly
}

// kindOf prepares the statement, which runs nothing, and returns its kind.
func kindOf(conn *driverdb.Conn, query string) (driverdb.StmtType, error) {
	prepared, err := conn.Prepare(query) // refuses more than one statement
	if err != nil {
		var typed *driverdb.Error
		if errors.As(err, &typed) {
			return 0, err
		}
		return 0, fmt.Errorf("%w: %w", store.ErrReadOnly, err)
	}
	defer prepared.Close()
	kind, err := prepared.(*driverdb.Stmt).StatementType()
	if err != nil {
		return 0, fmt.Errorf("looking at the statement: %w", err)
	}
	return kind, nil
}

// changing lists the functions that a SELECT may call and that change the
// database's settings or files all the same, or run a statement that is text
// until then. Turning the log to a file, for one, makes every statement after it
// fail, because no file may be opened.
func changing() []string {
	return []string{
		"ENABLE_LOGGING", "DISABLE_LOGGING", "TRUNCATE_DUCKDB_LOGS", "CHECKPOINT", "FORCE_CHECKPOINT",
		"JSON_EXECUTE_SERIALIZED_SQL",
	}
}

// checkPlan looks for them where no spelling hides them: in the plan.
func checkPlan(ctx context.Context, conn *driverdb.Conn, query string) error {
	plan, err := explain(ctx, conn, query)
	if err != nil {
		return err
	}
	var nodes []planNode
	if err := json.Unmarshal([]byte(plan), &nodes); err != nil {
		return fmt.Errorf("looking at the plan: %w", err)
	}
	if f := findChanging(nodes); f != "" {
		return fmt.Errorf("%w: it calls %s", store.ErrReadOnly, strings.ToLower(f))
	}
	return nil
}

type planNode struct {
	Children []planNode     `json:"children"`
	Extra    map[string]any `json:"extra_info"`
}

// findChanging returns the name of such a function in the plan, "" if there is
// none.
func findChanging(nodes []planNode) string {
	for i := range nodes {
		if f, _ := nodes[i].Extra["Function"].(string); slices.Contains(changing(), f) {
			return f
		}
		if f := findChanging(nodes[i].Children); f != "" {
			return f
		}
	}
	return ""
}

// explain returns the plan of a statement as JSON.
func explain(ctx context.Context, conn *driverdb.Conn, query string) (plan string, err error) {
	rows, err := conn.QueryContext(ctx, "EXPLAIN (FORMAT json) "+query, nil)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	row := make([]driver.Value, 2) // which plan it is, and the plan
	if err := rows.Next(row); err != nil {
		return "", fmt.Errorf("looking at the plan: %w", err)
	}
	plan, _ = row[1].(string)
	return plan, nil
}
