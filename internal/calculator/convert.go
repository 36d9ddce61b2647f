package calculator

import (
	"errors"

	"github.com/betflow/betflow/internal/odds"
)

// Convert asks how prices are written in other formats.
type Convert struct {
	Prices []string
	From   string // the format they are in; told by their looks if empty
	To     string // the format that is wanted; all if empty
}

// Conversions is the answer to Convert.
type Conversions struct {
	Prices []Conversion `json:"prices"`
}

// Conversion is one price in other formats.
type Conversion struct {
	Text    string                 `json:"text"`    // as it was given
	Format  odds.Format            `json:"format"`  // that it was read as
	Price   float64                `json:"price"`   // decimal
	Formats map[odds.Format]string `json:"formats"` // with as few digits as identify it
}

var errNoPrices = errors.New("there is no price")

// Answer converts the prices.
func (q Convert) Answer() (Conversions, error) {
	wanted := odds.Formats()
	if q.To != "" {
		format, err := odds.ParseFormat(q.To)
		if err != nil {
			return Conversions{}, err
		}
		wanted = []odds.Format{format}
	}
	if len(q.Prices) == 0 {
		return Conversions{}, errNoPrices
	}
	var a Conversions
	for _, text := range q.Prices {
		price, format, err := readPrice(text, q.From)
		if err != nil {
			return Conversions{}, err
		}
		c := Conversion{Text: text, Format: format, Price: price, Formats: map[odds.Format]string{}}
		for _, f := range wanted {
			if c.Formats[f], err = odds.FormatPrice(price, f); err != nil {
				return Conversions{}, err
			}
		}
		a.Prices = append(a.Prices, c)
	}
	return a, nil
}
