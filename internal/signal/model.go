package signal

import "math"

// Model is how a league's results spread around what the market expects, in
// points or goals: normally, with these standard deviations. It turns lines into
// probabilities and back, as roughly as a normal distribution fits the sport;
// that some margins are more frequent than others it does not know.
type Model struct {
	SigmaMargin float64 // of home's margin; 0 if not known
	SigmaTotal  float64 // of the total
}

// below is the chance that a whole-numbered result with the mean stays below a
// threshold, and that it is no higher: between the two lies a push.
func below(threshold, mean, sigma float64) (less, atMost float64) {
	half := 0.0
	if threshold == math.Trunc(threshold) {
		half = 0.5
	}
	return normal((threshold - half - mean) / sigma), normal((threshold + half - mean) / sigma)
}

// above is the chance to exceed a threshold, pushes left out.
func above(threshold, mean, sigma float64) float64 {
	less, atMost := below(threshold, mean, sigma)
	return (1 - atMost) / (1 - atMost + less)
}

// meanOf is the mean at which a threshold is exceeded with chance p, pushes left
// out. With a push in the way it is a close approximation.
func meanOf(threshold, p, sigma float64) float64 {
	return threshold + sigma*quantile(p)
}

// normal is the distribution function of the standard normal distribution.
func normal(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

// quantile is its inverse.
func quantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }
