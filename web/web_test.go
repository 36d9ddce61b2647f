package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// get asks the handler and returns its answer; headers come in pairs.
func get(t *testing.T, h http.Handler, path string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// assets are the files that the built page names.
func assets(t *testing.T, h http.Handler) []string {
	t.Helper()
	page := string(body(t, get(t, h, "/")))
	found := regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(found) < 4 {
		t.Fatalf("the page names %d assets, want its scripts, style sheet and icon:\n%s", len(found), page)
	}
	var paths []string
	for _, match := range found {
		paths = append(paths, match[1])
	}
	return paths
}

func TestEveryRouteAnswersWithThePage(t *testing.T) {
	h := Handler()
	page := body(t, get(t, h, "/"))
	tests := []struct {
		path   string
		status int
		page   bool
	}{
		{"/", 200, true},
		{"/?odds=american&league=nfl", 200, true},
		{"/status", 200, true},
		{"/sql", 200, true},
		{"/signals", 200, true},
		{"/tools", 200, true},
		{"/tools/kelly", 200, true},
		{"/fixtures/nfl-2026-01-dal-kc", 200, true},
		{"/fixtures/a%2Fb", 200, true},
		{"/fixtures/a/b", 404, true},
		{"/nothing", 404, true},
		{"/index.html", 404, true}, // one address for one page
		{"/assets/main.js", 404, false},
		{"/assets/", 404, false},
		{"/api/v1/nothing", 404, false},
		{"/sources.sha256", 404, true}, // the build's own file
	}
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			r := get(t, h, test.path)
			if r.StatusCode != test.status {
				t.Errorf("status %d, want %d", r.StatusCode, test.status)
			}
			if got := bytes.Equal(body(t, r), page); got != test.page {
				t.Errorf("answered with the page: %t, want %t", got, test.page)
			}
		})
	}
}

func TestAssetsAreCachedForeverAndThePageIsNot(t *testing.T) {
	h := Handler()
	if got := get(t, h, "/").Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("the page's Cache-Control is %q", got)
	}
	for _, path := range assets(t, h) {
		r := get(t, h, path)
		if r.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", path, r.StatusCode)
		}
		if got := r.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control is %q", path, got)
		}
	}
}

func TestContentTypesDoNotDependOnTheMachine(t *testing.T) {
	h := Handler()
	want := map[string]string{"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
	for _, path := range assets(t, h) {
		extension := path[strings.LastIndex(path, ".")+1:]
		r := get(t, h, path)
		if got := r.Header.Get("Content-Type"); got != want[extension] {
			t.Errorf("%s: Content-Type is %q, want %q", path, got, want[extension])
		}
		if got := r.Header.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s: X-Content-Type-Options is %q", path, got)
		}
	}
	if got := get(t, h, "/").Header.Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("the page's Content-Type is %q", got)
	}
}

func TestGzipHoldsTheSameBytes(t *testing.T) {
	h := Handler()
	for _, path := range append(assets(t, h), "/", "/licenses.txt") {
		plain := get(t, h, path)
		packed := get(t, h, path, "Accept-Encoding", "br, gzip")
		if packed.Header.Get("Content-Encoding") != "gzip" {
			if plain.Header.Get("Vary") != "" {
				t.Errorf("%s: varies by encoding and was not compressed", path)
			}
			continue
		}
		if packed.Header.Get("Vary") != "Accept-Encoding" || plain.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: a cache would mix up its encodings", path)
		}
		if plain.Header.Get("ETag") == packed.Header.Get("ETag") {
			t.Errorf("%s: two encodings share the strong ETag %s", path, plain.Header.Get("ETag"))
		}
		reader, err := gzip.NewReader(packed.Body)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		unpacked, err := io.ReadAll(reader)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if !bytes.Equal(unpacked, body(t, plain)) {
			t.Errorf("%s: gzip holds other bytes", path)
		}
	}
}

func TestAKnownTagIsAnsweredNotModified(t *testing.T) {
	h := Handler()
	tag := get(t, h, "/").Header.Get("ETag")
	tests := []struct {
		name, header string
		want         int
	}{
		{"same", tag, 304},
		{"weak", "W/" + tag, 304},
		{"among others", `"x", ` + tag, 304},
		{"any", "*", 304},
		{"other", `"x"`, 200},
		{"without quotes", strings.Trim(tag, `"`), 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := get(t, h, "/", "If-None-Match", test.header)
			if r.StatusCode != test.want {
				t.Errorf("status %d, want %d", r.StatusCode, test.want)
			}
			if empty := len(body(t, r)) == 0; empty != (test.want == 304) {
				t.Errorf("empty body: %t", empty)
			}
		})
	}
	if got := get(t, h, "/nothing", "If-None-Match", tag).StatusCode; got != 404 {
		t.Errorf("an unknown path with a known tag: status %d, want 404", got)
	}
}

