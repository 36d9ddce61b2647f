package odds

// MatchFreeLay returns the lay bet that balances a free bet of the stake at
// price, one that is not returned when it wins, laid at lay with the commission
// on the exchange: stake times (price-1)/(lay-c). The result is what the free bet
// is worth.
func MatchFreeLay(stake, price, lay, commission float64) Lay {
	s := stake * (price - 1) / (lay - commission)
	return Lay{Stake: s, Liability: s * (lay - 1), Result: s * (1 - commission)}
}
