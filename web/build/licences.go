package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// licences is the notice of every package that the bundle holds a part of: its
// name, version and full licence text.
func licences(dir string, meta *metafile) ([]byte, error) {
	packages := make(map[string]struct{})
	for input := range meta.Inputs {
		if name, found := packageOf(input); found {
			packages[name] = struct{}{}
		}
	}
	var out bytes.Buffer
	out.WriteString("The web UI of BetFlow contains parts of these packages.\n")
	for _, name := range slices.Sorted(maps.Keys(packages)) {
		folder := filepath.Join(dir, "node_modules", filepath.FromSlash(name))
		manifest, err := os.ReadFile(filepath.Join(folder, "package.json"))
		if err != nil {
			return nil, fmt.Errorf("reading the manifest of %s: %w", name, err)
		}
		var about struct{ Version, License string }
		if err := json.Unmarshal(manifest, &about); err != nil {
			return nil, fmt.Errorf("reading the manifest of %s: %w", name, err)
		}
		text, err := licenceText(dir, name)
		if err != nil {
			return nil, fmt.Errorf("reading the licence of %s, which must be passed on: %w", name, err)
		}
		fmt.Fprintf(&out, "\n%s\n%s %s (%s)\n\n%s\n", strings.Repeat("-", 72), name, about.Version, about.License, text)
	}
	return out.Bytes(), nil
}

// licenceText is what a package asks to be passed on: the notice that web/notices
// keeps for it, where its licence demands one or the package was published
// without its licence, and the licence in the package.
func licenceText(dir, name string) ([]byte, error) {
	var parts [][]byte
	for _, file := range []string{
		filepath.Join(dir, "notices", path.Base(name)+".txt"),
		filepath.Join(dir, "node_modules", filepath.FromSlash(name), "LICENSE"),
	} {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		parts = append(parts, bytes.TrimSpace(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))))
	}
	if len(parts) == 0 {
		return nil, errors.New("there is no LICENSE in the package and no notice in web/notices")
	}
	return bytes.Join(parts, []byte("\n\n")), nil
}

// packageOf names the package that an input of the bundle belongs to.
func packageOf(input string) (string, bool) {
	_, rest, found := strings.Cut(input, "node_modules/")
	if !found {
		return "", false
	}
	parts := strings.SplitN(rest, "/", 3)
	if strings.HasPrefix(rest, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1], true
	}
	return parts[0], true
}
