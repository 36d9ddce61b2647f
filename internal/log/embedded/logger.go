package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// logger passes kfake's warnings on and keeps its errors: kfake reports a failed
// save at shutdown, and why it refuses a batch, in its log alone.
type logger struct {
	out *slog.Logger
	now func() time.Time

	mu      sync.Mutex
	errs    []error
	refused error     // the last failure to write a batch
	at      time.Time // when that was
}

// persistBatch is what kfake's words on a batch that it could not write begin
// with. Clients hear UNKNOWN_SERVER_ERROR.
const persistBatch = "persist batch"

// trouble is how long after the last batch that could not be written the log is
// said to be in trouble.
const trouble = 30 * time.Second

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

// refuse notes that a batch could not be written. It is said once: a full disk
// refuses thousands.
func (l *logger) refuse(text string) {
	before := l.writeError()
	l.mu.Lock()
	l.refused, l.at = fmt.Errorf("the embedded log cannot be written: %s", text), l.now()
	l.mu.Unlock()
	if before == nil {
		l.out.Error("the embedded log cannot be written: what is refused is written again when that is over", "error", text)
	}
}

// writeError returns why a batch could not be written a moment ago, nil if all
// could.
func (l *logger) writeError() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refused == nil || l.now().Sub(l.at) >= trouble {
		return nil
	}
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
