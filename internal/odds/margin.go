package odds

import "fmt"

// Booksum returns the sum of the raw implied probabilities of a market's prices,
// one per outcome. It is above 1 when the book has an advantage. It returns a
// wrapped *PriceError for an impossible price.
func Booksum(prices []float64) (float64, error) {
	sum := 0.0
	for i, price := range prices {
		if err := CheckPrice(price); err != nil {
			return 0, fmt.Errorf("outcome %d: %w", i, err)
		}
		sum += 1 / price
	}
	return sum, nil
}

// Margin returns the overround, B-1: what the book adds to fair probabilities.
// Both it and Hold are called "the vig" elsewhere; -110/-110 has a margin of
// 4.76 % and a hold of 4.55 %. In a market with k winners pass B/k.
func Margin(booksum float64) float64 { return booksum - 1 }

// Hold returns the theoretical hold, 1-1/B: the share of balanced stakes that
// the book keeps. It is negative when the prices cross, and then -Hold is what
// an arbitrage returns. In a market with k winners pass B/k.
func Hold(booksum float64) float64 { return 1 - 1/booksum }

// Payout returns the share of balanced stakes that is paid out, 1/B. In a market
// with k winners pass B/k.
func Payout(booksum float64) float64 { return 1 / booksum }

// NoPush returns the probability that a bet wins given that it is not returned,
// for lines on which a push is possible: cover/(cover+miss). It is what the
// prices of both sides without margin say; see Settlement.Chance for quarter
// lines.
func NoPush(cover, miss float64) float64 { return cover / (cover + miss) }
