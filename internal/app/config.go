package app

import (
	_ "embed"
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source"
)

//go:embed default.yaml
var defaultConfig []byte

// DefaultConfig is the text of the complete configuration with its defaults.
func DefaultConfig() []byte { return slices.Clone(defaultConfig) }

// Config is the whole configuration. default.yaml tells what each setting is.
type Config struct {
	Data        string      `yaml:"data"`
	Roles       []string    `yaml:"roles"`
	Leagues     []string    `yaml:"leagues"`
	Definitions Definitions `yaml:"definitions"`
	HTTP        HTTP        `yaml:"http"`
	Kafka       Kafka       `yaml:"kafka"`
	Log         Log         `yaml:"log"`
	State       State       `yaml:"state"`
	Store       Store       `yaml:"store"`
	Parity      Parity      `yaml:"parity"`
	Markets     Markets     `yaml:"markets"`
	Joins       Joins       `yaml:"joins"`
	Sources     Sources     `yaml:"sources"`
	Simulator   Simulator   `yaml:"simulator"`
}

// Definitions are folders of users' own files.
type Definitions struct {
	Leagues string `yaml:"leagues"`
	Metrics string `yaml:"metrics"`
	Books   string `yaml:"books"`
	Signals string `yaml:"signals"`
}

// HTTP is where the web UI and the API are.
type HTTP struct {
	Listen string `yaml:"listen"`
	Debug  string `yaml:"debug"`
}

// Kafka is where the log and the schema registry are and how to get in.
type Kafka struct {
	Listen        string        `yaml:"listen"`
	Brokers       []string      `yaml:"brokers"`
	Group         string        `yaml:"group"`
	Session       time.Duration `yaml:"session"`
	TLS           KafkaTLS      `yaml:"tls"`
	SASL          KafkaSASL     `yaml:"sasl"`
	Registry      string        `yaml:"registry"`
	RegistryLogin RegistryLogin `yaml:"registry_login"`
}

// KafkaTLS is whom a client of the cluster trusts and what it shows.
type KafkaTLS struct {
	Enabled     bool   `yaml:"enabled"`
	CA          string `yaml:"ca"`
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
}

// KafkaSASL is how a client of the cluster proves who it is.
type KafkaSASL struct {
	Mechanism    string            `yaml:"mechanism"`
	User         string            `yaml:"user"`
	Password     source.Secret     `yaml:"password"`
	PasswordFile string            `yaml:"password_file"`
	Token        source.Secret     `yaml:"token"`
	TokenFile    string            `yaml:"token_file"`
	TokenURL     string            `yaml:"token_url"`
	Scope        string            `yaml:"scope"`
	Extensions   map[string]string `yaml:"extensions"`
}

// RegistryLogin is how a client of the schema registry proves who it is.
type RegistryLogin struct {
	User         string        `yaml:"user"`
	Password     source.Secret `yaml:"password"`
	PasswordFile string        `yaml:"password_file"`
	Token        source.Secret `yaml:"token"`
	TokenFile    string        `yaml:"token_file"`
}

// Log is how the log is laid out.
type Log struct {
	Partitions  int32         `yaml:"partitions"`
	Replication int16         `yaml:"replication"`
	MaxBytes    int64         `yaml:"max_bytes"`
	Checkpoint  time.Duration `yaml:"checkpoint"`
	Commit      time.Duration `yaml:"commit"`
}

// State is how much memory the states of tasks take.
type State struct {
	Memory int64 `yaml:"memory"`
	Cache  int64 `yaml:"cache"`
}

// Store is how much the hot store keeps.
type Store struct {
	Retention time.Duration `yaml:"retention"`
}

// Parity is how much of the windows is recomputed from the log and compared.
type Parity struct {
	Every  time.Duration `yaml:"every"`
	Sample float64       `yaml:"sample"`
}

// Markets is how market states are computed.
type Markets struct {
	Method      string        `yaml:"method"`
	MaxAge      time.Duration `yaml:"max_age"`
	Average     string        `yaml:"average"`
	HalfLife    time.Duration `yaml:"half_life"`
	OutlierMADs float64       `yaml:"outlier_mads"`
}

// Joins is how games, prices and weather are brought together.
type Joins struct {
	Disorder time.Duration `yaml:"disorder"`
}

// Sources are the providers.
type Sources struct {
	Mode    string        `yaml:"mode"`
	Odds    OddsSource    `yaml:"odds"`
	Games   GamesSource   `yaml:"games"`
	Weather WeatherSource `yaml:"weather"`
}

// OddsSource is The Odds API.
type OddsSource struct {
	Key     source.Secret `yaml:"key"`
	URL     string        `yaml:"url"`
	Regions string        `yaml:"regions"`
	Markets string        `yaml:"markets"`
	Format  string        `yaml:"format"`
	Reserve int           `yaml:"reserve"`
}

// GamesSource is ESPN.
type GamesSource struct {
	URL string `yaml:"url"`
}

// WeatherSource is OpenWeather.
type WeatherSource struct {
	Key source.Secret `yaml:"key"`
	URL string        `yaml:"url"`
}

// Simulator is the simulated world of the demo.
type Simulator struct {
	Seed        uint64        `yaml:"seed"`
	Speed       float64       `yaml:"speed"`
	Leagues     []string      `yaml:"leagues"`
	GamesPerDay int           `yaml:"games_per_day"`
	Refresh     time.Duration `yaml:"refresh"`
}

// Modes of the sources.
const (
	ModeAuto      = "auto"
	ModeLive      = "live"
	ModeSimulator = "simulator"
	ModeNone      = "none"
)

// Roles of a process.
const (
	RoleIngest  = "ingest"  // asks the sources, or plays the recording
	RoleProcess = "process" // runs tasks
	RoleServe   = "serve"   // keeps a hot store and answers pages, API and SQL
)

// keyVariables are the customary names of the providers' keys.
var keyVariables = map[string]string{
	"ODDS_API_KEY":        "sources.odds.key",
	"OPENWEATHER_API_KEY": "sources.weather.key",
}

// Setting is one value of the configuration and where it came from.
type Setting struct {
	Name   string // such as log.partitions
	Value  string // as YAML; secrets are redacted
	Origin string // default, file, environment or flag
}

// Layers are where settings come from, the later over the earlier.
type Layers struct {
	File  string            // path of a configuration file; empty for none
	Env   []string          // as os.Environ gives it
	Flags map[string]string // setting name -> YAML value
}

// Load reads the layers over the defaults. All problems are reported together.
func Load(layers Layers) (Config, []Setting, error) {
	var c Config
	if err := yaml.UnmarshalWithOptions(defaultConfig, &c, yaml.Strict()); err != nil {
		panic("app: default.yaml: " + err.Error()) // held by a test
	}
	l := &loader{leaves: map[string]reflect.Value{}, origins: map[string]string{}}
	l.walk("", reflect.ValueOf(&c).Elem())
	if layers.File != "" {
		l.file(layers.File, &c)
	}
	l.environment(layers.Env)
	for _, name := range sortedKeys(layers.Flags) {
		l.set(name, layers.Flags[name], "flag")
	}
	if len(l.problems) == 0 {
		l.problems = append(l.problems, c.Validate())
	}
	if err := errors.Join(l.problems...); err != nil {
		return Config{}, nil, fmt.Errorf("reading the configuration: %w", err)
	}
	return c, l.settings(), nil
}

// loader fills a configuration and remembers where each value came from.
type loader struct {
	names    []string
	leaves   map[string]reflect.Value
	origins  map[string]string
	problems []error
}

// walk finds every setting.
func (l *loader) walk(prefix string, v reflect.Value) {
	for i := range v.NumField() {
		name := prefix + v.Type().Field(i).Tag.Get("yaml")
		if f := v.Field(i); f.Kind() == reflect.Struct {
			l.walk(name+".", f)
		} else {
			l.names = append(l.names, name)
			l.leaves[name] = f
			l.origins[name] = "default"
		}
	}
}

func (l *loader) file(path string, c *Config) {
	text, err := os.ReadFile(path)
	if err != nil {
		l.problems = append(l.problems, fmt.Errorf("reading file %s: %w", path, err))
		return
	}
	if err := yaml.UnmarshalWithOptions(text, c, yaml.Strict()); err != nil {
		l.problems = append(l.problems, fmt.Errorf("reading file %s: %w", path, err))
		return
	}
	var tree map[string]any
	if err := yaml.Unmarshal(text, &tree); err == nil {
		l.mark("", tree)
	}
}

// mark notes which settings a file names.
func (l *loader) mark(prefix string, tree map[string]any) {
	for k, v := range tree {
		name := prefix + k
		if _, ok := l.leaves[name]; ok {
			l.origins[name] = "file"
		} else if sub, ok := v.(map[string]any); ok {
			l.mark(name+".", sub)
		}
	}
}

func (l *loader) environment(env []string) {
	variables := map[string]string{}
	for v, name := range keyVariables {
		variables[v] = name
	}
	for _, name := range l.names {
		variables["BETFLOW_"+strings.ToUpper(strings.ReplaceAll(name, ".", "_"))] = name
	}
	for _, entry := range env {
		key, value, _ := strings.Cut(entry, "=")
		name, ok := variables[key]
		switch {
		case ok && value != "":
			l.set(name, value, "environment")
		case !ok && strings.HasPrefix(key, "BETFLOW_"):
			l.problems = append(l.problems, fmt.Errorf("environment variable %s names no setting", key))
		}
	}
}

func (l *loader) set(name, value, origin string) {
	leaf, ok := l.leaves[name]
	if !ok {
		l.problems = append(l.problems, fmt.Errorf("%s names no setting", name))
		return
	}
	if leaf.Kind() == reflect.String {
		leaf.SetString(value)
	} else {
		if leaf.Kind() == reflect.Slice && !strings.HasPrefix(value, "[") {
			value = "[" + value + "]"
		}
		if err := yaml.Unmarshal([]byte(value), leaf.Addr().Interface()); err != nil {
			l.problems = append(l.problems, fmt.Errorf("%s of the %s: %q is no value for it", name, origin, value))
			return
		}
	}
	l.origins[name] = origin
}

