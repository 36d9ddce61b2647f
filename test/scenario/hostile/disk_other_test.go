//go:build !linux

package hostile

import "testing"

// fullDisk needs ways to limit a process that are Linux's own.
func (w *world) fullDisk(t *testing.T) { t.Skip("runs on Linux only") }
