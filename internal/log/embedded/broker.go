package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/betflow/betflow/internal/log/embedded/dirlock"
)

// Broker is a running Kafka-protocol broker with its janitor.
type Broker struct {
	addr    string
	cluster *kfake.Cluster
	logger  *logger
	lock    *dirlock.Lock
	janitor *janitor

	stop    context.CancelFunc
	stopped chan struct{} // closed when the janitor has ended
	close   func() error
}

// Start opens the log in cfg.Dir, or creates it, and serves it. A directory in
// use is a *dirlock.HeldError.
func Start(cfg Config) (*Broker, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	lock, err := dirlock.Acquire(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("opening log: %w", err)
	}
	b, err := start(cfg, lock)
	if err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	return b, nil
}

func start(cfg Config, lock *dirlock.Lock) (*Broker, error) {
	store := store{dir: filepath.Join(cfg.Dir, "broker")}
	if err := store.undoCompaction(); err != nil {
		return nil, fmt.Errorf("undoing an interrupted compaction: %w", err)
	}
	if err := store.check(cfg.Logger); err != nil {
		return nil, fmt.Errorf("checking log: %w", err)
	}
	ln, err := listen(cfg.Addr, cfg.Advertise)
	if err != nil {
		return nil, err
	}
	logger := newLogger(cfg)
	cluster, err := newCluster(cfg, store.dir, ln, logger)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("loading log in %s: %w", cfg.Dir, err), closeListener(ln))
	}
	stripSettings(cluster, cfg.Logger)
	refuseAll(cluster, logger)
	ln.open()

	ctx, stop := context.WithCancel(context.Background())
	b := &Broker{
		addr:    ln.Addr().String(),
		cluster: cluster,
		logger:  logger,
		lock:    lock,
		janitor: newJanitor(cfg, store, cluster, ln.Listener.Addr().String()),
		stop:    stop,
		stopped: make(chan struct{}),
	}
	b.close = sync.OnceValue(b.shutDown)
	go func() {
		defer close(b.stopped)
		b.janitor.run(ctx, cfg.JanitorEvery)
	}()
	return b, nil
}

// closeListener closes what kfake may have closed already.
func closeListener(ln net.Listener) error {
	if err := ln.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// newCluster starts kfake with one node. Its own retention and compaction are
// put off for good: see the package comment.
func newCluster(cfg Config, dir string, ln net.Listener, logger *logger) (*kfake.Cluster, error) {
	return kfake.NewCluster(
		kfake.NumBrokers(1),
		kfake.ClusterID("betflow"),
		kfake.DefaultNumPartitions(1),
		kfake.DataDir(dir),
		kfake.ListenFn(func(string, string) (net.Listener, error) { return ln, nil }),
		kfake.WithLogger(logger),
		kfake.BrokerConfigs(map[string]string{
			"log.retention.ms":       "-1",
			"log.retention.bytes":    "-1",
			"log.cleaner.backoff.ms": neverMillis,
			"log.segment.bytes":      strconv.FormatInt(cfg.segmentBytes(), 10),
		}),
	)
}

// neverMillis is a hundred years, which a time.Duration still holds.
const neverMillis = "3155760000000"

// Addr returns the host:port that clients connect to.
func (b *Broker) Addr() string { return b.addr }

// WriteError returns why records could not be written, nil if all could. Whoever
// wrote them was told only that the server has failed.
func (b *Broker) WriteError() error { return b.logger.writeError() }

// Refused is closed when records could not be written. From then on the log takes
// none.
func (b *Broker) Refused() <-chan struct{} { return b.logger.told }

// Close stops the broker, writes its state and releases the directory. Clients
// lose their connections. Further calls return the result of the first.
func (b *Broker) Close() error { return b.close() }

func (b *Broker) shutDown() error {
	b.stop()
	<-b.stopped // the janitor would wait for ever for a closed cluster
	b.cluster.Close()
	err := b.logger.takeErrors()
	if err != nil {
		err = fmt.Errorf("closing log: %w", err)
	}
	return errors.Join(err, b.lock.Release())
}
