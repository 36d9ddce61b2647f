package web

import (
	"net/http"
	"strconv"
	"strings"
)

// serve answers with the file, compressed where the client takes that, or with
// 304 where the client holds it already.
func (f *file) serve(w http.ResponseWriter, r *http.Request, status int) {
	body, tag := f.body, `"`+f.tag+`"`
	header := w.Header()
	if f.gzipped != nil {
		header.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			header.Set("Content-Encoding", "gzip")
			body, tag = f.gzipped, `"`+f.tag+`-gzip"`
		}
	}
	header.Set("Content-Type", f.contentType)
	header.Set("Cache-Control", f.cache)
	header.Set("Content-Security-Policy", securityPolicy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	if status == http.StatusOK {
		header.Set("ETag", tag)
		if f.matches(r.Header.Get("If-None-Match")) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	// A client that hangs up midway is no fault of ours, and nobody is left to be told.
	_, _ = w.Write(body)
}

// matches tells whether an If-None-Match header names this file. Both of its
// encodings are the same file, and a weak tag is enough to skip a download.
func (f *file) matches(header string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == "*" || candidate == `"`+f.tag+`"` || candidate == `"`+f.tag+`-gzip"` {
			return true
		}
	}
	return false
}

// acceptsGzip reads an Accept-Encoding header: gzip must be named and its
// weight must not be zero.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, weight, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		q, found := strings.CutPrefix(strings.TrimSpace(weight), "q=")
		if !found {
			return true
		}
		value, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
		return err == nil && value > 0
	}
	return false
}
