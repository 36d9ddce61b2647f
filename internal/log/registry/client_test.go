package registry

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/sr"
)

func TestClientRegistersAndReads(t *testing.T) {
	ctx := context.Background()
	cl := client(t, open(t, t.TempDir()))

	first, err := cl.CreateSchema(ctx, "quotes.nfl-value", avroSchema(record(fieldA)))
	if err != nil {
		t.Fatal(err)
	}
	if first.ID != 1 || first.Version != 1 {
		t.Errorf("first schema has id %d and version %d, want 1 and 1", first.ID, first.Version)
	}
	again, err := cl.CreateSchema(ctx, "quotes.nfl-value", avroSchema(record(fieldA)))
	if err != nil || again.ID != 1 || again.Version != 1 {
		t.Errorf("the same schema got id %d and version %d (error %v)", again.ID, again.Version, err)
	}
	second, err := cl.CreateSchema(ctx, "quotes.nfl-value", avroSchema(record(fieldA, fieldBDefault)))
	if err != nil || second.ID != 2 || second.Version != 2 {
		t.Fatalf("next schema got id %d and version %d (error %v)", second.ID, second.Version, err)
	}
	other, err := cl.CreateSchema(ctx, "quotes/epl value", avroSchema(record(fieldA)))
	if err != nil || other.ID != 1 || other.Version != 1 {
		t.Errorf("the same schema in another subject got id %d and version %d (error %v)", other.ID, other.Version, err)
	}

	subjects, err := cl.Subjects(ctx)
	if err != nil || !slices.Equal(subjects, []string{"quotes.nfl-value", "quotes/epl value"}) {
		t.Errorf("subjects are %q (error %v)", subjects, err)
	}
	latest, err := cl.SchemaByVersion(ctx, "quotes.nfl-value", -1)
	if err != nil || latest.Version != 2 || latest.Schema.Schema != record(fieldA, fieldBDefault) {
		t.Errorf("latest is %+v (error %v)", latest, err)
	}
	text, err := cl.SchemaTextByID(ctx, 1)
	if err != nil || text != record(fieldA) {
		t.Errorf("text of schema 1 is %q (error %v)", text, err)
	}
	uses, err := cl.SchemaVersionsByID(ctx, 1)
	if err != nil || fmt.Sprint(uses) != "[{quotes.nfl-value 1} {quotes/epl value 1}]" {
		t.Errorf("schema 1 is used in %v (error %v)", uses, err)
	}
	names, err := cl.SubjectsByID(ctx, 1)
	if err != nil || len(names) != 2 {
		t.Errorf("schema 1 is used in %v (error %v)", names, err)
	}
	found, err := cl.LookupSchema(ctx, "quotes.nfl-value", avroSchema(record(fieldA)))
	if err != nil || found.Version != 1 {
		t.Errorf("look-up found %+v (error %v)", found, err)
	}
	everything, err := cl.AllSchemas(ctx)
	if err != nil || len(everything) != 3 {
		t.Errorf("there are %d schemas (error %v), want 3", len(everything), err)
	}
	types, err := cl.SupportedTypes(ctx)
	if err != nil || fmt.Sprint(types) != "[AVRO]" {
		t.Errorf("types are %v (error %v)", types, err)
	}
	refs, err := cl.SchemaReferences(ctx, "quotes.nfl-value", 1)
	if err != nil || len(refs) != 0 {
		t.Errorf("references are %v (error %v)", refs, err)
	}
}

func TestClientDeletes(t *testing.T) {
	ctx := context.Background()
	cl := client(t, open(t, t.TempDir()))
	for _, text := range []string{record(fieldA), record(fieldA, fieldBDefault)} {
		if _, err := cl.CreateSchema(ctx, "s", avroSchema(text)); err != nil {
			t.Fatal(err)
		}
	}
	steps := []struct {
		name string
		do   func() error
		want *sr.Error
	}{
		{"a live version permanently", func() error { return cl.DeleteSchema(ctx, "s", 1, sr.HardDelete) }, sr.ErrSchemaVersionNotSoftDeleted},
		{"a version", func() error { return cl.DeleteSchema(ctx, "s", 1, sr.SoftDelete) }, nil},
		{"it again", func() error { return cl.DeleteSchema(ctx, "s", 1, sr.SoftDelete) }, sr.ErrSchemaVersionSoftDeleted},
		{"it permanently", func() error { return cl.DeleteSchema(ctx, "s", 1, sr.HardDelete) }, nil},
		{"it once more", func() error { return cl.DeleteSchema(ctx, "s", 1, sr.HardDelete) }, sr.ErrVersionNotFound},
		{"a live subject permanently", func() error { _, err := cl.DeleteSubject(ctx, "s", sr.HardDelete); return err }, sr.ErrSubjectNotSoftDeleted},
		{"the subject", func() error { _, err := cl.DeleteSubject(ctx, "s", sr.SoftDelete); return err }, nil},
		{"the subject again", func() error { _, err := cl.DeleteSubject(ctx, "s", sr.SoftDelete); return err }, sr.ErrSubjectSoftDeleted},
		{"the subject permanently", func() error { _, err := cl.DeleteSubject(ctx, "s", sr.HardDelete); return err }, nil},
		{"the subject once more", func() error { _, err := cl.DeleteSubject(ctx, "s", sr.HardDelete); return err }, sr.ErrSubjectNotFound},
	}
	for _, s := range steps {
		if err := s.do(); !answered(err, s.want) {
			t.Errorf("deleting %s: got %v, want %v", s.name, err, s.want)
		}
	}
	if s, err := cl.SchemaByID(ctx, 1); err != nil || s.Schema != record(fieldA) {
		t.Errorf("a schema that records may still carry cannot be read: %v", err)
	}
	back, err := cl.CreateSchema(ctx, "s", avroSchema(record(fieldA)))
	if err != nil || back.ID != 1 || back.Version != 1 {
		t.Errorf("registered again it has id %d and version %d (error %v), want 1 and 1", back.ID, back.Version, err)
	}
	fresh, err := cl.CreateSchema(ctx, "t", avroSchema(record(fieldB)))
	if err != nil || fresh.ID != 3 {
		t.Errorf("a new schema has id %d (error %v), want one never used, 3", fresh.ID, err)
	}
}

