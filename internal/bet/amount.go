package bet

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// DefaultCurrency is that of bets that name none.
const DefaultCurrency = "USD"

// digits lists the currencies whose minor unit is not a hundredth (ISO 4217).
var digits = map[string]int{
	"CLP": 0, "ISK": 0, "JPY": 0, "KRW": 0, "PYG": 0, "UGX": 0, "VND": 0, "XAF": 0, "XOF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3,
}

// Digits is how many decimals a currency's amounts have.
func Digits(currency string) int {
	if n, ok := digits[currency]; ok {
		return n
	}
	return 2
}

// ParseCurrency checks a currency's code and returns it in capitals.
func ParseCurrency(text string) (string, error) {
	code := strings.ToUpper(text)
	if len(code) != 3 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return "", errors.New("a currency is three letters such as USD")
	}
	return code, nil
}

// maxAmount keeps sums of many amounts far from overflow.
const maxAmount = 1e15

// ParseAmount reads an amount of money exactly and returns minor units. A sign
// of a currency before it and commas between thousands are read over. Amounts of
// parts of the minor unit, of nothing and below are refused.
func ParseAmount(text, currency string) (int64, error) {
	t := strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(text), "$€£¥ "))
	whole, part, point := strings.Cut(t, ".")
	if groups := strings.Split(whole, ","); len(groups) > 1 {
		for i, g := range groups {
			if i > 0 && len(g) != 3 || g == "" || len(g) > 3 {
				return 0, fmt.Errorf("%q is no amount: write it as 1250.50 or 1,250.50", text)
			}
		}
		whole = strings.Join(groups, "")
	}
	if whole == "" || strings.Trim(whole+part, "0123456789") != "" || point && part == "" {
		return 0, fmt.Errorf("%q is no amount: write it as 1250.50", text)
	}
	n := Digits(currency)
	if part = strings.TrimRight(part, "0"); len(part) > n {
		return 0, fmt.Errorf("%q has more decimals than %s has", text, currency)
	}
	v, err := strconv.ParseInt(whole+part+strings.Repeat("0", n-len(part)), 10, 64)
	switch {
	case err != nil || v > maxAmount:
		return 0, fmt.Errorf("%q is more money than there is", text)
	case v == 0:
		return 0, fmt.Errorf("%q: an amount is above zero", text)
	}
	return v, nil
}

// FormatAmount prints minor units with the decimals of the currency, without its
// name.
func FormatAmount(minor int64, currency string) string {
	n := Digits(currency)
	sign, text := "", strconv.FormatInt(minor, 10)
	if minor < 0 {
		sign, text = "-", text[1:]
	}
	if n == 0 {
		return sign + text
	}
	if len(text) <= n {
		text = strings.Repeat("0", n+1-len(text)) + text
	}
	return sign + text[:len(text)-n] + "." + text[len(text)-n:]
}

// round goes to the nearest unit, halves away from zero.
func round(v float64) int64 { return int64(math.Round(v)) }
