package simulate

import (
	"fmt"
	"math"

	"github.com/betflow/betflow/internal/feed"
)

// espnStatus is where a game stands, as ESPN writes it.
type espnStatus struct {
	Clock        float64        `json:"clock"`
	DisplayClock string         `json:"displayClock"`
	Period       int            `json:"period"`
	Type         espnStatusType `json:"type"`
}

type espnStatusType struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	State       string `json:"state"`
	Completed   bool   `json:"completed"`
	Description string `json:"description"`
	Detail      string `json:"detail"`
	ShortDetail string `json:"shortDetail"`
}

// statusType makes a type whose details are the same in both lengths.
func statusType(id, name, state, description, detail string) espnStatusType {
	return espnStatusType{ID: id, Name: name, State: state, Completed: state == "post",
		Description: description, Detail: detail, ShortDetail: detail}
}

// espnStatus is the status at an instant.
func (f *fixture) espnStatus(seen feed.Time) espnStatus {
	w := seen - f.kickoff()
	if w < 0 {
		return f.scheduled(seen)
	}
	g := f.play()
	p := g.periodAt(w)
	out := espnStatus{Period: p.number, DisplayClock: "0:00"}
	if f.league.Periods.CountsUp {
		out.Clock, out.DisplayClock = f.minutes(p, w)
	}
	late := feed.Time(30+f.seed.of("final").below(120)) * feed.Second
	switch {
	case w >= g.end+late:
		out.Type = f.final(g)
	case w < p.to:
		if !f.league.Periods.CountsUp {
			out.Clock, out.DisplayClock = p.clock(w)
		}
		out.Type = f.playing(g, p, w, out.DisplayClock)
	case w < g.end && p == &g.periods[len(g.periods)-1] && f.overtime.sudden:
		out.Type = statusType("2", "STATUS_SHOOTOUT", "in", "Shootout", "Shootout")
		out.Period++
	case f.periods.Count%2 == 0 && p.number == f.periods.Count/2:
		out.Type = statusType("23", "STATUS_HALFTIME", "in", "Halftime", f.pick("HT", "Halftime"))
	default:
		out.Type = statusType("22", "STATUS_END_PERIOD", "in", "End of Period", "End of "+f.periodName(p.number))
	}
	return out
}

// scheduled is the status before the kick-off.
func (f *fixture) scheduled(seen feed.Time) espnStatus {
	out := espnStatus{DisplayClock: f.pick("0'", "0:00")}
	if f.announced > 0 && seen >= f.announced+f.shift {
		out.Type = statusType("7", "STATUS_DELAYED", "pre", "Delayed", "Delayed")
		return out
	}
	t := f.published(seen).Std().In(eastern)
	out.Type = statusType("1", "STATUS_SCHEDULED", "pre", "Scheduled", "")
	out.Type.Detail = t.Format("Mon, January ") + ordinal(t.Day()) + t.Format(" at 3:04 PM MST")
	out.Type.ShortDetail = t.Format("1/2 - 3:04 PM MST")
	return out
}

// playing is the status while a period is under way.
func (f *fixture) playing(g *game, p *period, w feed.Time, clock string) espnStatusType {
	switch f.league.Sport {
	case "soccer":
		if p.number == 1 {
			return statusType("25", "STATUS_FIRST_HALF", "in", "First Half", clock)
		}
		return statusType("26", "STATUS_SECOND_HALF", "in", "Second Half", clock)
	case "baseball":
		half := "Top "
		if n := g.done(w); n < len(g.chances) && g.chances[n].ofHome {
			half = "Bottom "
		}
		return statusType("2", "STATUS_IN_PROGRESS", "in", "In Progress", half+ordinal(p.number))
	}
	out := statusType("2", "STATUS_IN_PROGRESS", "in", "In Progress", clock+" - "+f.periodName(p.number))
	out.ShortDetail = clock + " - " + ordinal(p.number)
	return out
}

// final is the status once the result stands.
func (f *fixture) final(g *game) espnStatusType {
	last := g.periods[len(g.periods)-1].number
	switch {
	case f.league.Sport == "soccer":
		return statusType("28", "STATUS_FULL_TIME", "post", "Full Time", "FT")
	case g.shootout != 0 && f.overtime.sudden:
		return statusType("3", "STATUS_FINAL", "post", "Final", "Final/SO")
	case last > f.periods.Count && f.league.Sport == "baseball":
		return statusType("3", "STATUS_FINAL", "post", "Final", fmt.Sprintf("Final/%d", last))
	case last == f.periods.Count+1:
		return statusType("3", "STATUS_FINAL", "post", "Final", "Final/OT")
	case last > f.periods.Count:
		return statusType("3", "STATUS_FINAL", "post", "Final", fmt.Sprintf("Final/%dOT", last-f.periods.Count))
	}
	return statusType("3", "STATUS_FINAL", "post", "Final", "Final")
}

// clock is the time left in a period, in seconds and as shown.
func (p *period) clock(w feed.Time) (float64, string) {
	if p.seconds == 0 {
		return 0, "0:00"
	}
	left := math.Ceil(p.seconds * float64(p.full-w) / float64(p.full-p.from))
	left = min(p.seconds, max(0, left))
	return left, fmt.Sprintf("%d:%02d", int(left)/60, int(left)%60)
}

// minutes is the time played in a game whose clock counts up.
func (f *fixture) minutes(p *period, w feed.Time) (float64, string) {
	played := float64(min(w, p.to)-p.from) / float64(feed.Second) / f.pace
	base := p.seconds * float64(p.number-1)
	if played < p.seconds {
		return base + math.Floor(played), fmt.Sprintf("%d'", int(base+played)/60+1)
	}
	return base + p.seconds, fmt.Sprintf("%d'+%d'", int(base+p.seconds)/60, int(played-p.seconds)/60+1)
}

// pick chooses between the spelling of games whose clock counts up and others.
func (f *fixture) pick(up, down string) string {
	if f.league.Periods.CountsUp {
		return up
	}
	return down
}

// periodName is a period as people call it: 3rd Quarter, OT, 2nd OT.
func (f *fixture) periodName(n int) string {
	switch over := n - f.periods.Count; {
	case over <= 0 || f.league.Sport == "baseball":
		name := f.periods.Name
		if name == "" {
			name = "period"
		}
		return ordinal(n) + " " + string(name[0]-'a'+'A') + name[1:]
	case over == 1:
		return "OT"
	default:
		return ordinal(over) + " OT"
	}
}

// ordinal is 1st, 2nd, 3rd, 4th, ...
func ordinal(n int) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return fmt.Sprintf("%d%s", n, suffix)
}
