package exchanges

import (
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"github.com/betflow/betflow/internal/chart"
	"github.com/betflow/betflow/internal/study"
)

// Results are the numbers of the study.
type Results struct {
	Files   []File    `json:"files"`
	Markets []*Market `json:"markets"`
	Scores  []Score   `json:"scores"`
}

// mostShown bounds the markets that have sections of their own.
const mostShown = 5

// Report writes up what was read.
func Report(files []File, markets []*Market, command string) *study.Report {
	r := Results{Files: files, Markets: markets, Scores: scores(markets)}
	out := &study.Report{Name: "exchange", Title: "What an exchange trades, and when it knows the price", Command: command, Results: r}
	out.Abstract = append(out.Abstract, abstract(&r))
	out.Sections = append(out.Sections, r.reconciliation())
	for i, m := range markets {
		if i == mostShown {
			last := &out.Sections[len(out.Sections)-1]
			last.Notes = append(last.Notes, fmt.Sprintf("%d more markets are in the numbers (--json) and in the sums below.", len(markets)-i))
			break
		}
		out.Sections = append(out.Sections, m.section())
	}
	out.Sections = append(out.Sections, r.discovery())
	return out
}

func abstract(r *Results) string {
	messages, compared, disagreed := 0, 0, 0
	for _, f := range r.Files {
		messages += f.Messages
		compared += f.Compared
		disagreed += f.Disagreed
	}
	verdict := "every one sums to the volume that the exchange gives, to the penny"
	if disagreed > 0 {
		verdict = fmt.Sprintf("%d of them do not sum to the volume that the exchange gives", disagreed)
	}
	return fmt.Sprintf("%s of the exchange stream with %s of %s. After each change every runner's ladder of traded amounts was summed: %s ladders, and %s. "+
		"The volume-weighted average price (VWAP) of a runner is the mean of the prices at which it was traded, each weighted by its amount. "+
		"Amounts count both sides of a bet.", plural(len(r.Files), "file"), plural(messages, "change"), plural(len(r.Markets), "market"), count(compared), verdict)
}

func (r *Results) reconciliation() study.Section {
	t := study.Table{Columns: []string{"file", "changes", "of runners", "delayed", "defects", "ladders summed", "not the volume"}}
	s := study.Section{Heading: "The ladders and the volumes"}
	for _, f := range r.Files {
		t.Rows = append(t.Rows, []string{filepath.Base(f.Name), count(f.Messages), count(f.Runners), count(f.Delayed), count(f.Defects), count(f.Compared), count(f.Disagreed)})
		if f.First != "" {
			s.Notes = append(s.Notes, filepath.Base(f.Name)+", "+f.First+".")
		}
	}
	s.Tables = []study.Table{t}
	return s
}

// section is what one market shows.
func (m *Market) section() study.Section {
	s := study.Section{Heading: m.title()}
	began := "began as scheduled at " + m.Start.String()
	if m.WentLive {
		began = "went in play at " + m.Start.Std().Format(time.RFC3339)
	}
	s.Text = append(s.Text, fmt.Sprintf("The file follows it for %.1f hours, with %s and %s that merge several. It %s.",
		m.Hours, plural(m.Images, "image"), plural(m.Conflated, "change"), began))
	if len(m.BeforeInPlay) > 0 {
		s.Tables = append(s.Tables, runnersTable("Just before the event began", m.BeforeInPlay))
	}
	s.Tables = append(s.Tables, runnersTable("Just before the market closed", m.BeforeClose))
	if len(m.Phases) > 0 {
		s.Tables = append(s.Tables, m.phasesTable())
	}
	s.Notes = append(s.Notes, "The closing state is the one before the exchange takes the levels away. What its last message leaves behind is no price to use.")
	for _, f := range []chart.Figure{
		m.pathFigure("Traded price by hour before the start", "hours to the start", m.Path, 3600),
		m.pathFigure("Traded price by minute around the start", "minutes from the start", m.Around, 60),
		m.volumeFigure(),
	} {
		if len(f.Series) > 0 {
			s.Figures = append(s.Figures, f)
		}
	}
	return s
}

func (m *Market) title() string {
	name := m.ID
	if m.Type != "" {
		name = m.Type + " " + name
	}
	if m.Name != "" {
		name = m.Name + ", " + name
	}
	return name
}

