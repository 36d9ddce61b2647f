package registry

import (
	"encoding/json"
	"net/http"
	"strings"
)

// schemaType is the only type of schema there is.
const schemaType = "AVRO"

// schemaRequest is the body of a request that carries a schema.
type schemaRequest struct {
	Schema     string            `json:"schema"`
	SchemaType string            `json:"schemaType"`
	References []json.RawMessage `json:"references"`
	Metadata   json.RawMessage   `json:"metadata"`
	RuleSet    json.RawMessage   `json:"ruleSet"`
	ID         int               `json:"id"`
	Version    int               `json:"version"`
}

// readSchema reads and parses the schema of a request.
func readSchema(req *http.Request) (schemaRequest, schema, error) {
	var body schemaRequest
	if err := readBody(req, &body); err != nil {
		return body, schema{}, err
	}
	switch {
	case body.SchemaType != "" && !strings.EqualFold(body.SchemaType, schemaType):
		return body, schema{}, invalidSchema("type %q is not supported, only %s is", body.SchemaType, schemaType)
	case len(body.References) > 0:
		return body, schema{}, invalidSchema("references are not supported: put the referenced types into the schema")
	case given(body.Metadata) || given(body.RuleSet):
		return body, schema{}, invalidSchema("metadata and rule sets are not supported")
	case strings.TrimSpace(body.Schema) == "":
		return body, schema{}, invalidSchema("it is empty")
	}
	s, err := parseSchema(body.Schema)
	if err != nil {
		return body, schema{}, invalidSchema("%v", err)
	}
	return body, s, nil
}

func given(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// subjectVersion is the answer that describes a version.
type subjectVersion struct {
	Subject string `json:"subject"`
	Version int    `json:"version"`
	ID      int    `json:"id"`
	Schema  string `json:"schema"`
}

// describe fills the answer. The caller holds mu.
func (r *Registry) describe(subject string, v version) subjectVersion {
	return subjectVersion{Subject: subject, Version: v.number, ID: v.id, Schema: r.state.schemas[v.id].text}
}

func (r *Registry) getSubjects(req *http.Request) (any, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	names := []string{}
	for _, name := range r.state.subjectNames(wanted(req)) {
		if strings.HasPrefix(name, req.URL.Query().Get("subjectPrefix")) {
			names = append(names, name)
		}
	}
	return names, nil
}

func (r *Registry) getVersions(req *http.Request) (any, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	subject := req.PathValue("subject")
	vs := r.state.versions(subject, wanted(req))
	if len(vs) == 0 {
		return nil, subjectNotFound(subject)
	}
	return numbersOf(vs), nil
}

func (r *Registry) postVersion(req *http.Request) (any, error) {
	body, next, err := readSchema(req)
	if err != nil {
		return nil, err
	}
	if body.ID > 0 || body.Version > 0 {
		return nil, notPermitted("ids and versions are given by the registry")
	}
	v, err := r.register(req.PathValue("subject"), next)
	return map[string]int{"id": v.id}, err
}

func (r *Registry) lookUp(req *http.Request) (any, error) {
	_, s, err := readSchema(req)
	if err != nil {
		return nil, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	subject := req.PathValue("subject")
	vs := r.state.versions(subject, wanted(req))
	if len(vs) == 0 {
		return nil, subjectNotFound(subject)
	}
	v, ok := r.state.find(vs, s)
	if !ok {
		return nil, schemaNotFound("")
	}
	return r.describe(subject, v), nil
}

// version finds the version a request names. The caller holds mu.
func (r *Registry) version(req *http.Request) (subjectVersion, error) {
	ref, err := parseVersionRef(req.PathValue("version"))
	if err != nil {
		return subjectVersion{}, err
	}
	subject := req.PathValue("subject")
	v, err := r.state.resolve(subject, ref, wanted(req))
	if err != nil {
		return subjectVersion{}, err
	}
	return r.describe(subject, v), nil
}

func (r *Registry) getVersion(req *http.Request) (any, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.version(req)
}

func (r *Registry) getVersionText(req *http.Request) (any, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	v, err := r.version(req)
	return text(v.Schema), err
}

// getReferencedBy is always empty, since references are not supported.
func (r *Registry) getReferencedBy(req *http.Request) (any, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	_, err := r.version(req)
	return []int{}, err
}

func (r *Registry) removeSubject(req *http.Request) (any, error) {
	return r.deleteSubject(req.PathValue("subject"), flag(req, "permanent"))
}

func (r *Registry) removeVersion(req *http.Request) (any, error) {
	ref, err := parseVersionRef(req.PathValue("version"))
	if err != nil {
		return nil, err
	}
	return r.deleteVersion(req.PathValue("subject"), ref, flag(req, "permanent"))
}