func TestSoftlyDeletedVersionsAreHidden(t *testing.T) {
	ctx := context.Background()
	cl := client(t, open(t, t.TempDir()))
	for _, text := range []string{record(fieldA), record(fieldA, fieldBDefault)} {
		if _, err := cl.CreateSchema(ctx, "s", avroSchema(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := cl.DeleteSchema(ctx, "s", 2, sr.SoftDelete); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		ctx  context.Context
		want []int
	}{
		{"by default", ctx, []int{1}},
		{"with deleted", sr.WithParams(ctx, sr.ShowDeleted), []int{1, 2}},
		{"deleted only", sr.WithParams(ctx, sr.DeletedOnly), []int{2}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, err := cl.SubjectVersions(tc.ctx, "s"); err != nil || !slices.Equal(got, tc.want) {
				t.Errorf("got %v (error %v), want %v", got, err, tc.want)
			}
		})
	}
	if _, err := cl.SchemaByVersion(ctx, "s", 2); !answered(err, sr.ErrVersionNotFound) {
		t.Errorf("a deleted version: got %v", err)
	}
	next, err := cl.CreateSchema(ctx, "s", avroSchema(record(fieldA, fieldBDefault)))
	if err != nil || next.Version != 3 || next.ID != 2 {
		t.Errorf("registered again it has id %d and version %d (error %v), want 2 and 3", next.ID, next.Version, err)
	}
}

func TestClientSetsLevels(t *testing.T) {
	ctx := context.Background()
	cl := client(t, open(t, t.TempDir()))
	level := func(ctx context.Context, subject string) sr.CompatibilityResult {
		return cl.Compatibility(ctx, subject)[0]
	}
	if got := level(ctx, ""); got.Err != nil || got.Level != sr.CompatBackward {
		t.Errorf("at first: got %v (error %v)", got.Level, got.Err)
	}
	if got := level(ctx, "s"); !answered(got.Err, sr.ErrSubjectLevelCompatibilityNotConfigured) {
		t.Errorf("of a subject at first: got %v", got.Err)
	}
	if got := level(sr.WithParams(ctx, sr.DefaultToGlobal), "s"); got.Err != nil || got.Level != sr.CompatBackward {
		t.Errorf("of a subject or globally: got %v (error %v)", got.Level, got.Err)
	}
	for _, subject := range []string{"", "s"} {
		if got := cl.SetCompatibility(ctx, sr.SetCompatibility{Level: sr.CompatFullTransitive}, subject)[0]; got.Err != nil {
			t.Fatal(got.Err)
		}
		if got := level(ctx, subject); got.Level != sr.CompatFullTransitive {
			t.Errorf("after setting it: got %v (error %v)", got.Level, got.Err)
		}
		if got := cl.ResetCompatibility(ctx, subject)[0]; got.Err != nil || got.Level != sr.CompatFullTransitive {
			t.Errorf("resetting it: got %v (error %v)", got.Level, got.Err)
		}
	}
	if got := level(ctx, ""); got.Level != sr.CompatBackward {
		t.Errorf("after resetting it: got %v (error %v)", got.Level, got.Err)
	}
	if got := cl.ResetCompatibility(ctx, "s")[0]; !answered(got.Err, sr.ErrSubjectNotFound) {
		t.Errorf("resetting what is not set: got %v", got.Err)
	}
	if got := cl.Mode(ctx)[0]; got.Err != nil || got.Mode != sr.ModeReadWrite {
		t.Errorf("mode is %v (error %v)", got.Mode, got.Err)
	}
}

// TestProjectsSchemasEvolve holds that every schema of this project can be
// registered, in two spellings, as one.
func TestProjectsSchemasEvolve(t *testing.T) {
	paths, err := filepath.Glob("../../feed/schema/*.avsc")
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no schemas (error %v)", err)
	}
	ctx := context.Background()
	cl := client(t, open(t, t.TempDir()))
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			first, err := cl.CreateSchema(ctx, path, avroSchema(string(raw)))
			if err != nil {
				t.Fatal(err)
			}
			form, err := normalForm(string(raw))
			if err != nil {
				t.Fatal(err)
			}
			again, err := cl.CreateSchema(ctx, path, avroSchema(form))
			if err != nil || again.ID != first.ID || again.Version != 1 {
				t.Errorf("in another spelling it has id %d and version %d (error %v), want %d and 1", again.ID, again.Version, err, first.ID)
			}
		})
	}
}
