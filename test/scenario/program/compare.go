package program

import (
	"fmt"
	"maps"
	"slices"
)

// Differences count how a run differs from an undisturbed one. In the log a
// record is known by its partition and number, which ascend without a gap. In a
// table of the hot store a row is known by what it holds.
type Differences struct {
	Missing     int `json:"missing"`     // the undisturbed run has it, this one does not
	Wrong       int `json:"wrong"`       // it has the number, but not the content, or stands behind a later number
	Extra       int `json:"extra"`       // the undisturbed run has no such number or row, or has it less often
	Conflicting int `json:"conflicting"` // it has a number that stood before, with other content

	Superseded int `json:"superseded"` // compaction has removed it, and a later record of its key is there: no difference

	First []string `json:"first,omitempty"` // a word on the first difference of each partition and table
}

// Any tells whether there is a difference.
func (d *Differences) Any() bool { return d.Missing+d.Wrong+d.Extra+d.Conflicting > 0 }

// String tells the four numbers and the first differences.
func (d *Differences) String() string {
	text := fmt.Sprintf("missing %d, wrong %d, extra %d, conflicting %d", d.Missing, d.Wrong, d.Extra, d.Conflicting)
	for _, f := range d.First {
		text += "\n  " + f
	}
	return text
}

// Add sums up.
func (d *Differences) Add(other Differences) {
	d.Missing += other.Missing
	d.Wrong += other.Wrong
	d.Extra += other.Extra
	d.Conflicting += other.Conflicting
	d.Superseded += other.Superseded
	d.First = append(d.First, other.First...)
}

// Compare compares a log with that of an undisturbed run.
func (l Log) Compare(undisturbed Log) Differences {
	var d Differences
	for _, at := range names(l, undisturbed) {
		got, want := l[at], undisturbed[at]
		if got == nil {
			got = &Records{}
		}
		if want == nil {
			want = &Records{}
		}
		d.Add(got.compare(at, want))
	}
	return d
}

func (rs *Records) compare(at string, want *Records) Differences {
	c := comparison{place: at, want: want, seen: make([]bool, len(want.Numbers))}
	for i, n := range want.Numbers {
		if i > 0 && n <= want.Numbers[i-1] || want.Keys == nil && n != int64(i)+1 {
			c.count(&c.Wrong, n, "follows number %d in the undisturbed run", before(want.Numbers, i))
		}
	}
	highest := int64(0)
	for i, n := range rs.Numbers {
		c.take(n, rs.Digests[i], highest)
		highest = max(highest, n)
	}
	c.finish()
	return c.Differences
}

func before(numbers []int64, i int) int64 {
	if i == 0 {
		return 0
	}
	return numbers[i-1]
}

// comparison is that of one partition.
type comparison struct {
	Differences
	place string
	want  *Records
	seen  []bool // of want
}

// take looks at the next record of a partition in which highest is the highest
// number so far.
func (c *comparison) take(number int64, digest uint64, highest int64) {
	i, known := slices.BinarySearch(c.want.Numbers, number)
	switch {
	case !known:
		c.count(&c.Extra, number, "is there in this run only")
	case c.seen[i] && c.want.Digests[i] == digest:
		c.count(&c.Extra, number, "is there twice")
	case c.seen[i]:
		c.count(&c.Conflicting, number, "is there twice, with different content")
	case number < highest:
		c.count(&c.Wrong, number, "stands behind number %d", highest)
	case c.want.Digests[i] != digest:
		c.count(&c.Wrong, number, "has other content")
	}
	if known {
		c.seen[i] = true
	}
}

// finish counts what has not come.
func (c *comparison) finish() {
	last := map[uint64]int{} // of the seen ones, by key
	for i, key := range c.want.Keys {
		if c.seen[i] {
			last[key] = i
		}
	}
	for i, n := range c.want.Numbers {
		switch {
		case c.seen[i]:
		case c.want.Keys != nil && last[c.want.Keys[i]] > i:
			c.Superseded++
		default:
			c.count(&c.Missing, n, "is missing")
		}
	}
}

func (c *comparison) count(kind *int, number int64, text string, args ...any) {
	*kind++
	if len(c.First) == 0 {
		c.First = append(c.First, fmt.Sprintf("%s: number %d ", c.place, number)+fmt.Sprintf(text, args...))
	}
}

// Tables are digests of the rows of the hot store's tables, sorted.
type Tables map[string][]uint64

// Compare compares tables with those of an undisturbed run. A row with other
// content is one that is missing and one that is extra.
func (ts Tables) Compare(undisturbed Tables) Differences {
	var d Differences
	for _, table := range names(ts, undisturbed) {
		missing, extra := apart(undisturbed[table], ts[table])
		if len(missing)+len(extra) == 0 {
			continue
		}
		d.Missing += len(missing)
		d.Extra += len(extra)
		d.First = append(d.First, fmt.Sprintf("table %s: of %d rows %d are missing and %d extra; SELECT * FROM %s t WHERE hash(t::VARCHAR) IN (%s) shows some",
			table, len(undisturbed[table]), len(missing), len(extra), table, list(append(head(missing), head(extra)...))))
	}
	return d
}

// apart returns what two sorted lists do not share.
func apart(want, got []uint64) (missing, extra []uint64) {
	for len(want) > 0 || len(got) > 0 {
		switch {
		case len(got) == 0 || len(want) > 0 && want[0] < got[0]:
			missing, want = append(missing, want[0]), want[1:]
		case len(want) == 0 || got[0] < want[0]:
			extra, got = append(extra, got[0]), got[1:]
		default:
			want, got = want[1:], got[1:]
		}
	}
	return missing, extra
}

func head(all []uint64) []uint64 { return slices.Clone(all[:min(len(all), 3)]) }

func list(numbers []uint64) string {
	text := ""
	for i, n := range numbers {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprint(n)
	}
	return text
}

// names lists what is in one map or the other.
func names[V any](a, b map[string]V) []string {
	both := map[string]bool{}
	for n := range a {
		both[n] = true
	}
	for n := range b {
		both[n] = true
	}
	return slices.Sorted(maps.Keys(both))
}
