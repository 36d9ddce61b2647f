package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const webDir = ".."

func TestCommittedAssetsAreOfTheseSources(t *testing.T) {
	want, err := sourceDigest(webDir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(webDir, "dist", digestFile))
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(string(got)) != want {
		t.Error("web/dist was built from other sources: run `go run ./web/build` and commit its result")
	}
}

// Without the JavaScript packages the sources cannot be bundled: then the
// refusal must say how to get them, and the digest above guards against drift.
func TestBundlingGivesTheCommittedBytes(t *testing.T) {
	built, err := bundle(webDir)
	if errors.Is(err, fs.ErrNotExist) {
		if !strings.Contains(err.Error(), "npm ci --prefix web") {
			t.Errorf("got %v, want the command that fetches the packages", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := compare(filepath.Join(webDir, "dist"), built); err != nil {
		t.Error(err)
	}
}

func TestLockNamesNoRegistry(t *testing.T) {
	lock, err := os.ReadFile(filepath.Join(webDir, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(lock), `"resolved"`) {
		t.Error("package-lock.json names the registry it was made with: keep web/.npmrc and lock again")
	}
	if !strings.Contains(string(lock), `"integrity"`) {
		t.Error("package-lock.json holds no hashes")
	}
}

func TestCompareNamesEveryDifference(t *testing.T) {
	dist := filepath.Join(t.TempDir(), "dist")
	built := files{"index.html": []byte("page"), "assets/a.js": []byte("a")}
	if err := replace(dist, built); err != nil {
		t.Fatal(err)
	}
	if err := compare(dist, built); err != nil {
		t.Fatalf("what was just written differs: %v", err)
	}
	changed := files{"index.html": []byte("other"), "assets/b.js": []byte("b")}
	err := compare(dist, changed)
	if err == nil {
		t.Fatal("a different build was taken for the same")
	}
	for _, want := range []string{"index.html differs", "assets/b.js is missing", "assets/a.js is left over"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}

func TestDigestFollowsContentAndNotLineEnds(t *testing.T) {
	digest := func(content string) string {
		dir := t.TempDir()
		for _, name := range []string{"index.html", "notices/a.txt", "package-lock.json", "tsconfig.json", "src/main.tsx"} {
			path := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		sum, err := sourceDigest(dir)
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	if digest("a\nb\n") != digest("a\r\nb\r\n") {
		t.Error("the ends of lines changed the digest")
	}
	if digest("a\n") == digest("b\n") {
		t.Error("different sources have one digest")
	}
}

func TestPackageOfAnInput(t *testing.T) {
	tests := map[string]string{
		"node_modules/uplot/dist/uPlot.esm.js":                "uplot",
		"node_modules/@preact/signals/dist/signals.module.js": "@preact/signals",
		"../x/node_modules/preact/hooks/dist/hooks.mjs":       "preact",
		"src/main.tsx":                  "",
		"src/node_modules_like/name.ts": "",
	}
	for input, want := range tests {
		if got, _ := packageOf(input); got != want {
			t.Errorf("packageOf(%q) = %q, want %q", input, got, want)
		}
	}
}
