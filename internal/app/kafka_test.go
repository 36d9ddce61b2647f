package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/log"
)

// cluster is the least that names a real cluster.
var cluster = []string{"BETFLOW_KAFKA_BROKERS=kafka.example:9092", "BETFLOW_KAFKA_REGISTRY=http://registry.example"}

func TestSettingsOfAClusterThatCannotBe(t *testing.T) {
	for _, tc := range []struct {
		env  []string
		want string
	}{
		{[]string{"BETFLOW_KAFKA_REGISTRY="}, ""},
		{[]string{"BETFLOW_KAFKA_REGISTRY=http://user:hunter2@registry"}, "a login must not stand in a URL"},
		{[]string{"BETFLOW_KAFKA_REGISTRY=registry:8081"}, "no URL that begins with"},
		{[]string{"BETFLOW_KAFKA_TLS_CERTIFICATE=c.pem", "BETFLOW_KAFKA_TLS_KEY=k.pem"}, "set kafka.tls.enabled as well"},
		{[]string{"BETFLOW_KAFKA_TLS_ENABLED=true", "BETFLOW_KAFKA_TLS_CERTIFICATE=c.pem"}, "belong together"},
		{[]string{"BETFLOW_KAFKA_SASL_MECHANISM=plain"}, `"plain" is none of PLAIN, SCRAM-SHA-256`},
		{[]string{"BETFLOW_KAFKA_SASL_MECHANISM=PLAIN", "BETFLOW_KAFKA_SASL_USER=u"}, "PLAIN needs user and password"},
		{[]string{"BETFLOW_KAFKA_SASL_USER=u"}, "without it"},
		{[]string{"BETFLOW_KAFKA_SASL_MECHANISM=OAUTHBEARER"}, "needs token, token_file or token_url"},
		{[]string{"BETFLOW_KAFKA_SASL_MECHANISM=OAUTHBEARER", "BETFLOW_KAFKA_SASL_TOKEN_URL=http://x"}, "needs user and password"},
		{[]string{"BETFLOW_KAFKA_SASL_MECHANISM=PLAIN", "BETFLOW_KAFKA_SASL_USER=u", "BETFLOW_KAFKA_SASL_PASSWORD=hunter2", "BETFLOW_KAFKA_SASL_PASSWORD_FILE=f"}, "given twice"},
		{[]string{"BETFLOW_KAFKA_SASL_MECHANISM=SCRAM-SHA-512", "BETFLOW_KAFKA_SASL_USER=u", "BETFLOW_KAFKA_SASL_PASSWORD=hunter2"}, ""},
	} {
		_, _, err := Load(Layers{Env: append(append([]string{}, cluster...), tc.env...)})
		switch {
		case tc.want == "" && err != nil:
			t.Errorf("%v: %v", tc.env, err)
		case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
			t.Errorf("%v: got %v, want %q", tc.env, err, tc.want)
		case err != nil && strings.Contains(err.Error(), "hunter2"):
			t.Errorf("%v: the error shows the secret: %v", tc.env, err)
		}
	}
	if _, _, err := Load(Layers{Env: []string{"BETFLOW_KAFKA_TLS_ENABLED=true"}}); err == nil || !strings.Contains(err.Error(), "the embedded log has neither") {
		t.Errorf("TLS without a cluster: %v", err)
	}
}

func TestSecretsOfTheClusterAreNeverShown(t *testing.T) {
	cfg, settings, err := Load(Layers{Env: append(append([]string{}, cluster...),
		"BETFLOW_KAFKA_SASL_MECHANISM=PLAIN", "BETFLOW_KAFKA_SASL_USER=u", "BETFLOW_KAFKA_SASL_PASSWORD=hunter2", "BETFLOW_KAFKA_SASL_TOKEN=hunter2",
		"BETFLOW_KAFKA_REGISTRY_LOGIN_PASSWORD=hunter2", "BETFLOW_KAFKA_REGISTRY_LOGIN_TOKEN=hunter2", "BETFLOW_KAFKA_SASL_EXTENSIONS={logicalCluster: lkc-1}")})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	if shown := string(text) + fmt.Sprintf("%v %+v %#v", cfg.Kafka, cfg.Kafka, cfg.Kafka); strings.Contains(shown, "hunter2") {
		t.Errorf("a secret shows in %s", shown)
	}
	if cfg.Kafka.SASL.Extensions["logicalCluster"] != "lkc-1" {
		t.Errorf("the extensions are %v", cfg.Kafka.SASL.Extensions)
	}
	connection, err := cfg.Kafka.connection()
	if err != nil {
		t.Fatal(err)
	}
	if password, err := connection.Login.Password(); err != nil || password != "hunter2" {
		t.Errorf("the password is %q (%v)", password, err)
	}
}

func TestASecretInAFileIsReadEachTime(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	secret := secretOf("", file)
	if _, err := secret(); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("no file: %v", err)
	}
	for text, want := range map[string]string{"one\n": "one", "two": "two", " three \r\n": " three "} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := secret(); err != nil || got != want {
			t.Errorf("%q is read as %q (%v)", text, got, err)
		}
	}
	if err := os.WriteFile(file, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := secret(); err == nil {
		t.Errorf("an empty file is the secret %q", got)
	}
}

func TestTokensAreAskedFor(t *testing.T) {
	answer, status := `{"access_token":"t-1","token_type":"bearer","expires_in":60}`, http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, ok := r.BasicAuth()
		if !ok || user != "id" || password != "hunter2" || r.FormValue("grant_type") != "client_credentials" || r.FormValue("scope") != "kafka" {
			t.Errorf("asked by %s with %v", user, r.Form)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, answer)
	}))
	defer server.Close()
	s := log.TokenSource{URL: server.URL, ClientID: "id", Secret: secretOf("hunter2", ""), Scope: "kafka", Client: server.Client()}
	if token, err := s.Token(context.Background()); err != nil || token != "t-1" {
		t.Errorf("got token %q (%v)", token, err)
	}
	for _, bad := range []struct {
		answer string
		status int
	}{{`{"error":"invalid_client"}`, 401}, {`{}`, 200}, {`<html>t-1`, 200}, {``, 500}} {
		answer, status = bad.answer, bad.status
		token, err := s.Token(context.Background())
		if err == nil || token != "" || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "t-1") {
			t.Errorf("%v: token %q, error %v", bad, token, err)
		}
	}
}

func TestDoctorTellsWhatIsWrongWithTheCluster(t *testing.T) {
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close() // nothing listens there any more
	k := Kafka{Brokers: []string{strings.TrimPrefix(dead.URL, "http://")}, Registry: dead.URL}
	if f := checkKafka(t.Context(), &k); f.OK || !strings.Contains(f.Hint, "nothing listens there") {
		t.Errorf("a dead broker: %+v", f)
	}
	if f := checkRegistry(t.Context(), &k); f.OK || f.Hint == "" {
		t.Errorf("a dead registry: %+v", f)
	}
	k.TLS = KafkaTLS{Enabled: true, CA: filepath.Join(t.TempDir(), "none.pem")}
	if f := checkKafka(t.Context(), &k); f.OK || !strings.Contains(f.Text, "none.pem") {
		t.Errorf("no CA: %+v", f)
	}
}
