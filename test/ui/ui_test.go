//go:build ui

package ui

import "testing"

// The tests share one binary and one browser; each has its own program and tab.
func TestUI(t *testing.T) {
	binary, browser := build(t), browse(t)
	t.Run("pages", func(t *testing.T) {
		t.Parallel()
		testPages(t, binary, browser)
	})
	t.Run("faults", func(t *testing.T) {
		t.Parallel()
		testFaults(t, binary, browser)
	})
	t.Run("restart", func(t *testing.T) {
		t.Parallel()
		testRestart(t, binary, browser)
	})
}

// world is a simulated world that is the same in every run and moves quickly.
func world(more ...string) []string {
	return append([]string{"BETFLOW_SOURCES_MODE=simulator", "BETFLOW_SIMULATOR_SEED=7", "BETFLOW_SIMULATOR_SPEED=20"}, more...)
}