// runnersTable shows the runners' states; files without ladders have last prices
// alone.
func runnersTable(caption string, runners []Runner) study.Table {
	columns := []struct {
		name string
		cell func(*Runner) string
	}{
		{"runner", (*Runner).name},
		{"result", func(r *Runner) string { return r.Result }},
		{"levels", func(r *Runner) string { return positive(r.Levels, strconv.Itoa(r.Levels)) }},
		{"volume", func(r *Runner) string { return positive(r.Levels, strconv.FormatFloat(r.Volume, 'f', 2, 64)) }},
		{"VWAP", func(r *Runner) string { return digits(r.VWAP, 6) }},
		{"last", func(r *Runner) string { return digits(r.Last, 2) }},
		{"back", func(r *Runner) string { return digits(r.Back, 2) }},
		{"lay", func(r *Runner) string { return digits(r.Lay, 2) }},
		{"ticks", func(r *Runner) string {
			if r.Ticks == nil {
				return ""
			}
			return strconv.Itoa(*r.Ticks)
		}},
		{"microprice", func(r *Runner) string { return digits(r.Microprice, 4) }},
	}
	t := study.Table{Caption: caption, Rows: make([][]string, len(runners))}
	for _, c := range columns {
		cells, empty := make([]string, len(runners)), true
		for i := range runners {
			cells[i] = c.cell(&runners[i])
			empty = empty && cells[i] == ""
		}
		if empty {
			continue
		}
		t.Columns = append(t.Columns, c.name)
		for i := range runners {
			t.Rows[i] = append(t.Rows[i], cells[i])
		}
	}
	return t
}

// name is the runner's, or the number of its selection where files have no names.
func (r *Runner) name() string {
	if r.Name != "" {
		return r.Name
	}
	return strconv.FormatInt(r.Selection, 10)
}

func positive(n int, text string) string {
	if n == 0 {
		return ""
	}
	return text
}

func (m *Market) phasesTable() study.Table {
	t := study.Table{Caption: "By time to the start", Columns: []string{"phase", "volume", "share", "spread in ticks", "of minutes and runners"}}
	for _, p := range m.Phases {
		share := ""
		if p.Share != nil {
			share = strconv.FormatFloat(100**p.Share, 'f', 1, 64) + " %"
		}
		t.Rows = append(t.Rows, []string{p.Name, strconv.FormatFloat(p.Volume, 'f', 2, 64), share, digits(p.Spread, 1), count(p.N)})
	}
	return t
}

// mostLines bounds the runners of a figure: those that were traded most.
const mostLines = 4

// pathFigure draws the VWAP of each interval alone, as probability.
func (m *Market) pathFigure(title, label string, path []Step, unit float64) chart.Figure {
	f := chart.Figure{Title: title, X: chart.Axis{Label: label}, Y: chart.Axis{Label: "1/VWAP of the interval", Percent: true}}
	for i, r := range m.BeforeClose {
		more := 0
		for j, other := range m.BeforeClose {
			if other.Volume > r.Volume || other.Volume == r.Volume && j < i {
				more++
			}
		}
		if more >= mostLines {
			continue
		}
		s := chart.Series{Name: r.name(), Mark: chart.Line}
		for _, step := range path {
			if i < len(step.VWAP) && step.VWAP[i] != nil {
				s.Points = append(s.Points, chart.Point{X: step.Offset / unit, Y: 1 / *step.VWAP[i]})
			}
		}
		if len(s.Points) > 0 {
			f.Series = append(f.Series, s)
		}
	}
	return f
}

func (m *Market) volumeFigure() chart.Figure {
	f := chart.Figure{Title: "Traded by minute around the start", X: chart.Axis{Label: "minutes from the start"}, Y: chart.Axis{Label: "volume, all runners"}}
	s := chart.Series{Mark: chart.Steps}
	for _, step := range m.Around {
		s.Points = append(s.Points, chart.Point{X: step.Offset / 60, Y: step.Volume})
	}
	if len(s.Points) > 0 {
		f.Series = []chart.Series{s}
	}
	return f
}

// discovery compares the prices before the start by the results.
func (r *Results) discovery() study.Section {
	s := study.Section{Heading: "Which price before the start knew most"}
	t := study.Table{Columns: []string{"price", "markets", "booksum", "log loss"}}
	best := Score{}
	most := 0
	for _, c := range r.Scores {
		t.Rows = append(t.Rows, []string{c.Price, count(c.Markets), digits(c.Booksum, 4), digits(c.LogLoss, 6)})
		most = max(most, c.Markets)
		if c.LogLoss != nil && (best.LogLoss == nil || *c.LogLoss < *best.LogLoss) {
			best = c
		}
	}
	s.Tables = []study.Table{t}
	s.Text = append(s.Text, "Each market's prices just before the event began, as probabilities that sum to one, against the winner.")
	switch {
	case most == 0:
		s.Text = append(s.Text, "No file has a market that went in play with one winner and prices of every runner.")
	case most < 30:
		s.Notes = append(s.Notes, fmt.Sprintf("%s: a description of these and no evidence for one kind of price over another.", plural(most, "market")))
	default:
		s.Text = append(s.Text, fmt.Sprintf("The least log loss has %s. Kinds of price are compared on different markets where some lack one.", best.Price))
	}
	return s
}

func digits(v *float64, n int) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', n, 64)
}

// count prints a number with a comma between thousands.
func count(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return count(n) + " " + noun
}
