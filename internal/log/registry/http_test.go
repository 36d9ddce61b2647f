package registry

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/twmb/avro"
)

// quoted is a request body with the schema.
func quoted(schema string) string {
	raw, err := json.Marshal(map[string]string{"schema": schema})
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func TestAnswers(t *testing.T) {
	r := open(t, t.TempDir())
	intSchema := quoted(`"int"`)
	for _, tc := range []struct {
		name, method, target, body string
		status                     int
		want                       string // the body, or its start if it ends in ...
	}{
		{"root", "GET", "/", "", 200, `{}`},
		{"no subjects", "GET", "/subjects", "", 200, `[]`},
		{"no schemas", "GET", "/schemas", "", 200, `[]`},
		{"types", "GET", "/schemas/types", "", 200, `["AVRO"]`},
		{"register", "POST", "/subjects/s/versions", intSchema, 200, `{"id":1}`},
		{"register without being asked to check spelling", "POST", "/subjects/s/versions?normalize=true", quoted(` {"type" : "int"} `), 200, `{"id":1}`},
		{"register with type", "POST", "/subjects/s/versions", `{"schema":"\"int\"","schemaType":"AVRO","references":[],"metadata":null}`, 200, `{"id":1}`},
		{"register widened", "POST", "/subjects/s/versions", quoted(`"long"`), 200, `{"id":2}`},
		{"subjects", "GET", "/subjects", "", 200, `["s"]`},
		{"subjects by prefix", "GET", "/subjects?subjectPrefix=x", "", 200, `[]`},
		{"versions", "GET", "/subjects/s/versions", "", 200, `[1,2]`},
		{"version", "GET", "/subjects/s/versions/1", "", 200, `{"subject":"s","version":1,"id":1,"schema":"\"int\""}`},
		{"latest version", "GET", "/subjects/s/versions/latest", "", 200, `{"subject":"s","version":2,"id":2,"schema":"\"long\""}`},
		{"latest as a number", "GET", "/subjects/s/versions/-1", "", 200, `{"subject":"s","version":2,"id":2,"schema":"\"long\""}`},
		{"text of a version", "GET", "/subjects/s/versions/1/schema", "", 200, `"int"`},
		{"references to a version", "GET", "/subjects/s/versions/1/referencedby", "", 200, `[]`},
		{"schema by id", "GET", "/schemas/ids/1", "", 200, `{"schema":"\"int\""}`},
		{"text by id", "GET", "/schemas/ids/1/schema", "", 200, `"int"`},
		{"subjects of an id", "GET", "/schemas/ids/1/subjects", "", 200, `["s"]`},
		{"versions of an id", "GET", "/schemas/ids/1/versions", "", 200, `[{"subject":"s","version":1}]`},
		{"versions of an id in another subject", "GET", "/schemas/ids/1/versions?subject=t", "", 200, `[]`},
		{"latest schemas", "GET", "/schemas?latestOnly=true&subjectPrefix=s", "", 200, `[{"subject":"s","version":2,"id":2,"schema":"\"long\""}]`},
		{"look up", "POST", "/subjects/s", intSchema, 200, `{"subject":"s","version":1,"id":1,"schema":"\"int\""}`},
		{"check against latest", "POST", "/compatibility/subjects/s/versions/latest", quoted(`"double"`), 200, `{"is_compatible":true}`},
		{"check against all", "POST", "/compatibility/subjects/s/versions", intSchema, 200, `{"is_compatible":false}`},
		{"check and explain", "POST", "/compatibility/subjects/s/versions/2?verbose=true", intSchema, 200, `{"is_compatible":false,"messages":["version 2: the new schema cannot read data of the old one: ...`},
		{"check in a new subject", "POST", "/compatibility/subjects/x/versions/latest", intSchema, 200, `{"is_compatible":true}`},
		{"global level", "GET", "/config", "", 200, `{"compatibilityLevel":"BACKWARD"}`},
		{"set level", "PUT", "/config/s", `{"compatibility":"full"}`, 200, `{"compatibility":"FULL"}`},
		{"level", "GET", "/config/s", "", 200, `{"compatibilityLevel":"FULL"}`},
		{"take level back", "DELETE", "/config/s", "", 200, `{"compatibilityLevel":"FULL","compatibility":"FULL"}`},
		{"take global level back", "DELETE", "/config", "", 200, `{"compatibilityLevel":"BACKWARD","compatibility":"BACKWARD"}`},
		{"mode", "GET", "/mode", "", 200, `{"mode":"READWRITE"}`},

		{"unknown subject", "GET", "/subjects/x/versions", "", 404, `{"error_code":40401,...`},
		{"unknown subject's version", "GET", "/subjects/x/versions/1", "", 404, `{"error_code":40401,...`},
		{"unknown version", "GET", "/subjects/s/versions/9", "", 404, `{"error_code":40402,...`},
		{"unknown id", "GET", "/schemas/ids/9", "", 404, `{"error_code":40403,...`},
		{"id that is none", "GET", "/schemas/ids/x/versions", "", 404, `{"error_code":40403,...`},
		{"look up an unknown schema", "POST", "/subjects/s", quoted(`"bytes"`), 404, `{"error_code":40403,...`},
		{"look up in an unknown subject", "POST", "/subjects/x", intSchema, 404, `{"error_code":40401,...`},
		{"level that is not set", "GET", "/config/s", "", 404, `{"error_code":40408,...`},
		{"delete an unknown subject", "DELETE", "/subjects/x", "", 404, `{"error_code":40401,...`},
		{"delete an unknown version", "DELETE", "/subjects/s/versions/9", "", 404, `{"error_code":40402,...`},
		{"check against an unknown version", "POST", "/compatibility/subjects/s/versions/9", intSchema, 404, `{"error_code":40402,...`},
		{"register incompatible", "POST", "/subjects/s/versions", quoted(`"string"`), 409, `{"error_code":409,"message":"Schema being registered is incompatible ...`},
		{"register no schema", "POST", "/subjects/s/versions", `{}`, 422, `{"error_code":42201,...`},
		{"register a bad schema", "POST", "/subjects/s/versions", quoted(`{"type":"recrod"}`), 422, `{"error_code":42201,...`},
		{"register Protobuf", "POST", "/subjects/s/versions", `{"schema":"x","schemaType":"PROTOBUF"}`, 422, `{"error_code":42201,"message":"Invalid schema: type \"PROTOBUF\" is not supported...`},
		{"register with references", "POST", "/subjects/s/versions", `{"schema":"\"int\"","references":[{"name":"x"}]}`, 422, `{"error_code":42201,"message":"Invalid schema: references are not supported...`},
		{"register with rules", "POST", "/subjects/s/versions", `{"schema":"\"int\"","ruleSet":{}}`, 422, `{"error_code":42201,...`},
		{"register with an id", "POST", "/subjects/s/versions", `{"schema":"\"int\"","id":7}`, 422, `{"error_code":42205,...`},
		{"version zero", "GET", "/subjects/s/versions/0", "", 422, `{"error_code":42202,...`},
		{"version that is none", "DELETE", "/subjects/s/versions/x", "", 422, `{"error_code":42202,...`},
		{"unknown level", "PUT", "/config", `{"compatibility":"SOME"}`, 422, `{"error_code":42203,...`},
		{"set mode", "PUT", "/mode", `{"mode":"IMPORT"}`, 422, `{"error_code":42205,...`},
		{"half a body", "POST", "/subjects/s/versions", `{"schema":`, 400, `{"error_code":400,...`},
		{"too much", "POST", "/subjects/s/versions", strings.Repeat(" ", maxBody+1), 413, `{"error_code":413,...`},
		{"no such path", "GET", "/nothing", "", 404, `{"error_code":404,"message":"HTTP 404 Not Found"}`},
		{"no such method", "PATCH", "/subjects", "", 405, `{"error_code":405,"message":"HTTP 405 Method Not Allowed"}`},

		{"delete a version", "DELETE", "/subjects/s/versions/latest", "", 200, `2`},
		{"delete a subject", "DELETE", "/subjects/s", "", 200, `[1]`},
		{"delete a subject for good", "DELETE", "/subjects/s?permanent=true", "", 200, `[1,2]`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, body := ask(r, tc.method, tc.target, tc.body)
			start, open := strings.CutSuffix(tc.want, "...")
			if status != tc.status || !open && body != start || !strings.HasPrefix(body, start) {
				t.Errorf("got %d %s, want %d %s", status, body, tc.status, tc.want)
			}
		})
	}
}

