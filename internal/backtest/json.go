package backtest

import (
	"encoding/json"

	"github.com/betflow/betflow/internal/bet"
)

// MarshalJSON prints a flat object.
func (s Struck) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		bet.Row
		Decided float64  `json:"decided_price"`
		EV      *float64 `json:"ev"`
		Fair    *float64 `json:"fair"`
		Books   int      `json:"books"`
	}{s.Row(), s.Decided, s.EV, s.Fair, s.Books})
}