func (l *loader) settings() []Setting {
	out := make([]Setting, len(l.names))
	for i, name := range l.names {
		leaf := l.leaves[name]
		text := ""
		if s, secret := leaf.Interface().(source.Secret); secret {
			if s != "" {
				text = "(set)"
			}
		} else if b, err := yaml.MarshalWithOptions(leaf.Interface(), yaml.Flow(true)); err == nil {
			text = strings.TrimSpace(string(b))
		}
		out[i] = Setting{Name: name, Value: text, Origin: l.origins[name]}
	}
	return out
}

// Validate reports everything that cannot be, together.
func (c *Config) Validate() error {
	var problems []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	check(c.Data != "", "data: name a folder")
	all := []string{RoleIngest, RoleProcess, RoleServe}
	for _, role := range c.Roles {
		check(slices.Contains(all, role), "roles: %q is none of ingest, process, serve", role)
	}
	check(len(c.Roles) > 0, "roles: name one at least")
	for _, role := range all {
		check(c.shared() || c.does(role), "roles: %s is missing: the embedded log has one process, which does everything", role)
	}
	check(slices.Contains([]string{debugAuto, debugOn, debugOff}, c.HTTP.Debug), "http.debug: %q is none of auto, true, false", c.HTTP.Debug)
	check(c.Log.Partitions >= 1 && c.Log.Partitions <= 1024, "log.partitions: %d is not from 1 to 1024", c.Log.Partitions)
	check(c.Log.Replication >= 1, "log.replication: %d is less than 1", c.Log.Replication)
	check(c.Log.MaxBytes >= 64<<20, "log.max_bytes: %d is less than 64 MiB", c.Log.MaxBytes)
	check(c.Log.Checkpoint > 0, "log.checkpoint: must be a positive duration")
	check(c.Log.Commit > 0, "log.commit: must be a positive duration")
	check(c.State.Memory >= 0, "state.memory: %d is less than 0, which keeps only what is hot", c.State.Memory)
	check(c.State.Cache >= 1<<20, "state.cache: %d is less than 1 MiB", c.State.Cache)
	check(c.Store.Retention >= time.Hour, "store.retention: %s is less than an hour", c.Store.Retention)
	check(c.Parity.Every >= 0, "parity.every: must be a duration, or 0 for never")
	check(c.Parity.Sample > 0 && c.Parity.Sample <= 1, "parity.sample: %v is not above 0 and up to 1; parity.every: 0 checks nothing", c.Parity.Sample)
	method := odds.Method(c.Markets.Method)
	check(method == odds.Multiplicative || method == odds.Power || method == odds.Shin, "markets.method: %q is none of multiplicative, power, shin", c.Markets.Method)
	check(c.Markets.MaxAge > 0, "markets.max_age: must be a positive duration")
	average := odds.Average(c.Markets.Average)
	check(average == odds.Mean || average == odds.Median || average == odds.LogitMean, "markets.average: %q is none of mean, median, logit", c.Markets.Average)
	check(c.Markets.HalfLife >= 0, "markets.half_life: must be a duration, or 0 where age does not matter")
	check(c.Markets.OutlierMADs >= 0 && !math.IsInf(c.Markets.OutlierMADs, 0), "markets.outlier_mads: %v is no number from 0, which keeps all", c.Markets.OutlierMADs)
	check(c.Joins.Disorder >= 0, "joins.disorder: must be a duration, or 0 to wait for nothing")
	check(slices.Contains([]string{ModeAuto, ModeLive, ModeSimulator, ModeNone}, c.Sources.Mode), "sources.mode: %q is none of auto, live, simulator, none", c.Sources.Mode)
	check(c.Sources.Mode != ModeLive || c.Sources.Odds.Key != "", "sources.mode: live needs a key for odds: set ODDS_API_KEY")
	check(c.Sources.Odds.Format == "decimal" || c.Sources.Odds.Format == "american", "sources.odds.format: %q is neither decimal nor american", c.Sources.Odds.Format)
	check(c.Simulator.Speed > 0, "simulator.speed: must be above 0")
	check(c.Simulator.Refresh > 0, "simulator.refresh: must be a positive duration")
	return errors.Join(append(problems, c.Kafka.problems()...)...)
}

// shared tells whether other processes may share the log and the work.
func (c *Config) shared() bool { return len(c.Kafka.Brokers) > 0 }

// does tells whether the process has a role.
func (c *Config) does(role string) bool { return slices.Contains(c.Roles, role) }

// live tells whether real providers are to be asked.
func (c *Config) live() bool {
	return c.Sources.Mode == ModeLive || c.Sources.Mode == ModeAuto && c.Sources.Odds.Key != ""
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
