package metric

import (
	"strconv"
	"strings"

	"github.com/betflow/betflow/internal/feed"
)

// keySeparator stands between the values of a key; no provider's name has it.
const keySeparator = '|'

// Keyer builds the series key of quotes for one definition.
type Keyer struct{ columns []Column }

// NewKeyer returns the keyer of a valid definition.
func NewKeyer(d *Definition) Keyer { return Keyer{columns: d.KeyColumns()} }

// Append writes the quote's key behind dst.
func (k Keyer) Append(dst []byte, q *feed.Quote) []byte {
	for i, c := range k.columns {
		if i > 0 {
			dst = append(dst, keySeparator)
		}
		switch c.Name {
		case "fixture_id":
			dst = append(dst, q.FixtureID...)
		case "league":
			dst = append(dst, q.League...)
		case "market":
			dst = append(dst, q.Market...)
		case "period":
			dst = append(dst, q.Period...)
		case "line":
			if q.Line != nil {
				dst = strconv.AppendFloat(dst, *q.Line+0, 'f', -1, 64)
			}
		case "outcome":
			dst = append(dst, q.Outcome...)
		case "book":
			dst = append(dst, q.Book...)
		case "source":
			dst = append(dst, q.Source...)
		}
	}
	return dst
}

// Split returns the key's values in the order of the columns: a string, or for
// a number a float64 or nil.
func (k Keyer) Split(key string) []any {
	parts := strings.Split(key, string(keySeparator))
	values := make([]any, len(k.columns))
	for i, c := range k.columns {
		part := ""
		if i < len(parts) {
			part = parts[i]
		}
		values[i] = part
		if c.Number {
			values[i] = nil
			if v, err := strconv.ParseFloat(part, 64); err == nil {
				values[i] = v
			}
		}
	}
	return values
}
