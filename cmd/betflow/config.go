package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/betflow/betflow/internal/app"
)

func newConfig(s *shared) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show, check or print the configuration",
		Long: `Settings come from the defaults, a file (--config), the environment
(BETFLOW_<SECTION>_<NAME>) and flags, the later over the earlier.`,
		Example: `  betflow config show
  betflow config check --config betflow.yaml
  betflow config default > betflow.yaml`,
		Args: misuse(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var asJSON bool
	show := &cobra.Command{
		Use: "show", Short: "Print every setting in effect and where it comes from", Args: misuse(cobra.NoArgs),
		Example: "  betflow config show --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, settings, err := s.load()
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(settings)
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, st := range settings {
				fmt.Fprintf(w, "%s\t%s\t%s\n", st.Name, st.Value, st.Origin)
			}
			return w.Flush()
		},
	}
	show.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	check := &cobra.Command{
		Use: "check", Short: "Check the configuration and say what is wrong", Args: misuse(cobra.NoArgs),
		Example: "  betflow config check --config betflow.yaml",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, _, err := s.load(); err != nil {
				return err
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "the configuration is good")
			return err
		},
	}
	def := &cobra.Command{
		Use: "default", Short: "Print the complete default configuration", Args: misuse(cobra.NoArgs),
		Example: "  betflow config default > betflow.yaml",
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(app.DefaultConfig())
			return err
		},
	}
	cmd.AddCommand(show, check, def)
	return cmd
}
