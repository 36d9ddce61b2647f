package pack

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestWhatIsWrittenIsRead also holds that what was cut off is noticed, wherever.
func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, text, x := rapid.Int64().Draw(t, "int"), rapid.String().Draw(t, "text"), rapid.Float64().Draw(t, "number")
		a, b := rapid.Bool().Draw(t, "a"), rapid.Bool().Draw(t, "b")
		dst := AppendFlags(AppendNumber(AppendText(AppendInt(nil, v), text), x), a, b)
		read := func(bytes []byte) (r Reader, same bool) {
			r = Reader{Bytes: bytes}
			gotV, gotText, gotX, flags := r.Int(), r.Text(), r.Number(), r.Flags()
			return r, gotV == v && gotText == text && math.Float64bits(gotX) == math.Float64bits(x) && flags.Has(0) == a && flags.Has(1) == b && !flags.Has(2)
		}
		if r, same := read(dst); !same || !r.Whole() {
			t.Fatalf("read otherwise, whole %v", r.Whole())
		}
		if r, _ := read(append(dst, 0)); r.Whole() {
			t.Fatal("a byte too much was not noticed")
		}
		for n := range dst {
			if r, _ := read(dst[:n]); !r.Failed {
				t.Fatalf("%d bytes of %d were enough", n, len(dst))
			}
		}
	})
}

// TestACountIsNeverMoreThanCanFollow: a damaged one must not ask for memory.
func TestACountIsNeverMoreThanCanFollow(t *testing.T) {
	for _, n := range []int{4, 1 << 40} {
		r := Reader{Bytes: append(AppendCount(nil, n), 1, 2, 3)}
		if got := r.Count(); got != 0 || !r.Failed {
			t.Errorf("%d of 3 was read as %d", n, got)
		}
	}
	r := Reader{Bytes: append(AppendCount(nil, 3), 1, 2, 3)}
	if got := r.Count(); got != 3 || r.Failed {
		t.Errorf("3 of 3 was read as %d", got)
	}
}
