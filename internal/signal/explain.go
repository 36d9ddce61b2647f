package signal

import (
	"reflect"
	"strings"

	"github.com/betflow/betflow/internal/feed"
)

// Setting is one number of the rules, as it is in effect, and what it means.
type Setting struct {
	Group string `json:"group"` // the rule, opinions, or "" for what is said of all
	Name  string `json:"name"`  // as in the file
	Value any    `json:"value"` // a number, a span, a list or a truth value
	Doc   string `json:"doc"`
}

// ruleDocs says what each rule finds.
var ruleDocs = map[string]string{
	"opinions":         "whose fair probabilities the others are held against",
	feed.RuleArbitrage: "the best prices of all outcomes return more than they cost; the value is the return on the stakes",
	feed.RuleLowHold:   "the best prices of all outcomes have almost no hold; the value is the hold",
	feed.RuleMiddle:    "over at a line and under at a higher one; the value is the expected return on both stakes",
	feed.RuleValue:     "a price is worth more by the other books' consensus than it costs; the value is the expected return",
	feed.RuleSteam:     "several books move the same way within a window; the value is their move of probability, and reverse_move tells of its undoing",
	feed.RuleDrop:      "one book's fair price falls within a window; the value is the share by which it fell",
	feed.RuleStaleLine: "a book confirms its price while the others have moved on; the value is the probability by which they moved and are away",
	feed.RuleOutlier:   "a book stands far from the others; the value counts median absolute deviations of the logit",
}

// settingDocs says what each setting means; "rule.name" goes over "name".
var settingDocs = map[string]string{
	"markets":           "the markets that are looked at",
	"opinions.max_age":  "older opinions do not count",
	"opinions.mads":     "nor do those further from the median, in median absolute deviations of the logit",
	"enabled":           "whether the rule runs",
	"open":              "a signal opens from here on",
	"close":             "an open one ends below this",
	"low_hold.open":     "a signal opens from here down",
	"low_hold.close":    "an open one ends above this",
	"step":              "a change of the value by less is no record",
	"max":               "guard: a higher value is somebody's error",
	"max_age":           "guard: since each leg's last confirmation by the provider",
	"max_spread":        "guard: between the oldest and the newest leg's confirmation",
	"min_books":         "guard: complete, fresh books that a candidate rests on",
	"value.min_books":   "guard: complete, fresh other books",
	"in_play":           "whether it works after the start",
	"cooldown":          "after a signal's end, before its key may open again",
	"kelly":             "fraction of the Kelly stake",
	"max_ratio":         "guard: highest price as a multiple of the fair price",
	"sharp_sum":         "guard: highest booksum of the sharpest of the others, if one of them is sharp",
	"steam.probability": "each book moves by so much probability",
	"points":            "or its line by so many points, whichever is less",
	"window":            "within this time",
	"share":             "of the books with a position must have moved, beside min_books",
	"reverse":           "the share of the move whose undoing ends it",
	"gap":               "guard: and by at least so much probability",
	"sharp_only":        "where a sharp book quotes, only sharp books count",
	"stale_line.after":  "the others have been there for so long",
}

// Explain lists every setting in the order of the file's type, with its meaning.
func (r *Rules) Explain() (out []Setting) {
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		name := yamlName(v.Type().Field(i))
		if f := v.Field(i); f.Kind() == reflect.Struct {
			out = explain(out, name, f)
		} else {
			out = append(out, Setting{Name: name, Value: f.Interface(), Doc: settingDocs[name]})
		}
	}
	return out
}

// explain adds the settings of one rule. Those that rules share are embedded.
func explain(out []Setting, group string, v reflect.Value) []Setting {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Anonymous {
			out = explain(out, group, v.Field(i))
			continue
		}
		name := yamlName(field)
		doc, ok := settingDocs[group+"."+name]
		if !ok {
			doc = settingDocs[name]
		}
		out = append(out, Setting{group, name, v.Field(i).Interface(), doc})
	}
	return out
}

func yamlName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return name
}

// RuleDoc says what a rule, or the group opinions, is about.
func RuleDoc(group string) string { return ruleDocs[group] }
