package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/betflow/betflow/internal/app"
	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/metrics"
)

// signalsTopic is what `explain` calls the rules of signals.
const signalsTopic = "signals"

func newExplain(s *shared) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain [METRIC|signals]",
		Short: "Show the plan of a metric, or the rules of signals in effect",
		Long: `Prints how a window metric is computed: what it reads, by which keys, over which
windows, each column with unit and formula, when rows are written and revised,
where they go and where the state lies until then. With signals it prints every
threshold and guard in effect with its meaning, and where leagues differ.

It reads the definitions, with those of the folders definitions.metrics and
definitions.signals; nothing has to run. Without a name it lists what there is.`,
		Example: `  betflow explain
  betflow explain line_movement
  betflow explain line_movement --json
  betflow explain signals`,
		Args: misuse(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, _, err := s.load()
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			if len(args) == 1 && args[0] == signalsTopic {
				return explainSignals(out, cfg.Definitions.Signals, asJSON)
			}
			defs, err := metrics.Load(cfg.Definitions.Metrics)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return listExplained(out, defs, asJSON)
			}
			at := slices.IndexFunc(defs, func(d metric.Definition) bool { return d.Name == args[0] })
			if at < 0 {
				return &usageError{fmt.Errorf("there is no metric %q; `betflow explain` lists them", args[0])}
			}
			p := planOf(&defs[at], &cfg)
			if asJSON {
				return json.NewEncoder(out).Encode(p)
			}
			return p.print(out)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// explained is one thing that can be explained.
type explained struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`
}

func listExplained(out io.Writer, defs []metric.Definition, asJSON bool) error {
	var list []explained
	for _, d := range defs {
		list = append(list, explained{d.Name, d.Doc})
	}
	list = append(list, explained{signalsTopic, "The rules by which signals are found, with thresholds and guards."})
	if asJSON {
		return json.NewEncoder(out).Encode(list)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, e := range list {
		fmt.Fprintf(w, "%s\t%s\n", e.Name, e.Doc)
	}
	return w.Flush()
}

// plan is how a metric is computed, from its source to its table.
type plan struct {
	metric.Description
	Sources  []string        `json:"sources"` // topics
	State    string          `json:"state"`   // only records in this one; empty for all
	Disorder metric.Span     `json:"disorder"`
	Lateness metric.Span     `json:"lateness"`
	Emit     metric.Emission `json:"emit"`
	Latest   string          `json:"latest"`        // the view of the last revisions
	Table    []tableColumn   `json:"table_columns"` // of the table and the view
	Tasks    []string        `json:"tasks"`         // that compute it
	Stored   string          `json:"state_folder"`  // of each task
	Prefix   string          `json:"state_keys"`
}

// tableColumn is a column of the hot store.
type tableColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Doc  string `json:"doc"`
}

func planOf(d *metric.Definition, cfg *app.Config) *plan {
	p := &plan{
		Description: d.Describe(), State: d.State, Disorder: d.Disorder, Lateness: d.Lateness, Emit: d.Emit,
		Stored: filepath.Join(cfg.Data, "state", "TASK"), Prefix: "panes/LEAGUE/" + d.Name + "/SIZE/START/SERIES",
	}
	if p.Emit == "" {
		p.Emit = metric.EmitClose
	}
	p.Latest = "latest_" + p.Description.Table
	for i := range cfg.Log.Partitions {
		p.Tasks = append(p.Tasks, fmt.Sprintf("compute-%d", i))
	}
	if len(cfg.Leagues) == 0 {
		p.Sources = []string{d.Source + ".LEAGUE"}
	}
	for _, l := range cfg.Leagues {
		p.Sources = append(p.Sources, d.Source+"."+l)
	}
	p.Table = []tableColumn{
		{"window_size", "VARCHAR", "which of the windows"},
		{"window_start", "TIMESTAMP", "UTC"},
		{"window_end", "TIMESTAMP", "UTC; not in the window"},
		{"revision", "INTEGER", "from 0; the highest counts"},
	}
	for _, c := range d.KeyColumns() {
		kind := "VARCHAR"
		if c.Number {
			kind = "DOUBLE"
		}
		p.Table = append(p.Table, tableColumn{c.Name, kind, "key"})
	}
	for _, c := range p.Columns {
		p.Table = append(p.Table, tableColumn{c.Name, c.Type, string(c.Unit)})
	}
	p.Table = append(p.Table, tableColumn{"seq", "BIGINT", "number among what its task wrote to the partition"})
	return p
}

func (p *plan) print(out io.Writer) error {
	fmt.Fprintf(out, "%s: %s\n\n", p.Name, p.Doc)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	filter := "all records"
	if p.State != "" {
		filter = "records in state " + p.State
	}
	for _, row := range [][2]string{
		{"reads", strings.Join(p.Sources, ", ") + ": " + filter},
		{"keys", strings.Join(p.Keys, ", ")},
		{"watermark", "the newest tick less " + p.Disorder.String() + " (disorder), in each league and partition"},
		{"written", p.Fires},
		{"late", p.Late},
		{"topic", p.Topic + ", keyed by series, size and " + map[bool]string{true: "window start", false: "window end"}[p.Kind == metric.KindSession]},
		{"table", p.Description.Table + ", and " + p.Latest + " with the last revisions"},
		{"state", p.Stored + " of the tasks " + strings.Join(p.Tasks, ", ") + ", keys " + p.Prefix},
		{"kept", p.Kept},
	} {
		fmt.Fprintf(w, "%s\t%s\n", row[0], row[1])
	}
	fmt.Fprintf(w, "\n%s windows\tmost panes of a series\t\n", p.Kind)
	for _, s := range p.Windows {
		most := "one a session"
		if s.MostPanes > 0 {
			most = fmt.Sprint(s.MostPanes)
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\n", s.Size, most, s.Text)
	}
	fmt.Fprintf(w, "\naggregate\tunit\tof\tformula\t\n")
	for _, c := range p.Columns {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\n", c.Name, c.Unit, c.SQL, c.Formula, c.Doc)
	}
	fmt.Fprintf(w, "\ncolumn of the table\ttype\t\n")
	for _, c := range p.Table {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", c.Name, c.Type, c.Doc)
	}
	return w.Flush()
}