func TestWrongMethodSaysWhichAreAllowed(t *testing.T) {
	r := open(t, t.TempDir())
	probe := probe{header: http.Header{}}
	req, err := http.NewRequest("PATCH", "/config", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.ServeHTTP(&probe, req)
	if got := probe.header.Get("Allow"); got != "DELETE, GET, HEAD, PUT" {
		t.Errorf("allowed are %q", got)
	}
}

// FuzzPostVersion: whatever is sent, the answer is JSON with a status that
// means something. A schema that was taken reads back as the same schema, has
// the same id when it is sent again or spelled otherwise, and a registry that
// is opened anew knows it.
func FuzzPostVersion(f *testing.F) {
	f.Add(quoted(record(fieldA)))
	f.Add(quoted(`{"type":"record","name":"a.b.C","namespace":"x","doc":"<&>","aliases":["d"],"fields":[{"name":"f","type":["null",{"type":"enum","name":"E","symbols":["A"]},"E"],"default":null}]}`))
	f.Add(quoted(`{"type":"array","items":{"type":"map","values":{"type":"fixed","name":"F","size":4,"logicalType":"decimal","precision":4}}}`))
	f.Add(`{"schema":"\"int\"","schemaType":"JSON"}`)
	f.Add(`{"schema":"int"}`)
	f.Add(`{"schema":"\"\ud800\""}`)
	f.Add(`[`)
	f.Fuzz(func(t *testing.T, body string) {
		dir := t.TempDir()
		r, err := New(Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		status, answer := ask(r, "POST", "/subjects/s/versions", body)
		if !json.Valid([]byte(answer)) {
			t.Fatalf("the answer is not JSON: %s", answer)
		}
		if status == http.StatusOK {
			checkTaken(t, r, body)
		} else if status != 400 && status != 422 {
			t.Fatalf("got %d %s", status, answer)
		}
		_, before := ask(r, "GET", "/schemas", "")
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if _, after := ask(open(t, dir), "GET", "/schemas", ""); after != before {
			t.Errorf("opened anew it knows %s, before it was %s", after, before)
		}
	})
}

func checkTaken(t *testing.T, r *Registry, body string) {
	t.Helper()
	_, text := ask(r, "GET", "/schemas/ids/1/schema", "")
	form, err := normalForm(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, again := range []string{body, quoted(form)} {
		if status, answer := ask(r, "POST", "/subjects/s/versions", again); answer != `{"id":1}` {
			t.Errorf("sent again as %s: got %d %s", again, status, answer)
		}
	}
	given, err := avro.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	respelled, err := avro.Parse(form)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := given.Canonical(), respelled.Canonical(); string(a) != string(b) {
		t.Errorf("spelling changed the schema from %s to %s", a, b)
	}
}
