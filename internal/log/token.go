package log

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// TokenSource asks an OAuth 2.0 server for tokens of a client of its own name
// (the client credentials grant, RFC 6749 section 4.4).
type TokenSource struct {
	URL      string
	ClientID string
	Secret   func() (string, error)
	Scope    string // empty for the server's default
	Client   *http.Client
}

// answerMax is how much of a server's answer is read.
const answerMax = 1 << 20

// Token asks for a token. Errors hold the server's own error code, and never
// the secret.
func (s *TokenSource) Token(ctx context.Context) (string, error) {
	secret, err := s.Secret()
	if err != nil {
		return "", err
	}
	form := url.Values{"grant_type": {"client_credentials"}}
	if s.Scope != "" {
		form.Set("scope", s.Scope)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("asking for a token: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(url.QueryEscape(s.ClientID), url.QueryEscape(secret))
	resp, err := s.Client.Do(req)
	if err != nil {
		return "", fmt.Errorf("asking for a token: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerMax))
	if err != nil {
		return "", fmt.Errorf("reading the token's answer: %w", err)
	}
	var answer struct {
		Token string `json:"access_token"`
		Error string `json:"error"`
	}
	err = json.Unmarshal(body, &answer)
	switch {
	case resp.StatusCode != http.StatusOK:
		return "", fmt.Errorf("asking %s for a token: HTTP status %d %s: check kafka.sasl.user, its password and the scope", req.URL.Redacted(), resp.StatusCode, answer.Error)
	case err != nil: // the text may hold the token: it is not shown
		return "", errors.New("reading the token's answer: it is not the JSON of a token")
	case answer.Token == "":
		return "", errors.New("reading the token's answer: it holds no access_token")
	}
	return answer.Token, nil
}
