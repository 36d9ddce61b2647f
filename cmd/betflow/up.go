package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/betflow/betflow/internal/app"
)

func newUp(s *shared) *cobra.Command {
	r := &replayFlags{}
	var file string
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Start everything and open the live board",
		Long: `Starts the whole of BetFlow in this process: the log, the processing, the hot
store, the API and the web UI. Without keys a simulated world stands in for the
providers; with ODDS_API_KEY (and OPENWEATHER_API_KEY) in the environment the
real ones are asked. With --replay a recording is played instead.

Everything is kept in the data folder and taken up again at the next start.

On a real cluster (kafka.brokers) several processes share the work, each with a
data folder of its own. --roles says what one of them does: ingest asks the
sources or plays the recording, process computes, serve keeps a hot store and
answers pages, API and SQL.`,
		Example: `  betflow up
  ODDS_API_KEY=... betflow up
  betflow up --replay nhl.ndjson.gz --speed 60
  betflow up --config cluster.yaml --data replica-2 --roles process
  betflow up --replay nhl.ndjson.gz --speed max --exit --data /tmp/nhl`,
		Args: misuse(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var replay *app.Replay
			if file != "" {
				var err error
				if replay, err = r.replay(cmd, file); err != nil {
					return err
				}
			} else if r.speed != "" || r.exit {
				return &usageError{fmt.Errorf("--speed and --exit belong to --replay")}
			}
			return up(cmd, s, replay, r.json)
		},
	}
	cmd.Flags().StringVar(&file, "replay", "", "play the recording `FILE` instead of asking providers")
	cmd.Flags().StringVar(&s.roles, "roles", "", "what this process does on a real cluster: `ROLES` of ingest,process,serve (default all)")
	r.register(cmd)
	return cmd
}

func newReplay(s *shared) *cobra.Command {
	r := &replayFlags{}
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Play a recording through the whole system",
		Long: `Plays a recording as if its responses came now: the same as up --replay FILE.
Without --data the state goes to a temporary folder that is removed at the end.`,
		Example: `  betflow replay nhl.ndjson.gz --speed 600
  betflow replay nhl.ndjson.gz --speed max --exit --json`,
		Args: misuse(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			replay, err := r.replay(cmd, args[0])
			if err != nil {
				return err
			}
			if s.data == "" {
				if s.data, err = os.MkdirTemp("", "betflow-replay-"); err != nil {
					return fmt.Errorf("making a temporary data folder: %w", err)
				}
				defer func() {
					if remove := os.RemoveAll(s.data); err == nil {
						err = remove
					}
				}()
			}
			return up(cmd, s, replay, r.json)
		},
	}
	r.register(cmd)
	return cmd
}

// replayFlags say how a recording is played.
type replayFlags struct {
	speed string
	exit  bool
	json  bool
}

func (r *replayFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&r.speed, "speed", "", "how many times as fast as recorded, or max (default 1)")
	cmd.Flags().BoolVar(&r.exit, "exit", false, "stop when the recording has been processed")
	cmd.Flags().BoolVar(&r.json, "json", false, "print the summary as JSON")
}

func (r *replayFlags) replay(cmd *cobra.Command, file string) (*app.Replay, error) {
	out := &app.Replay{File: file, Speed: 1, Exit: r.exit, Progress: progress(cmd.ErrOrStderr(), "responses")}
	switch r.speed {
	case "":
	case "max":
		out.Speed = 0
	default:
		v, err := strconv.ParseFloat(strings.TrimSuffix(r.speed, "x"), 64)
		if err != nil || !(v > 0) {
			return nil, &usageError{fmt.Errorf("--speed %q is neither a positive number nor max", r.speed)}
		}
		out.Speed = v
	}
	return out, nil
}

// up runs the system until it is told to stop.
func up(cmd *cobra.Command, s *shared, replay *app.Replay, asJSON bool) error {
	cfg, _, err := s.load()
	if err != nil {
		return err
	}
	logger, err := s.logger(cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	var printed error
	opts := app.Options{
		Replay: replay,
		Started: func(a app.Addresses) {
			if replay == nil || !replay.Exit {
				fmt.Fprintf(cmd.ErrOrStderr(), "board     %s\nkafka     %s\nregistry  %s\ndata      %s\nstop with Ctrl-C\n", a.HTTP, a.Kafka, a.Registry, cfg.Data)
			}
		},
		Done: func(sum app.Summary) { printed = printSummary(out, sum, asJSON) },
	}
	if err := app.Run(cmd.Context(), cfg, opts, app.Deps{Logger: logger, Now: time.Now}); err != nil {
		return err
	}
	return printed
}

func printSummary(out io.Writer, s app.Summary, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(s)
	}
	_, err := fmt.Fprintf(out, "responses    %d\nfixtures     %d\nquotes       %d\nwithdrawn    %d\nwindows      %d\nquarantined  %d\nelapsed      %s\n",
		s.Responses, s.Fixtures, s.Quotes, s.Withdrawn, s.Windows, s.Quarantined, s.Elapsed.Round(time.Millisecond))
	return err
}

// progress draws a bar of how many things are done on a terminal and says nothing
// elsewhere.
func progress(out io.Writer, things string) func(done, total int) {
	f, ok := out.(*os.File)
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	const width = 40
	shown := -1
	return func(done, total int) {
		if total == 0 || done*1000/total == shown && done != total {
			return
		}
		shown = done * 1000 / total
		filled := done * width / total
		fmt.Fprintf(f, "\r[%s%s] %d of %d %s", strings.Repeat("#", filled), strings.Repeat(".", width-filled), done, total, things)
		if done == total {
			fmt.Fprintln(f)
		}
	}
}
