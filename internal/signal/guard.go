package signal

import (
	"fmt"
	"strconv"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// judge is the guards' verdict on one leg alone.
func (d *Detector) judge(l *leg, j int, maxAge time.Duration) refusal {
	age := l.book.age(l.place, d.now)
	switch {
	case age > maxAge:
		return refusal{reason: ReasonStale, value: age.Seconds(), limit: maxAge.Seconds()}
	case l.book.open() < len(l.book.Prices):
		return refusal{reason: ReasonOneSided}
	case d.opinions.outlier(j, d.rules.Opinions.MADs):
		return refusal{reason: ReasonOutlier, value: d.opinions.distance[j], limit: d.rules.Opinions.MADs}
	}
	return refusal{}
}

// guardAges refuses legs that are too old.
func (d *Detector) guardAges(c *candidate, most time.Duration) {
	for i := range c.legs {
		if age := c.legs[i].book.age(c.legs[i].place, d.now); age > most {
			c.refuse(refusal{ReasonStale, i, age.Seconds(), most.Seconds()})
		}
	}
}

// guardSpread refuses legs that were not confirmed at about the same time.
func (d *Detector) guardSpread(c *candidate, most time.Duration) {
	if len(c.legs) == 0 {
		return
	}
	first, last := c.legs[0].book.event(c.legs[0].place), feed.Time(0)
	oldest := 0
	for i := range c.legs {
		at := c.legs[i].book.event(c.legs[i].place)
		if at < first {
			first, oldest = at, i
		}
		last = max(last, at)
	}
	if spread := last.Sub(first); spread > most {
		c.refuse(refusal{reason: ReasonSpread, leg: oldest, value: spread.Seconds(), limit: most.Seconds()})
	}
}

// sentence puts a refusal into words.
func (r refusal) sentence(c *candidate) string {
	who := "the market"
	if r.leg >= 0 && r.leg < len(c.legs) {
		l := &c.legs[r.leg]
		who = l.outcome + " " + short(l.book.Prices[l.place].Price) + " at " + l.book.Name
	}
	switch r.reason {
	case ReasonStale:
		return fmt.Sprintf("%s was last confirmed %ss ago, the limit is %ss", who, whole(r.value), whole(r.limit))
	case ReasonSpread:
		return fmt.Sprintf("%s was confirmed %ss before the newest leg, the limit is %ss", who, whole(r.value), whole(r.limit))
	case ReasonOutlier:
		return fmt.Sprintf("%s: the book stands %s MADs from the median, the limit is %s", who, short(r.value), short(r.limit))
	case ReasonOneSided:
		return who + ": the book has no price on another outcome"
	case ReasonOwnPrices:
		return "all legs are prices of " + c.legs[0].book.Name + ", which cross"
	case ReasonFewBooks:
		return fmt.Sprintf("%s books to compare with, at least %s are needed", whole(r.value), whole(r.limit))
	case ReasonImplausible:
		return fmt.Sprintf("a value of %s is above %s, which is an error more often than a chance", short(r.value), short(r.limit))
	case ReasonSharpMargin:
		return fmt.Sprintf("the sharpest booksum is %s, the limit is %s", short(r.value), short(r.limit))
	case ReasonInPlay:
		return fmt.Sprintf("the game began %ss ago", whole(r.value))
	case ReasonCooldown:
		return fmt.Sprintf("the last signal of this key ended %ss ago, the cooldown is %ss", whole(r.value), whole(r.limit))
	}
	return ""
}

// short prints a number with at most four digits behind the point.
func short(v float64) string {
	text := strconv.FormatFloat(v, 'f', 4, 64)
	for text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	if text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	return text
}

func whole(v float64) string { return strconv.FormatFloat(v, 'f', 0, 64) }
