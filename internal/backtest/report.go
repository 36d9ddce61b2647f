package backtest

import (
	"github.com/betflow/betflow/internal/bet"
	"github.com/betflow/betflow/internal/feed"
)

// Report is what a backtest has found.
type Report struct {
	Source     About     `json:"source"`
	From       feed.Time `json:"from"` // the first record
	To         feed.Time `json:"to"`   // the last one
	Records    int       `json:"records"`
	Fixtures   int       `json:"fixtures"`
	Signals    int       `json:"signals"` // words about them
	Results    int       `json:"results"` // fixtures whose end is known
	Level      float64   `json:"level"`   // of all intervals
	Strategies []Outcome `json:"strategies"`
	Warnings   []string  `json:"warnings"`
}

// Outcome is what one strategy has come to.
type Outcome struct {
	Strategy    Strategy                `json:"strategy"`
	Currency    string                  `json:"currency"`
	Performance bet.Performance         `json:"performance"`
	Final       int64                   `json:"final_bankroll"` // minor units
	Candidates  int                     `json:"candidates"`     // things to bet on that met the entry
	Rejected    map[Reason]int          `json:"rejected"`       // candidates that became no bet, by the last reason
	Slippage    float64                 `json:"slippage"`       // mean of price struck over price decided on, less 1
	Expected    *float64                `json:"expected"`       // mean expected profit of a unit when decided; nil for controls
	Buckets     map[string][]bet.Bucket `json:"buckets"`
	Bets        []Struck                `json:"bets"`
}

// Struck is one bet with what became of it.
type Struck struct {
	bet.Graded
	Decided float64  // the price at the decision
	EV      *float64 // expected profit of a unit by then; nil for controls
	Fair    *float64 // fair probability by the other books; nil for controls
	Books   int      // behind it
}

// outcome sums one strategy up.
func (p *portfolio) outcome(w *world, d bet.Doubt, o Options) Outcome {
	out := Outcome{
		Strategy: *p.strategy, Currency: p.strategy.Currency, Candidates: len(p.seen),
		Rejected: map[Reason]int{}, Buckets: map[string][]bet.Bucket{}, Bets: p.assess(w, o),
	}
	for k, reason := range p.refused {
		if !p.taken[k] {
			out.Rejected[reason]++
		}
	}
	graded := make([]bet.Graded, len(out.Bets))
	expected, known := 0.0, 0
	for i := range out.Bets {
		b := &out.Bets[i]
		graded[i] = b.Graded
		out.Slippage += (b.Price/b.Decided - 1) / float64(len(out.Bets))
		if b.EV != nil {
			expected += *b.EV
			known++
		}
	}
	if known > 0 {
		expected /= float64(known)
		out.Expected = &expected
	}
	out.Performance = bet.Perform(graded, d)
	out.Final = p.strategy.Bankroll.minor(p.strategy.Currency) + out.Performance.Profit
	for _, g := range bet.Groupings() {
		out.Buckets[g.Name] = bet.Split(graded, g, d)
	}
	return out
}
