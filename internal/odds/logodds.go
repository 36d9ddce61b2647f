package odds

import "math"

// LogOdds returns the logit of a probability, ln(p/(1-p)): the scale on which
// moves of favourites and of long shots compare.
func LogOdds(p float64) float64 { return math.Log(p / (1 - p)) }

// Logistic returns the probability with the log odds x, 1/(1+e^-x).
func Logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
