package odds

// NetPrice returns the price that a winning back bet really pays on an exchange
// that takes the commission, such as 0.02, off net winnings: 1+(o-1)(1-c).
func NetPrice(price, commission float64) float64 {
	return 1 + (price-1)*(1-commission)
}

// LayAsBack returns the price at which laying an outcome backs all others: a
// layer at price L risks L-1 to win 1-c, so 1+(1-c)/(L-1).
func LayAsBack(lay, commission float64) float64 {
	return 1 + (1-commission)/(lay-1)
}

// Lay is a lay bet that gives a back bet the same result whether the outcome
// comes or not.
type Lay struct {
	Stake     float64 // the backer's stake that is accepted
	Liability float64 // what is lost if the outcome comes
	Result    float64 // of both bets together; negative is the qualifying loss
}

// MatchLay returns the lay bet that balances a back bet of the stake at price,
// laid at lay with the commission on the exchange: stake times price/(lay-c).
func MatchLay(stake, price, lay, commission float64) Lay {
	s := stake * price / (lay - commission)
	return Lay{Stake: s, Liability: s * (lay - 1), Result: s*(1-commission) - stake}
}
