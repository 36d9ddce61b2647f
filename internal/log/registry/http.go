package registry

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
)

const (
	contentType = "application/vnd.schemaregistry.v1+json"

	// maxBody bounds what one request may send.
	maxBody = 4 << 20
)

// handler answers a request with a value to encode, or with an error. Text is
// sent as it is.
type handler func(*http.Request) (any, error)

// text is a body that is JSON already.
type text string

// routes is the whole interface.
func (r *Registry) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, h := range map[string]handler{
		"GET /{$}": root,

		"GET /subjects":                                           r.getSubjects,
		"POST /subjects/{subject}":                                r.lookUp,
		"DELETE /subjects/{subject}":                              r.removeSubject,
		"GET /subjects/{subject}/versions":                        r.getVersions,
		"POST /subjects/{subject}/versions":                       r.postVersion,
		"GET /subjects/{subject}/versions/{version}":              r.getVersion,
		"GET /subjects/{subject}/versions/{version}/schema":       r.getVersionText,
		"GET /subjects/{subject}/versions/{version}/referencedby": r.getReferencedBy,
		"DELETE /subjects/{subject}/versions/{version}":           r.removeVersion,

		"GET /schemas":                   r.getSchemas,
		"GET /schemas/types":             types,
		"GET /schemas/ids/{id}":          r.getSchema,
		"GET /schemas/ids/{id}/schema":   r.getSchemaText,
		"GET /schemas/ids/{id}/subjects": r.getSchemaSubjects,
		"GET /schemas/ids/{id}/versions": r.getSchemaVersions,

		"POST /compatibility/subjects/{subject}/versions":           r.checkAll,
		"POST /compatibility/subjects/{subject}/versions/{version}": r.checkOne,

		"GET /config":              r.getGlobalLevel,
		"PUT /config":              r.putLevel,
		"DELETE /config":           r.removeLevel,
		"GET /config/{subject}":    r.getSubjectLevel,
		"PUT /config/{subject}":    r.putLevel,
		"DELETE /config/{subject}": r.removeLevel,

		"GET /mode":           mode,
		"GET /mode/{subject}": mode,
		"PUT /mode":           noMode,
		"PUT /mode/{subject}": noMode,
	} {
		mux.Handle(pattern, h)
	}
	return mux
}

// ServeHTTP implements http.Handler.
func (r *Registry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	h, pattern := r.mux.Handler(req)
	if pattern == "" { // no such path, or not with this method
		probe := probe{header: w.Header()}
		h.ServeHTTP(&probe, req)
		write(w, nil, newFault(probe.status, probe.status, "HTTP %d %s", probe.status, http.StatusText(probe.status)))
		return
	}
	req.Body = http.MaxBytesReader(w, req.Body, maxBody)
	r.mux.ServeHTTP(w, req)
}

// probe learns the status of an answer and keeps its body back.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header         { return p.header }
func (p *probe) WriteHeader(status int)      { p.status = status }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }

// ServeHTTP implements http.Handler.
func (h handler) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := h(req)
	write(w, body, err)
}

func write(w http.ResponseWriter, body any, err error) {
	status := http.StatusOK
	var f *fault
	switch {
	case errors.As(err, &f):
		status, body = f.status, f
	case err != nil:
		f = storeFault()
		status, body = f.status, f
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	if t, ok := body.(text); ok {
		_, _ = io.WriteString(w, string(t)) // a client that left is not our error
		return
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(body) // likewise
}

// readBody decodes the request's JSON. Attributes that it does not know are
// left alone, as newer clients send new ones.
func readBody(req *http.Request, into any) error {
	raw, err := io.ReadAll(req.Body)
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return tooLarge(large.Limit)
	}
	if err != nil {
		return badRequest(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return badRequest(err)
	}
	return nil
}

// flag reads a boolean query parameter, false if it is absent or unreadable.
func flag(req *http.Request, name string) bool {
	on, err := strconv.ParseBool(req.URL.Query().Get(name))
	return err == nil && on
}

// wanted reads which versions the request asks for.
func wanted(req *http.Request) which {
	switch {
	case flag(req, "deletedOnly"):
		return onlyDeleted
	case flag(req, "deleted"):
		return all
	}
	return live
}

func root(*http.Request) (any, error) { return struct{}{}, nil }

func types(*http.Request) (any, error) { return []string{schemaType}, nil }

func mode(*http.Request) (any, error) {
	return map[string]string{"mode": "READWRITE"}, nil
}

func noMode(*http.Request) (any, error) {
	return nil, notPermitted("this registry has the mode READWRITE only")
}
