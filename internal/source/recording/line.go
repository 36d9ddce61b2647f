package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source"
)

// line is the shape of one line.
type line struct {
	Source     string            `json:"source"`
	League     string            `json:"league,omitempty"`
	FetchedAt  feed.Time         `json:"fetched_at"`
	Path       string            `json:"path"`
	Query      map[string]string `json:"query"`
	Status     int               `json:"status"`
	Headers    map[string]string `json:"headers,omitempty"`
	Body       json.RawMessage   `json:"body,omitempty"`
	BodyBase64 []byte            `json:"body_base64,omitempty"`
}

// credentials are the parameters by which the providers know their customers.
// A recording made elsewhere may hold them.
var credentials = []string{"apiKey", "appid", "api_key"}

// Encode writes a response as a line, without the line break at its end.
func Encode(r feed.Raw) ([]byte, error) {
	l := line{
		Source: r.Source, League: r.League, FetchedAt: r.FetchedAt, Path: r.Path,
		Query: r.Query, Status: r.Status, Headers: r.Headers,
	}
	if l.Query == nil {
		l.Query = map[string]string{}
	}
	switch value := bytes.TrimSpace(r.Body); {
	case !utf8.Valid(r.Body):
		l.BodyBase64 = r.Body
	case len(value) > 0 && value[0] != '"' && json.Valid(value):
	default:
		text, err := marshal(string(r.Body))
		if err != nil {
			return nil, fmt.Errorf("writing body of %s: %w", r.Path, err)
		}
		l.Body = text
	}
	head, err := marshal(l)
	if err != nil {
		return nil, fmt.Errorf("writing response of %s: %w", r.Path, err)
	}
	if l.Body == nil && l.BodyBase64 == nil {
		// The encoder would rewrite the body's spaces and escapes.
		head = append(head[:len(head)-1], `,"body":`...)
		head = append(append(head, oneLine(r.Body)...), '}')
	}
	return head, nil
}

// marshal encodes without escaping the characters that matter in HTML only.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// oneLine returns a JSON value with its line breaks, which can only stand
// between tokens, as spaces.
func oneLine(body []byte) []byte {
	body = bytes.TrimSpace(body)
	if bytes.ContainsAny(body, "\r\n") {
		body = bytes.ReplaceAll(bytes.ReplaceAll(body, []byte("\n"), []byte(" ")), []byte("\r"), []byte(" "))
	}
	return body
}

// Decode reads a line. The body's bytes are those of the line.
func Decode(text []byte) (feed.Raw, error) {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return feed.Raw{}, fmt.Errorf("reading line: %w", err)
	}
	switch {
	case l.Source == "":
		return feed.Raw{}, errors.New("the line has no source")
	case l.FetchedAt.IsZero():
		return feed.Raw{}, errors.New("the line has no fetched_at")
	case l.Path == "":
		return feed.Raw{}, errors.New("the line has no path")
	case l.Status < 100 || l.Status > 999:
		return feed.Raw{}, errors.New("the line has no HTTP status")
	case l.Body == nil && l.BodyBase64 == nil:
		return feed.Raw{}, errors.New("the line has no body")
	}
	body, err := l.body()
	if err != nil {
		return feed.Raw{}, err
	}
	for _, name := range credentials {
		delete(l.Query, name)
	}
	return feed.Raw{
		Source: l.Source, League: l.League, FetchedAt: l.FetchedAt, Path: l.Path, Query: l.Query,
		Status: l.Status, Headers: l.Headers, Body: body, Cost: source.CostOf(l.Headers),
	}, nil
}

func (l line) body() ([]byte, error) {
	switch {
	case l.Body == nil:
		return l.BodyBase64, nil
	case l.Body[0] == '"':
		var text string
		if err := json.Unmarshal(l.Body, &text); err != nil {
			return nil, fmt.Errorf("reading body: %w", err)
		}
		return []byte(text), nil
	default:
		return l.Body, nil
	}
}
