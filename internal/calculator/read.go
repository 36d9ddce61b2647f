package calculator

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/betflow/betflow/internal/odds"
)

// readPrice reads one price. The format is told by its looks if it is not named.
func readPrice(text, format string) (float64, odds.Format, error) {
	if format == "" {
		return odds.GuessPrice(text)
	}
	f, err := odds.ParseFormat(format)
	if err != nil {
		return 0, "", err
	}
	price, err := odds.ParsePrice(text, f)
	return price, f, err
}

// readPrices reads the prices of a market's outcomes.
func readPrices(texts []string, format string) ([]float64, error) {
	prices := make([]float64, len(texts))
	for i, text := range texts {
		var err error
		if prices[i], _, err = readPrice(text, format); err != nil {
			return nil, err
		}
	}
	return prices, nil
}

// readShare reads a number from 0 to 1: as such or in percent. What names it in
// the error.
func readShare(what, text string) (float64, error) {
	body, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	x, err := strconv.ParseFloat(strings.TrimSpace(body), 64)
	if percent {
		x /= 100
	}
	if err != nil || !(x >= 0 && x <= 1) {
		return 0, fmt.Errorf("%s %q does not lie between 0 and 1; 5%% and 0.05 are the same", what, text)
	}
	return x, nil
}

// readBet reads an open bet, STAKE@PRICE.
func readBet(text, format string) (Money, float64, error) {
	before, after, found := strings.Cut(text, "@")
	if !found {
		return 0, 0, fmt.Errorf("bet %q is not STAKE@PRICE, such as 25@6.0", text)
	}
	stake, err := ParseMoney(before)
	if err != nil {
		return 0, 0, err
	}
	price, _, err := readPrice(after, format)
	return stake, price, err
}

var errCount = errors.New("not one for each price")

// readShares reads one share for each of n prices; a single one is that of all,
// and none are zeros.
func readShares(what string, texts []string, n int) ([]float64, error) {
	shares := make([]float64, n)
	if len(texts) == 0 {
		return shares, nil
	}
	if len(texts) != 1 && len(texts) != n {
		return nil, fmt.Errorf("%d values of %s for %d prices: %w", len(texts), what, n, errCount)
	}
	for i := range shares {
		var err error
		if shares[i], err = readShare(what, texts[i%len(texts)]); err != nil {
			return nil, err
		}
	}
	return shares, nil
}
