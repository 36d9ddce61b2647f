package metric

import (
	"slices"
	"strconv"
	"strings"

	"github.com/betflow/betflow/internal/feed"
)

// A key is its values with a separator between them. Where a value has the
// separator or the escape itself, an escape stands before it: providers name
// outcomes and books as they like.
const (
	keySeparator = '|'
	keyEscape    = '\\'
)

// Keyer builds the series key of quotes for one definition.
type Keyer struct{ columns []Column }

// NewKeyer returns the keyer of a valid definition.
func NewKeyer(d *Definition) Keyer { return Keyer{columns: d.KeyColumns()} }

// Same tells whether another keyer gives every quote the same key.
func (k Keyer) Same(other Keyer) bool { return slices.Equal(k.columns, other.columns) }

// Append writes the quote's key behind dst.
func (k Keyer) Append(dst []byte, q *feed.Quote) []byte {
	for i, c := range k.columns {
		if i > 0 {
			dst = append(dst, keySeparator)
		}
		switch c.Name {
		case "fixture_id":
			dst = appendText(dst, q.FixtureID)
		case "league":
			dst = appendText(dst, q.League)
		case "market":
			dst = appendText(dst, q.Market)
		case "period":
			dst = appendText(dst, q.Period)
		case "line":
			if q.Line != nil {
				dst = appendLine(dst, *q.Line+0)
			}
		case "outcome":
			dst = appendText(dst, q.Outcome)
		case "book":
			dst = appendText(dst, q.Book)
		case "source":
			dst = appendText(dst, q.Source)
		}
	}
	return dst
}

// appendLine writes a line as in "-3.5", in the fewest digits that tell it. Those
// that books offer are of halves and quarters, of which that is known without a
// search.
func appendLine(dst []byte, v float64) []byte {
	const most = 1 << 20
	quarters := v * 4
	if n := int64(quarters); float64(n) == quarters && -most < n && n < most {
		if n < 0 {
			dst, n = append(dst, '-'), -n
		}
		return append(strconv.AppendInt(dst, n/4, 10), [...]string{"", ".25", ".5", ".75"}[n%4]...)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
}

func appendText(dst []byte, s string) []byte {
	for i := range len(s) {
		if s[i] == keySeparator || s[i] == keyEscape {
			return appendEscaped(dst, s)
		}
	}
	return append(dst, s...)
}

func appendEscaped(dst []byte, s string) []byte {
	for i := range len(s) {
		if s[i] == keySeparator || s[i] == keyEscape {
			dst = append(dst, keyEscape)
		}
		dst = append(dst, s[i])
	}
	return dst
}

// cutPart returns the first value of a key and what is behind its separator.
func cutPart(key string) (part, rest string) {
	end := strings.IndexByte(key, keySeparator)
	if escape := strings.IndexByte(key, keyEscape); escape < 0 || end >= 0 && end < escape {
		if end < 0 {
			return key, ""
		}
		return key[:end], key[end+1:]
	}
	var b strings.Builder
	for i := 0; i < len(key); i++ {
		switch {
		case key[i] == keySeparator:
			return b.String(), key[i+1:]
		case key[i] == keyEscape && i+1 < len(key):
			i++
		}
		b.WriteByte(key[i])
	}
	return b.String(), ""
}
