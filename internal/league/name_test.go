package league

import "testing"

func TestNormaliseBringsSpellingsTogether(t *testing.T) {
	for want, spellings := range map[string][]string{
		"montreal canadiens":   {"Montreal Canadiens", "Montréal Canadiens", "MONTRE\u0301AL  CANADIENS"},
		"st louis blues":       {"St. Louis Blues", "St Louis Blues", "Saint Louis Blues"},
		"michigan st spartans": {"Michigan State Spartans", "Michigan St Spartans", "Michigan St. Spartans"},
		"brighton hove albion": {"Brighton & Hove Albion", "Brighton and Hove Albion", "Brighton-Hove Albion"},
		"hawaii":               {"Hawai'i", "Hawai’i", "Hawaiʻi", "HAWAII"},
		"dc united":            {"D.C. United", "DC United"},
		"1 fc koln":            {"1. FC Köln", "1. fc koln"},
		"bodo glimt":           {"Bodø/Glimt", "Bodo Glimt"},
		"":                     {"", " ", "&", "and", "-- ' --"},
	} {
		for _, s := range spellings {
			if got := Normalise(s); got != want {
				t.Errorf("Normalise(%q) = %q, want %q", s, got, want)
			}
		}
	}
}

func TestSlugIsFitForURLs(t *testing.T) {
	for name, want := range map[string]string{
		"Texas A&M-Commerce": "texas-a-m-commerce",
		"Montréal":           "montreal",
		"Спартак":            "unknown",
		"Спартак 2 Москва B": "2-b",
		"":                   "unknown",
	} {
		if got := slug(name); got != want {
			t.Errorf("slug(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestSimilarity(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want float64
	}{
		{"boston bruins", "boston bruins", 1},
		{"bruins boston", "boston bruins", 1}, // order is forgiven
		{"boston bruin", "boston bruins", 1 - 1.0/13},
		{"boston", "boston bruins", 0.5},
		{"abc", "xyz", 0},
		{"", "", 0},
	} {
		if got := similarity(tc.a, tc.b); got != tc.want {
			t.Errorf("similarity(%q, %q) = %v, want %v", tc.a, tc.b, got, tc.want)
		}
	}
}

// Whatever the name, normalising twice changes nothing and what is left is
// words with single spaces between them.
func FuzzNormaliseIsIdempotent(f *testing.F) {
	for _, s := range []string{"St. Louis Blues", "Montréal", "a.n.d", "İstanbul", "ǅ", "\xff\xfe", "Hawaiʻi & State", "0 л 0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		once := Normalise(name)
		if twice := Normalise(once); twice != once {
			t.Errorf("Normalise(%q) = %q, again %q", name, once, twice)
		}
		if s := slug(name); !wellFormed(s) {
			t.Errorf("slug(%q) = %q", name, s)
		}
	})
}
