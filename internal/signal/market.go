package signal

import (
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// Fixture lets a detector look at the markets of one fixture. It asks for few of
// them at a time: they are filled into memory that it uses again.
type Fixture interface {
	// Markets returns how many there are. They keep their places.
	Markets() int
	// ID names the market at a place.
	ID(i int) feed.MarketKey
	// Fill writes the market at a place over m.
	Fill(i int, m *Market)
}

// Market is one market and line of a fixture: what every book says about it.
type Market struct {
	ID       feed.MarketKey
	Outcomes []string // in the market's order
	Books    []Book   // in order of name
}

// Book is one book's word on a market.
type Book struct {
	Name   string
	Trust  Trust
	Prices []Price   // by outcome
	Fair   []float64 // fair probabilities by outcome; empty unless every price is open and the book has a margin
	Sum    float64   // booksum of the prices; 0 unless every price is open
	Event  feed.Time // when the provider last confirmed its prices of this market
	Seen   feed.Time // when we last saw that
	Before feed.Time // and when we saw it the time before
}

// Price is one price of a book.
type Price struct {
	Price float64 // decimal, as quoted
	Open  bool
	Event feed.Time // of its last change, by the provider's time
	Seen  feed.Time // and by ours
}

// Trust is what is known of a book beforehand.
type Trust struct {
	Weight     float64 // in a consensus, above 0; only ratios matter
	Sharp      bool
	Commission float64 // that an exchange takes off net winnings
}

// event is the last time the provider stood by the price.
func (b *Book) event(i int) feed.Time { return max(b.Prices[i].Event, b.Event) }

// seen is when we last saw that it does.
func (b *Book) seen(i int) feed.Time { return max(b.Prices[i].Seen, b.Seen) }

// age is how long ago the provider last stood by the price.
func (b *Book) age(i int, now feed.Time) time.Duration { return max(0, now.Sub(b.event(i))) }

// net is what the price pays after commission.
func (b *Book) net(i int) float64 {
	price := b.Prices[i].Price
	if b.Trust.Commission == 0 {
		return price
	}
	return odds.NetPrice(price, b.Trust.Commission)
}

// open counts the book's open prices.
func (b *Book) open() (n int) {
	for i := range b.Prices {
		if b.Prices[i].Open {
			n++
		}
	}
	return n
}

// complete tells whether the book has an opinion on every outcome.
func (b *Book) complete() bool { return len(b.Fair) == len(b.Prices) && len(b.Fair) > 1 }

// oldest is the earliest confirmation among the book's open prices.
func (b *Book) oldest() feed.Time {
	oldest := feed.Time(0)
	for i := range b.Prices {
		if at := b.event(i); b.Prices[i].Open && (oldest == 0 || at < oldest) {
			oldest = at
		}
	}
	return oldest
}

// changed is when the provider last changed one of its open prices.
func (b *Book) changed() (at feed.Time) {
	for i := range b.Prices {
		if b.Prices[i].Open {
			at = max(at, b.Prices[i].Event)
		}
	}
	return at
}
