package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"time"
	"unicode/utf8"

	driverdb "github.com/duckdb/duckdb-go/v2"

	"github.com/betflow/betflow/internal/store"
)

// Query runs one statement that reads and returns at most limit rows, all if
// limit is 0.
//
// Three walls stand around it: it must be a single statement of a kind that
// reads, it runs in a read-only transaction, and the database was opened without
// access to files or the network.
func (s *Store) Query(ctx context.Context, query string, limit int) (*store.Result, error) {
	started := time.Now()
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("opening a connection: %w", err)
	}
	defer conn.Close()
	result := &store.Result{Rows: [][]any{}}
	err = conn.Raw(func(raw any) error { return read(ctx, raw.(*driverdb.Conn), query, limit, result) })
	if err != nil {
		return nil, err
	}
	result.Elapsed = time.Since(started)
	return result, nil
}

func read(ctx context.Context, conn *driverdb.Conn, query string, limit int, into *store.Result) (err error) {
	if err := checkReads(conn, query); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "BEGIN TRANSACTION READ ONLY", nil); err != nil {
		return err
	}
	defer func() {
		_, rollback := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK", nil)
		err = errors.Join(err, rollback)
	}()
	rows, err := conn.QueryContext(ctx, query, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	into.Columns = rows.Columns()
	values := make([]driver.Value, len(into.Columns))
	for {
		if err := rows.Next(values); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if limit > 0 && len(into.Rows) == limit {
			into.Truncated = true
			return nil
		}
		row := make([]any, len(values))
		for i, v := range values {
			row[i] = plain(v)
		}
		into.Rows = append(into.Rows, row)
	}
}

// checkReads prepares the statement, which runs nothing, and looks at its kind.
func checkReads(conn *driverdb.Conn, query string) error {
	prepared, err := conn.Prepare(query) // refuses more than one statement
	if err != nil {
		var typed *driverdb.Error
		if errors.As(err, &typed) {
			return err
		}
		return fmt.Errorf("%w: %w", store.ErrReadOnly, err)
	}
	defer prepared.Close()
	kind, err := prepared.(*driverdb.Stmt).StatementType()
	if err != nil {
		return fmt.Errorf("looking at the statement: %w", err)
	}
	switch kind {
	case driverdb.STATEMENT_TYPE_SELECT, driverdb.STATEMENT_TYPE_EXPLAIN, driverdb.STATEMENT_TYPE_RELATION:
		return nil
	}
	return store.ErrReadOnly
}

// plain turns a value into one that JSON can say: instants in RFC 3339, bytes
// as text where they are text, numbers that are none as null.
func plain(v any) any {
	switch x := v.(type) {
	case time.Time:
		return x.UTC().Format(time.RFC3339Nano)
	case []byte:
		return printable(x)
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
		return x
	case float32:
		return plain(float64(x))
	case driverdb.Decimal:
		return x.Float64()
	case *big.Int:
		if x.IsInt64() {
			return x.Int64()
		}
		return x.String()
	case driverdb.Interval:
		return fmt.Sprintf("%d months %d days %s", x.Months, x.Days, time.Duration(x.Micros)*time.Microsecond)
	case driverdb.UUID:
		return x.String()
	case []any:
		out := make([]any, len(x))
		for i := range x {
			out[i] = plain(x[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, e := range x {
			out[k] = plain(e)
		}
		return out
	case driverdb.Map:
		out := make(map[string]any, len(x))
		for k, e := range x {
			out[fmt.Sprint(plain(k))] = plain(e)
		}
		return out
	}
	return v
}

// printable shows bytes as text if they are valid UTF-8, else as hex.
func printable(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return hex.EncodeToString(b)
}

// rowsOf runs a named query and scans every row.
func rowsOf(ctx context.Context, db *sql.DB, scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
