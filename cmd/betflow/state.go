package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/betflow/betflow/internal/app"
)

func newState(s *shared) *cobra.Command {
	var asJSON bool
	var keys int
	cmd := &cobra.Command{
		Use:   "state [TASK]",
		Short: "Look into the checkpoints of the tasks",
		Long: `Prints what the last checkpoint of each task, or of one, holds: positions of its
inputs, numbers of its outputs, watermarks of each league and metric, how many
fixtures, markets, panes and open signals there are and how old the oldest is,
the size on disk and the version of the format. A task that catches up with the
log, or makes its state anew from it, says how far it has come and why.

It asks the betflow that runs on the data folder, which also knows how far each
task is behind. When none runs it opens the checkpoints, without changing them.
Lag in seconds is time of the log.`,
		Example: `  betflow state
  betflow state compute-0 --keys 10
  betflow state --data betflow-data --json`,
		Args: misuse(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if keys < 0 || keys > app.MaxLargest {
				return &usageError{fmt.Errorf("--keys %d is not from 0 to %d", keys, app.MaxLargest)}
			}
			cfg, _, err := s.load()
			if err != nil {
				return err
			}
			reports, err := taskReports(cmd.Context(), cfg.Data, strings.Join(args, ""), keys)
			var unknown *app.UnknownTaskError
			if errors.As(err, &unknown) {
				return &usageError{err}
			}
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(reports)
			}
			for i := range reports {
				if err := printTask(cmd.OutOrStdout(), &reports[i], i == 0); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	cmd.Flags().IntVar(&keys, "keys", 0, "also list the `N` largest entries of each task")
	return cmd
}

// taskReports asks the betflow that runs on the folder, or reads what is in it.
func taskReports(ctx context.Context, data, task string, keys int) ([]app.TaskReport, error) {
	a, running, err := runningOn(ctx, data)
	if err != nil {
		return nil, err
	}
	if running {
		return askTasks(ctx, a, task, keys)
	}
	reports, err := app.InspectTasks(data, task, keys)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no task has any state in %s: start one with `betflow up --data %s`", data, data)
	}
	return reports, err
}

func askTasks(ctx context.Context, a app.Addresses, task string, keys int) (reports []app.TaskReport, err error) {
	where := a.HTTP + "/debug/tasks?" + url.Values{"largest": {strconv.Itoa(keys)}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, where, nil)
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", a.HTTP, err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking the betflow at %s: %w", a.HTTP, err)
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if resp.StatusCode != http.StatusOK {
		var problem struct{ Error, Hint string }
		if err := json.NewDecoder(resp.Body).Decode(&problem); err != nil {
			return nil, fmt.Errorf("the betflow at %s answers with %s", a.HTTP, resp.Status)
		}
		return nil, fmt.Errorf("the betflow at %s: %s (%s)", a.HTTP, problem.Error, problem.Hint)
	}
	if err := json.NewDecoder(resp.Body).Decode(&reports); err != nil {
		return nil, fmt.Errorf("reading the answer of %s: %w", a.HTTP, err)
	}
	if task == "" {
		return reports, nil
	}
	var names []string
	for i := range reports {
		if names = append(names, reports[i].Task); reports[i].Task == task {
			return reports[i : i+1], nil
		}
	}
	return nil, &app.UnknownTaskError{Task: task, Known: names}
}

func printTask(out io.Writer, r *app.TaskReport, first bool) error {
	if !first {
		fmt.Fprintln(out)
	}
	c := &r.Checkpoint
	state := "stopped"
	switch {
	case r.Running:
		state = "running"
	case r.Elsewhere:
		state = "another process runs it"
	case r.Fetched != nil:
		state = fmt.Sprintf("its state is taken over from the log, %d of %d", r.Fetched.Done, r.Fetched.Total)
	}
	fmt.Fprintf(out, "%s (%s)  format %s, %d bytes, changed %s", r.Task, state, c.Format, c.Bytes, c.Changed.Format(time.RFC3339))
	if c.Made > 0 {
		fmt.Fprintf(out, ", %d checkpoints of %.1f ms", c.Made, 1000*c.Mean)
	}
	fmt.Fprintln(out)
	if r.Error != "" {
		fmt.Fprintf(out, "  error: %s\n", r.Error)
	}
	if v := r.Recovery; v != nil {
		doing := "catching up"
		if v.Reason != "" {
			doing = "rebuilding its state, as " + v.Reason
		}
		fmt.Fprintf(out, "  %s: %.0f %%, %d of %d records in %.1f s\n", doing, 100*float64(v.Done)/float64(v.Records), v.Done, v.Records, v.Seconds)
	}
	if c.Format != "" && !c.Current {
		fmt.Fprintln(out, "  of another version: it will be rebuilt from the log")
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(r.Inputs) > 0 {
		fmt.Fprint(w, "\n  input\tposition\tlag records\tlag seconds\tclock\n")
	}
	for _, in := range r.Inputs {
		records, seconds := "-", "-"
		if in.LagRecords != nil {
			records = strconv.FormatInt(*in.LagRecords, 10)
		}
		if in.LagSeconds != nil {
			seconds = strconv.FormatFloat(*in.LagSeconds, 'f', 3, 64)
		}
		fmt.Fprintf(w, "  %s/%d\t%d\t%s\t%s\t%s\n", in.Topic, in.Partition, in.Position, records, seconds, orDash(in.Clock.String()))
	}
	if len(r.Outputs) > 0 {
		fmt.Fprint(w, "\n  output\twritten\n")
	}
	for _, o := range r.Outputs {
		fmt.Fprintf(w, "  %s/%d\t%d\n", o.Topic, o.Partition, o.Written)
	}
	if len(r.Leagues) > 0 {
		fmt.Fprint(w, "\n  league\ttick\tfixtures\tmarkets\tpanes\tsignals\twaiting\tlate\toldest\tentries\tbytes\n")
	}
	for i := range r.Leagues {
		l := &r.Leagues[i]
		panes := 0
		for _, n := range l.Panes {
			panes += n
		}
		fmt.Fprintf(w, "  %s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t%d\t%d\n", l.League, orDash(l.Tick.String()), l.Fixtures, l.Markets, panes, l.Signals, l.Waiting, l.Late, orDash(l.Oldest.String()), l.Entries, l.Bytes)
	}
	printWatermarks(w, r)
	if len(r.Largest) > 0 {
		fmt.Fprint(w, "\n  bytes\tkey\n")
	}
	for _, e := range r.Largest {
		fmt.Fprintf(w, "  %d\t%s\n", e.Bytes, strconv.QuoteToGraphic(e.Key))
	}
	return w.Flush()
}

func printWatermarks(w io.Writer, r *app.TaskReport) {
	title := "\n  watermark\tmetric\ttime\tpanes\n"
	for i := range r.Leagues {
		l := &r.Leagues[i]
		var names []string
		for name := range l.Watermarks {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if l.Watermarks[name] == 0 {
				continue
			}
			fmt.Fprintf(w, "%s  %s\t%s\t%s\t%d\n", title, l.League, name, l.Watermarks[name], l.Panes[name])
			title = ""
		}
	}
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
