//go:build engines

package engines

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/app"
)

// unsecured is a token without a signature, which the test's brokers take.
func unsecured(subject string, expires time.Time) string {
	part := base64.RawURLEncoding.EncodeToString
	claims := fmt.Sprintf(`{"sub":%q,"iat":%d,"exp":%d}`, subject, time.Now().Unix(), expires.Unix())
	return part([]byte(`{"alg":"none"}`)) + "." + part([]byte(claims)) + "."
}

// TestLoginsAndEncryption: each way in is taken, and what is wrong with a way is
// said with what to do about it, by doctor and by a run alike.
func TestLoginsAndEncryption(t *testing.T) {
	e, registry := kafka(t), schemas(t)["REGISTRY_URL"]
	tokens := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(tokens, []byte(unsecured("betflow", time.Now().Add(time.Hour))), 0o600); err != nil {
		t.Fatal(err)
	}
	user := []string{"SASL_USER=" + e["KAFKA_USER"]}
	login := append(user, "SASL_PASSWORD="+e["KAFKA_PASSWORD"])
	wrong := append(user, "SASL_PASSWORD=hunter2")
	secure := []string{"TLS_ENABLED=true", "TLS_CA=" + e["KAFKA_CA"]}
	mutual := append(secure, "TLS_CERTIFICATE="+e["KAFKA_CERTIFICATE"], "TLS_KEY="+e["KAFKA_KEY"])
	with := func(sets ...[]string) (all []string) {
		for _, set := range sets {
			all = append(all, set...)
		}
		return all
	}
	mechanism := func(m string) []string { return []string{"SASL_MECHANISM=" + m} }
	for _, tc := range []struct {
		name, listener string
		settings       []string
		hint           string // empty if the way is open
	}{
		{"no login", "PLAIN", nil, ""},
		{"PLAIN", "SASL", with(mechanism("PLAIN"), login), ""},
		{"SCRAM-SHA-256", "SASL", with(mechanism("SCRAM-SHA-256"), login), ""},
		{"SCRAM-SHA-512", "SASL", with(mechanism("SCRAM-SHA-512"), login), ""},
		{"OAUTHBEARER", "SASL", with(mechanism("OAUTHBEARER"), []string{"SASL_TOKEN_FILE=" + tokens}), ""},
		{"client certificate", "MUTUAL", mutual, ""},
		{"PLAIN and TLS", "SECURE", with(mechanism("PLAIN"), login, secure), ""},
		{"SCRAM and TLS", "SECURE", with(mechanism("SCRAM-SHA-512"), login, secure), ""},
		{"wrong password", "SASL", with(mechanism("PLAIN"), wrong), "refuses the login"},
		{"wrong password of SCRAM", "SECURE", with(mechanism("SCRAM-SHA-256"), wrong, secure), "refuses the login"},
		{"token of yesterday", "SASL", with(mechanism("OAUTHBEARER"), []string{"SASL_TOKEN=" + unsecured("betflow", time.Now().Add(-time.Hour))}), "refuses the login"},
		{"login missing", "SASL", nil, "may want TLS (kafka.tls.enabled) or a login"},
		{"TLS missing", "MUTUAL", nil, "wants TLS at this port"},
		{"unknown authority", "SECURE", with(mechanism("PLAIN"), login, []string{"TLS_ENABLED=true"}), "name the file of its authority"},
		{"certificate missing", "MUTUAL", secure, "refuses our certificate, or wants one"},
		{"TLS unwanted", "PLAIN", secure, "or no TLS at this port"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			env := []string{"BETFLOW_KAFKA_BROKERS=" + e["KAFKA_"+tc.listener], "BETFLOW_KAFKA_REGISTRY=" + registry, "BETFLOW_DATA=" + t.TempDir()}
			for _, s := range tc.settings {
				env = append(env, "BETFLOW_KAFKA_"+s)
			}
			cfg, _, err := app.Load(app.Layers{Env: env, Flags: map[string]string{"http.listen": "127.0.0.1:0", "sources.mode": "none"}})
			if err != nil {
				t.Fatal(err)
			}
			found := map[string]app.Finding{}
			for _, f := range app.Diagnose(t.Context(), cfg, false) {
				found[f.Check] = f
			}
			f := found["kafka cluster"]
			if f.OK != (tc.hint == "") || !strings.Contains(f.Hint, tc.hint) {
				t.Errorf("doctor finds %+v, want %q", f, tc.hint)
			}
			if f := found["schema registry"]; !f.OK {
				t.Errorf("doctor finds %+v", f)
			}
			if tc.hint == "" {
				return
			}
			err = app.Run(t.Context(), cfg, app.Options{}, app.Deps{Logger: slog.New(slog.DiscardHandler), Now: time.Now})
			if err == nil || !strings.Contains(err.Error(), tc.hint) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("a run ends with %v, want %q", err, tc.hint)
			}
		})
	}
}
