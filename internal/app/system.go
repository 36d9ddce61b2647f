package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/books"
	"github.com/betflow/betflow/internal/api"
	"github.com/betflow/betflow/internal/board"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/log/embedded"
	"github.com/betflow/betflow/internal/log/registry"
	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/parity"
	"github.com/betflow/betflow/internal/process"
	"github.com/betflow/betflow/internal/source"
	"github.com/betflow/betflow/internal/store"
	"github.com/betflow/betflow/internal/store/duckdb"
	"github.com/betflow/betflow/leagues"
	"github.com/betflow/betflow/metrics"
	"github.com/betflow/betflow/signals"
	"github.com/betflow/betflow/web"
)

// Version is the program's version; a build may set it.
var Version = "dev"

// Deps are what a system gets from outside.
type Deps struct {
	Logger *slog.Logger
	Now    func() time.Time
}

// system is everything that runs.
type system struct {
	cfg     Config
	deps    Deps
	started time.Time
	mode    api.Mode
	clock   source.Clock   // of the sources: the simulated world's or the real one
	steady  *source.Steady // what the clock tells; nil where nothing is asked

	catalog *league.Catalog
	leagues []string
	metrics []metric.Definition
	books   odds.Books
	lines   map[string]process.LineModels // by league
	signals *signals.Rules

	listener  net.Listener
	broker    *embedded.Broker
	schemas   *registry.Registry
	client    *kgo.Client
	codecs    map[string]*log.Codec
	layout    log.Layout
	store     *duckdb.Store
	board     *board.Board
	poller    *source.Poller
	capture   *capture
	simulator string // URL of the simulator, if it runs

	normalisers, computers, joiners []*process.Task

	storeFeeder *store.Feeder // nil without a store
	boardFeeder *store.Feeder // nil where nobody looks at the board
	supervisor  *supervisor
	replica     *replica // nil where this process has the log to itself
	metering    *metering
	parity      *parity.Journal
	instance    string
	assembled   atomic.Bool // the tasks and feeders are there to be asked
	ready       atomic.Bool

	closers []func() error // in the order of opening
}

// open brings up all that has no work of its own yet. On error everything that
// was opened is closed.
func open(ctx context.Context, cfg Config, deps Deps, mode api.Mode) (_ *system, err error) {
	s := &system{cfg: cfg, deps: deps, started: deps.Now(), mode: mode, clock: source.SystemClock()}
	s.instance = strconv.FormatInt(s.started.UnixNano(), 36)
	s.supervisor = newSupervisor(deps.Logger)
	s.supervisor.fenced = cfg.Kafka.Session
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if err := s.definitions(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.Data, 0o755); err != nil {
		return nil, fmt.Errorf("creating the data folder: %w", err)
	}
	for _, step := range []func(context.Context) error{s.openHTTP, s.openBroker, s.openStore, s.serve, s.openLog} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	s.assemble()
	return s, nil
}

// definitions reads the leagues, the metrics, the books and the rules of signals.
func (s *system) definitions() error {
	load := leagues.Load
	if dir := s.cfg.Definitions.Leagues; dir != "" {
		load = func() ([]league.League, error) { return leagues.LoadDir(dir) }
	}
	all, err := load()
	if err != nil {
		return err
	}
	if s.catalog, err = league.NewCatalog(all); err != nil {
		return err
	}
	s.leagues = s.cfg.Leagues
	if len(s.leagues) == 0 {
		for _, l := range s.catalog.Leagues() {
			s.leagues = append(s.leagues, l.ID)
		}
	}
	for _, id := range append(append([]string{}, s.leagues...), s.cfg.Simulator.Leagues...) {
		if _, ok := s.catalog.League(id); !ok {
			return fmt.Errorf("league %q is not known", id)
		}
	}
	if s.metrics, err = metrics.Load(s.cfg.Definitions.Metrics); err != nil {
		return err
	}
	s.parity = parity.NewJournal()
	if s.books, err = books.Load(s.cfg.Definitions.Books); err != nil {
		return err
	}
	s.lines = map[string]process.LineModels{}
	for _, id := range s.leagues {
		l, _ := s.catalog.League(id)
		if s.lines[id], err = process.NewLineModels(l); err != nil {
			return err
		}
	}
	if s.signals, err = signals.Load(s.cfg.Definitions.Signals); err != nil {
		return err
	}
	for _, id := range s.signals.Leagues() {
		if _, ok := s.catalog.League(id); !ok {
			return fmt.Errorf("rules of signals in %s: league %q is not known", s.cfg.Definitions.Signals, id)
		}
	}
	s.layout = log.Layout{Partitions: s.cfg.Log.Partitions, Sources: feed.Sources(), Leagues: s.leagues, Metrics: map[string]string{}}
	for i := range s.metrics {
		s.layout.Metrics[s.metrics[i].Name] = s.metrics[i].Schema()
	}
	return nil
}

func (s *system) openHTTP(context.Context) error {
	l, err := net.Listen("tcp", s.cfg.HTTP.Listen)
	if err != nil {
		return fmt.Errorf("opening the web address: %w (another address: --http 127.0.0.1:0)", err)
	}
	s.listener = l
	return nil
}

