package odds

import (
	"math/big"
	"strings"
)

// number is a decimal number as written: digits/scale, where scale is a power of
// ten. Whole numbers keep every format's arithmetic exact until the one division
// at its end.
type number struct {
	digits   int64 // without the sign
	scale    int64
	signed   bool // a sign was written
	negative bool
}

// ratio is an exact value; its parts are never negative.
type ratio struct{ over, under int64 }

// float returns the float64 nearest to the ratio.
func (r ratio) float() float64 {
	const exact = 1 << 53 // float64 holds whole numbers up to here
	if r.over <= exact && r.under <= exact {
		return float64(r.over) / float64(r.under)
	}
	f, _ := big.NewRat(r.over, r.under).Float64()
	return f
}

// profit returns the price 1+n for a profit n per unit, or 1-1/n for a negative
// n, which is a stake per unit of profit.
func (n number) profit() ratio {
	if n.negative {
		return ratio{n.digits + n.scale, n.digits}
	}
	return ratio{n.digits + n.scale, n.scale}
}

// maxDigits and maxDecimals keep sums such as digits + 100*scale inside int64.
const (
	maxDigits   = 18
	maxDecimals = 16
)

// parseNumber reads an optional sign, digits and at most one point. There are no
// exponents, separators or words in prices. The minus sign may be the hyphen or
// the typographic U+2212.
func parseNumber(text string) (n number, reason string) {
	n.scale = 1
	body := text
	for _, sign := range [...]string{"+", "-", "\u2212"} {
		if rest, found := strings.CutPrefix(text, sign); found {
			body, n.signed, n.negative = rest, true, sign != "+"
		}
	}
	count, digits, decimals, point := 0, 0, 0, false
	for _, c := range []byte(body) {
		switch {
		case c == '.' && !point:
			point = true
		case c < '0' || c > '9':
			return number{scale: 1}, "it is not a number"
		default:
			count++
			if c != '0' || digits > 0 { // zeros in front are no precision
				digits++
			}
			if point {
				decimals++
				n.scale *= 10
			}
			n.digits = n.digits*10 + int64(c-'0')
		}
		if digits > maxDigits || decimals > maxDecimals {
			return number{scale: 1}, "it has more digits than a price needs"
		}
	}
	if count == 0 {
		return number{scale: 1}, "it is not a number"
	}
	return n, ""
}
