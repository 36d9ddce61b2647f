package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Addresses say where a running BetFlow is to be reached. They stand in
// addresses.json in the data folder while it runs.
type Addresses struct {
	HTTP      string `json:"http"`                // URL of the web UI and the API
	Kafka     string `json:"kafka"`               // host:port
	Registry  string `json:"registry"`            // URL of the schema registry
	Simulator string `json:"simulator,omitempty"` // URL of the simulated providers, if they run
	Instance  string `json:"instance"`            // what GET /healthz answers in Betflow-Instance
}

func addressesFile(data string) string { return filepath.Join(data, "addresses.json") }

// ReadAddresses reads the addresses of the BetFlow that runs on a data folder;
// ok is false if none does. One that was killed leaves its file behind, so the
// reader has to compare the instance.
func ReadAddresses(data string) (a Addresses, ok bool, err error) {
	text, err := os.ReadFile(addressesFile(data))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return Addresses{}, false, nil
	}
	if err != nil {
		return Addresses{}, false, fmt.Errorf("reading addresses: %w", err)
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return Addresses{}, false, fmt.Errorf("reading addresses %s: %w", addressesFile(data), err)
	}
	return a, true, nil
}

// write puts the file in place whole.
func (a Addresses) write(data string) error {
	text, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return fmt.Errorf("writing addresses: %w", err)
	}
	temporary := addressesFile(data) + ".new"
	if err := os.WriteFile(temporary, append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("writing addresses: %w", err)
	}
	if err := os.Rename(temporary, addressesFile(data)); err != nil {
		return fmt.Errorf("writing addresses: %w", err)
	}
	return nil
}

// remove takes the file away, unless another BetFlow has put its own there
// since.
func (a Addresses) remove(data string) error {
	there, ok, err := ReadAddresses(data)
	if err != nil || !ok || there.Instance != a.Instance {
		return err
	}
	if err := os.Remove(addressesFile(data)); err != nil {
		return fmt.Errorf("removing addresses: %w", err)
	}
	return nil
}
