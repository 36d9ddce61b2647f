package metric

import (
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
				dst = strconv.AppendFloat(dst, *q.Line+0, 'f', -1, 64)
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

func appendText(dst []byte, s string) []byte {
	if strings.IndexByte(s, keySeparator) < 0 && strings.IndexByte(s, keyEscape) < 0 {
		return append(dst, s...)
	}
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
