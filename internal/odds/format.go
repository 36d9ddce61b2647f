package odds

import (
	"fmt"
	"strings"
)

// Format is a way to write a price. With h = price-1, the profit of one unit
// staked:
//
//	decimal      price            2.75
//	american     100h, -100/h     +175, -110; at least 100 either way
//	fractional   h as a fraction  7/4
//	hongkong     h                1.75
//	malay        h, -1/h          -0.5714; at most 1 either way
//	indonesian   h, -1/h          1.75; at least 1 either way
//	probability  1/price          36.36%, or 0.3636
type Format string

// The formats.
const (
	FormatDecimal     Format = "decimal"
	FormatAmerican    Format = "american"
	FormatFractional  Format = "fractional"
	FormatHongKong    Format = "hongkong"
	FormatMalay       Format = "malay"
	FormatIndonesian  Format = "indonesian"
	FormatProbability Format = "probability"
)

// Formats lists every format.
func Formats() []Format {
	return []Format{FormatDecimal, FormatAmerican, FormatFractional, FormatHongKong,
		FormatMalay, FormatIndonesian, FormatProbability}
}

// ErrUnknownFormat is returned for a format that is not one of Formats.
var ErrUnknownFormat = fmt.Errorf("unknown price format (known: %v)", Formats())

// ParseFormat returns the format with that name, in any case.
func ParseFormat(name string) (Format, error) {
	for _, f := range Formats() {
		if strings.EqualFold(name, string(f)) {
			return f, nil
		}
	}
	return "", fmt.Errorf("reading %q: %w", name, ErrUnknownFormat)
}
