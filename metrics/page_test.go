package metrics

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"

	"github.com/betflow/betflow/internal/metric"
)

var update = flag.Bool("update", false, "write docs/windows.md anew")

// page is docs/windows.md.
const page = `# Window metrics

Made from the definitions by ` + "`go test ./metrics -run Page -update`" + `; do not edit. How a
definition is written, and what late, revised and joined windows mean, stands in
[semantics.md](semantics.md#windows).

Every row has window_size, window_start, window_end (TIMESTAMP, UTC; the end is
not in the window) and revision (from 0; the highest counts, and the view
latest_windows_<metric> has only that), then the keys, then the columns below.
Formulas are over the values v1 to vn of the window by event time t1 to tn. A
DOUBLE is NULL where it is not defined.
{{range .Metrics}}
## {{.Name}}

{{.Doc}}

| | |
|---|---|
| defined in | [{{.File}}]({{.Link}}) |
| table, topic | {{code .Table}}, {{code .Topic}} |
| reads | {{.Reads}} |
| keys | {{range $i, $k := .Keys}}{{if $i}}, {{end}}{{$k}}{{end}} |
| written | {{.Fires}} |
| late | {{.Late}} |
| kept | {{.Kept}} |

| window_size | {{.Kind}} windows | panes of a series, at most |
|---|---|---|
{{range .Windows}}| {{code .Size}} | {{.Text}} | {{if .MostPanes}}{{.MostPanes}}{{else}}one a session{{end}} |
{{end}}
| column | type | unit | what | formula | of |
|---|---|---|---|---|---|
{{range .Columns}}| {{.Name}} | {{.Type}} | {{.Unit}} | {{.Doc}} | {{cell .Formula}} | {{code .SQL}} |
{{end}}{{end}}
## What a definition can ask for

| aggregate | unit | what | formula |
|---|---|---|---|
{{range .Aggregates}}| {{.Name}} | {{if .Unit}}{{.Unit}}{{else}}that of v{{end}} | {{.Doc}} | {{cell .Formula}} |
{{end}}
| value | unit | what | SQL |
|---|---|---|---|
{{range .Values}}| {{.Name}} | {{.Unit}} | {{.Doc}} | {{code .SQL}} |
{{end}}`

type chapter struct {
	metric.Description
	File, Link string
}

// chapters describes the definitions in a folder.
func chapters(t *testing.T, fsys fs.FS, name, link string) (out []chapter) {
	t.Helper()
	byName := map[string]metric.Definition{}
	if err := loadAll(fsys, name, byName); err != nil {
		t.Fatal(err)
	}
	files, err := fs.Glob(fsys, "*.yaml")
	if err != nil || len(files) != len(byName) {
		t.Fatalf("%d files in %s for %d metrics: %v", len(files), name, len(byName), err)
	}
	for _, f := range files {
		d, ok := byName[strings.TrimSuffix(f, ".yaml")]
		if !ok {
			t.Fatalf("%s/%s is not called like its metric", name, f)
		}
		out = append(out, chapter{d.Describe(), name + "/" + f, link + "/" + f})
	}
	return out
}

func TestThePageOfWindowsIsCurrent(t *testing.T) {
	code := func(s string) string { return "`" + strings.ReplaceAll(s, "|", `\|`) + "`" }
	cell := func(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
	all := append(chapters(t, defaults, "metrics", "../metrics"), chapters(t, os.DirFS("../docs/metrics-examples"), "docs/metrics-examples", "metrics-examples")...)
	var b bytes.Buffer
	if err := template.Must(template.New("").Funcs(template.FuncMap{"code": code, "cell": cell}).Parse(page)).Execute(&b, map[string]any{
		"Metrics": all, "Aggregates": metric.Aggregates(), "Values": metric.QuoteValues(),
	}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("..", "docs", "windows.md")
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got, b.Bytes()) {
		t.Errorf("%s is not what the definitions say (%v): run the test with -update", file, err)
	}
}
