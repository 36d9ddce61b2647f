package app

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/prometheus/client_golang/prometheus"
)

// exported are the series that the program has, by what Prometheus calls them,
// with their labels and those that Prometheus adds.
func exported(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, s := range newMetering(&system{}).series {
		labels := append(slices.Clone(s.labels), "job", "instance")
		if kindOf(s.name) == "summary" {
			out[s.name+"_sum"], out[s.name+"_count"] = labels, labels
		} else {
			out[s.name] = labels
		}
	}
	program := prometheus.NewRegistry()
	program.MustRegister(ofProgram()...)
	families, err := program.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families { // of the Go runtime and the process
		out[f.GetName()] = []string{"job", "instance"}
	}
	return out
}

var (
	seriesPattern   = regexp.MustCompile(`\b(?:betflow|go|process)_\w+`)
	selectorPattern = regexp.MustCompile(`((?:betflow|go|process)_\w+)\{([^}]*)\}`)
	matcherPattern  = regexp.MustCompile(`(\w+)\s*(?:=~|!~|!=|=)\s*"`)
	groupPattern    = regexp.MustCompile(`\b(?:by|on)\s*\(([^)]*)\)`)
)

// wrongIn tells what an expression asks for that is not exported.
func wrongIn(expr string, exported map[string][]string) (problems []string) {
	names := seriesPattern.FindAllString(expr, -1)
	if len(names) == 0 {
		return []string{"asks for no series"}
	}
	var labels []string
	for _, name := range names {
		if exported[name] == nil {
			problems = append(problems, "there is no series "+name)
		}
		labels = append(labels, exported[name]...)
	}
	for _, m := range selectorPattern.FindAllStringSubmatch(expr, -1) {
		for _, label := range matcherPattern.FindAllStringSubmatch(m[2], -1) {
			if !slices.Contains(exported[m[1]], label[1]) {
				problems = append(problems, m[1]+" has no label "+label[1])
			}
		}
	}
	for _, m := range groupPattern.FindAllStringSubmatch(expr, -1) {
		for label := range strings.SplitSeq(m[1], ",") {
			if label = strings.TrimSpace(label); !slices.Contains(labels, label) {
				problems = append(problems, "none of its series has the label "+label)
			}
		}
	}
	return problems
}

// dashboard is what the tests look at.
type dashboard struct {
	UID        string
	Templating struct {
		List []struct{ Name, Query string }
	}
	Panels []struct {
		ID         int
		Type       string
		Title      string
		GridPos    struct{ X, Y, W, H int }
		Datasource struct{ UID string }
		Targets    []struct {
			Expr, LegendFormat string
			Datasource         struct{ UID string }
		}
	}
}

func TestTheDashboardAsksForWhatThereIs(t *testing.T) {
	folder := filepath.Join("..", "..", "deploy", "grafana")
	var sources struct {
		Datasources []struct {
			UID string `yaml:"uid"`
		} `yaml:"datasources"`
	}
	text, err := os.ReadFile(filepath.Join(folder, "provisioning", "datasources", "betflow.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &sources); err != nil || len(sources.Datasources) != 1 {
		t.Fatalf("data sources: %v %+v", err, sources)
	}
	uid, all := sources.Datasources[0].UID, exported(t)
	files, err := filepath.Glob(filepath.Join(folder, "dashboards", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("dashboards: %v %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var d dashboard
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatal(err)
		}
		for _, p := range checkDashboard(&d, uid, all) {
			t.Errorf("%s: %s", filepath.Base(file), p)
		}
	}
}

func checkDashboard(d *dashboard, uid string, all map[string][]string) (problems []string) {
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	for _, v := range d.Templating.List {
		for _, p := range wrongIn(v.Query, all) {
			say("variable %s: %s", v.Name, p)
		}
	}
	ids, taken := map[int]bool{}, map[[2]int]string{}
	for _, p := range d.Panels {
		if ids[p.ID] {
			say("%s: the id %d stands twice", p.Title, p.ID)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
					say("%s lies over %s, or outside of the grid", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		if (p.Type == "row") == (len(p.Targets) > 0) {
			say("%s: a row asks for something, or a panel for nothing", p.Title)
		}
		for _, target := range p.Targets {
			if p.Datasource.UID != uid || target.Datasource.UID != uid {
				say("%s: the data source %s is not the one that is provisioned", p.Title, target.Datasource.UID)
			}
			for _, wrong := range wrongIn(target.Expr, all) {
				say("%s: %s", p.Title, wrong)
			}
			for _, m := range regexp.MustCompile(`{{(\w+)}}`).FindAllStringSubmatch(target.LegendFormat, -1) {
				if !strings.Contains(target.Expr, m[1]) {
					say("%s: the legend names %s, which is not left", p.Title, m[1])
				}
			}
		}
	}
	return problems
}

func TestThePageOfOperationsAsksForWhatThereIs(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, alerts, _ := strings.Cut(string(page), "Worth an alert")
	rules := regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(alerts, -1)
	if len(rules) == 0 {
		t.Error("the page has no rule for an alert")
	}
	for _, rule := range rules {
		for _, p := range wrongIn(rule[1], exported(t)) {
			t.Errorf("%s: %s", rule[1], p)
		}
	}
	var file struct {
		Groups []struct {
			Rules []struct{ Expr string }
		}
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "deploy", "grafana", "alerts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &file); err != nil || len(file.Groups) != 1 {
		t.Fatalf("alerts: %v %+v", err, file)
	}
	if got := len(file.Groups[0].Rules); got != len(rules) {
		t.Errorf("the file has %d alerts, the page %d", got, len(rules))
	}
	for _, rule := range file.Groups[0].Rules {
		if !slices.ContainsFunc(rules, func(listed []string) bool { return listed[1] == rule.Expr }) {
			t.Errorf("the page does not list %s", rule.Expr)
		}
	}
}

func TestWhatIsWrongWithAnExpressionIsFound(t *testing.T) {
	all := map[string][]string{"betflow_a": {"task"}, "go_b": {"job"}}
	for expr, problems := range map[string]int{
		`betflow_a`: 0, `sum by (task) (rate(betflow_a{task=~"x"}[1m])) / on (job) go_b`: 0,
		`up`: 1, `betflow_b`: 1, `betflow_a{topic="x"}`: 1, `sum by (topic) (betflow_a)`: 1, `betflow_a - on (task, topic) go_b{task!="x"}`: 2,
	} {
		if got := wrongIn(expr, all); len(got) != problems {
			t.Errorf("%s: %v, want %d problems", expr, got, problems)
		}
	}
}
