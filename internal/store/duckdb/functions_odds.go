package duckdb

import (
	"errors"

	driverdb "github.com/duckdb/duckdb-go/v2"

	"github.com/betflow/betflow/internal/odds"
)

// functions lists the SQL functions. All call package odds or the models;
// docs/sql.md explains them, and a test holds the two together.
func functions() []function {
	type types = []driverdb.Type
	return []function{
		{"parse_price", types{varchar}, double, parsePrice},
		{"parse_price", types{varchar, varchar}, double, parsePrice},
		{"price_fault", types{varchar}, varchar, priceFault},
		{"price_fault", types{varchar, varchar}, varchar, priceFault},
		{"format_price", types{double, varchar}, varchar, formatPrice},
		{"american", types{double}, varchar, displayPrice(odds.FormatAmerican)},
		{"fractional", types{double}, varchar, displayPrice(odds.FormatFractional)},
		{"implied", types{double}, double, implied},
		{"price_of", types{double}, double, priceOf},
		{"net_price", types{double, double}, double, netPrice},

		{"booksum", types{doubles}, double, ofBooksum(func(sum float64) float64 { return sum })},
		{"margin", types{doubles}, double, ofBooksum(odds.Margin)},
		{"hold", types{doubles}, double, ofBooksum(odds.Hold)},
		{"payout", types{doubles}, double, ofBooksum(odds.Payout)},
		{"fair", types{doubles}, doubles, fair},
		{"fair", types{doubles, varchar}, doubles, fair},
		{"fair", types{doubles, varchar, bigint}, doubles, fair},
		{"arbitrage", types{doubles}, double, arbitrage},
		{"stakes", types{doubles, double}, doubles, stakes},

		{"ev", types{double, double}, double, ofBet(odds.EV)},
		{"kelly", types{double, double}, double, ofBet(odds.Kelly)},
		{"clv", types{double, double}, double, clv},
		{"settle", types{double, double, double}, double, settle},
		{"logit", types{double}, double, logit},
		{"logistic", types{double}, double, logistic},

		{"win_probability", types{double, double}, double, winProbability},
		{"in_game", types{double, double, double, double}, double, inGame},
		{"expected_goals", types{doubles}, doubles, expectedGoals},
		{"elo_expected", types{double}, double, eloExpected},
	}
}

func parsePrice(a arguments) (any, error) {
	if len(a) == 1 {
		price, _, err := odds.GuessPrice(a.text(0))
		return price, err
	}
	format, err := odds.ParseFormat(a.text(1))
	if err != nil {
		return nil, err
	}
	return odds.ParsePrice(a.text(0), format)
}

// priceFault says why a text is no price; NULL for one that is.
func priceFault(a arguments) (any, error) {
	_, err := parsePrice(a)
	var fault *odds.PriceError
	if errors.As(err, &fault) {
		return fault.Reason, nil
	}
	return nil, err
}

func formatPrice(a arguments) (any, error) {
	format, err := odds.ParseFormat(a.text(1))
	if err != nil {
		return nil, err
	}
	return odds.FormatPrice(a.number(0), format)
}

func displayPrice(format odds.Format) func(arguments) (any, error) {
	return func(a arguments) (any, error) { return odds.DisplayPrice(a.number(0), format) }
}

func implied(a arguments) (any, error) {
	price, err := a.price(0)
	return odds.Implied(price), err
}

func priceOf(a arguments) (any, error) { return odds.PriceOf(a.number(0)) }

func netPrice(a arguments) (any, error) {
	price, err := a.price(0)
	if err != nil {
		return nil, err
	}
	commission, err := a.share(1)
	return odds.NetPrice(price, commission), err
}

// ofBooksum is a function of the booksum of prices.
func ofBooksum(f func(sum float64) float64) func(arguments) (any, error) {
	return func(a arguments) (any, error) {
		prices, err := a.numbers(0)
		if err != nil {
			return nil, err
		}
		sum, _, err := odds.Arbitrage(prices) // refuses less than two outcomes
		return f(sum), err
	}
}

func fair(a arguments) (any, error) {
	method, winners := odds.DefaultMethod, 1
	var err error
	if len(a) > 1 {
		if method, err = odds.ParseMethod(a.text(1)); err != nil {
			return nil, err
		}
	}
	if len(a) > 2 {
		winners = a.whole(2)
	}
	prices, err := a.numbers(0)
	if err != nil {
		return nil, err
	}
	r, err := odds.FairWinners(prices, method, prices, winners)
	return listOf(r.Probabilities, err)
}

func arbitrage(a arguments) (any, error) {
	prices, err := a.numbers(0)
	if err != nil {
		return nil, err
	}
	_, roi, err := odds.Arbitrage(prices)
	return roi, err
}

func stakes(a arguments) (any, error) {
	prices, err := a.numbers(0)
	if err != nil {
		return nil, err
	}
	return listOf(odds.Stakes(prices, prices, a.number(1)))
}

// ofBet is a function of a probability and a price.
func ofBet(f func(p, price float64) float64) func(arguments) (any, error) {
	return func(a arguments) (any, error) {
		p, err := a.share(0)
		if err != nil {
			return nil, err
		}
		price, err := a.price(1)
		return f(p, price), err
	}
}

// clv is the price's closing line value; ev(fair probability at the close, bet)
// is the one without margin.
func clv(a arguments) (any, error) {
	closing := a.number(1)
	v, err := odds.NewCLV(a.number(0), closing, odds.Implied(closing))
	return v.Price, err
}

func settle(a arguments) (any, error) {
	price, err := a.price(2)
	return odds.Settle(a.number(0), a.number(1), price), err
}

func logit(a arguments) (any, error) {
	p, err := a.share(0)
	return odds.LogOdds(p), err
}

func logistic(a arguments) (any, error) { return odds.Logistic(a.number(0)), nil }
