package source

import "sync"

// maxValidators bounds the memory of conditional requests. Questions that carry
// a date are new every day.
const maxValidators = 1024

// validator is what a provider gave to ask "has this changed?" with.
type validator struct{ etag, modified string }

// validators remembers them by question.
type validators struct {
	mu sync.Mutex
	by map[string]validator
}

func (v *validators) get(key string) validator {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.by[key]
}

// put remembers an answer's validator. It is called after the answer has been
// captured: "unchanged" must never refer to an answer that was lost.
func (v *validators) put(key string, headers map[string]string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	val := validator{headers["etag"], headers["last-modified"]}
	if val == (validator{}) {
		delete(v.by, key)
		return
	}
	if v.by == nil {
		v.by = make(map[string]validator)
	}
	if _, known := v.by[key]; !known && len(v.by) >= maxValidators {
		for other := range v.by { // any will do: a forgotten one costs one full answer
			delete(v.by, other)
			break
		}
	}
	v.by[key] = val
}
