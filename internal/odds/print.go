package odds

import (
	"math"
	"strconv"
)

// FormatPrice writes a price in the format with as few digits as identify it.
// ParsePrice reads the same price back from decimal, fractional and hongkong
// text. The other formats divide, and have 16 decimals at most: a price comes
// back within a few units of its last place, or in malay, where a long shot is
// a small number, within 1e-16 of that number. It returns a *PriceError for an
// impossible price and ErrUnknownFormat.
func FormatPrice(price float64, format Format) (string, error) {
	value, err := formatValue(price, format)
	if err != nil {
		return "", err
	}
	if format == FormatFractional {
		return fractionText(price, 0), nil
	}
	if format == FormatDecimal {
		return strconv.FormatFloat(price, 'f', -1, 64), nil
	}
	text := ""
	for decimals := range maxDecimals + 1 {
		candidate := sign(value, format) + strconv.FormatFloat(math.Abs(value), 'f', decimals, 64) + unit(format)
		back, err := ParsePrice(candidate, format)
		if err != nil {
			continue // rounded so short it is no price, or longer than a price may be
		}
		if text = candidate; back == price {
			break
		}
	}
	return text, nil
}

// DisplayPrice writes a price rounded as people are used to read it in that
// format: "2.75", "-110", "10/11", "36.4%". The text does not read back to the
// same price. Its errors are those of FormatPrice.
func DisplayPrice(price float64, format Format) (string, error) {
	value, err := formatValue(price, format)
	if err != nil {
		return "", err
	}
	decimals := 2
	switch format {
	case FormatFractional:
		return fractionText(price, 0.005), nil
	case FormatAmerican:
		decimals = 0
	case FormatProbability:
		decimals = 1
	case FormatDecimal, FormatHongKong:
		if value < 1.1 {
			decimals = 3
		}
	case FormatMalay, FormatIndonesian:
		decimals = 3
	}
	return sign(value, format) + strconv.FormatFloat(math.Abs(value), 'f', decimals, 64) + unit(format), nil
}

// formatValue returns the number that the format writes for a price; the
// probability is in percent.
func formatValue(price float64, format Format) (float64, error) {
	if err := CheckPrice(price); err != nil {
		return 0, err
	}
	h := price - 1 // exact: h needs no finer bits than price has
	switch format {
	case FormatDecimal:
		return price, nil
	case FormatAmerican:
		return American(price), nil
	case FormatFractional, FormatHongKong:
		return h, nil
	case FormatMalay:
		if h > 1 {
			return -1 / h, nil
		}
		return h, nil
	case FormatIndonesian:
		if h < 1 {
			return -1 / h, nil
		}
		return h, nil
	case FormatProbability:
		return 100 / price, nil
	}
	return 0, ErrUnknownFormat
}

// American returns the american odds of a price as a number: 100(o-1) from even
// money upwards, else -100/(o-1).
func American(price float64) float64 {
	if price >= 2 {
		return 100 * (price - 1)
	}
	return -100 / (price - 1)
}

func sign(value float64, format Format) string {
	switch {
	case value < 0:
		return "-"
	case format == FormatAmerican:
		return "+"
	}
	return ""
}

func unit(format Format) string {
	if format == FormatProbability {
		return "%"
	}
	return ""
}

// fractionText writes price-1 as the first convergent of its continued fraction
// that lies within the tolerance, relative to price-1; with tolerance 0 it must
// give back the price itself. A price that came from a small fraction has that
// fraction among its convergents.
func fractionText(price, tolerance float64) string {
	h := price - 1
	// h as an exact ratio. Below 1 it is a multiple of 2^-52, because price is;
	// above, its own 53 bits fit.
	scale := 52
	if h >= 1 {
		_, exponent := math.Frexp(h)
		scale = 53 - exponent
	}
	over, under := int64(math.Ldexp(h, scale)), int64(1)<<scale
	a, b, prevA, prevB := int64(1), int64(0), int64(0), int64(1)
	for under != 0 {
		digit := over / under
		over, under = under, over-digit*under
		a, prevA = digit*a+prevA, a
		b, prevB = digit*b+prevB, b
		if a == 0 {
			continue
		}
		if (ratio{a + b, b}).float() == price || math.Abs(float64(a)/float64(b)-h) <= tolerance*h {
			break
		}
	}
	return strconv.FormatInt(a, 10) + "/" + strconv.FormatInt(b, 10)
}
