package registry

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/sr"
)

// The kill test runs this test binary again as a child that registers schemas
// in this directory until it is killed.
const childDir = "REGISTRY_TEST_DIR"

func TestMain(m *testing.M) {
	dir := os.Getenv(childDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := registerUntilKilled(dir); err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
}

func open(t testing.TB, dir string) *Registry {
	t.Helper()
	r, err := New(Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("closing registry: %v", err)
		}
	})
	return r
}

// client serves the registry and connects franz-go's client to it.
func client(t testing.TB, r *Registry) *sr.Client {
	t.Helper()
	srv := httptest.NewServer(r)
	t.Cleanup(srv.Close)
	cl, err := sr.NewClient(sr.URLs(srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	return cl
}

// ask sends one request and returns the status and the body.
func ask(r *Registry, method, target, body string) (int, string) {
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	req.Header.Set("Content-Type", contentType)
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	out, _ := io.ReadAll(w.Result().Body) // a recorder does not fail
	if got := w.Result().Header.Get("Content-Type"); got != contentType {
		return http.StatusTeapot, "content type " + got
	}
	return w.Code, strings.TrimSuffix(string(out), "\n")
}

// record is an Avro record named R with the fields given as JSON.
func record(fields ...string) string {
	return `{"type":"record","name":"R","fields":[` + strings.Join(fields, ",") + `]}`
}

// answered reports whether the client got the wanted error, nil for none.
func answered(err error, want *sr.Error) bool {
	var got *sr.ResponseError
	if !errors.As(err, &got) {
		return err == nil && want == nil
	}
	return want != nil && got.ErrorCode == want.Code
}

func avroSchema(text string) sr.Schema { return sr.Schema{Schema: text, Type: sr.TypeAvro} }

const (
	fieldA        = `{"name":"a","type":"int"}`
	fieldALong    = `{"name":"a","type":"long"}`
	fieldAString  = `{"name":"a","type":"string"}`
	fieldB        = `{"name":"b","type":"int"}`
	fieldBDefault = `{"name":"b","type":"int","default":0}`
	fieldARenamed = `{"name":"z","type":"int"}`
	fieldAAliased = `{"name":"z","type":"int","aliases":["a"]}`
)
