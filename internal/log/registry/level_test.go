package registry

import (
	"context"
	"fmt"
	"testing"

	"github.com/twmb/franz-go/pkg/sr"
)

// TestLevelsDecideWhichChangesAreTaken registers old and then new at each level
// and asks for a check first: both must say the same.
func TestLevelsDecideWhichChangesAreTaken(t *testing.T) {
	ctx := context.Background()
	for _, change := range []struct {
		name              string
		old, new          string
		backward, forward bool // whether the new reads the old, and the old the new
	}{
		{"add a field with default", record(fieldA), record(fieldA, fieldBDefault), true, true},
		{"add a field without default", record(fieldA), record(fieldA, fieldB), false, true},
		{"remove a field with default", record(fieldA, fieldBDefault), record(fieldA), true, true},
		{"remove a field without default", record(fieldA, fieldB), record(fieldA), true, false},
		{"widen a type", record(fieldA), record(fieldALong), true, false},
		{"narrow a type", record(fieldALong), record(fieldA), false, true},
		{"change a type", record(fieldA), record(fieldAString), false, false},
		{"rename a field", record(fieldA), record(fieldARenamed), false, false},
		{"rename a field with alias", record(fieldA), record(fieldAAliased), true, false},
		{"rename the record", record(fieldA), `{"type":"record","name":"Q","fields":[` + fieldA + `]}`, false, false},
		{"add a symbol", enum(`"A"`, ""), enum(`"A","B"`, ""), true, false},
		{"remove a symbol", enum(`"A","B"`, ""), enum(`"A"`, ""), false, true},
		{"remove a symbol with default", enum(`"A","B"`, ""), enum(`"A"`, `,"default":"A"`), true, true},
		{"allow null", record(fieldA), record(`{"name":"a","type":["null","int"]}`), true, false},
		{"change nothing but the order", record(fieldA, fieldB), record(fieldB, fieldA), true, true},
	} {
		for _, level := range Levels() {
			t.Run(change.name+"/"+string(level), func(t *testing.T) {
				want := !(level.backward() && !change.backward) && !(level.forward() && !change.forward)
				cl := client(t, open(t, t.TempDir()))
				if _, err := cl.CreateSchema(ctx, "s", avroSchema(change.old)); err != nil {
					t.Fatal(err)
				}
				setLevel(t, cl, level)
				check, err := cl.CheckCompatibility(ctx, "s", -1, avroSchema(change.new))
				if err != nil || check.Is != want {
					t.Errorf("check says %v (error %v), want %v", check.Is, err, want)
				}
				_, err = cl.CreateSchema(ctx, "s", avroSchema(change.new))
				if want && err != nil || !want && !answered(err, sr.ErrIncompatibleSchema) {
					t.Errorf("registration: got %v, want taken %v", err, want)
				}
			})
		}
	}
}

// TestTransitiveLevelsLookAtAllVersions has a third version that gets along
// with the second but not with the first.
func TestTransitiveLevelsLookAtAllVersions(t *testing.T) {
	ctx := context.Background()
	for _, tc := range []struct {
		level   Level
		history []string
		next    string
		want    bool
	}{
		// b without default in the last version: old data of version 1 has no b.
		{Backward, []string{record(fieldA), record(fieldA, fieldBDefault)}, record(fieldA, fieldB), true},
		{BackwardTransitive, []string{record(fieldA), record(fieldA, fieldBDefault)}, record(fieldA, fieldB), false},
		// b gone in the last version: a reader with version 1 misses it.
		{Forward, []string{record(fieldA, fieldB), record(fieldA, fieldBDefault)}, record(fieldA), true},
		{ForwardTransitive, []string{record(fieldA, fieldB), record(fieldA, fieldBDefault)}, record(fieldA), false},
		{Full, []string{record(fieldA), record(fieldA, fieldBDefault)}, record(fieldA, fieldB), true},
		{FullTransitive, []string{record(fieldA), record(fieldA, fieldBDefault)}, record(fieldA, fieldB), false},
		{None, []string{record(fieldA), record(fieldAString)}, record(fieldARenamed), true},
	} {
		t.Run(string(tc.level), func(t *testing.T) {
			cl := client(t, open(t, t.TempDir()))
			setLevel(t, cl, None)
			for _, text := range tc.history {
				if _, err := cl.CreateSchema(ctx, "s", avroSchema(text)); err != nil {
					t.Fatal(err)
				}
			}
			setLevel(t, cl, tc.level)
			_, err := cl.CreateSchema(ctx, "s", avroSchema(tc.next))
			if tc.want && err != nil || !tc.want && !answered(err, sr.ErrIncompatibleSchema) {
				t.Errorf("got %v, want taken %v", err, tc.want)
			}
		})
	}
}

func TestDeletedVersionsAreNoHindrance(t *testing.T) {
	ctx := context.Background()
	cl := client(t, open(t, t.TempDir()))
	if _, err := cl.CreateSchema(ctx, "s", avroSchema(record(fieldA))); err != nil {
		t.Fatal(err)
	}
	if _, err := cl.DeleteSubject(ctx, "s", sr.SoftDelete); err != nil {
		t.Fatal(err)
	}
	if _, err := cl.CreateSchema(ctx, "s", avroSchema(record(fieldAString))); err != nil {
		t.Errorf("got %v", err)
	}
}

func setLevel(t *testing.T, cl *sr.Client, level Level) {
	t.Helper()
	var l sr.CompatibilityLevel
	if err := l.UnmarshalText([]byte(level)); err != nil {
		t.Fatal(err)
	}
	if got := cl.SetCompatibility(context.Background(), sr.SetCompatibility{Level: l}, "s")[0]; got.Err != nil {
		t.Fatal(got.Err)
	}
}

func enum(symbols, more string) string {
	return fmt.Sprintf(`{"type":"enum","name":"E","symbols":[%s]%s}`, symbols, more)
}
