// Package duckdb is the embedded hot store: one DuckDB file that the log feeds
// and that answers SQL.
package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	_ "embed"
	"errors"
	"fmt"
	"sync"

	driverdb "github.com/duckdb/duckdb-go/v2"

	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/metric"
)

//go:embed schema.sql
var schema string

// Store is the open database. It implements store.Sink and store.Reader.
type Store struct {
	path      string
	connector *driverdb.Connector
	db        *sql.DB
	metrics   []metric.Definition
	windows   map[string][]string // columns of the windows' tables, by metric

	writer  driver.Conn             // the only connection that writes
	writing sync.Mutex              // held while it does
	seqs    map[log.Partition]int64 // last stored of each partition
	failed  error                   // of a write; there are no more after it
}

// Open opens or creates the store's file with the tables of the metrics. A file
// that was damaged is ErrDamaged.
func Open(ctx context.Context, path string, metrics []metric.Definition) (*Store, error) {
	if err := intact(path); err != nil {
		return nil, err
	}
	s, err := connect(path, "")
	if err != nil {
		return nil, err
	}
	s.metrics, s.windows = metrics, map[string][]string{}
	for i := range metrics {
		s.windows[metrics[i].Name] = windowColumns(&metrics[i])
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("preparing the hot store %s: %w", path, s.noted(err)), s.Close())
	}
	return s, nil
}

// OpenReadOnly opens an existing file for reading. No other process may have it
// open for writing.
func OpenReadOnly(path string) (*Store, error) {
	return connect(path, "&access_mode=READ_ONLY")
}

// settings of the database: queries must not reach other files or the network,
// and the extensions in use are linked in.
const settings = "?autoinstall_known_extensions=false&autoload_known_extensions=false&enable_external_access=false&memory_limit=512MB"

// readersMax is how many questions are answered at once; others wait for their
// turn, as long as their context lets them. The writer has a connection of its
// own.
const readersMax = 8

// connect opens the file and makes the SQL functions known.
func connect(path, options string) (*Store, error) {
	connector, err := driverdb.NewConnector(path+settings+options, nil)
	if err != nil {
		if tellsOfDamage(err) {
			err = fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return nil, fmt.Errorf("opening the hot store %s: %w", path, err)
	}
	s := &Store{path: path, connector: connector, db: sql.OpenDB(connector)}
	s.db.SetMaxOpenConns(readersMax)
	if err := register(s.db); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the hot store %s: %w", path, err), s.Close())
	}
	return s, nil
}

func (s *Store) prepare(ctx context.Context) error {
	if err := s.outgrow(ctx); err != nil {
		return err
	}
	ddl := schema
	for i := range s.metrics {
		ddl += windowsDDL(&s.metrics[i])
	}
	if _, err := s.db.ExecContext(ctx, ddl); err != nil {
		return err
	}
	if _, err := s.db.ExecContext(ctx, "SET lock_configuration = true"); err != nil {
		return err
	}
	for i := range s.metrics {
		if err := s.checkWindows(ctx, &s.metrics[i]); err != nil {
			return err
		}
	}
	w, err := s.connector.Connect(ctx)
	if err != nil {
		return err
	}
	s.writer = w
	return s.loadSeqs(ctx)
}

// outgrow drops the table signals of stores that were made before there were
// any: it has other columns and no rows.
func (s *Store) outgrow(ctx context.Context) error {
	var columns, known int
	err := s.db.QueryRowContext(ctx, `SELECT count(*), count(*) FILTER (column_name = 'dedupe_key') FROM duckdb_columns() WHERE table_name = 'signals'`).Scan(&columns, &known)
	if err != nil || columns == 0 || known > 0 {
		return err
	}
	_, err = s.db.ExecContext(ctx, "DROP TABLE signals")
	return err
}

// Close closes the file.
func (s *Store) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.failed != nil {
		return nil // closing would write what is in memory over what is on disk
	}
	var err error
	if s.writer != nil {
		err = s.writer.Close()
	}
	return errors.Join(err, s.db.Close(), s.connector.Close())
}
