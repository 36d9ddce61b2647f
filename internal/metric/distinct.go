package metric

import (
	"slices"
	"strings"
)

// distinct is the number of different texts in a column. The texts are kept,
// sorted.
type distinct struct{}

func (distinct) words() int { return 0 }

func (distinct) add(_ words, b *bag, _ int64, p *Point) {
	if at, found := slices.BinarySearch(b.texts, p.Text); !found {
		b.texts = slices.Insert(b.texts, at, strings.Clone(p.Text))
	}
}

func (distinct) merge(_ words, b *bag, _ int64, _ words, ob *bag, _ int64) {
	for _, text := range ob.texts {
		if at, found := slices.BinarySearch(b.texts, text); !found {
			b.texts = slices.Insert(b.texts, at, text)
		}
	}
}

func (distinct) value(_ words, b *bag, _ int64) float64 { return float64(len(b.texts)) }
