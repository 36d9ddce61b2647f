package log

import (
	"flag"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// checkN runs a property a number of times, unless the flag says otherwise.
func checkN(t *testing.T, n int, property func(*rapid.T)) {
	t.Helper()
	f := flag.Lookup("rapid.checks")
	if f.Value.String() == f.DefValue {
		if err := f.Value.Set(strconv.Itoa(n)); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := f.Value.Set(f.DefValue); err != nil {
				t.Fatal(err)
			}
		}()
	}
	rapid.Check(t, property)
}
