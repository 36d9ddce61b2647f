package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"time"

	driverdb "github.com/duckdb/duckdb-go/v2"

	"github.com/betflow/betflow/internal/store"
)

// resultSize bounds the bytes of an answer that is limited: ten thousand rows of
// long lists would be larger than the store's own memory.
const resultSize = 32 << 20

// Query runs one statement that reads and returns at most limit rows and about
// resultSize bytes, all if limit is 0. It waits while readersMax others run.
//
// Four walls stand around it: it must be a single statement of a kind that
// reads, its plan must call nothing that changes the database's own settings, it
// runs in a read-only transaction, and the database was opened without access to
// files or the network.
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
		return nil, s.noted(err)
	}
	result.Elapsed = time.Since(started)
	return result, nil
}

func read(ctx context.Context, conn *driverdb.Conn, query string, limit int, into *store.Result) (err error) {
	if err := check(ctx, conn, query); err != nil {
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
	return collect(rows, limit, into)
}

// collect reads the rows.
func collect(rows driver.Rows, limit int, into *store.Result) (err error) {
	defer func() {
		if r := recover(); r != nil { // the driver panics on maps whose keys are bytes
			err = fmt.Errorf("reading a row: %v", r)
		}
	}()
	into.Columns = rows.Columns()
	values := make([]driver.Value, len(into.Columns))
	types := make([]string, len(into.Columns))
	for i := range types {
		types[i] = rows.(driver.RowsColumnTypeDatabaseTypeName).ColumnTypeDatabaseTypeName(i)
	}
	size := 0
	for {
		if err := rows.Next(values); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if limit > 0 && (len(into.Rows) == limit || size > resultSize) {
			into.Truncated = true
			return nil
		}
		row := make([]any, len(values))
		for i, v := range values {
			row[i] = plainAs(types[i], v)
			size += sizeOf(row[i])
		}
		into.Rows = append(into.Rows, row)
	}
}

// sizeOf is about what a value of an answer takes in memory.
func sizeOf(v any) int {
	const word = 16 // an interface and its number
	n := word
	switch v := v.(type) {
	case string:
		n += len(v)
	case []any:
		for _, item := range v {
			n += sizeOf(item)
		}
	case map[string]any:
		for key, item := range v {
			n += len(key) + sizeOf(item)
		}
	}
	return n
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
