package signal

import (
	"github.com/betflow/betflow/internal/feed"
)

// Reasons: why a candidate was dropped or a signal closed. They are words for
// counting; the numbers stand in the record's detail.
const (
	ReasonStale       = "stale"        // a leg's last confirmation is too old
	ReasonSpread      = "spread"       // the legs' confirmations are too far apart
	ReasonOutlier     = "outlier"      // a leg's book stands too far from the others
	ReasonOneSided    = "one_sided"    // a leg's book lacks a price on another outcome
	ReasonOwnPrices   = "own_prices"   // all legs are one book's: its own prices cross
	ReasonFewBooks    = "few_books"    // too few books to compare with
	ReasonImplausible = "implausible"  // too good to be anything but an error
	ReasonSharpMargin = "sharp_margin" // the sharp book relied on takes too much itself
	ReasonInPlay      = "in_play"      // the game has begun
	ReasonCooldown    = "cooldown"     // its last signal has just ended
	ReasonEnded       = "ended"        // the value is back behind the closing threshold
	ReasonWithdrawn   = "withdrawn"    // a leg's price is no longer offered
	ReasonReversed    = "reversed"     // the books have moved back
	ReasonFollowed    = "followed"     // the stale line has moved
)

// candidate is what a rule has found on one market, before it is anything.
type candidate struct {
	common  *Common
	key     feed.SignalKey
	value   float64
	unit    feed.Unit
	opens   bool // the value is beyond the opening threshold
	holds   bool // and not behind the closing one
	refusal refusal
	books   int
	fair    number
	ev      number
	kelly   number
	profit  number
	legs    []leg
}

// number is a float that may be absent.
type number struct {
	value float64
	set   bool
}

func some(v float64) number { return number{v, true} }

// pointer is the number as records carry it.
func (n number) pointer() *float64 {
	if !n.set {
		return nil
	}
	return &n.value
}

// leg is one price of a candidate.
type leg struct {
	outcome   string
	line      feed.Line
	book      *Book
	place     int // of the outcome in the book's prices
	position  number
	reference number
	stake     float64
}

// refusal is why a guard refused something; its reason is empty if none did.
// Numbers are put into words only when the refusal is written down.
type refusal struct {
	reason string
	leg    int // that it is about; -1 for all
	value  float64
	limit  float64
}

func (r refusal) refused() bool { return r.reason != "" }

// refuse notes the first refusal.
func (c *candidate) refuse(r refusal) {
	if !c.refusal.refused() {
		c.refusal = r
	}
}
