package league

import (
	"strings"
	"unicode"
)

// Normalise reduces a name to what spellings of it have in common: lower case,
// accents folded, apostrophes and full stops dropped, all other punctuation a
// space, "and" and "&" left out, "saint" and "state" both written "st". It is
// idempotent, and empty if the name has no letter or digit.
func Normalise(name string) string {
	var flat strings.Builder
	flat.Grow(len(name))
	for _, r := range name {
		r = unicode.ToLower(r)
		switch {
		case strings.ContainsRune(silent, r), unicode.Is(unicode.Mn, r):
		case r < unicode.MaxASCII && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9'):
			flat.WriteByte(byte(r))
		case unicode.IsLetter(r), unicode.IsDigit(r):
			flat.WriteString(fold(r))
		default:
			flat.WriteByte(' ')
		}
	}
	words := strings.Fields(flat.String())
	kept := words[:0]
	for _, w := range words {
		switch w {
		case "and":
			continue
		case "saint", "state":
			w = "st"
		}
		kept = append(kept, w)
	}
	return strings.Join(kept, " ")
}

// silent lists the runes that join what stands on both sides of them, as in
// "D.C. United", "Nott'm Forest" and the Hawaiian letter of Hawaiʻi.
const silent = ".'’‘ʻʼ`´"

// folded holds the letters of European names that are not plus an accent in
// ASCII, each group before its replacement.
var folded = func() map[rune]string {
	groups := []struct{ from, to string }{
		{"àáâãäåāăąǎ", "a"}, {"çćĉċč", "c"}, {"ďđð", "d"}, {"èéêëēĕėęěə", "e"},
		{"ĝğġģ", "g"}, {"ĥħ", "h"}, {"ìíîïĩīĭįı", "i"}, {"ĵ", "j"}, {"ķ", "k"},
		{"ĺļľŀł", "l"}, {"ñńņňŋ", "n"}, {"òóôõöøōŏő", "o"}, {"ŕŗř", "r"},
		{"śŝşšș", "s"}, {"ţťŧț", "t"}, {"ùúûüũūŭůűų", "u"}, {"ŵ", "w"},
		{"ýÿŷ", "y"}, {"źżž", "z"}, {"æ", "ae"}, {"œ", "oe"}, {"ß", "ss"}, {"þ", "th"},
	}
	table := make(map[rune]string)
	for _, g := range groups {
		for _, r := range g.from {
			table[r] = g.to
		}
	}
	return table
}()

// fold returns a lower-case letter without its accent.
func fold(r rune) string {
	if s, ok := folded[r]; ok {
		return s
	}
	return string(r)
}

// clubWords are the parts of a soccer club's name that providers leave out or
// move from one end to the other.
var clubWords = map[string]bool{
	"fc": true, "afc": true, "cf": true, "sc": true, "ac": true, "as": true, "ssc": true,
	"us": true, "rc": true, "rcd": true, "cd": true, "ud": true, "sd": true, "ca": true,
	"sv": true, "vfb": true, "vfl": true, "tsg": true, "fsv": true, "bc": true, "fk": true,
	"sk": true, "aj": true, "ogc": true, "losc": true, "1": true, "club": true, "calcio": true,
}

// withoutClubWords strips clubWords from a normalised name, or returns it whole
// if nothing else would be left.
func withoutClubWords(normalised string) string {
	words := strings.Fields(normalised)
	kept := words[:0]
	for _, w := range words {
		if !clubWords[w] {
			kept = append(kept, w)
		}
	}
	if len(kept) == 0 {
		return normalised
	}
	return strings.Join(kept, " ")
}

// slug turns a name into a part of a fixture id: ASCII letters and digits, single
// hyphens between words, never empty.
func slug(name string) string {
	ascii := strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return -1
		}
		return r
	}, Normalise(name))
	if words := strings.Fields(ascii); len(words) > 0 {
		return strings.Join(words, "-")
	}
	return "unknown"
}
