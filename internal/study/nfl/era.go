package nfl

import "fmt"

// era is a range of seasons, both ends included.
type era struct{ from, to int }

func (e era) has(season int) bool { return season >= e.from && season <= e.to }

func (e era) String() string {
	if e.from == e.to {
		return fmt.Sprint(e.from)
	}
	return fmt.Sprintf("%d-%d", e.from, e.to)
}

// eras of the game. 2020 stands alone: it was played without crowds.
var eras = []era{{1979, 1988}, {1989, 1998}, {1999, 2004}, {2005, 2009}, {2010, 2014}, {2015, 2019}, {2020, 2020}, {2021, 2100}}

// erasUpTo are the eras from a season on, of which the last ends with the data.
func erasUpTo(from, last int) []era {
	var out []era
	for _, e := range eras {
		if e.from >= from && e.from <= last {
			out = append(out, era{e.from, min(e.to, last)})
		}
	}
	return out
}
