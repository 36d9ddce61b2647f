package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/betflow/betflow/internal/app"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/parity"
)

func newParity(s *shared) *cobra.Command {
	var q app.ParityQuery
	var from, to string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "parity",
		Short: "Recompute finished windows from the log and compare",
		Long: `Reads the quotes of all finished windows back from the log, recomputes the windows
in the plainest way, with code that shares nothing with the stream's, and compares
them with the last rows that the stream has written. A window is finished when its
lateness is over. Counts and picked prices have to agree to the last bit, sums to
1e-9.

It reads the log of the betflow that runs on the data folder, or opens the log of
one that has stopped. What the log does not hold any more, or what was written
under another definition of the metric, is not checked and counted apart. The
configuration has to be the one that the betflow runs with.

The exit code is 1 if a window differs. betflow up does the same all the time for
a sample of the series (parity.every, parity.sample).`,
		Example: `  betflow parity
  betflow parity --metric line_movement --fixture f-7b1c
  betflow parity --from 2026-03-01 --to 2026-03-02T12:00:00Z --json
  betflow parity --sample 0.1 --data /tmp/nhl`,
		Args: misuse(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if !(q.Sample > 0 && q.Sample <= 1) {
				return &usageError{fmt.Errorf("--sample %v is not above 0 and up to 1", q.Sample)}
			}
			if q.Filter.From, err = moment("--from", from); err != nil {
				return err
			}
			if q.Filter.To, err = moment("--to", to); err != nil {
				return err
			}
			q.Progress = progress(cmd.ErrOrStderr(), "quotes")
			found, err := checkParity(cmd, s, q)
			if errors.Is(err, app.ErrNoMetric) {
				return &usageError{err}
			}
			if err != nil {
				return err
			}
			if asJSON {
				err = json.NewEncoder(cmd.OutOrStdout()).Encode(found)
			} else {
				err = printParity(cmd.OutOrStdout(), found)
			}
			if err == nil && found.Mismatches > 0 {
				err = fmt.Errorf("%d of %d windows differ from what the log says", found.Mismatches, found.Checked)
			}
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&q.Metric, "metric", "", "only windows of the metric `NAME`")
	f.StringVar(&q.Filter.Fixture, "fixture", "", "only windows of the fixture `ID`")
	f.StringVar(&from, "from", "", "only windows that end at `TIME` or later, as 2026-03-01 or 2026-03-01T18:00:00Z")
	f.StringVar(&to, "to", "", "only windows that end before `TIME`")
	f.Float64Var(&q.Sample, "sample", 1, "`SHARE` of the series to check, always the same ones")
	f.BoolVar(&asJSON, "json", false, "print a JSON object")
	return cmd
}

// moment reads a day or an instant, UTC; empty is zero.
func moment(flag, text string) (feed.Time, error) {
	if text == "" {
		return 0, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339Nano} {
		if t, err := time.Parse(layout, text); err == nil {
			return feed.At(t), nil
		}
	}
	return 0, &usageError{fmt.Errorf("%s %q is neither a day, as in 2026-03-01, nor an instant, as in 2026-03-01T18:00:00Z", flag, text)}
}

// checkParity reads the log of the betflow that runs on the folder, or opens the
// one that is in it.
func checkParity(cmd *cobra.Command, s *shared, q app.ParityQuery) (parity.Summary, error) {
	ctx := cmd.Context()
	cfg, _, err := s.load()
	if err != nil {
		return parity.Summary{}, err
	}
	logger, err := s.logger(cmd.ErrOrStderr())
	if err != nil {
		return parity.Summary{}, err
	}
	deps := app.Deps{Logger: logger, Now: time.Now}
	a, running, err := runningOn(ctx, cfg.Data)
	if err != nil {
		return parity.Summary{}, err
	}
	if running {
		settled, err := settledOf(ctx, a)
		if err != nil {
			return parity.Summary{}, err
		}
		return app.CheckRunning(ctx, cfg, a, settled, q, deps)
	}
	found, err := app.CheckStopped(ctx, cfg, q, deps)
	if errors.Is(err, fs.ErrNotExist) {
		return parity.Summary{}, fmt.Errorf("there are no windows in %s: start one with `betflow up --data %s`", cfg.Data, cfg.Data)
	}
	return found, err
}

// restoring is how long a task that has just been started may take to find its
// state before we say so instead of waiting.
const restoring = 30 * time.Second

// settledOf asks a running betflow up to where its compute tasks have made all
// that they write durable, once they know it themselves.
func settledOf(ctx context.Context, a app.Addresses) (map[log.Partition]int64, error) {
	ctx, cancel := context.WithTimeout(ctx, restoring)
	defer cancel()
	for {
		settled, restores, err := askSettled(ctx, a)
		if err != nil || restores == "" {
			return settled, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("task %s still restores its state: `betflow state` tells how far it is", restores)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// askSettled also names a task that does not know it yet.
func askSettled(ctx context.Context, a app.Addresses) (settled map[log.Partition]int64, restores string, err error) {
	reports, err := askTasks(ctx, a, "", 0)
	if err != nil {
		return nil, "", err
	}
	settled = map[log.Partition]int64{}
	for i := range reports {
		r := &reports[i]
		if !strings.HasPrefix(r.Task, "compute-") {
			continue
		}
		if !r.Running && !r.Elsewhere && r.Error == "" {
			restores = r.Task
		}
		for _, in := range r.Inputs {
			settled[log.Partition{Topic: in.Topic, Partition: in.Partition}] = in.Position
		}
	}
	return settled, restores, nil
}

func printParity(out io.Writer, found parity.Summary) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "metric\tchecked\tdiffer")
	for _, reason := range parity.Reasons() {
		fmt.Fprint(w, "\t"+reason)
	}
	fmt.Fprintln(w)
	line := func(name string, c parity.Counts) {
		fmt.Fprintf(w, "%s\t%d\t%d", name, c.Checked, c.Mismatches)
		for _, reason := range parity.Reasons() {
			fmt.Fprintf(w, "\t%d", c.Unchecked[reason])
		}
		fmt.Fprintln(w)
	}
	var names []string
	for name := range found.Metrics {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		line(name, found.Metrics[name])
	}
	line("all", parity.Counts{Checked: found.Checked, Mismatches: found.Mismatches, Unchecked: found.Unchecked})
	if err := w.Flush(); err != nil {
		return err
	}
	if found.Checked == 0 {
		fmt.Fprintln(out, "\nNo window to check is final yet: one is when its metric's lateness is over, an hour by default.")
	}
	for i := range found.Recent {
		m := &found.Recent[i]
		fmt.Fprintf(out, "\n%s %s of %s\n  from %s to %s, partition %d, row %d, revision %d, quotes %d to %d\n  %s: the stream has %q, the recount %q\n",
			m.Metric, m.Size, m.Series, m.Start, m.End, m.Partition, m.Row, m.Revision, m.From, m.To, m.What, m.Stream, m.Recount)
	}
	return nil
}
