package duckdb

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	driverdb "github.com/duckdb/duckdb-go/v2"
)

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
	case driverdb.Union:
		return plain(x.Value)
	case driverdb.Map:
		out := make(map[string]any, len(x))
		for k, e := range x {
			out[fmt.Sprint(plain(k))] = plain(e)
		}
		return out
	}
	return v
}

// plainAs is plain for a column of a type that its values do not show: dates and
// times of day come as instants, UUIDs as bytes.
func plainAs(column string, v any) any {
	switch x := v.(type) {
	case time.Time:
		switch column {
		case "DATE":
			return x.Format(time.DateOnly)
		case "TIME":
			return x.Format("15:04:05.999999")
		case "TIMETZ":
			return x.Format("15:04:05.999999Z07:00")
		}
	case []byte:
		if id := (driverdb.UUID{}); column == "UUID" && copy(id[:], x) == len(id) {
			return id.String()
		}
	}
	return plain(v)
}

// printable shows bytes as text if that is what they are, else as hex.
func printable(b []byte) string {
	text := string(b)
	if utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) }) < 0 {
		return text
	}
	return hex.EncodeToString(b)
}
