package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"

	driverdb "github.com/duckdb/duckdb-go/v2"

	"github.com/betflow/betflow/internal/odds"
)

// function is one form of a SQL function: those of a name differ in what they
// take.
//
// NULL for an argument gives NULL, and so does data that has no answer, such as
// a price of 0.9: one odd row must not end a scan. Wrong use, such as a method
// that does not exist, is an error and ends the statement.
type function struct {
	name  string
	takes []driverdb.Type
	gives driverdb.Type
	call  func(a arguments) (any, error)
}

// The types of arguments and results.
const (
	double  = driverdb.TYPE_DOUBLE
	doubles = driverdb.TYPE_LIST // of double
	varchar = driverdb.TYPE_VARCHAR
	bigint  = driverdb.TYPE_BIGINT
)

// register makes the functions known to every connection of the database. They
// live in the memory of the process and not in the file, which may be read only.
func register(db *sql.DB) (err error) {
	conn, err := db.Conn(context.Background()) // an embedded database does not let wait
	if err != nil {
		return fmt.Errorf("opening a connection: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	forms := map[string][]driverdb.ScalarFunc{}
	for _, f := range functions() {
		form, err := f.scalar()
		if err != nil {
			return fmt.Errorf("making the SQL function %s: %w", f.name, err)
		}
		forms[f.name] = append(forms[f.name], form)
	}
	for name, set := range forms {
		if err := driverdb.RegisterScalarUDFSet(conn, name, set...); err != nil {
			return fmt.Errorf("registering the SQL function %s: %w", name, err)
		}
	}
	return nil
}

// scalar is a function in the driver's shape.
type scalar struct {
	config   driverdb.ScalarFuncConfig
	executor driverdb.ScalarFuncExecutor
}

// Config returns the types; the driver asks for every chunk of rows.
func (s *scalar) Config() driverdb.ScalarFuncConfig { return s.config }

// Executor returns what is called for every row, from several threads at once.
func (s *scalar) Executor() driverdb.ScalarFuncExecutor { return s.executor }

func (f function) scalar() (*scalar, error) {
	s := &scalar{}
	for _, t := range f.takes {
		info, err := typeInfo(t)
		if err != nil {
			return nil, err
		}
		s.config.InputTypeInfos = append(s.config.InputTypeInfos, info)
	}
	var err error
	s.config.ResultTypeInfo, err = typeInfo(f.gives)
	s.executor.RowExecutor = func(values []driver.Value) (any, error) { return answer(f.call(values)) }
	return s, err
}

func typeInfo(t driverdb.Type) (driverdb.TypeInfo, error) {
	if t != doubles {
		return driverdb.NewTypeInfo(t)
	}
	element, err := driverdb.NewTypeInfo(double)
	if err != nil {
		return nil, err
	}
	return driverdb.NewListInfo(element)
}

// answer turns what has no answer into NULL and lets wrong use through.
func answer(v any, err error) (any, error) {
	if errors.Is(err, odds.ErrUnknownMethod) || errors.Is(err, odds.ErrUnknownFormat) {
		return nil, err
	}
	if x, ok := v.(float64); err != nil || ok && (math.IsNaN(x) || math.IsInf(x, 0)) {
		return nil, nil
	}
	return v, nil
}

// arguments are the values of one row, none of them NULL.
type arguments []driver.Value

func (a arguments) number(i int) float64 { return a[i].(float64) }
func (a arguments) text(i int) string    { return a[i].(string) }
func (a arguments) whole(i int) int      { return int(a[i].(int64)) }

// errNoPrice stands for a price that is NULL inside a list.
var errNoPrice = errors.New("a price is missing")

// numbers copies a list.
func (a arguments) numbers(i int) ([]float64, error) {
	values := a[i].([]any)
	out := make([]float64, len(values))
	for j, v := range values {
		x, ok := v.(float64)
		if !ok {
			return nil, errNoPrice
		}
		out[j] = x
	}
	return out, nil
}

// price returns a number that is a price.
func (a arguments) price(i int) (float64, error) {
	price := a.number(i)
	return price, odds.CheckPrice(price)
}

// share returns a number from 0 to 1, both included: a probability or a
// commission.
func (a arguments) share(i int) (float64, error) {
	p := a.number(i)
	if !(p >= 0 && p <= 1) {
		return 0, odds.ErrProbability
	}
	return p, nil
}

// listOf makes a list of numbers a value of SQL.
func listOf(numbers []float64, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	out := make([]any, len(numbers))
	for i, x := range numbers {
		out[i] = x
	}
	return out, nil
}
