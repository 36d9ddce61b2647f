package log

import (
	"context"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheRegistryIsLoggedInToOverTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if user+":"+password != "key:secret" && r.Header.Get("Authorization") != "Bearer token" {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error_code":401,"message":"who are you?"}`)
			return
		}
		fmt.Fprint(w, `["one"]`)
	}))
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	trusting, err := TLSFiles{CA: ca}.Config()
	if err != nil {
		t.Fatal(err)
	}
	says := func(text string) func() (string, error) { return func() (string, error) { return text, nil } }
	for name, tc := range map[string]struct {
		connection SchemaConnection
		hint       string // empty if the way is open
	}{
		"password":       {SchemaConnection{TLS: trusting, User: "key", Password: says("secret")}, ""},
		"token":          {SchemaConnection{TLS: trusting, Token: func(context.Context) (string, error) { return "token", nil }}, ""},
		"wrong password": {SchemaConnection{TLS: trusting, User: "key", Password: says("hunter2")}, "kafka.registry_login"},
		"no login":       {SchemaConnection{TLS: trusting}, "kafka.registry_login"},
		"not trusted":    {SchemaConnection{User: "key", Password: says("secret")}, "check kafka.registry"},
	} {
		tc.connection.URL = server.URL
		client, err := ConnectSchemas(tc.connection)
		if err != nil {
			t.Fatal(err)
		}
		subjects, err := client.Subjects(t.Context())
		switch {
		case tc.hint == "" && (err != nil || len(subjects) != 1):
			t.Errorf("%s: %v (%v)", name, subjects, err)
		case tc.hint != "" && (err == nil || !strings.Contains(SchemaHint(err), tc.hint) || strings.Contains(err.Error(), "hunter2")):
			t.Errorf("%s: %v (%s)", name, err, SchemaHint(err))
		}
	}
}
