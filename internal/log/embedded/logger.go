package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/twmb/franz-go/pkg/kfake"
)

// logger passes kfake's warnings on and keeps its errors: kfake reports a
// failed save at shutdown in its log alone.
type logger struct {
	out *slog.Logger

	mu   sync.Mutex
	errs []error
}

// Logf implements kfake.Logger. What is below a warning tells of every request
// and goes nowhere.
func (l *logger) Logf(level kfake.LogLevel, format string, args ...any) {
	switch level {
	case kfake.LogLevelError:
		l.mu.Lock()
		defer l.mu.Unlock()
		l.errs = append(l.errs, fmt.Errorf(format, args...))
	case kfake.LogLevelWarn:
		l.out.Log(context.Background(), slog.LevelWarn, "embedded broker", "message", fmt.Sprintf(format, args...))
	}
}

// takeErrors returns what kfake called an error since the last call.
func (l *logger) takeErrors() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := errors.Join(l.errs...)
	l.errs = nil
	return err
}
