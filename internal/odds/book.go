package odds

import (
	"fmt"
	"slices"
)

// BookKind tells how a book makes its prices.
type BookKind string

// The kinds of books.
const (
	Sharp    BookKind = "sharp"    // takes large bets from winners and moves first
	Exchange BookKind = "exchange" // customers bet against each other; it takes a commission
	Retail   BookKind = "retail"   // follows, with a larger margin and small limits
)

// BookKinds lists every kind.
func BookKinds() []BookKind { return []BookKind{Sharp, Exchange, Retail} }

// Book is what is known about a bookmaker or exchange.
type Book struct {
	Title      string   `yaml:"title,omitempty"` // as people write it
	Kind       BookKind `yaml:"kind"`
	Weight     float64  `yaml:"weight"`               // in the consensus; only ratios matter, 0 leaves the book out
	Commission float64  `yaml:"commission,omitempty"` // share of net winnings that is kept: see NetPrice
}

// Check says which field cannot be and why; both are empty for a book that can.
func (b Book) Check() (field, reason string) {
	switch {
	case !slices.Contains(BookKinds(), b.Kind):
		return "kind", fmt.Sprintf("%q is no kind of book: use one of %v", b.Kind, BookKinds())
	case b.Weight != 0 && !isAmount(b.Weight):
		return "weight", fmt.Sprintf("%v is no weight: use a number from 0", b.Weight)
	case !(b.Commission >= 0 && b.Commission < 1):
		return "commission", fmt.Sprintf("%v is no commission: use a share of winnings such as 0.02", b.Commission)
	}
	return "", ""
}

// Books are the known books by key, and what is taken for those that are not.
// The zero value knows none and weighs all alike.
type Books struct {
	Known   map[string]Book
	Default *Book // of kind Retail and weight 1 if nil
}

// Of returns the book with the key.
func (b Books) Of(key string) Book {
	if known, ok := b.Known[key]; ok {
		return known
	}
	if b.Default != nil {
		return *b.Default
	}
	return Book{Kind: Retail, Weight: 1}
}
