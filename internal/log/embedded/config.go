package embedded

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"
)

// Defaults of Config.
const (
	DefaultAddr         = "127.0.0.1:0"
	DefaultMaxBytes     = 2 << 30
	DefaultJanitorEvery = time.Minute
)

// Config says where the broker keeps its log, where it listens and how much it
// keeps. Only Dir is required.
type Config struct {
	// Dir holds the whole log. One broker at a time may use it.
	Dir string

	// Addr is the host:port to listen on; port 0 picks a free one. The
	// default is DefaultAddr.
	Addr string

	// Advertise is the host, or host:port, that clients are told to connect
	// to. It is required when Addr names no host that a client could reach,
	// such as 0.0.0.0; otherwise the default is the address listened on.
	Advertise string

	// MaxBytes caps the log on disk. The oldest segments go first. What
	// Protect names, the segment being written of every partition, and
	// compacted topics are kept even above the cap.
	MaxBytes int64

	// Retention is how long records are kept, by their timestamp, which is
	// their append time. Zero keeps them until MaxBytes is reached.
	Retention time.Duration

	// JanitorEvery is the pause between two rounds of deletion.
	JanitorEvery time.Duration

	// Protect returns, for each topic and partition, the first offset that
	// is still needed. The janitor deletes nothing from there on. A partition
	// that is not named is not protected. Nil protects nothing.
	Protect func() map[string]map[int32]int64

	// Logger hears of what a person should know. Nil discards it.
	Logger *slog.Logger

	// Now is the clock that ages are measured with. Nil is time.Now.
	Now func() time.Time
}

func (c Config) withDefaults() (Config, error) {
	if c.Dir == "" {
		return c, errors.New("embedded log has no directory: set one")
	}
	if c.MaxBytes < 0 || c.Retention < 0 || c.JanitorEvery < 0 {
		return c, errors.New("embedded log has a negative size, retention or janitor pause: use 0 for the default")
	}
	if c.Addr == "" {
		c.Addr = DefaultAddr
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = DefaultMaxBytes
	}
	if c.JanitorEvery == 0 {
		c.JanitorEvery = DefaultJanitorEvery
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, c.checkReachable()
}

// checkReachable refuses an address that a client would be told but could not
// connect to.
func (c Config) checkReachable() error {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("reading log address %q: %w", c.Addr, err)
	}
	if c.Advertise != "" {
		return nil
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		return fmt.Errorf("log address %s listens on every interface and clients cannot be told that: set the host to advertise", c.Addr)
	}
	return nil
}

// segmentBytes is the size at which a partition starts a new segment file. The
// janitor deletes whole segments, so they are a small part of the cap, but not
// so small that the files become too many.
func (c Config) segmentBytes() int64 {
	return min(max(c.MaxBytes/1024, 64<<10), 16<<20)
}
