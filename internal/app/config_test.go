package app

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// leavesOf lists the settings of a configuration's YAML, such as log.partitions.
func leavesOf(prefix string, tree map[string]any) map[string]bool {
	out := map[string]bool{}
	for k, v := range tree {
		if sub, ok := v.(map[string]any); ok && len(sub) > 0 { // {} is a value
			for name := range leavesOf(prefix+k+".", sub) {
				out[name] = true
			}
			continue
		}
		out[prefix+k] = true
	}
	return out
}

func TestTheDefaultsNameEverySettingAndAreGood(t *testing.T) {
	_, settings, err := Load(Layers{})
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := yaml.Unmarshal(DefaultConfig(), &tree); err != nil {
		t.Fatal(err)
	}
	named := leavesOf("", tree)
	for _, s := range settings {
		if !named[s.Name] {
			t.Errorf("default.yaml does not name %s", s.Name)
		}
		if s.Origin != "default" {
			t.Errorf("%s comes from %s, want default", s.Name, s.Origin)
		}
		delete(named, s.Name)
	}
	for name := range named {
		t.Errorf("%s of default.yaml is no setting", name)
	}
}

// TestEveryFieldIsASetting holds that no field of the configuration is out of
// reach for files, environment and flags.
func TestEveryFieldIsASetting(t *testing.T) {
	_, settings, err := Load(Layers{})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, s := range settings {
		names[s.Name] = true
	}
	var walk func(prefix string, of reflect.Type)
	walk = func(prefix string, of reflect.Type) {
		for i := range of.NumField() {
			f := of.Field(i)
			name := prefix + f.Tag.Get("yaml")
			switch {
			case f.Tag.Get("yaml") == "":
				t.Errorf("field %s.%s has no name in YAML", of.Name(), f.Name)
			case f.Type.Kind() == reflect.Struct:
				walk(name+".", f.Type)
			case !names[name]:
				t.Errorf("field %s.%s is no setting", of.Name(), f.Name)
			}
		}
	}
	walk("", reflect.TypeFor[Config]())
}

func TestLayersGoOverEachOther(t *testing.T) {
	file := filepath.Join(t.TempDir(), "own.yaml")
	if err := os.WriteFile(file, []byte("log:\n  partitions: 4\n  max_bytes: 100000000\nmarkets:\n  method: shin\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c, settings, err := Load(Layers{
		File:  file,
		Env:   []string{"BETFLOW_LOG_PARTITIONS=8", "BETFLOW_MARKETS_METHOD=power", "BETFLOW_HTTP_LISTEN=", "PATH=/bin", "ODDS_API_KEY=k3y"},
		Flags: map[string]string{"markets.method": "multiplicative", "leagues": "nhl,nba"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Log.MaxBytes != 100_000_000 || c.Log.Partitions != 8 || c.Markets.Method != "multiplicative" || c.Log.Replication != 1 || len(c.Leagues) != 2 {
		t.Errorf("the layers give %+v", c)
	}
	want := map[string]string{
		"log.max_bytes": "file", "log.partitions": "environment", "markets.method": "flag", "http.listen": "default",
		"log.replication": "default", "sources.odds.key": "environment", "leagues": "flag",
	}
	for _, s := range settings {
		if origin, ok := want[s.Name]; ok && s.Origin != origin {
			t.Errorf("%s comes from %s, want %s", s.Name, s.Origin, origin)
		}
		if strings.Contains(s.Value, "k3y") {
			t.Errorf("%s shows a key: %s", s.Name, s.Value)
		}
	}
	if c.Sources.Odds.Key != "k3y" {
		t.Error("the key of the environment is not in the configuration")
	}
}

func TestAllProblemsAreReportedTogether(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(file, []byte("nonsense: 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, _, err := Load(Layers{
		File: file, Env: []string{"BETFLOW_NONSENSE=1", "BETFLOW_LOG_CHECKPOINT=soon"}, Flags: map[string]string{"no.such": "1"},
	})
	if err == nil {
		t.Fatal("all of that was taken")
	}
	for _, part := range []string{"bad.yaml", "nonsense", "BETFLOW_NONSENSE", "log.checkpoint", "no.such"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not name %s: %v", part, err)
		}
	}
}

func TestValuesThatCannotBeAreRefused(t *testing.T) {
	for name, value := range map[string]string{
		"data": "", "log.partitions": "0", "log.replication": "0", "log.max_bytes": "1", "log.checkpoint": "0s",
		"markets.method": "guess", "markets.max_age": "0s", "markets.average": "mode", "markets.half_life": "-1s", "markets.outlier_mads": "-1", "sources.mode": "sometimes", "sources.odds.format": "roman",
		"simulator.speed": "0", "simulator.refresh": "-1s", "kafka.brokers": "example:9092",
	} {
		t.Run(name, func(t *testing.T) {
			field := name
			if name == "kafka.brokers" {
				field = "kafka.registry" // what is missing beside it
			}
			if _, _, err := Load(Layers{Flags: map[string]string{name: value}}); err == nil || !strings.Contains(err.Error(), field+":") {
				t.Errorf("%s=%q gives error %v, want one that names %s", name, value, err, field)
			}
		})
	}
	if _, _, err := Load(Layers{Flags: map[string]string{"sources.mode": ModeLive}}); err == nil || !strings.Contains(err.Error(), "ODDS_API_KEY") {
		t.Errorf("live without a key gives error %v, want a hint at ODDS_API_KEY", err)
	}
}

func TestKeysDecideWhoIsAsked(t *testing.T) {
	for _, c := range []struct {
		mode, key string
		live      bool
	}{{ModeAuto, "", false}, {ModeAuto, "k", true}, {ModeLive, "k", true}, {ModeSimulator, "k", false}, {ModeNone, "k", false}} {
		cfg := Config{Sources: Sources{Mode: c.mode}}
		cfg.Sources.Odds.Key = "x"
		if c.key == "" {
			cfg.Sources.Odds.Key = ""
		}
		if got := cfg.live(); got != c.live {
			t.Errorf("mode %s with key %q: live is %v, want %v", c.mode, c.key, got, c.live)
		}
	}
}
