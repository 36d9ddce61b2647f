package score

import "math"

// LogLoss returns the logarithmic loss in nats, -ln p of the outcome that came.
// It is +Inf for an outcome that was called impossible.
func LogLoss(p []float64, won int) float64 { return -math.Log(p[won]) }

// Ignorance returns the logarithmic loss in bits, -log2 p.
func Ignorance(p []float64, won int) float64 { return -math.Log2(p[won]) }

// Brier returns the sum over the outcomes of (p-y)^2, from 0 to 2 (Brier 1950).
// What is often called the Brier score of two outcomes is half of it.
func Brier(p []float64, won int) float64 {
	sum := 0.0
	for i, v := range p {
		if i == won {
			v--
		}
		sum += v * v
	}
	return sum
}

// RPS returns the ranked probability score, the mean over the n-1 inner
// boundaries of (F-Y)^2 with F and Y cumulated, from 0 to 1 (Epstein 1969;
// Constantinou and Fenton 2012 for football). The order of the outcomes counts:
// home, draw, away.
func RPS(p []float64, won int) float64 {
	sum, cumulated := 0.0, 0.0
	for i, v := range p[:len(p)-1] {
		cumulated += v
		d := cumulated
		if i >= won {
			d--
		}
		sum += d * d
	}
	return sum / float64(len(p)-1)
}

// Card is the mean of every rule over many forecasts.
type Card struct {
	LogLoss Mean // nats
	Brier   Mean
	RPS     Mean
}

// Add scores one forecast.
func (c *Card) Add(p []float64, won int) {
	c.LogLoss.Add(LogLoss(p, won))
	c.Brier.Add(Brier(p, won))
	c.RPS.Add(RPS(p, won))
}

// Merge adds another card's forecasts.
func (c *Card) Merge(o Card) {
	c.LogLoss.Merge(o.LogLoss)
	c.Brier.Merge(o.Brier)
	c.RPS.Merge(o.RPS)
}

// N returns the number of forecasts.
func (c *Card) N() int { return c.LogLoss.N() }
