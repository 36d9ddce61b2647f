package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/twmb/franz-go/pkg/kfake"
)

// logger passes kfake's warnings on and keeps its errors: kfake reports a failed
// save at shutdown, and why it refuses a batch, in its log alone.
type logger struct {
	out *slog.Logger

	mu      sync.Mutex
	errs    []error
	refused error         // why a batch could not be written
	told    chan struct{} // closed then
}

func newLogger(cfg Config) *logger {
	return &logger{out: cfg.Logger, told: make(chan struct{})}
}

// persistBatch is what kfake's words on a batch that it could not write begin
// with. Clients hear UNKNOWN_SERVER_ERROR.
const persistBatch = "persist batch"

// Logf implements kfake.Logger. What is below a warning tells of every request
// and goes nowhere.
func (l *logger) Logf(level kfake.LogLevel, format string, args ...any) {
	switch level {
	case kfake.LogLevelError:
		l.mu.Lock()
		defer l.mu.Unlock()
		l.errs = append(l.errs, fmt.Errorf(format, args...))
	case kfake.LogLevelWarn:
		text := fmt.Sprintf(format, args...)
		if strings.HasPrefix(text, persistBatch) {
			l.refuse(text)
			return
		}
		l.out.Log(context.Background(), slog.LevelWarn, "embedded broker", "message", text)
	}
}

// refuse notes that a batch could not be written. See refuseAll for what comes
// after it.
func (l *logger) refuse(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refused != nil {
		return
	}
	l.refused = fmt.Errorf("the embedded log cannot be written, and takes nothing more until it is started again: %s", text)
	close(l.told)
	l.out.Error("the embedded log cannot be written, and takes nothing more until it is started again", "error", text)
}

// writeError returns why a batch could not be written, nil if all could.
func (l *logger) writeError() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refused
}

// takeErrors returns what kfake called an error since the last call: the first
// of what may be one error for each file on a full disk.
func (l *logger) takeErrors() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.errs) == 0 {
		return nil
	}
	first, more, _ := strings.Cut(errors.Join(l.errs...).Error(), "\n")
	if more != "" {
		first += fmt.Sprintf(" (and %d more)", 1+strings.Count(more, "\n"))
	}
	l.errs = nil
	return errors.New(first)
}
