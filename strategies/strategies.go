// Package strategies holds examples of strategies for backtests: to run, to read
// and to copy.
package strategies

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed *.yaml
var examples embed.FS

// Names lists the examples.
func Names() []string {
	entries, err := examples.ReadDir(".")
	if err != nil {
		panic("strategies: " + err.Error()) // they are part of the program
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return names
}

// Example returns the text of an example.
func Example(name string) ([]byte, error) {
	text, err := examples.ReadFile(name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("there is no example %q: %s", name, strings.Join(Names(), ", "))
	}
	return text, nil
}
