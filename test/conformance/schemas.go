package conformance

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"testing"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// Schemas holds a schema registry to all that the program builds on.
func Schemas(t *testing.T, target Target) {
	for name, test := range map[string]func(*schemaSuite){
		"ids": ids, "compatibility": compatibility, "spellings": spellings, "values": values, "missing": missing,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			t.Cleanup(cancel)
			client, err := log.ConnectSchemas(target.Schemas)
			if err != nil {
				t.Fatal(err)
			}
			test(&schemaSuite{Target: target, t: t, ctx: ctx, client: client})
		})
	}
}

type schemaSuite struct {
	Target
	t      *testing.T
	ctx    context.Context
	client *sr.Client
}

func (s *schemaSuite) register(subject, schema string) (sr.SubjectSchema, error) {
	return s.client.CreateSchema(s.ctx, subject, sr.Schema{Schema: schema})
}

func (s *schemaSuite) good(subject, schema string) sr.SubjectSchema {
	s.t.Helper()
	ss, err := s.register(subject, schema)
	if err != nil {
		s.t.Fatal(err)
	}
	return ss
}

// record is the text of a record schema of its own name.
func record(name, fields string) string {
	return `{"type":"record","name":"` + name + `","fields":[` + fields + `]}`
}

func recordName() string { return "R" + rand.Text()[:10] }

const (
	fieldA        = `{"name":"a","type":"string"}`
	fieldDefault  = `,{"name":"b","type":["null","long"],"default":null}`
	fieldRequired = `,{"name":"c","type":"long"}`
)

// ids: a schema has one id, whoever registers it how often, and the id gives the
// schema back.
func ids(s *schemaSuite) {
	subject, other := name("ids"), name("ids")
	schema := record(recordName(), fieldA)
	first, again, elsewhere := s.good(subject, schema), s.good(subject, schema), s.good(other, schema)
	if first.ID != again.ID || first.ID != elsewhere.ID || first.Version != 1 || again.Version != 1 {
		s.t.Errorf("one schema got the ids %d, %d and %d in versions %d and %d", first.ID, again.ID, elsewhere.ID, first.Version, again.Version)
	}
	back, err := s.client.SchemaByID(s.ctx, first.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := log.NewCodec(back.Schema, first.ID); err != nil {
		s.t.Error(err)
	}
}

// compatibility: what old readers could not read is refused.
func compatibility(s *schemaSuite) {
	subject, n := name("compatibility"), recordName()
	s.good(subject, record(n, fieldA))
	if next := s.good(subject, record(n, fieldA+fieldDefault)); next.Version != 2 {
		s.t.Errorf("a compatible schema got version %d, want 2", next.Version)
	}
	_, err := s.register(subject, record(n, fieldA+fieldDefault+fieldRequired))
	var answer *sr.ResponseError
	if !errors.As(err, &answer) || answer.StatusCode != http.StatusConflict {
		s.t.Errorf("an incompatible schema: %v", err)
	}
	if log.SchemaHint(err) == "" {
		s.t.Errorf("no hint for %v", err)
	}
	versions, err := s.client.SubjectVersions(s.ctx, subject)
	if err != nil || len(versions) != 2 {
		s.t.Errorf("the versions are %v (%v), want two", versions, err)
	}
}

// spellings: a subject takes another spelling of its schema for the same one.
// Whether other subjects do is declared, so the program sends one spelling.
func spellings(s *schemaSuite) {
	subject, n := name("spellings"), recordName()
	longer := `{"name":"` + n + `", "fields":[{"type":{"type":"string"},"name":"a"}],"type":"record"}`
	first := s.good(subject, record(n, fieldA))
	if second := s.good(subject, longer); second.ID != first.ID {
		s.t.Errorf("another spelling of schema %d has the id %d", first.ID, second.ID)
	}
	elsewhere := s.good(name("spellings"), longer)
	if same := first.ID == elsewhere.ID; same == s.Lacks[SpellingsShareID] {
		s.t.Errorf("in another subject the spelling got the id %d and not %d; declared as lacking: %v", elsewhere.ID, first.ID, s.Lacks[SpellingsShareID])
	}
}

// values: what the program writes under a topic's schema it reads again by the
// registry's id alone.
func values(s *schemaSuite) {
	topic := log.Topic{Name: name("quotes"), Schema: feed.QuoteSchema}
	codec, err := log.Register(s.ctx, s.client, topic)
	if err != nil {
		s.t.Fatal(err)
	}
	quote := feed.Quote{Kind: feed.KindQuote, FixtureID: "f", League: "nfl", Market: "h2h", Outcome: "home", Book: "b", Price: 1.91, Seq: 7}
	value, err := codec.Append(nil, &quote)
	if err != nil {
		s.t.Fatal(err)
	}
	var header sr.ConfluentHeader
	id, _, err := header.DecodeID(value)
	if err != nil {
		s.t.Fatal(err)
	}
	written, err := s.client.SchemaByID(s.ctx, id)
	if err != nil {
		s.t.Fatal(err)
	}
	reader, err := log.NewCodec(written.Schema, id)
	if err != nil {
		s.t.Fatal(err)
	}
	var back feed.Quote
	if err := reader.Decode(value, &back); err != nil {
		s.t.Fatal(err)
	}
	if back.FixtureID != "f" || back.Price != 1.91 || back.Seq != 7 {
		s.t.Errorf("read %+v", back)
	}
}

// missing: what is not there is 404.
func missing(s *schemaSuite) {
	var answer *sr.ResponseError
	if _, err := s.client.SchemaByID(s.ctx, 2_000_000_000); !errors.As(err, &answer) || answer.StatusCode != http.StatusNotFound {
		s.t.Errorf("an id that is not there: %v", err)
	}
	if _, err := s.client.SchemaByVersion(s.ctx, name("nowhere"), 1); !errors.As(err, &answer) || answer.StatusCode != http.StatusNotFound {
		s.t.Errorf("a subject that is not there: %v", err)
	}
}
