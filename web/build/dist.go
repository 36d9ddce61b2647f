package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// digestFile is the file in dist that names the sources it was built from, so
// that a test can tell an outdated dist without any JavaScript packages.
const digestFile = "sources.sha256"

// sources are the files and folders that decide what dist holds.
var sources = []string{"index.html", "notices", "package-lock.json", "src", "tsconfig.json"}

// sourceDigest is a hash over the names and contents of the sources.
func sourceDigest(dir string) (string, error) {
	hash := sha256.New()
	root := os.DirFS(dir)
	for _, source := range sources {
		err := fs.WalkDir(root, source, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := fs.ReadFile(root, name)
			if err != nil {
				return err
			}
			content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")) // a checkout may have turned the ends of lines
			fmt.Fprintf(hash, "%s %d\n", name, len(content))
			hash.Write(content)
			return nil
		})
		if err != nil {
			return "", fmt.Errorf("hashing the sources: %w", err)
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// compare reports every file of dist that differs from what was built, is
// missing, or should not be there.
func compare(dist string, built files) error {
	present, err := read(dist)
	if err != nil {
		return err
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(built)) {
		content, found := present[name]
		switch {
		case !found:
			problems = append(problems, fmt.Errorf("%s is missing", name))
		case !bytes.Equal(content, built[name]):
			problems = append(problems, fmt.Errorf("%s differs", name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(present)) {
		if _, wanted := built[name]; !wanted {
			problems = append(problems, fmt.Errorf("%s is left over", name))
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return fmt.Errorf("comparing %s with the sources: %w\nrun `go run ./web/build` and commit its result", dist, errors.Join(problems...))
}

// read holds every file under dist; a dist that does not exist holds none.
func read(dist string) (files, error) {
	present := make(files)
	err := fs.WalkDir(os.DirFS(dist), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		present[name], err = os.ReadFile(filepath.Join(dist, filepath.FromSlash(name)))
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading %s: %w", dist, err)
	}
	return present, nil
}

// replace makes dist hold what was built and nothing else, and says how large
// each file is.
func replace(dist string, built files) error {
	if err := os.RemoveAll(dist); err != nil {
		return fmt.Errorf("clearing %s: %w", dist, err)
	}
	for _, name := range slices.Sorted(maps.Keys(built)) {
		target := filepath.Join(dist, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
		if err := os.WriteFile(target, built[name], 0o644); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
		fmt.Printf("%8d  %s\n", len(built[name]), name)
	}
	return nil
}