// openBroker starts the embedded log and registry, unless real ones are used.
func (s *system) openBroker(context.Context) error {
	if len(s.cfg.Kafka.Brokers) > 0 {
		return nil
	}
	var err error
	s.broker, err = embedded.Start(embedded.Config{
		Dir: filepath.Join(s.cfg.Data, "log"), Addr: s.cfg.Kafka.Listen, MaxBytes: s.cfg.Log.MaxBytes,
		Protect: s.needed, Logger: s.deps.Logger.With("part", "log"), Now: s.deps.Now,
	})
	if err != nil {
		return fmt.Errorf("starting the embedded log: %w", err)
	}
	s.closers = append(s.closers, s.broker.Close)
	s.schemas, err = registry.New(registry.Config{Dir: filepath.Join(s.cfg.Data, "registry"), Logger: s.deps.Logger.With("part", "registry")})
	if err != nil {
		return fmt.Errorf("starting the embedded schema registry: %w", err)
	}
	s.closers = append(s.closers, s.schemas.Close)
	return nil
}

func (s *system) openStore(ctx context.Context) error {
	if !s.cfg.does(RoleServe) {
		return nil
	}
	file := HotStoreFile(s.cfg.Data)
	var err error
	s.store, err = duckdb.Open(ctx, file, s.metrics)
	if damage := err; errors.Is(damage, duckdb.ErrDamaged) {
		aside, err := duckdb.SetAside(file, s.started)
		if err != nil {
			return errors.Join(damage, err)
		}
		s.deps.Logger.Warn("the hot store is set aside and built anew from what the log holds", "aside", aside, "error", damage)
		if s.store, err = duckdb.Open(ctx, file, s.metrics); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	s.closers = append(s.closers, s.store.Close)
	return nil
}

// HotStoreFile is where the hot store of a data folder is.
func HotStoreFile(data string) string { return filepath.Join(data, "hot.duckdb") }

// serve answers HTTP from here on: pages at once, data as it comes.
func (s *system) serve(context.Context) error {
	s.board = board.New(s.catalog, s.instance)
	s.metering = newMetering(s)
	var schemas http.Handler = http.NotFoundHandler()
	if s.schemas != nil {
		schemas = s.schemas
	}
	d := api.Deps{
		Board: s.board, Catalog: s.catalog,
		Mode: func() api.Mode { return s.mode }, Status: s.status, Ready: s.unready,
		Metrics: s.metering.handler(), Debug: s.debug(), Pages: web.Handler(), Schemas: schemas,
		Instance: s.instance, Logger: s.deps.Logger.With("part", "api"),
	}
	if s.store != nil {
		d.Store = s.store
	}
	server := &http.Server{Handler: api.New(d), ReadHeaderTimeout: 10 * time.Second,
		ErrorLog: slog.NewLogLogger(s.deps.Logger.Handler(), slog.LevelDebug)}
	go func() {
		if err := server.Serve(s.listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			s.deps.Logger.Error("serving HTTP", "error", err)
		}
	}()
	s.closers = append(s.closers, func() error {
		// Streams never end by themselves: give answers a moment, then cut.
		ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			return server.Close()
		}
		return nil
	})
	return nil
}

// openLog connects to the log, creates what is missing and registers schemas.
func (s *system) openLog(ctx context.Context) error {
	where := s.cfg.Kafka
	if s.broker != nil {
		where = Kafka{Brokers: []string{s.broker.Addr()}, Registry: s.url() + "/registry"}
	}
	connection, err := where.connection()
	if err != nil {
		return err
	}
	if s.client, err = log.Connect(ctx, connection); err != nil {
		return err
	}
	s.closers = append(s.closers, func() error { s.client.Close(); return nil })

	topics := s.layout.Topics()
	if len(s.cfg.Roles) > 0 { // who only looks makes none
		if s.cfg.shared() {
			topics = append(topics, log.SharedTopics(process.Kinds(), s.cfg.Log.Partitions)...)
		}
		if err := log.Ensure(ctx, s.client, topics, s.cfg.Log.Replication); err != nil {
			return err
		}
	}
	toSchemas, err := where.schemas()
	if err != nil {
		return err
	}
	schemas, err := log.ConnectSchemas(toSchemas)
	if err != nil {
		return err
	}
	s.codecs = map[string]*log.Codec{}
	for _, t := range topics {
		if t.Schema == "" {
			continue
		}
		if s.codecs[t.Name], err = log.Register(ctx, schemas, t); err != nil {
			return err
		}
	}
	return nil
}

