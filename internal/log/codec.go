package log

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/twmb/avro"
	"github.com/twmb/franz-go/pkg/sr"

	"github.com/betflow/betflow/internal/feed"
)

// ErrNoRecord is returned for a value that is not in the Confluent wire format.
var ErrNoRecord = errors.New("value is not a schema registry record")

// ErrUnknownSchema is returned for a value whose schema was not under the topic's
// subject when the codec was made.
var ErrUnknownSchema = errors.New("the value's schema is newer than this process: restart it with the version that wrote the value")

// headerLen is the magic byte and the schema id before the Avro bytes.
const headerLen = 5

// Codec writes and reads the values of one topic: Avro in the Confluent wire
// format (a zero byte, the schema id in four bytes, the Avro bytes).
//
// A log outlives the program that wrote it: a codec also reads values of older
// versions of the schema. A codec is safe for concurrent use.
type Codec struct {
	schema *avro.Schema
	header [headerLen]byte
	older  map[[headerLen]byte]*avro.Schema // by header: from that version to this one
}

// Register makes the schema known to the registry under the topic's subject
// and returns the topic's codec, which reads what older versions under the
// subject have written. The registry refuses a schema that is not compatible
// with what stands there already.
func Register(ctx context.Context, registry *sr.Client, t Topic) (*Codec, error) {
	ss, err := registry.CreateSchema(ctx, t.Subject(), sr.Schema{Schema: t.Schema})
	if err != nil {
		err = fmt.Errorf("registering the schema of topic %s: %w", t.Name, err)
		if hint := SchemaHint(err); hint != "" {
			err = fmt.Errorf("%w (%s)", err, hint)
		}
		return nil, err
	}
	c, err := NewCodec(t.Schema, ss.ID)
	if err != nil {
		return nil, err
	}
	versions, err := registry.Schemas(ctx, t.Subject())
	if err != nil {
		return nil, fmt.Errorf("listing the schemas of topic %s: %w", t.Name, err)
	}
	for _, v := range versions {
		if v.ID == ss.ID {
			continue
		}
		if err := c.read(v.Schema.Schema, v.ID); err != nil {
			return nil, fmt.Errorf("reading version %d of topic %s: %w", v.Version, t.Name, err)
		}
	}
	return c, nil
}

// read makes the codec understand values of another version of its schema.
func (c *Codec) read(schema string, id int) error {
	writer, err := avro.Parse(schema)
	if err != nil {
		return fmt.Errorf("parsing schema %d: %w", id, err)
	}
	resolved, err := avro.Resolve(writer, c.schema)
	if err != nil {
		return fmt.Errorf("resolving schema %d: %w", id, err)
	}
	c.older[header(id)] = resolved
	return nil
}

// header is what stands before the Avro bytes of values with a schema.
func header(id int) (h [headerLen]byte) {
	binary.BigEndian.PutUint32(h[1:], uint32(id))
	return h
}

// NewCodec returns a codec for a schema with a known registry id.
func NewCodec(schema string, id int) (*Codec, error) {
	s, err := avro.Parse(schema)
	if err != nil {
		return nil, fmt.Errorf("parsing schema %d: %w", id, err)
	}
	return &Codec{schema: s, header: header(id), older: map[[headerLen]byte]*avro.Schema{}}, nil
}

// Appender is a record that writes its own Avro bytes behind dst, by the schema
// of its topic.
type Appender interface{ AppendAvro(dst []byte) []byte }

// Append encodes the record, an Appender or a pointer to one of package feed's
// structs, behind dst.
func (c *Codec) Append(dst []byte, record any) ([]byte, error) {
	dst = append(dst, c.header[:]...)
	if a, ok := record.(Appender); ok {
		return a.AppendAvro(dst), nil
	}
	dst, err := c.schema.AppendEncode(dst, record)
	if err != nil {
		return nil, fmt.Errorf("encoding record: %w", err)
	}
	return dst, nil
}

// Decode reads the value into record, a pointer.
func (c *Codec) Decode(value []byte, record any) error {
	schema, avro, err := c.open(value)
	if err != nil {
		return err
	}
	if _, err := schema.Decode(avro, record); err != nil {
		return fmt.Errorf("decoding record: %w", err)
	}
	return nil
}

// DecodeQuote is Decode of a topic of quotes, for those who read many.
func (c *Codec) DecodeQuote(value []byte, p *feed.QuoteParser, q *feed.Quote) error {
	schema, avro, err := c.open(value)
	if err != nil {
		return err
	}
	if schema == c.schema {
		err = p.Parse(avro, q)
	} else {
		_, err = schema.Decode(avro, q)
	}
	if err != nil {
		return fmt.Errorf("decoding record: %w", err)
	}
	return nil
}

// open finds the schema that a value was written with, and its Avro bytes.
func (c *Codec) open(value []byte) (schema *avro.Schema, bytes []byte, err error) {
	if len(value) < headerLen || value[0] != 0 {
		return nil, nil, ErrNoRecord
	}
	schema = c.schema
	if h := [headerLen]byte(value); h != c.header {
		if schema = c.older[h]; schema == nil {
			return nil, nil, fmt.Errorf("schema id %d: %w", binary.BigEndian.Uint32(value[1:]), ErrUnknownSchema)
		}
	}
	return schema, value[headerLen:], nil
}

// KindSeq reads only the kind and the sequence number, which begin every
// canonical and derived record.
func KindSeq(value []byte) (kind string, seq int64, err error) {
	if len(value) < headerLen || value[0] != 0 {
		return "", 0, ErrNoRecord
	}
	b := value[headerLen:]
	n, w := binary.Varint(b) // Avro's long is a zigzag varint, as Go's
	if w <= 0 || n < 0 || n > int64(len(b)-w) {
		return "", 0, ErrNoRecord
	}
	kind, b = string(b[w:w+int(n)]), b[w+int(n):]
	seq, w = binary.Varint(b)
	if w <= 0 {
		return "", 0, ErrNoRecord
	}
	return kind, seq, nil
}
