package exchange

import "strconv"

// Price is a decimal price in hundredths: 126 is 1.26. The exchange has none
// with more decimals. Zero is no price.
type Price int32

// Float returns the decimal price.
func (p Price) Float() float64 { return float64(p) / 100 }

// String prints the decimal price as the exchange does, such as 1.26 or 20.
func (p Price) String() string { return hundredths(int64(p)) }

// Money is an amount in minor units of the market's currency, hundredths of it.
type Money int64

// Float returns the amount in whole units, for what is no sum.
func (m Money) Float() float64 { return float64(m) / 100 }

// String prints the amount in whole units, such as 3127.59.
func (m Money) String() string { return hundredths(int64(m)) }

func hundredths(n int64) string {
	return strconv.FormatFloat(float64(n)/100, 'f', -1, 64)
}

// maxHundredths is the largest number that Hundredths reads: a thousand million
// units. Products of prices and sizes and their sums over a ladder stay within
// 64 bits.
const maxHundredths = 100_000_000_000

// Hundredths reads a decimal number without sign and exponent that has at most
// two decimals, zeros at the end not counted, as exact hundredths. ok is false
// for any other text and for numbers above a thousand million.
func Hundredths(text []byte) (n int64, ok bool) {
	decimals := -1 // read so far; -1 before the point
	digits := 0
	for _, b := range text {
		switch {
		case b == '.' && decimals < 0:
			decimals = 0
			continue
		case b < '0' || b > '9':
			return 0, false
		case decimals >= 2:
			if b != '0' {
				return 0, false
			}
			continue
		case decimals >= 0:
			decimals++
		}
		digits++
		if n = 10*n + int64(b-'0'); n > maxHundredths {
			return 0, false
		}
	}
	for decimals = max(0, decimals); decimals < 2; decimals++ {
		n *= 10
	}
	return n, digits > 0 && n <= maxHundredths
}