// assemble makes the tasks and feeders; nothing runs yet.
func (s *system) assemble() {
	cache := process.NewCache(s.cfg.State.Cache)
	s.closers = append(s.closers, func() error { cache.Close(); return nil })
	pc := process.Config{
		Client: s.client, Codecs: s.codecs, StateDir: stateDir(s.cfg.Data), Cache: cache, Memory: int(s.cfg.State.Memory),
		CheckpointEvery: s.cfg.Log.Checkpoint, Now: s.deps.Now, Logger: s.deps.Logger,
	}
	if s.cfg.shared() {
		pc.Group, pc.CommitEvery = s.cfg.Kafka.Group, s.cfg.Log.Commit
	}
	nc, cc, jc := s.normaliseConfig(), s.computeConfig(), s.joinConfig()
	for p := range s.cfg.Log.Partitions {
		s.normalisers = append(s.normalisers, process.NewNormalise(pc, nc, p))
		s.computers = append(s.computers, process.NewCompute(pc, cc, p))
		s.joiners = append(s.joiners, process.NewJoin(pc, jc, p))
	}
	var canonical []string
	for _, t := range s.layout.Topics() {
		if t.Schema != "" && !t.Inner {
			canonical = append(canonical, t.Name)
		}
	}
	if s.store != nil {
		s.storeFeeder = store.NewFeeder(s.client, s.codecs, canonical, s.store, storeLinger, s.deps.Logger.With("part", "store"))
	}
	var shown []string
	for _, t := range s.layout.Topics() {
		if t.Schema != "" && !t.Inner && s.layout.Metrics[metricOf(t.Name)] == "" {
			shown = append(shown, t.Name)
		}
	}
	if s.cfg.does(RoleServe) || s.cfg.does(RoleIngest) { // which games are near decides what is asked
		s.boardFeeder = store.NewFeeder(s.client, s.codecs, shown, s.board, boardLinger, s.deps.Logger.With("part", "board"))
	}
	if s.cfg.shared() {
		s.replica = newReplica(s)
	}
	s.assembled.Store(true)
}

// normaliseConfig is what normalise tasks, and backtests, know of the world.
func (s *system) normaliseConfig() process.NormaliseConfig {
	return process.NormaliseConfig{Catalog: s.catalog, Leagues: s.leagues, Sources: feed.Sources(), Partitions: s.cfg.Log.Partitions}
}

// computeConfig is what compute tasks, and backtests, compute.
func (s *system) computeConfig() process.ComputeConfig {
	m := &s.cfg.Markets
	return process.ComputeConfig{
		Leagues: s.leagues, Metrics: s.metrics, Method: odds.Method(m.Method), MaxAge: m.MaxAge,
		Average: odds.Average(m.Average), HalfLife: m.HalfLife, OutlierMADs: m.OutlierMADs, Books: s.books, Lines: s.lines,
		Signals: s.signals.Of,
	}
}

// joinConfig is what join tasks know of the world.
func (s *system) joinConfig() process.JoinConfig {
	return process.JoinConfig{Catalog: s.catalog, Leagues: s.leagues, Disorder: s.cfg.Joins.Disorder}
}

// Lingers of the feeders: the store likes large transactions, the board is to
// be current and its readers do not gain from more than a few hundred frames a
// second.
const (
	storeLinger = 500 * time.Millisecond
	boardLinger = 3 * time.Millisecond
)

// metricOf returns the metric of a windows topic, "" for any other topic.
func metricOf(topic string) string {
	const prefix = "windows."
	if len(topic) > len(prefix) && topic[:len(prefix)] == prefix {
		return topic[len(prefix):]
	}
	return ""
}

// start sets the processing in motion, the end of the way first.
func (s *system) start(ctx context.Context, opts Options) {
	if s.boardFeeder != nil {
		s.supervisor.start(ctx, boardName, s.boardFeeder.Run)
	}
	if s.storeFeeder != nil {
		s.supervisor.start(ctx, storeName, s.storeFeeder.Run)
		if opts.Replay == nil && s.mode.Source != ModeNone {
			s.supervisor.start(ctx, "retention", s.retain)
		}
	}
	if s.cfg.Parity.Every > 0 && s.cfg.does(RoleProcess) {
		s.supervisor.start(ctx, "parity", s.checkParity)
	}
	if s.cfg.shared() {
		s.replica.ingest = func(ctx context.Context) error { return s.ingest(ctx, opts) }
		s.supervisor.start(ctx, "replica", s.replica.run)
		return
	}
	for _, t := range s.joiners {
		s.supervisor.start(ctx, t.Name(), t.Run)
	}
	for _, t := range s.computers {
		s.supervisor.start(ctx, t.Name(), t.Run)
	}
	for _, t := range s.normalisers {
		s.supervisor.start(ctx, t.Name(), t.Run)
	}
}

func (s *system) url() string { return "http://" + s.listener.Addr().String() }

// addresses says where everything is.
func (s *system) addresses() Addresses {
	a := Addresses{HTTP: s.url(), Registry: s.url() + "/registry", Simulator: s.simulator, Instance: s.instance}
	if s.broker != nil {
		a.Kafka = s.broker.Addr()
	} else {
		a.Kafka, a.Registry = s.cfg.Kafka.Brokers[0], s.cfg.Kafka.Registry
	}
	return a
}

// close closes what was opened, the last first.
func (s *system) close() error {
	var all []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		all = append(all, s.closers[i]())
	}
	s.closers = nil
	return errors.Join(all...)
}
