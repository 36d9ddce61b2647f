package app

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/api"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log/embedded/dirlock"
)

// freeConfig is a configuration for one run in a test.
func freeConfig(t *testing.T, mode string) Config {
	t.Helper()
	cfg, _, err := Load(Layers{Flags: map[string]string{
		"data": t.TempDir(), "http.listen": "127.0.0.1:0", "kafka.listen": "127.0.0.1:0", "sources.mode": mode, "simulator.leagues": "nhl",
	}})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// TestNothingMayBeDeletedBeforeEveryReaderHasItsPlace holds that the janitor,
// which takes a partition that is not named for one that nobody reads, is told of
// every partition from the beginning.
func TestNothingMayBeDeletedBeforeEveryReaderHasItsPlace(t *testing.T) {
	cfg := freeConfig(t, ModeNone)
	deps := Deps{Logger: quiet(), Now: time.Now}
	fresh := &system{cfg: cfg, deps: deps}
	if err := fresh.definitions(); err != nil {
		t.Fatal(err)
	}
	checkAllNeeded(t, fresh)

	s, err := open(t.Context(), cfg, deps, api.Mode{})
	if err != nil {
		t.Fatal(err)
	}
	checkAllNeeded(t, s) // the tasks are there and have not begun
	ctx, stop := context.WithCancel(t.Context())
	s.start(ctx, Options{})
	for _, all := s.read(durable); !all; _, all = s.read(durable) {
		select {
		case <-t.Context().Done():
			t.Fatal("the readers do not come up")
		case <-time.After(time.Millisecond):
		}
	}
	checkAllNeeded(t, s) // nothing was read yet, all readers stand at 0
	stop()
	s.supervisor.wait()
	if err := s.close(); err != nil {
		t.Error(err)
	}
}

func checkAllNeeded(t *testing.T, s *system) {
	t.Helper()
	needed := s.needed()
	for _, topic := range s.layout.Topics() {
		for p := range topic.Partitions {
			if at, ok := needed[topic.Name][p]; !ok || at != 0 {
				t.Errorf("%s/%d is needed from %d (named: %v), want from 0", topic.Name, p, at, ok)
			}
		}
	}
}

func TestARunTellsItsAddressesAndTakesThemBack(t *testing.T) {
	cfg := freeConfig(t, ModeSimulator)
	ctx, stop := context.WithCancel(t.Context())
	deps := Deps{Logger: quiet(), Now: time.Now}
	err := Run(ctx, cfg, Options{Started: func(a Addresses) {
		defer stop()
		written, ok, err := ReadAddresses(cfg.Data)
		if err != nil || !ok || written != a {
			t.Errorf("addresses.json says %+v (%v, %v), want %+v", written, ok, err, a)
		}
		resp, err := http.Get(a.Simulator + "/simulator/faults")
		if err != nil {
			t.Fatalf("asking the simulator at its address: %v", err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("the simulator answers with %s", resp.Status)
		}
		var held *dirlock.HeldError
		if err := Run(context.Background(), cfg, Options{}, deps); !errors.As(err, &held) {
			t.Errorf("a second run on the folder ends with %v, want that it is in use", err)
		}
	}}, deps)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := ReadAddresses(cfg.Data); ok || err != nil {
		t.Errorf("addresses.json is still there after a clean stop (%v)", err)
	}
}

func TestAddressesOfAnotherRunStay(t *testing.T) {
	data := t.TempDir()
	other := Addresses{HTTP: "http://127.0.0.1:1", Instance: "other"}
	if err := other.write(data); err != nil {
		t.Fatal(err)
	}
	if err := (Addresses{Instance: "own"}).remove(data); err != nil {
		t.Fatal(err)
	}
	if got, ok, err := ReadAddresses(data); err != nil || !ok || got != other {
		t.Errorf("the file says %+v (%v, %v), want %+v", got, ok, err, other)
	}
	if err := other.remove(data); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(data, "addresses.json")); !os.IsNotExist(err) {
		t.Errorf("the own file stays: %v", err)
	}
}

// TestTheSimulatedWorldGoesOnWhereTheLogEnds starts again with a clock that is
// behind the log, as it also is when the world's time has passed faster.
func TestTheSimulatedWorldGoesOnWhereTheLogEnds(t *testing.T) {
	cfg := freeConfig(t, ModeSimulator)
	reaches := func(t *testing.T, url string, least feed.Time) (now feed.Time) {
		t.Helper()
		get(t, url+"/api/v1/status", func(text string) bool {
			var status struct{ Now feed.Time }
			if err := json.Unmarshal([]byte(text), &status); err != nil {
				t.Fatal(err)
			}
			now = status.Now
			return now > least
		})
		return now
	}
	var end feed.Time
	t.Run("five hours ahead", func(t *testing.T) {
		url := runningAt(t, cfg, func() time.Time { return time.Now().Add(5 * time.Hour) })
		end = reaches(t, url, feed.At(time.Now().Add(4*time.Hour)))
	})
	t.Run("with the clock set right", func(t *testing.T) {
		reaches(t, running(t, cfg), end+3*feed.Second)
	})
}
