package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// redacted stands where a secret stood.
const redacted = "[redacted]"

// shortSecret is the length below which a secret may be an ordinary word, which
// must not be cut out of a provider's data.
const shortSecret = 8

// Secret is a credential. However it is printed or encoded, it shows nothing of
// itself; string(s) is the only way to its text.
type Secret string

// Format prints a placeholder for every verb.
func (s Secret) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, redacted) }

// MarshalText encodes a placeholder.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Credential is the query parameter by which a provider knows its customer.
// A zero Credential adds nothing: ESPN asks for none.
type Credential struct {
	Param  string
	Secret Secret
}

// spellings lists how the secret may stand in a text: as it is and as a URL
// holds it.
func (s Secret) spellings() []string {
	if s == "" {
		return nil
	}
	plain := string(s)
	if escaped := url.QueryEscape(plain); escaped != plain {
		return []string{plain, escaped}
	}
	return []string{plain}
}

// redactText removes the secret from words meant for people.
func (s Secret) redactText(text string) string {
	for _, spelling := range s.spellings() {
		text = strings.ReplaceAll(text, spelling, redacted)
	}
	return text
}

// redactBody removes the secret from an answer that echoes it, as a redirect's
// page does. The data of a good answer are left as they are unless the secret
// is too long to stand there by chance.
func (s Secret) redactBody(body []byte, status int) []byte {
	if status < 300 && len(s) < shortSecret {
		return body
	}
	for _, spelling := range s.spellings() {
		if bytes.Contains(body, []byte(spelling)) {
			body = bytes.ReplaceAll(body, []byte(spelling), []byte(redacted))
		}
	}
	return body
}

// redactError removes the secret from an error. net/http wraps what went wrong
// in a url.Error that prints the whole URL: that wrapping goes, what it held
// stays and can still be matched.
func (s Secret) redactError(err error) error {
	var wrapped *url.Error
	for errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if clean := s.redactText(err.Error()); clean != err.Error() {
		return errors.New(clean)
	}
	return err
}
