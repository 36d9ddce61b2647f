package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/betflow/betflow/internal/app"
)

func newRecord(s *shared) *cobra.Command {
	var out string
	var span time.Duration
	cmd := &cobra.Command{
		Use:   "record",
		Short: "Ask the providers and write their responses to a recording",
		Long: `Runs as up does, without web UI, and writes every response to a file that
replay plays: NDJSON, a response a line; .gz and .zst are compressed. A file
that exists is continued. Without keys the simulated world is recorded.`,
		Example: `  betflow record --out evening.ndjson.zst --for 4h
  ODDS_API_KEY=... betflow record --out nfl.ndjson.gz`,
		Args: misuse(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return &usageError{fmt.Errorf("--out FILE is needed")}
			}
			cfg, _, err := s.load()
			if err != nil {
				return err
			}
			logger, err := s.logger(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			n, err := app.Record(cmd.Context(), cfg, out, span, app.Deps{Logger: logger, Now: time.Now})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "recorded %d responses to %s\n", n, out)
			return err
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "`FILE` to write: .ndjson, .ndjson.gz or .ndjson.zst")
	cmd.Flags().DurationVar(&span, "for", 0, "how long to record (default: until stopped)")
	return cmd
}
