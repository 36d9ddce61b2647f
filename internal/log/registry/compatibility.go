package registry

import "net/http"

// verdict is the answer of a compatibility check.
type verdict struct {
	Compatible bool     `json:"is_compatible"`
	Messages   []string `json:"messages,omitempty"` // only if asked for
}

func newVerdict(req *http.Request, why []string) verdict {
	v := verdict{Compatible: len(why) == 0}
	if flag(req, "verbose") {
		v.Messages = why
	}
	return v
}

// checkAll checks a schema as its registration would.
func (r *Registry) checkAll(req *http.Request) (any, error) {
	_, next, err := readSchema(req)
	if err != nil {
		return nil, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	subject := req.PathValue("subject")
	why := r.state.conflicts(r.state.level(subject), r.state.versions(subject, live), next)
	return newVerdict(req, why), nil
}

// checkOne checks a schema against one version. No latest version is no
// obstacle.
func (r *Registry) checkOne(req *http.Request) (any, error) {
	_, next, err := readSchema(req)
	if err != nil {
		return nil, err
	}
	ref, err := parseVersionRef(req.PathValue("version"))
	if err != nil {
		return nil, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	subject := req.PathValue("subject")
	if ref == latest && len(r.state.versions(subject, live)) == 0 {
		return newVerdict(req, nil), nil
	}
	v, err := r.state.resolve(subject, ref, live)
	if err != nil {
		return nil, err
	}
	return newVerdict(req, r.state.conflicts(r.state.level(subject), []version{v}, next)), nil
}

// Confluent names a level in one way where it is asked for and in another where
// it is set. Of a level that was taken back, clients expect either.
type (
	levelAnswer struct {
		Level Level `json:"compatibilityLevel"`
	}
	levelSetting struct {
		Level string `json:"compatibility"`
	}
	levelRemoved struct {
		levelAnswer
		levelSetting
	}
)

func (r *Registry) getGlobalLevel(*http.Request) (any, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return levelAnswer{r.state.level("")}, nil
}

func (r *Registry) getSubjectLevel(req *http.Request) (any, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	subject := req.PathValue("subject")
	if _, ok := r.state.levels[subject]; !ok && !flag(req, "defaultToGlobal") {
		return nil, levelNotSet(subject)
	}
	return levelAnswer{r.state.level(subject)}, nil
}

// putLevel sets the level of the subject in the path, or the global one.
func (r *Registry) putLevel(req *http.Request) (any, error) {
	var body levelSetting
	if err := readBody(req, &body); err != nil {
		return nil, err
	}
	level, err := r.setLevel(req.PathValue("subject"), body.Level)
	return levelSetting{string(level)}, err
}

// removeLevel takes the level of the subject in the path back, or the global one.
func (r *Registry) removeLevel(req *http.Request) (any, error) {
	level, err := r.clearLevel(req.PathValue("subject"))
	return levelRemoved{levelAnswer{level}, levelSetting{string(level)}}, err
}
