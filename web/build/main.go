// Command build bundles the web UI from web/src into web/dist.
//
//	npm ci --prefix web      # once, and after a change of package-lock.json
//	go run ./web/build       # after a change of the sources
//	go run ./web/build -check
//	npm test --prefix web    # bundles the tests with -tests and runs them
//
// The same sources give the same bytes. With -check nothing is written, and the
// exit code is 1 if web/dist is not what the sources give.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	dir := flag.String("dir", "web", "folder that holds src, node_modules and dist")
	check := flag.Bool("check", false, "compare dist with the sources and write nothing")
	tests := flag.Bool("tests", false, "bundle the tests in test/ for node and nothing else")
	flag.Parse()
	if err := run(*dir, *check, *tests); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(dir string, check, tests bool) error {
	if tests {
		return bundleTests(dir)
	}
	built, err := bundle(dir)
	if err != nil {
		return err
	}
	dist := filepath.Join(dir, "dist")
	if check {
		return compare(dist, built)
	}
	return replace(dist, built)
}
