package league

import "strings"

// similarity says how alike two normalised names are, from 0 to 1: the greater
// of the Jaccard index of their words and one minus the Levenshtein distance
// over the longer length. The first forgives order and extra words, the second
// misspelling.
func similarity(a, b string) float64 {
	if a == "" || b == "" {
		return 0
	}
	return max(jaccard(strings.Fields(a), strings.Fields(b)), 1-float64(distance(a, b))/float64(max(len(a), len(b))))
}

// jaccard returns the number of common words over the number of distinct ones.
func jaccard(a, b []string) float64 {
	seen := make(map[string]int, len(a)+len(b))
	for _, w := range a {
		seen[w] |= 1
	}
	for _, w := range b {
		seen[w] |= 2
	}
	both := 0
	for _, in := range seen {
		if in == 3 {
			both++
		}
	}
	return float64(both) / float64(len(seen))
}

// distance is Levenshtein's: the least number of inserted, deleted or replaced
// bytes. Normalised names are all but always ASCII.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
