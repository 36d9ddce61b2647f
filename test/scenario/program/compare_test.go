package program

import (
	"testing"
)

// partition makes records out of numbers, contents and keys.
func partition(compacted bool, records ...[3]int) *Records {
	rs := &Records{}
	for _, r := range records {
		rs.Numbers = append(rs.Numbers, int64(r[0]))
		rs.Digests = append(rs.Digests, uint64(r[1]))
		if compacted {
			rs.Keys = append(rs.Keys, uint64(r[2]))
		}
	}
	return rs
}

func TestEveryKindOfDifferenceIsCounted(t *testing.T) {
	want := [][3]int{{1, 10, 7}, {2, 20, 8}, {3, 30, 7}, {4, 40, 8}}
	for _, c := range []struct {
		name      string
		compacted bool
		got       [][3]int
		want      Differences
	}{
		{"the same", false, [][3]int{{1, 10, 7}, {2, 20, 8}, {3, 30, 7}, {4, 40, 8}}, Differences{}},
		{"a hole", false, [][3]int{{1, 10, 7}, {3, 30, 7}, {4, 40, 8}}, Differences{Missing: 1}},
		{"a lost end", false, [][3]int{{1, 10, 7}, {2, 20, 8}}, Differences{Missing: 2}},
		{"other content", false, [][3]int{{1, 10, 7}, {2, 21, 8}, {3, 30, 7}, {4, 40, 8}}, Differences{Wrong: 1}},
		{"another order", false, [][3]int{{1, 10, 7}, {3, 30, 7}, {2, 20, 8}, {4, 40, 8}}, Differences{Wrong: 1}},
		{"a record twice", false, [][3]int{{1, 10, 7}, {2, 20, 8}, {2, 20, 8}, {3, 30, 7}, {4, 40, 8}}, Differences{Extra: 1}},
		{"one too many", false, [][3]int{{1, 10, 7}, {2, 20, 8}, {3, 30, 7}, {4, 40, 8}, {5, 50, 9}}, Differences{Extra: 1}},
		{"a number twice", false, [][3]int{{1, 10, 7}, {2, 20, 8}, {2, 22, 8}, {3, 30, 7}, {4, 40, 8}}, Differences{Conflicting: 1}},
		{"compacted", true, [][3]int{{3, 30, 7}, {4, 40, 8}}, Differences{Superseded: 2}},
		{"compacted too far", true, [][3]int{{1, 10, 7}, {2, 20, 8}, {4, 40, 8}}, Differences{Missing: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Log{"q/0": partition(c.compacted, c.got...)}.Compare(Log{"q/0": partition(c.compacted, want...)})
			if d.Any() != (len(d.First) == 1) {
				t.Errorf("%s: the first differences are %q", &d, d.First)
			}
			d.First = nil
			if d.String() != c.want.String() || d.Superseded != c.want.Superseded {
				t.Errorf("got %s, superseded %d; want %s, %d", &d, d.Superseded, &c.want, c.want.Superseded)
			}
		})
	}
}

func TestPartitionsOfOneRunOnlyDiffer(t *testing.T) {
	one := Log{"a/0": partition(false, [3]int{1, 1, 1}), "b/0": {}}
	other := Log{"c/0": partition(false, [3]int{1, 1, 1}, [3]int{2, 1, 1})}
	if d := one.Compare(other); d.Missing != 2 || d.Extra != 1 || len(d.First) != 2 {
		t.Errorf("got %s, want 2 missing and 1 extra", &d)
	}
}

func TestAnUndisturbedRunWithAGapIsWrong(t *testing.T) {
	gap := Log{"a/0": partition(false, [3]int{1, 1, 1}, [3]int{3, 1, 1})}
	if d := gap.Compare(gap); d.Wrong != 1 {
		t.Errorf("got %s, want 1 wrong", &d)
	}
}

func TestRowsAreComparedAsOftenAsTheyAreThere(t *testing.T) {
	got := Tables{"quotes": {1, 1, 3, 5}, "late": {2}}
	want := Tables{"quotes": {1, 3, 4, 5, 6}, "games": {9}}
	if d := got.Compare(want); d.Missing != 3 || d.Extra != 2 || len(d.First) != 3 {
		t.Errorf("got %s, want 3 missing and 2 extra in three tables", &d)
	}
	if d := want.Compare(want); d.Any() {
		t.Errorf("a store differs from itself: %s", &d)
	}
}
