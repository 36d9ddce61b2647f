package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/betflow/betflow/internal/app"
)

func newDoctor(s *shared) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check that everything BetFlow needs is in order",
		Long: `Checks the configuration, definitions, data folder, addresses and, where keys
are set, the providers. Exits with 1 if something is wrong.`,
		Example: "  betflow doctor\n  betflow doctor --json",
		Args:    misuse(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, _, err := s.load()
			if err != nil {
				return err
			}
			_, running, err := runningOn(cmd.Context(), cfg.Data)
			if err != nil {
				return err
			}
			findings := app.Diagnose(cmd.Context(), cfg, running)
			bad := 0
			for _, f := range findings {
				if !f.OK {
					bad++
				}
				if asJSON {
					continue
				}
				mark := "ok  "
				if !f.OK {
					mark = "BAD "
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s %-22s %s\n", mark, f.Check, f.Text)
				if f.Hint != "" {
					fmt.Fprintf(cmd.OutOrStdout(), "     %-22s %s\n", "", f.Hint)
				}
			}
			if asJSON {
				if err := json.NewEncoder(cmd.OutOrStdout()).Encode(findings); err != nil {
					return err
				}
			}
			if bad > 0 {
				return fmt.Errorf("%d of %d checks failed", bad, len(findings))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	return cmd
}
