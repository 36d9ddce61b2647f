package main

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"text/tabwriter"

	"github.com/betflow/betflow/internal/signal"
	"github.com/betflow/betflow/signals"
)

// effect is a setting of the rules with the leagues where it differs.
type effect struct {
	signal.Setting
	Leagues map[string]any `json:"leagues,omitempty"`
	differ  []string       // the leagues as text, in their order
}

// effects compares the rules of leagues with those that hold elsewhere.
func effects(r *signals.Rules) []effect {
	var out []effect
	for _, s := range r.Of("").Explain() {
		out = append(out, effect{Setting: s})
	}
	for _, league := range r.Leagues() {
		for i, own := range r.Of(league).Explain() {
			if reflect.DeepEqual(own.Value, out[i].Value) {
				continue
			}
			if out[i].Leagues == nil {
				out[i].Leagues = map[string]any{}
			}
			out[i].Leagues[league] = own.Value
			out[i].differ = append(out[i].differ, fmt.Sprintf("%s: %v", league, own.Value))
		}
	}
	return out
}

func explainSignals(out io.Writer, dir string, asJSON bool) error {
	r, err := signals.Load(dir)
	if err != nil {
		return err
	}
	all := effects(r)
	if asJSON {
		return json.NewEncoder(out).Encode(all)
	}
	fmt.Fprintln(out, "Returns, holds and probabilities are fractions: 0.01 is 1 %.")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	group := ""
	for _, e := range all {
		if e.Group != group {
			group = e.Group
			if err := w.Flush(); err != nil { // each rule has columns of its own
				return err
			}
			fmt.Fprintf(out, "\n%s: %s\n", group, signal.RuleDoc(group))
		}
		value := fmt.Sprint(e.Value)
		if len(e.differ) > 0 {
			value += " (" + strings.Join(e.differ, ", ") + ")"
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\n", e.Name, value, e.Doc)
	}
	return w.Flush()
}
