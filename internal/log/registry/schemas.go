package registry

import (
	"net/http"
	"strconv"
	"strings"
)

// schemaOf finds the schema whose id a request names. The caller holds mu.
func (r *Registry) schemaOf(req *http.Request) (int, schema, error) {
	given := req.PathValue("id")
	id, err := strconv.Atoi(given)
	if err != nil {
		return 0, schema{}, schemaNotFound(" " + given)
	}
	s, ok := r.state.schemas[id]
	if !ok {
		return 0, schema{}, schemaNotFound(" " + given)
	}
	return id, s, nil
}

func (r *Registry) getSchema(req *http.Request) (any, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	_, s, err := r.schemaOf(req)
	return map[string]string{"schema": s.text}, err
}

func (r *Registry) getSchemaText(req *http.Request) (any, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	_, s, err := r.schemaOf(req)
	return text(s.text), err
}

// use is a place where a schema stands.
type use struct {
	Subject string `json:"subject"`
	Version int    `json:"version"`
}

// uses lists them by subject and version. The caller holds mu.
func (r *Registry) uses(req *http.Request) ([]use, error) {
	id, _, err := r.schemaOf(req)
	if err != nil {
		return nil, err
	}
	only := req.URL.Query().Get("subject")
	uses := []use{}
	for _, subject := range r.state.subjectNames(all) {
		for _, v := range r.state.versions(subject, wanted(req)) {
			if v.id == id && (only == "" || only == subject) {
				uses = append(uses, use{Subject: subject, Version: v.number})
			}
		}
	}
	return uses, nil
}

func (r *Registry) getSchemaVersions(req *http.Request) (any, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.uses(req)
}

func (r *Registry) getSchemaSubjects(req *http.Request) (any, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	uses, err := r.uses(req)
	names := []string{}
	for _, u := range uses {
		if len(names) == 0 || names[len(names)-1] != u.Subject {
			names = append(names, u.Subject)
		}
	}
	return names, err
}

func (r *Registry) getSchemas(req *http.Request) (any, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := []subjectVersion{}
	for _, subject := range r.state.subjectNames(all) {
		if !strings.HasPrefix(subject, req.URL.Query().Get("subjectPrefix")) {
			continue
		}
		vs := r.state.versions(subject, wanted(req))
		if flag(req, "latestOnly") && len(vs) > 0 {
			vs = vs[len(vs)-1:]
		}
		for _, v := range vs {
			out = append(out, r.describe(subject, v))
		}
	}
	return out, nil
}
