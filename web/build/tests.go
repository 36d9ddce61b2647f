package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// testsDir is where the bundled tests lie, within node_modules, which is no
// part of the repository.
const testsDir = "node_modules/.tests"

// bundleTests turns each test/*.test.ts, with what it imports, into a script
// that node's test runner runs.
func bundleTests(dir string) error {
	root, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("finding %s: %w", dir, err)
	}
	tests, err := filepath.Glob(filepath.Join(root, "test", "*.test.ts"))
	if err != nil {
		return fmt.Errorf("listing the tests: %w", err)
	}
	if len(tests) == 0 {
		return fmt.Errorf("listing the tests: there are none in %s", filepath.Join(dir, "test"))
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: root,
		EntryPoints:   tests,
		Outdir:        testsDir,
		Bundle:        true,
		Format:        api.FormatESModule,
		Platform:      api.PlatformNode,
		Target:        api.ES2022,
		Sourcemap:     api.SourceMapInline,
		Write:         true,
	})
	if len(result.Errors) > 0 {
		text := api.FormatMessages(result.Errors, api.FormatMessagesOptions{})
		return fmt.Errorf("bundling the tests: %w", errors.New(strings.Join(text, "\n")))
	}
	return nil
}
