// Package models puts simple models beside a fixture's market: what the state on
// the board implies if goals or points come as the model says, and how far that
// is from the prices. A difference is no edge: the market knows more than any of
// these models. docs/models.md says what each assumes.
//
// Models are computed when asked for, from one view of the board. Where an input
// is missing or old there are no numbers but the reason.
package models

import "github.com/betflow/betflow/internal/feed"

// View is the models of one fixture.
type View struct {
	FixtureID string         `json:"fixture_id"`
	League    string         `json:"league"`
	Now       feed.Time      `json:"now"` // the board's clock, from which ages count
	State     feed.GameState `json:"state"`
	Models    []Model        `json:"models"`
}

// Name is what a model is called.
type Name string

// The models.
const (
	NormalMargin  Name = "normal_margin"   // before the game: the spread's normal distribution of the margin
	NormalTotal   Name = "normal_total"    // before the game: the same of the total
	Brownian      Name = "brownian"        // in the game: score, clock and the closing spread
	DixonColesH2H Name = "dixon_coles_h2h" // soccer, before: goals from the result market alone
	DixonColes    Name = "dixon_coles"     // soccer, before: goals from result market and total
	PoissonInGame Name = "poisson_in_game" // soccer, in the game: the closing rates for what is left
)

// Model is what one model says.
type Model struct {
	Model      Name         `json:"model"`
	Method     string       `json:"method"`           // what it assumes, in a sentence
	Absent     string       `json:"absent,omitempty"` // why there are no numbers
	Inputs     []Input      `json:"inputs"`
	Parameters []Parameter  `json:"parameters"`
	Markets    []Comparison `json:"markets"`
	Scores     []Score      `json:"scores,omitempty"` // soccer before the game: the likeliest
}

// Input is a number that a model rests on.
type Input struct {
	Name    string    `json:"name"` // such as sigma, lead, or an outcome whose fair probability it is
	Value   float64   `json:"value"`
	Market  string    `json:"market,omitempty"` // of the outcome
	Line    *float64  `json:"line,omitempty"`   // of the market
	Books   int32     `json:"books,omitempty"`  // behind its consensus
	Seen    feed.Time `json:"seen_time,omitzero"`
	Seconds *float64  `json:"age_seconds,omitempty"` // absent for what has no age
}

// Parameter is a number that the model derives from its inputs.
type Parameter struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// Comparison is one outcome of one market: what the model and what the books say.
type Comparison struct {
	Market      string     `json:"market"`
	Line        *float64   `json:"line"`
	Outcome     string     `json:"outcome"`
	Probability float64    `json:"probability"` // by the model, of winning given that the stake is not returned
	Consensus   *Consensus `json:"consensus"`   // null where no book is open or the prices are old
	Difference  *float64   `json:"difference"`  // probability less the consensus
	Input       bool       `json:"input"`       // the model was made from this market, so that it must agree
}

// Consensus is what the books say about an outcome.
type Consensus struct {
	Fair      float64  `json:"fair"`
	Books     int32    `json:"books"`
	BestPrice *float64 `json:"best_price"`
	BestBook  string   `json:"best_book"`
	Seconds   float64  `json:"age_seconds"`
}

// Score is a final score and its probability.
type Score struct {
	Home        int     `json:"home"`
	Away        int     `json:"away"`
	Probability float64 `json:"probability"`
}
