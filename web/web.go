// Package web holds the built web UI and serves it.
//
// The sources are in src/, the built assets in dist/ are committed: who only
// runs BetFlow needs no JavaScript tools. After a change of the sources run
// `npm ci --prefix web` once and `go run ./web/build`.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed dist
var dist embed.FS

// contentTypes are those of the files in dist. They are fixed here because a
// machine's own table may differ.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".svg":  "image/svg+xml",
	".txt":  "text/plain; charset=utf-8",
}

// securityPolicy lets the page load its own files and ask its own server,
// nothing else.
const securityPolicy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

const (
	// A name under assets/ changes with its content.
	cacheForever = "public, max-age=31536000, immutable"
	// The rest is asked for again and answered 304 while it is the same.
	cacheRevalidate = "no-cache"
)

// file is one servable file with its compressed twin.
type file struct {
	body        []byte
	gzipped     []byte // nil where compression gains nothing
	contentType string
	cache       string
	tag         string // strong ETag of body without quotes
}

// Handler serves the web UI: its assets, and the page for each client route,
// which is /, /fixtures/{id}, /signals, /tools, /tools/{tool}, /status and /sql.
// Any other path is answered 404 with the page, which then says so, except for
// what can only be a file or an API call. It answers GET and HEAD.
func Handler() http.Handler {
	files, err := load(dist)
	if err != nil {
		panic(err) // only a broken build can embed unreadable assets
	}
	return handler(files)
}

func handler(files map[string]*file) http.Handler {
	mux := http.NewServeMux()
	page := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { files["index.html"].serve(w, r, status) }
	}
	for _, route := range []string{"/{$}", "/fixtures/{id}", "/signals", "/tools", "/tools/{tool}", "/status", "/sql"} {
		mux.Handle("GET "+route, page(http.StatusOK))
	}
	for name, f := range files {
		if name != "index.html" {
			mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) { f.serve(w, r, http.StatusOK) })
		}
	}
	mux.Handle("GET /assets/", http.NotFoundHandler())
	mux.Handle("GET /api/", http.NotFoundHandler())
	mux.Handle("GET /", page(http.StatusNotFound))
	return mux
}

// load reads the files that may be served: the page, the licences and the
// assets. Other files of dist are the build's own.
func load(dist fs.FS) (map[string]*file, error) {
	files := make(map[string]*file)
	err := fs.WalkDir(dist, "dist", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		contentType, served := contentTypes[path.Ext(name)]
		if !served {
			return nil
		}
		body, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		name = strings.TrimPrefix(name, "dist/")
		files[name], err = newFile(name, contentType, body)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the built web UI: %w", err)
	}
	if files["index.html"] == nil {
		return nil, fmt.Errorf("reading the built web UI: dist/index.html is missing; run `go run ./web/build`")
	}
	return files, nil
}

func newFile(name, contentType string, body []byte) (*file, error) {
	sum := sha256.Sum256(body)
	f := &file{
		body:        body,
		contentType: contentType,
		cache:       cacheRevalidate,
		tag:         hex.EncodeToString(sum[:12]),
	}
	if strings.HasPrefix(name, "assets/") {
		f.cache = cacheForever
	}
	gzipped, err := compress(body)
	if err != nil {
		return nil, err
	}
	if len(gzipped) < len(body) {
		f.gzipped = gzipped
	}
	return f, nil
}

func compress(body []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
