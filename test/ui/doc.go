// Package ui tests the web UI in a real browser against the real program.
//
//	go test -tags ui -count=1 ./test/ui/
//
// It needs Chromium or Chrome on the PATH. With BETFLOW_SCREENSHOTS=1 it also
// writes the pictures of the README into docs/.
package ui