func TestHeadHasTheLengthAndNoBody(t *testing.T) {
	h := Handler()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodHead, "/status", nil))
	if w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "0" || w.Header().Get("Content-Length") == "" {
		t.Errorf("status %d, %d bytes, Content-Length %q", w.Code, w.Body.Len(), w.Header().Get("Content-Length"))
	}
}

func TestWritingMethodsAreRefused(t *testing.T) {
	h := Handler()
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, "/", nil))
		if w.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s: status %d, want 405", method, w.Code)
		}
	}
}

func TestThePageAsksNobodyElse(t *testing.T) {
	h := Handler()
	policy := get(t, h, "/").Header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'self';") {
		t.Errorf("the policy %q lets the page load from elsewhere", policy)
	}
	for _, path := range append(assets(t, h), "/") {
		content := string(body(t, get(t, h, path)))
		for _, address := range regexp.MustCompile(`https?://[^\s"'<>)]+`).FindAllString(content, -1) {
			switch {
			case strings.HasPrefix(address, "http://www.w3.org/"): // names of XML namespaces, never fetched
			case strings.HasPrefix(address, "https://www.tradingview.com/"): // a link that the charts' licence asks for
			default:
				t.Errorf("%s names the foreign address %s", path, address)
			}
		}
	}
}

func TestTheLicencesOfBundledPackagesAreServed(t *testing.T) {
	text := string(body(t, get(t, Handler(), "/licenses.txt")))
	for _, name := range []string{"preact ", "@preact/signals ", "@preact/signals-core ", "uplot ", "lightweight-charts ", "fancy-canvas "} {
		if !strings.Contains(text, "\n"+name) {
			t.Errorf("the notice lacks %s", name)
		}
	}
	for _, notice := range []string{"TradingView Lightweight Charts(TM)", "Copyright (c) 2019 TradingView, Inc"} {
		if !strings.Contains(text, notice) {
			t.Errorf("the notice lacks the words %q, which come from web/notices", notice)
		}
	}
}

func TestScriptsStayWithinTheirBudget(t *testing.T) {
	const budget = 120_000 // bytes over the wire
	h := Handler()
	total := 0
	for _, path := range assets(t, h) {
		if strings.HasSuffix(path, ".js") {
			total += len(body(t, get(t, h, path, "Accept-Encoding", "gzip")))
		}
	}
	if total > budget {
		t.Errorf("the scripts take %d bytes compressed, want at most %d", total, budget)
	}
}

func TestAcceptEncodingIsReadWithItsWeights(t *testing.T) {
	tests := map[string]bool{
		"": false, "gzip": true, "GZIP": true, "br, gzip": true, "gzip;q=0.5": true, "gzip; q=0": false,
		"gzip;q=0.0": false, "gzip;q=x": false, "br": false, "xgzip": false, "deflate, gzip;q=1.0, *;q=0.5": true,
	}
	for header, want := range tests {
		if got := acceptsGzip(header); got != want {
			t.Errorf("acceptsGzip(%q) = %t, want %t", header, got, want)
		}
	}
}

// The invariant: no header makes it fail, and gzip is never chosen for a client
// that does not name it.
func FuzzAcceptEncoding(f *testing.F) {
	for _, seed := range []string{"gzip", "gzip;q=0", "br;q=1.0, gzip;q=0.8, *;q=0.1", ";;,,q=", "gzip;q=-1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if acceptsGzip(header) && !strings.Contains(strings.ToLower(header), "gzip") {
			t.Errorf("chose gzip for %q", header)
		}
	})
}

func TestADistWithoutThePageIsRefusedWithTheWayOut(t *testing.T) {
	_, err := load(fstest.MapFS{"dist/assets/main.js": {Data: []byte("x")}})
	if err == nil || !strings.Contains(err.Error(), "go run ./web/build") {
		t.Errorf("got %v, want an error that names the build command", err)
	}
}

func BenchmarkServeScript(b *testing.B) {
	h := Handler()
	page := httptest.NewRecorder()
	h.ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/", nil))
	path := regexp.MustCompile(`/assets/main-[^"]+\.js`).FindString(page.Body.String())
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}
