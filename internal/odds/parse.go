package odds

import (
	"fmt"
	"strings"
)

// ParsePrice reads a price written in the format and returns it as a decimal
// price: the float64 nearest to what the text says. It returns a *PriceError for
// a text that is not a price in that format, and ErrUnknownFormat.
func ParsePrice(text string, format Format) (float64, error) {
	t, even := trimPrice(text)
	if even && (format == FormatAmerican || format == FormatFractional) {
		return 2, nil
	}
	var value ratio
	var reason string
	switch format {
	case FormatDecimal:
		value, reason = parseDecimal(t)
	case FormatAmerican:
		value, reason = parseAmerican(t)
	case FormatFractional:
		value, reason = parseFractional(t)
	case FormatHongKong:
		value, reason = parseHongKong(t)
	case FormatMalay:
		value, reason = parseMalay(t)
	case FormatIndonesian:
		value, reason = parseIndonesian(t)
	case FormatProbability:
		value, reason = parseProbability(t)
	default:
		return 0, fmt.Errorf("reading price %q as %q: %w", text, format, ErrUnknownFormat)
	}
	if reason == "" {
		price := value.float()
		if CheckPrice(price) == nil {
			return price, nil
		}
		reason = whyImpossible(price)
	}
	return 0, &PriceError{Text: text, Reason: reason}
}

// GuessPrice reads a price whose format is told by its looks: "55%" is a
// probability, "7/4" and "evens" fractional, a signed number of at least 100
// american, an unsigned number above 1 decimal. Everything else could mean more
// than one thing and is refused with a *PriceError.
func GuessPrice(text string) (float64, Format, error) {
	format, reason := guessFormat(text)
	if reason != "" {
		return 0, "", &PriceError{Text: text, Reason: reason}
	}
	price, err := ParsePrice(text, format)
	return price, format, err
}

func guessFormat(text string) (format Format, reason string) {
	t, even := trimPrice(text)
	switch {
	case even, strings.Contains(t, "/"):
		return FormatFractional, ""
	case strings.HasSuffix(t, "%"):
		return FormatProbability, ""
	}
	n, reason := parseNumber(t)
	switch {
	case reason != "":
		return "", reason
	case n.signed && n.digits >= 100*n.scale:
		return FormatAmerican, ""
	case n.signed:
		return "", "an american price is at least 100 either way; name the format if it is malay or indonesian"
	case n.digits <= n.scale:
		return "", "write a probability with %, or name the format"
	}
	return FormatDecimal, ""
}

// trimPrice cuts the space around a price and tells whether it is a word for
// even money.
func trimPrice(text string) (trimmed string, even bool) {
	t := strings.TrimSpace(text)
	for _, word := range [...]string{"even", "evens", "evs"} {
		if strings.EqualFold(t, word) {
			return t, true
		}
	}
	return t, false
}

func parseDecimal(text string) (value ratio, reason string) {
	n, reason := parseNumber(text)
	if reason == "" && n.signed {
		reason = "a decimal price has no sign"
	}
	return ratio{n.digits, n.scale}, reason
}

func parseAmerican(text string) (value ratio, reason string) {
	n, reason := parseNumber(text)
	hundred := 100 * n.scale
	switch {
	case reason != "":
		return ratio{}, reason
	case n.digits < hundred:
		return ratio{}, "an american price is at least +100 or at most -100"
	case n.negative:
		return ratio{n.digits + hundred, n.digits}, ""
	}
	return ratio{n.digits + hundred, hundred}, ""
}

func parseFractional(text string) (value ratio, reason string) {
	const shape = "a fractional price is two whole numbers such as 7/4"
	over, under, found := strings.Cut(text, "/")
	if !found {
		return ratio{}, shape
	}
	a, reasonA := parseNumber(strings.TrimSpace(over))
	b, reasonB := parseNumber(strings.TrimSpace(under))
	switch {
	case reasonA != "" || reasonB != "" || a.signed || b.signed || a.scale != 1 || b.scale != 1:
		return ratio{}, shape
	case a.digits == 0 || b.digits == 0:
		return ratio{}, "neither part of a fractional price is zero"
	}
	return ratio{a.digits + b.digits, b.digits}, ""
}

func parseHongKong(text string) (value ratio, reason string) {
	n, reason := parseNumber(text)
	if reason == "" && (n.signed || n.digits == 0) {
		reason = "a hongkong price is above zero and has no sign"
	}
	return n.profit(), reason
}

func parseMalay(text string) (value ratio, reason string) {
	n, reason := parseNumber(text)
	if reason == "" && (n.digits == 0 || n.digits > n.scale) {
		reason = "a malay price lies between -1 and 1 and is not zero"
	}
	return n.profit(), reason
}

func parseIndonesian(text string) (value ratio, reason string) {
	n, reason := parseNumber(text)
	if reason == "" && n.digits < n.scale {
		reason = "an indonesian price is at least 1 or at most -1"
	}
	return n.profit(), reason
}

func parseProbability(text string) (value ratio, reason string) {
	body, percent := strings.CutSuffix(text, "%")
	n, reason := parseNumber(strings.TrimSpace(body))
	whole := n.scale
	if percent {
		whole *= 100
	}
	if reason == "" && (n.signed || n.digits == 0 || n.digits >= whole) {
		reason = "a probability lies between 0 and 1, or between 0% and 100%, both excluded"
	}
	return ratio{whole, n.digits}, reason
}
