package log

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/twmb/franz-go/pkg/sr"
)

// SchemaConnection says where a schema registry is and how a client proves who
// it is: by user and password, by a token, or not at all.
type SchemaConnection struct {
	URL      string
	TLS      *tls.Config // nil for the system's defaults
	User     string
	Password func() (string, error)                // asked at each request; of User
	Token    func(context.Context) (string, error) // asked at each request; nil for none
}

// ConnectSchemas returns a client of the registry. It asks nothing yet.
func ConnectSchemas(c SchemaConnection) (*sr.Client, error) {
	opts := []sr.ClientOpt{sr.URLs(c.URL)}
	if c.TLS != nil {
		transport := &http.Transport{TLSClientConfig: c.TLS, Proxy: http.ProxyFromEnvironment, IdleConnTimeout: time.Minute}
		opts = append(opts, sr.HTTPClient(&http.Client{Transport: transport, Timeout: 10 * time.Second}))
	}
	switch {
	case c.Token != nil:
		opts = append(opts, sr.PreReq(func(r *http.Request) error {
			token, err := c.Token(r.Context())
			if err == nil {
				r.Header.Set("Authorization", "Bearer "+token)
			}
			return err
		}))
	case c.User != "":
		opts = append(opts, sr.PreReq(func(r *http.Request) error {
			password, err := c.Password()
			if err == nil {
				r.SetBasicAuth(c.User, password)
			}
			return err
		}))
	}
	client, err := sr.NewClient(opts...)
	if err != nil {
		return nil, fmt.Errorf("connecting to the schema registry: %w", err)
	}
	return client, nil
}

// SchemaHint says what to do about an error of a schema registry, "" if nobody
// knows.
func SchemaHint(err error) string {
	var answer *sr.ResponseError
	if errors.As(err, &answer) {
		switch answer.StatusCode {
		case http.StatusUnauthorized:
			return "the registry refuses the login: check kafka.registry_login"
		case http.StatusForbidden:
			return "the login may not do this: give it the right to read and write the subjects"
		case http.StatusNotFound:
			return "check the path of kafka.registry"
		case http.StatusConflict:
			return "another version has written a schema that ours is not compatible with: use a registry or a prefix of its own"
		}
		return ""
	}
	return "check kafka.registry and that the registry runs"
}
