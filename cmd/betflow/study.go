package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/study"
)

func newStudy() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "study",
		Short: "Answer questions about markets from past prices and results",
		Long: `A study reads past prices and results and writes up what they say: tables,
figures and an interval around every number that rests on a sample. The sentences
are made from the numbers. The same files and seed give the same bytes.`,
		Example: `  betflow study soccer DIR
  betflow study soccer DIR --out docs/studies
  betflow study soccer DIR --json
  betflow study nfl LINES_DIR WEATHER_DIR
  betflow study exchange FILE...
  betflow study simulator`,
		Args: misuse(cobra.NoArgs), // a study that is not known is an argument
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newStudySoccer(), newStudyNFL(), newStudyExchange(), newStudySimulator())
	return cmd
}

// usualSeed is that of published reports.
const usualSeed = 1

// inquiry is one study as a subcommand.
type inquiry struct {
	name    string
	folders []string // what the arguments are called; the last may be NAME... for many
	fixed   bool     // nothing is random in it
	things  string   // what its progress counts; files if empty
	flags   func(*pflag.FlagSet)
	short   string
	long    string
	example string
	run     func(ctx context.Context, paths []string, o inquiryOptions) (*study.Report, []feed.Defect, error)
}

// inquiryOptions are what every study may need.
type inquiryOptions struct {
	seed     uint64
	command  string                // that makes the report again, with the folders' names
	progress func(done, total int) // may be nil
}

// command makes the subcommand: it prints the report, as JSON if asked, and
// writes its files.
func (q inquiry) command() *cobra.Command {
	var asJSON bool
	var out string
	var seed uint64
	use := strings.Join(append([]string{q.name}, q.folders...), " ")
	cmd := &cobra.Command{
		Use: use, Short: q.short, Long: q.long, Example: q.example,
		Args: misuse(q.arguments()),
		RunE: func(cmd *cobra.Command, args []string) error {
			o := inquiryOptions{seed: seed, command: "betflow study " + use, progress: progress(cmd.ErrOrStderr(), cmp.Or(q.things, "files"))}
			if seed != usualSeed {
				o.command += fmt.Sprintf(" --seed %d", seed)
			}
			report, defects, err := q.run(cmd.Context(), args, o)
			if err != nil {
				return err
			}
			tell(cmd.ErrOrStderr(), defects)
			if out != "" {
				files, err := report.Write(out)
				if err != nil {
					return err
				}
				for _, name := range files {
					fmt.Fprintln(cmd.ErrOrStderr(), "wrote "+name)
				}
			}
			if asJSON {
				return report.JSON(cmd.OutOrStdout())
			}
			if out != "" {
				return nil
			}
			return report.Print(cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the numbers as one JSON object")
	cmd.Flags().StringVar(&out, "out", "", "write the report to the `FOLDER`, as Markdown and SVG, instead of printing it")
	if q.flags != nil {
		q.flags(cmd.Flags())
	}
	seed = usualSeed
	if !q.fixed {
		cmd.Flags().Uint64Var(&seed, "seed", usualSeed, "of everything random")
	}
	return cmd
}

// arguments counts them.
func (q inquiry) arguments() cobra.PositionalArgs {
	if n := len(q.folders); n > 0 && strings.HasSuffix(q.folders[n-1], "...") {
		return cobra.MinimumNArgs(n)
	}
	return cobra.ExactArgs(len(q.folders))
}

// tell lists what could not be read, the first of many.
func tell(w io.Writer, defects []feed.Defect) {
	const most = 10
	for i, d := range defects {
		if i == most {
			fmt.Fprintf(w, "... and %d more\n", len(defects)-most)
			return
		}
		fmt.Fprintf(w, "left out %s: %s\n", d.Place, d.Reason)
	}
}
