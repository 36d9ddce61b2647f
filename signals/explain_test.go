package signals

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/signal"
)

// TestEverySettingIsExplained holds the explanation to the file of the defaults:
// what stands in one stands in the other, and all of it has a meaning.
func TestEverySettingIsExplained(t *testing.T) {
	r, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	explained := map[string]bool{}
	for _, s := range r.Of("").Explain() {
		explained[strings.TrimPrefix(s.Group+"."+s.Name, ".")] = true
		if s.Doc == "" || s.Group != "" && signal.RuleDoc(s.Group) == "" {
			t.Errorf("%s.%s has no meaning", s.Group, s.Name)
		}
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	written, group := map[string]bool{}, ""
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".yaml") {
			continue
		}
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^( *)(\w+):( *\S)?`).FindAllStringSubmatch(string(text), -1) {
			switch value := strings.TrimSpace(m[3]); {
			case m[1] != "":
				written[group+"."+m[2]] = true
			case value == "" || value == "#":
				group = m[2]
			default:
				written[m[2]] = true
			}
		}
	}
	for name := range written {
		if !explained[name] {
			t.Errorf("%s stands in the file and is not explained", name)
		}
	}
	for name := range explained {
		if !written[name] {
			t.Errorf("%s is explained and does not stand in the file", name)
		}
	}
}
