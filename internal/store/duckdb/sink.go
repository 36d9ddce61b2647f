package duckdb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"slices"

	driverdb "github.com/duckdb/duckdb-go/v2"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/store"
)

// Positions returns the next offset of each partition the store has taken.
func (s *Store) Positions(ctx context.Context) (map[log.Partition]int64, error) {
	out := map[log.Partition]int64{}
	err := s.eachPosition(ctx, func(p log.Partition, next, _ int64) { out[p] = next })
	return out, err
}

func (s *Store) loadSeqs(ctx context.Context) error {
	s.seqs = map[log.Partition]int64{}
	return s.eachPosition(ctx, func(p log.Partition, _, seq int64) { s.seqs[p] = seq })
}

func (s *Store) eachPosition(ctx context.Context, yield func(p log.Partition, next, seq int64)) error {
	rows, err := s.db.QueryContext(ctx, `SELECT topic, "partition", next_offset, seq FROM betflow_positions`)
	if err != nil {
		return fmt.Errorf("reading positions: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p log.Partition
		var next, seq int64
		if err := rows.Scan(&p.Topic, &p.Partition, &next, &seq); err != nil {
			return fmt.Errorf("reading positions: %w", err)
		}
		yield(p, next, seq)
	}
	return rows.Err()
}

// Apply stores the changes and the positions behind them in one transaction.
// A record whose sequence number is not above the last one of its partition was
// stored before and is left out.
func (s *Store) Apply(ctx context.Context, changes []store.Change) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.failed != nil {
		return s.failed
	}
	if err := s.exec(ctx, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	b := &batch{ctx: ctx, s: s, appenders: map[string]*driverdb.Appender{}, fixtures: map[string]*feed.Fixture{},
		next: map[log.Partition]int64{}, seqs: map[log.Partition]int64{}}
	if err := b.apply(changes); err != nil {
		err = errors.Join(s.noted(err), s.exec(context.WithoutCancel(ctx), "ROLLBACK"))
		var typed *driverdb.Error
		if errors.As(err, &typed) && (typed.Type == driverdb.ErrorTypeIO || typed.Type == driverdb.ErrorTypeFatal) {
			return s.fail(err)
		}
		return err
	}
	if err := s.exec(ctx, "COMMIT"); err != nil {
		return s.fail(s.noted(err))
	}
	for p, n := range b.seqs {
		s.seqs[p] = n
	}
	return nil
}

// fail lets the store take no more rows. DuckDB 1.4 takes back a transaction that
// it could not write to disk, but not all that the transaction has put beside the
// strings of earlier ones: what is appended next gets a part of it. What is on
// disk is right.
func (s *Store) fail(err error) error {
	s.failed = fmt.Errorf("the hot store could not be written and takes no more rows before the next start: %w", err)
	return s.failed
}

func (s *Store) exec(ctx context.Context, query string, args ...any) error {
	named := make([]driver.NamedValue, len(args))
	for i, a := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	_, err := s.writer.(driver.ExecerContext).ExecContext(ctx, query, named)
	return err
}

// batch is one transaction's work.
type batch struct {
	ctx       context.Context
	s         *Store
	appenders map[string]*driverdb.Appender
	fixtures  map[string]*feed.Fixture // the last state of each that came
	dims      []*feed.Dimension
	next      map[log.Partition]int64
	seqs      map[log.Partition]int64
}

func (b *batch) apply(changes []store.Change) (err error) {
	defer func() {
		for _, a := range b.appenders {
			err = errors.Join(err, a.Close()) // flushes
		}
		if err == nil {
			err = errors.Join(b.upsertFixtures(), b.upsertCrosswalk(), b.setPositions())
		}
	}()
	for i := range changes {
		c := &changes[i]
		b.next[c.Partition] = c.Offset + 1
		seq := sequence(c.Record)
		if seq == 0 {
			return fmt.Errorf("appending %s/%d@%d: %T without a sequence number", c.Partition.Topic, c.Partition.Partition, c.Offset, c.Record)
		}
		last, ok := b.seqs[c.Partition]
		if !ok {
			last = b.s.seqs[c.Partition]
		}
		if seq <= last {
			b.seqs[c.Partition] = last
			continue
		}
		b.seqs[c.Partition] = seq
		if err := b.row(c.Record); err != nil {
			return fmt.Errorf("appending %s/%d@%d: %w", c.Partition.Topic, c.Partition.Partition, c.Offset, err)
		}
	}
	return nil
}

// append adds a row to a table.
func (b *batch) append(table string, values ...driver.Value) error {
	a := b.appenders[table]
	if a == nil {
		var err error
		if a, err = driverdb.NewAppenderFromConn(b.s.writer, "", table); err != nil {
			return err
		}
		b.appenders[table] = a
	}
	return a.AppendRow(values...)
}

// upsertFixtures replaces the fixtures that changed with one statement: a
// statement a row would cost more than all the rows of the other tables
// together.
func (b *batch) upsertFixtures() error {
	if len(b.fixtures) == 0 {
		return nil
	}
	var c columns
	for _, id := range slices.Sorted(maps.Keys(b.fixtures)) {
		f := b.fixtures[id]
		c.add(f.FixtureID, f.League, int64(f.Season), int64(f.StartTime), f.Home, f.Away, f.Status, f.HomeID, f.AwayID, f.VenueID, f.Neutral, int64(f.SeenTime))
	}
	err := b.s.exec(b.ctx, `INSERT OR REPLACE INTO fixtures
		SELECT id, league, season, CASE WHEN begins = 0 THEN NULL ELSE make_timestamp(begins) END, home, away, status,
			nullif(home_id, ''), nullif(away_id, ''), nullif(venue, ''), neutral, make_timestamp(seen)
		FROM (SELECT unnest(?::VARCHAR[]) id, unnest(?::VARCHAR[]) league, unnest(?::BIGINT[]) season, unnest(?::BIGINT[]) begins,
			unnest(?::VARCHAR[]) home, unnest(?::VARCHAR[]) away, unnest(?::VARCHAR[]) status, unnest(?::VARCHAR[]) home_id,
			unnest(?::VARCHAR[]) away_id, unnest(?::VARCHAR[]) venue, unnest(?::BOOLEAN[]) neutral, unnest(?::BIGINT[]) seen)`, c...)
	if err != nil {
		return fmt.Errorf("storing %d fixtures: %w", len(b.fixtures), err)
	}
	return nil
}

// upsertCrosswalk replaces what sources call fixtures, teams and books. Of
// several rows of one name the last counts.
func (b *batch) upsertCrosswalk() error {
	rows := map[aliasKey]alias{}
	for _, id := range slices.Sorted(maps.Keys(b.fixtures)) {
		f := b.fixtures[id]
		for _, a := range f.Aliases {
			rows[aliasKey{a.Source, "fixture", f.League, a.ID}] = alias{f.FixtureID, a.Confidence}
		}
	}
	for _, d := range b.dims {
		rows[aliasKey{d.Source, d.Dimension, d.League, d.SourceID}] = alias{d.ID, d.Confidence}
	}
	if len(rows) == 0 {
		return nil
	}
	var c columns
	for key, a := range rows {
		c.add(key.source, key.kind, key.sourceID, a.id, a.confidence, key.league)
	}
	err := b.s.exec(b.ctx, `INSERT OR REPLACE INTO crosswalk
		SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::DOUBLE[]), unnest(?::VARCHAR[])`, c...)
	if err != nil {
		return fmt.Errorf("storing %d crosswalk rows: %w", len(rows), err)
	}
	return nil
}

type aliasKey struct{ source, kind, league, sourceID string }

type alias struct {
	id         string
	confidence float64
}

func (b *batch) setPositions() error {
	var c columns
	for p, next := range b.next {
		c.add(p.Topic, int64(p.Partition), next, b.seqs[p])
	}
	err := b.s.exec(b.ctx, `INSERT OR REPLACE INTO betflow_positions
		SELECT unnest(?::VARCHAR[]), unnest(?::BIGINT[]), unnest(?::BIGINT[]), unnest(?::BIGINT[])`, c...)
	if err != nil {
		return fmt.Errorf("storing positions: %w", err)
	}
	return nil
}

// columns gathers rows as one list for each column.
type columns []any

func (c *columns) add(values ...any) {
	if *c == nil {
		*c = make(columns, len(values))
		for i := range values {
			(*c)[i] = []any{}
		}
	}
	for i, v := range values {
		(*c)[i] = append((*c)[i].([]any), v)
	}
}
