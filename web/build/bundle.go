package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// files maps a slash-separated path within dist to its content.
type files map[string][]byte

// The entry points, relative to the web folder.
const (
	entryApp   = "src/main.tsx"
	entryTheme = "src/theme.ts"
)

// metafile is the part of esbuild's report that tells what came from where.
type metafile struct {
	Inputs  map[string]struct{} `json:"inputs"`
	Outputs map[string]struct {
		EntryPoint string `json:"entryPoint"`
		CSSBundle  string `json:"cssBundle"`
	} `json:"outputs"`
}

// bundle builds everything that belongs into dist, in memory.
func bundle(dir string) (files, error) {
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		return nil, fmt.Errorf("looking for the packages: %w; run `npm ci --prefix web` first", err)
	}
	built := make(files)
	meta, err := compile(dir, built)
	if err != nil {
		return nil, err
	}
	if err := addPage(dir, meta, built); err != nil {
		return nil, err
	}
	built["licenses.txt"], err = licences(dir, meta)
	if err != nil {
		return nil, err
	}
	digest, err := sourceDigest(dir)
	if err != nil {
		return nil, err
	}
	built[digestFile] = []byte(digest + "\n")
	return built, nil
}

// compile runs esbuild and puts the scripts and the style sheet into built.
func compile(dir string, built files) (*metafile, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("finding %s: %w", dir, err)
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:     root,
		EntryPoints:       []string{entryApp, entryTheme},
		Outdir:            "dist",
		Outbase:           "src",
		EntryNames:        "assets/[name]-[hash]",
		Bundle:            true,
		Format:            api.FormatIIFE,
		Target:            api.ES2022,
		MinifySyntax:      true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		LegalComments:     api.LegalCommentsNone, // licenses.txt holds them in full
		Metafile:          true,
	})
	if len(result.Errors) > 0 {
		text := api.FormatMessages(result.Errors, api.FormatMessagesOptions{})
		return nil, fmt.Errorf("bundling: %w", errors.New(strings.Join(text, "\n")))
	}
	for _, output := range result.OutputFiles {
		name, err := filepath.Rel(filepath.Join(root, "dist"), output.Path)
		if err != nil {
			return nil, fmt.Errorf("placing %s: %w", output.Path, err)
		}
		built[filepath.ToSlash(name)] = output.Contents
	}
	var meta metafile
	if err := json.Unmarshal([]byte(result.Metafile), &meta); err != nil {
		return nil, fmt.Errorf("reading the bundler's report: %w", err)
	}
	return &meta, nil
}

// addPage puts the page and its icon into built, with the names that the
// bundler and the icon's content give.
func addPage(dir string, meta *metafile, built files) error {
	icon, err := os.ReadFile(filepath.Join(dir, "src", "favicon.svg"))
	if err != nil {
		return fmt.Errorf("reading the icon: %w", err)
	}
	sum := sha256.Sum256(icon)
	iconName := "assets/favicon-" + strings.ToUpper(hex.EncodeToString(sum[:4])) + ".svg"
	built[iconName] = icon

	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		return fmt.Errorf("reading the page: %w", err)
	}
	text := strings.ReplaceAll(string(page), "{{icon}}", iconName)
	for name, output := range meta.Outputs {
		name = strings.TrimPrefix(name, "dist/")
		switch output.EntryPoint {
		case entryApp:
			text = strings.ReplaceAll(text, "{{script}}", name)
			text = strings.ReplaceAll(text, "{{style}}", strings.TrimPrefix(output.CSSBundle, "dist/"))
		case entryTheme:
			text = strings.ReplaceAll(text, "{{theme}}", name)
		}
	}
	if at := strings.Index(text, "{{"); at >= 0 {
		return fmt.Errorf("filling index.html: nothing was built for %.20q", text[at:])
	}
	built["index.html"] = []byte(text)
	return nil
}
