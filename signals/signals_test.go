package signals

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

func TestTheDefaultsAreTheOnesPromised(t *testing.T) {
	rules, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	if len(rules.Leagues()) != 0 {
		t.Errorf("leagues %v have rules of their own", rules.Leagues())
	}
	r := rules.Of("nhl")
	if !r.Arbitrage.Enabled || !r.Middle.Enabled || !r.LowHold.Enabled || !r.Value.Enabled || !r.Steam.Enabled || !r.Drop.Enabled || !r.StaleLine.Enabled || !r.Outlier.Enabled {
		t.Error("a rule is off")
	}
	// The public defaults of others that ours are taken from.
	if r.Value.Max != 0.2 || r.Value.MaxRatio != 1.15 || r.Value.SharpSum != 1.05 || r.Value.MinBooks != 3 || r.Value.Open != 0.02 ||
		r.Steam.MinBooks != 3 || r.Steam.Points != 0.5 || r.Steam.Probability != 0.02 || time.Duration(r.Steam.Window) != 5*time.Minute || r.Opinions.MADs != 4 {
		t.Errorf("got %+v", r)
	}
}

func TestAFileNamesOnlyWhatDiffers(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.yaml", "arbitrage: {open: 0.01}\nleagues:\n  nhl:\n    steam: {window: 90s}\n    markets: [h2h]\n")
	write(t, dir, "b.yaml", "# nothing but a comment\n")
	write(t, dir, "c.yaml", "arbitrage:\n  close: 0.008\nsteam: {share: 0.25}\nleagues:\n  nhl: {arbitrage: {enabled: false}}\n  nfl: {arbitrage: {open: 0.02}}\n")
	write(t, dir, "notes.txt", "no rules")
	rules, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	defaults, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rules.Leagues(), ","); got != "nfl,nhl" {
		t.Errorf("leagues %s", got)
	}
	want := *defaults.Of("")
	want.Arbitrage.Open, want.Arbitrage.Close, want.Steam.Share = 0.01, 0.008, 0.25
	if got := rules.Of("nba"); !reflect.DeepEqual(*got, want) {
		t.Errorf("got %+v, want %+v", *got, want)
	}
	nhl := rules.Of("nhl")
	if time.Duration(nhl.Steam.Window) != 90*time.Second || nhl.Steam.Share != 0.25 || nhl.Arbitrage.Enabled || nhl.Arbitrage.Open != 0.01 || len(nhl.Markets) != 1 {
		t.Errorf("nhl has %+v", nhl)
	}
	if nfl := rules.Of("nfl"); nfl.Arbitrage.Open != 0.02 || nfl.Arbitrage.Close != 0.008 || !reflect.DeepEqual(nfl.Markets, want.Markets) {
		t.Errorf("nfl has %+v", nfl)
	}
}

func TestABadFileIsRefusedWithItsLine(t *testing.T) {
	for name, c := range map[string]struct{ text, place, says string }{
		"unknown field":          {"arbitrage:\n  opn: 1\n", "[2:3]", `unknown field "opn"`},
		"unknown rule":           {"# one\narbitrag: {}\n", "[2:1]", "arbitrag"},
		"bad duration":           {"steam:\n  step: 0\n  window: soon\n", "line 3", "write it as in 30s"},
		"negative duration":      {"steam:\n  window: -3m\n", "line 2", "must not be negative"},
		"no duration":            {"steam:\n  window: 0s\n", "line 2", "steam.window"},
		"close above open":       {"value:\n  open: 0.01\n  close: 0.02\n", "line 3", "value.close must not be above open"},
		"negative threshold":     {"drop:\n  open: -0.1\n", "line 2", "drop.open must be above 0"},
		"max below open":         {"arbitrage:\n  max: 0.001\n", "line 2", "arbitrage.max"},
		"no cooldown":            {"outlier:\n  cooldown: 0s\n", "line 2", "outlier.cooldown"},
		"no number":              {"value: {kelly: .nan}\n", "line 1", "value.kelly"},
		"text for a number":      {"value:\n  kelly: half\n", "[2:10]", ""},
		"no markets":             {"markets: []\n", "line 1", "at least one"},
		"market twice":           {"markets: [h2h, h2h]\n", "line 1", "twice"},
		"one book makes steam":   {"steam:\n  min_books: 1\n", "line 2", "one book is a drop"},
		"low hold turned round":  {"low_hold:\n  open: 0.5\n", "line 2", "low_hold.close"},
		"of a league":            {"leagues:\n  nhl:\n    value:\n      kelly: 2\n", "line 4", "value.kelly"},
		"unknown, of a league":   {"leagues:\n  nhl:\n    valu: {}\n", "[3:5]", "valu"},
		"duration, of a league":  {"leagues:\n  nhl:\n    steam:\n      window: soon\n", "line 4", "write it as in 30s"},
		"a league that is empty": {"leagues:\n  nhl:\n", "[2:", ""},
		"leagues in a league":    {"leagues:\n  nhl: {leagues: {}}\n", "[2:", "leagues"},
		"no YAML":                {"value: [\n", "[", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.place) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %s and %s", err, c.place, c.says)
			}
		})
	}
}

func TestEveryBadFileIsReported(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.yaml", "drop: {open: 2}\n")
	write(t, dir, "b.yaml", "drop: {open: 0.1}\n")
	write(t, dir, "c.yaml", "\nstem: {}\n")
	_, err := Load(dir)
	if err == nil || !strings.Contains(err.Error(), "a.yaml: line 1") || !strings.Contains(err.Error(), "c.yaml: [2:1]") || strings.Contains(err.Error(), "b.yaml") {
		t.Errorf("got %v", err)
	}
}

func TestAMissingFolderIsAnError(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "absent")); err == nil {
		t.Error("a folder that is not there was read as empty")
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// FuzzParse: whatever is read is valid and reads the same after it was written.
func FuzzParse(f *testing.F) {
	text, err := defaults.ReadFile("signals.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add("arbitrage: {open: 0.01}\nleagues:\n  nhl:\n    steam: {window: 90s}\n")
	f.Add("leagues: {a.b: {value: {kelly: 0.1}}, 'x y': {markets: [h2h]}}")
	f.Add("leagues: {nhl: }")
	f.Add("steam: !tag # nothing")
	f.Add("--- \n---\n")
	f.Add("a: &x [*x]")
	f.Add("- 1")
	f.Add("")
	var base stack
	if err := base.addAll(defaults, "signals"); err != nil {
		f.Fatal(err)
	}
	parse := func(text []byte) (*Rules, error) { // Parse, without reading the defaults each time
		s := base
		if err := s.add("text", text); err != nil {
			return nil, err
		}
		return s.rules()
	}
	f.Fuzz(func(t *testing.T, text string) {
		rules, err := parse([]byte(text))
		if err != nil {
			return
		}
		for _, league := range append(rules.Leagues(), "") {
			r := rules.Of(league)
			if field, err := r.Validate(); err != nil {
				t.Fatalf("%s of %q: %v", field, league, err)
			}
			written, err := yaml.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if back, err := parse(written); err != nil || !reflect.DeepEqual(back.Of(""), r) {
				t.Fatalf("written as\n%s\nread as %+v, %v", written, back, err)
			}
		}
	})
}
