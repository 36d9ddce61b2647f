package signal

import (
	"math"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// outlier: a book stands far from the median of all, measured in median absolute
// deviations of the logit on the outcome where it is furthest. Most often it is
// an error of the book or of the feed.
func (d *Detector) outlier(m *Market) {
	r := &d.rules.Outlier
	for j := range m.Books {
		// Where most would be outliers, none is, and all count.
		if distance := d.opinions.distance[j]; distance < r.Close || d.opinions.counts[j] && distance > d.rules.Opinions.MADs {
			continue
		}
		b := &m.Books[j]
		i := d.opinions.furthest[j]
		middle := d.opinions.median[i]
		if math.Abs(b.Fair[i]-middle) < r.Gap {
			continue
		}
		c := d.candidate(&r.Common, feed.RuleOutlier, m.ID, "", b.Name)
		c.value, c.unit, c.holds = d.opinions.distance[j], feed.UnitMADs, true
		c.opens = c.value >= r.Open
		c.books, c.fair, c.ev = d.opinions.books, some(middle), some(odds.EV(middle, b.net(i)))
		c.legs = append(d.legs[:0], leg{outcome: m.Outcomes[i], line: m.ID.Line, book: b, place: i, position: some(b.Fair[i]), reference: some(middle)})
		d.legs = c.legs
		if age := b.age(i, d.now); age > time.Duration(r.MaxAge) {
			c.refuse(refusal{reason: ReasonStale, value: age.Seconds(), limit: time.Duration(r.MaxAge).Seconds()})
		}
		d.take(c)
	}
}
