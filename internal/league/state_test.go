package league

import (
	"bytes"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/feed"
)

func TestNothingNewLeavesNothingDirty(t *testing.T) {
	x := newIdentity(t)
	s := seen("espn", "1", "Boston Bruins", "Who Knows", evening)
	x.Resolve(s)
	if len(x.Dirty()) != 3 { // the fixture and two names
		t.Errorf("dirty %v", x.Dirty())
	}
	x.ClearDirty()
	x.Resolve(s)
	if _, _, err := x.SetStatus(x.Fixtures()[0].FixtureID, feed.GamePre, evening); err != nil {
		t.Fatal(err)
	}
	if d := x.Dirty(); len(d) != 0 {
		t.Errorf("dirty %v", d)
	}
}

func TestEntriesAreStable(t *testing.T) {
	x, y := newIdentity(t), newIdentity(t)
	for _, id := range []*Identity{x, y} {
		s := seen("espn", "1", "Boston Bruins", "Who Knows", evening)
		s.HomeSourceTeamID = "77"
		id.Resolve(s)
		id.Resolve(seen("theoddsapi", "a", "Boston Bruins", "Seattle Kraken", evening))
	}
	a, b := x.Dirty(), y.Dirty()
	if len(a) != len(b) {
		t.Fatalf("%d and %d entries", len(a), len(b))
	}
	for i := range a {
		if a[i].Key != b[i].Key || !bytes.Equal(a[i].Value, b[i].Value) {
			t.Errorf("entry %d: %s %s and %s %s", i, a[i].Key, a[i].Value, b[i].Key, b[i].Value)
		}
	}
}

func TestLoadRefusesWhatIsNoEntry(t *testing.T) {
	x := newIdentity(t)
	x.Resolve(seen("espn", "1", "Boston Bruins", "Seattle Kraken", evening))
	there := x.Dirty()[0]
	for name, e := range map[string]Entry{
		"other key":       {"x/y", []byte("{}")},
		"no value":        {"fixture/a", nil},
		"unknown field":   {"fixture/a", []byte(`{"id":"a","x":1}`)},
		"another fixture": {"fixture/a", []byte(`{"id":"b"}`)},
		"another team":    {"team/espn/name/a", []byte(`{"source":"espn","name":"b"}`)},
		"there already":   there,
		"stolen claim":    {"fixture/a", []byte(`{"id":"a","claims":[{"source":"espn","id":"1"}]}`)},
	} {
		if err := x.Load(e); err == nil || !strings.Contains(err.Error(), e.Key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(x.Fixtures()) != 1 {
		t.Error("a refused entry left something behind")
	}
}

// Whatever the bytes, Load returns an error or a state that says the same of
// itself: what was loaded is written again under the same key.
func FuzzLoad(f *testing.F) {
	x := newIdentity(f)
	x.Resolve(seen("espn", "1", "Boston Bruins", "Who Knows", evening))
	for _, e := range x.Dirty() {
		f.Add(e.Key, e.Value)
	}
	f.Fuzz(func(t *testing.T, key string, value []byte) {
		x := newIdentity(t)
		if x.Load(Entry{key, value}) != nil {
			return
		}
		for _, f := range x.fixtures {
			x.touch(f)
		}
		for k := range x.learned {
			x.dirtyTeams[k] = struct{}{}
		}
		if d := x.Dirty(); len(d) != 1 || d[0].Key != key {
			t.Errorf("loaded %q, holds %v", key, d)
		}
	})
}
