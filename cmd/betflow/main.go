// Command betflow turns sports feeds into fair prices, market states and a live
// board. `betflow help` lists what it can do.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/betflow/betflow/internal/app"
)

// Exit codes: 0 success, 1 failure, 2 wrong use.
const (
	exitFailure = 1
	exitUsage   = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run executes one command line and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot(stdout, stderr)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, "betflow: "+err.Error())
	var usage *usageError
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailure
}

// usageError is a mistake in the command line.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// misuse wraps checks of arguments, so that they exit as wrong use.
func misuse(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return &usageError{fmt.Errorf("%w; see `%s --help`", err, cmd.CommandPath())}
		}
		return nil
	}
}

func newRoot(stdout, stderr io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "betflow",
		Short: "Sports-betting analytics, live and in batch, in one program",
		Long: `BetFlow takes odds, live games and weather, keeps every response, and computes
fair prices, market states and line movement at event time. It describes
markets; it places no bets.

Start with: betflow up`,
		Args:         misuse(cobra.NoArgs), // a command that is not known is an argument
		RunE:         func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceUsage: true, SilenceErrors: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{fmt.Errorf("%w; see `%s --help`", err, cmd.CommandPath())}
	})
	s := &shared{}
	s.register(root)
	root.AddCommand(
		newUp(s),
		newReplay(s),
		newRecord(s),
		newQuery(s),
		newMovement(s),
		newExplain(s),
		newState(s),
		newParity(s),
		newConvert(),
		newFair(),
		newArb(),
		newKelly(),
		newCLV(s),
		newElo(),
		newStudy(),
		newBacktest(s),
		newDoctor(s),
		newConfig(s),
		newVersion(),
	)
	return root
}

// shared are the flags that several commands have: the configuration's.
type shared struct {
	file     string
	data     string
	http     string
	kafka    string
	roles    string
	logLevel string
}

func (s *shared) register(root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVar(&s.file, "config", "", "configuration `FILE` over the defaults")
	f.StringVar(&s.data, "data", "", "`DIR` of all embedded state (default betflow-data)")
	f.StringVar(&s.http, "http", "", "`ADDRESS` of web UI and API (default 127.0.0.1:8080; port 0 picks one)")
	f.StringVar(&s.kafka, "kafka", "", "`ADDRESS` of the embedded log (default 127.0.0.1:9092; port 0 picks one)")
	f.StringVar(&s.logLevel, "log-level", "info", "debug, info, warn or error")
}

// load reads the configuration with the flags over it.
func (s *shared) load() (app.Config, []app.Setting, error) {
	flags := map[string]string{}
	for name, value := range map[string]string{"data": s.data, "http.listen": s.http, "kafka.listen": s.kafka, "roles": s.roles} {
		if value != "" {
			flags[name] = value
		}
	}
	return app.Load(app.Layers{File: s.file, Env: os.Environ(), Flags: flags})
}

// logger writes to stderr at the level asked for.
func (s *shared) logger(stderr io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.logLevel)); err != nil {
		return nil, &usageError{fmt.Errorf("--log-level %q is none of debug, info, warn, error", s.logLevel)}
	}
	return slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level})), nil
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: misuse(cobra.NoArgs),
		Example: "  betflow version",
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "betflow "+app.Version)
			return err
		},
	}
}
