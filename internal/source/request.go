package source

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/betflow/betflow/internal/feed"
)

// Request is one question to a provider, without host and credential.
type Request struct {
	League string            // BetFlow's id of the league the answer belongs to
	Path   string            // URL path, beginning with a slash
	Query  map[string]string // URL query
	Cost   int               // credits the provider is expected to charge
}

// encode writes the query in the order of its names.
func (r Request) encode(c Credential) string {
	values := make(url.Values, len(r.Query)+1)
	for name, value := range r.Query {
		values.Set(name, value)
	}
	if c.Param != "" {
		values.Set(c.Param, string(c.Secret))
	}
	return values.Encode()
}

// key names the question: two requests with the same key get the same answer.
func (r Request) key() string {
	var b strings.Builder
	b.WriteString(r.Path)
	for _, name := range slices.Sorted(maps.Keys(r.Query)) {
		b.WriteString("\x00" + name + "=" + r.Query[name])
	}
	return b.String()
}

// Answer is what became of a request that was answered with data.
type Answer struct {
	Raw       feed.Raw
	Unchanged bool // the provider says that its last answer to this request still holds; the body is empty
}

// Sink takes responses for safe keeping. When Capture returns nil the response
// must survive a crash.
type Sink interface {
	Capture(ctx context.Context, r feed.Raw) error
}

// SinkFunc makes a Sink of a function.
type SinkFunc func(context.Context, feed.Raw) error

// Capture calls the function.
func (f SinkFunc) Capture(ctx context.Context, r feed.Raw) error { return f(ctx, r) }
