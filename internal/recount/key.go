package recount

import (
	"strconv"
	"strings"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/metric"
)

// Key names the series of a quote by the definition's key columns. Only keys of
// this package are to be compared with it.
func Key(d *metric.Definition, q *feed.Quote) string {
	parts := make([]string, len(d.Keys))
	for i, k := range d.Keys {
		if k == "line" {
			if q.Line != nil {
				parts[i] = lineText(*q.Line)
			}
			continue
		}
		parts[i] = plain(column(q, k))
	}
	return strings.Join(parts, "|")
}

// RowKey names the series of a row by its columns, which a decoder has made
// texts, numbers or nil. A row that lacks one, or has another kind of value
// there, is of no series: ok is false.
func RowKey(d *metric.Definition, row map[string]any) (key string, ok bool) {
	parts := make([]string, len(d.Keys))
	for i, k := range d.Keys {
		v, there := row[k]
		if !there {
			return "", false
		}
		if k != "line" {
			text, isText := v.(string)
			if !isText {
				return "", false
			}
			parts[i] = plain(text)
			continue
		}
		if x, set := Number(v); set {
			parts[i] = lineText(x)
		}
	}
	return strings.Join(parts, "|"), true
}

// Number reads a number of a decoded row; set is false if it is absent.
func Number(v any) (x float64, set bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case *float64:
		if v != nil {
			return *v, true
		}
	case int64:
		return float64(v), true
	case int32:
		return float64(v), true
	case int:
		return float64(v), true
	}
	return 0, false
}

// lineText writes a line; minus zero is zero.
func lineText(line float64) string { return strconv.FormatFloat(line+0, 'g', -1, 64) }

// plain keeps names apart: one with a separator in it is quoted.
func plain(name string) string {
	if strings.ContainsAny(name, `|"`) {
		return strconv.Quote(name)
	}
	return name
}

// column reads a text column of a quote.
func column(q *feed.Quote, name string) string {
	switch name {
	case "fixture_id":
		return q.FixtureID
	case "league":
		return q.League
	case "market":
		return q.Market
	case "period":
		return q.Period
	case "outcome":
		return q.Outcome
	case "book":
		return q.Book
	case "source":
		return q.Source
	}
	return ""
}
