package calculator

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/odds"
)

// CLV asks how a bet's price, and its line if it has one, compare with the
// market's close.
type CLV struct {
	Bet     string   // its price
	Closing []string // closing prices of all outcomes, the bet's first
	Format  string
	Method  string

	// A spread or a total has lines. A spread's are those of the bet's side.
	Line        string
	ClosingLine string
	Side        Side           // SideSpread if empty
	League      *league.League // whose results say what a point is worth
}

// Side is what a bet with a line is on.
type Side string

// The sides.
const (
	SideSpread Side = "spread"
	SideOver   Side = "over"
	SideUnder  Side = "under"
)

// CLVAnswer is the answer to CLV.
type CLVAnswer struct {
	Bet         float64     `json:"bet"`
	Closing     []float64   `json:"closing"`
	Method      odds.Method `json:"method"`
	Status      odds.Status `json:"status"` // of the closing prices
	Fair        float64     `json:"fair"`   // probability of the bet's outcome at the close
	Price       float64     `json:"price"`
	NoVig       float64     `json:"no_vig"` // at the bet's line
	Probability float64     `json:"probability"`
	Cents       float64     `json:"cents"`
	*Lines                  // if there are any
}

// Lines are a bet's line and what became of it. The prices, probabilities and
// cents above compare prices alone.
type Lines struct {
	Line        float64 `json:"line"`
	ClosingLine float64 `json:"closing_line"`
	Points      float64 `json:"points"` // gained
}

// Answer compares the prices; odds.CLV and odds.LineCLV say how.
func (q CLV) Answer() (CLVAnswer, error) {
	bet, _, err := readPrice(q.Bet, q.Format)
	if err != nil {
		return CLVAnswer{}, err
	}
	closing, err := readPrices(q.Closing, q.Format)
	if err != nil {
		return CLVAnswer{}, err
	}
	r, err := fairBy(q.Method, closing, 1)
	if err != nil {
		return CLVAnswer{}, err
	}
	v, err := odds.NewCLV(bet, closing[0], r.Probabilities[0])
	if err != nil {
		return CLVAnswer{}, err
	}
	a := CLVAnswer{
		Bet: bet, Closing: closing, Method: r.Method, Status: r.Status, Fair: r.Probabilities[0],
		Price: v.Price, NoVig: v.NoVig, Probability: v.Probability, Cents: v.Cents,
	}
	if q.Line == "" && q.ClosingLine == "" {
		return a, nil
	}
	return a, q.compareLines(&a)
}

var errLines = errors.New("a line is compared with a closing line, in a league that says what a point is worth")

func (q CLV) compareLines(a *CLVAnswer) error {
	if q.Line == "" || q.ClosingLine == "" || q.League == nil {
		return errLines
	}
	line, err := readLine(q.Line)
	if err != nil {
		return err
	}
	closing, err := readLine(q.ClosingLine)
	if err != nil {
		return err
	}
	sign, sigma, keys := 1.0, q.League.Score.SigmaTotal, map[int]float64(nil)
	switch q.Side {
	case SideOver:
		sign = -1 // a lower total is better for it
	case SideUnder:
	case SideSpread, "":
		sigma, keys = q.League.Score.SigmaMargin, q.League.Score.KeyNumbers
	default:
		return fmt.Errorf("side %q is none of spread, over, under", q.Side)
	}
	m, err := odds.NewLineModel(sigma, keys)
	if err != nil {
		return fmt.Errorf("comparing lines of %s: %w", q.League.ID, err)
	}
	v, err := m.CLV(a.Bet, sign*line, sign*closing, a.Fair)
	if err != nil {
		return err
	}
	a.NoVig, a.Lines = v.NoVig, &Lines{Line: line, ClosingLine: closing, Points: v.Points}
	return nil
}

// farthestLine is beyond the total of every sport.
const farthestLine = 1000

// readLine reads a handicap or a total: quarters of a point.
func readLine(text string) (float64, error) {
	line, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(math.Abs(line) <= farthestLine) || line*4 != math.Trunc(line*4) {
		return 0, fmt.Errorf("line %q is not a number of quarter points between -%d and %d", text, farthestLine, farthestLine)
	}
	return line, nil
}
