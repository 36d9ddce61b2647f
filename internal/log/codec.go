package log

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/twmb/avro"
	"github.com/twmb/franz-go/pkg/sr"
)

// ErrNoRecord is returned for a value that is not in the Confluent wire format.
var ErrNoRecord = errors.New("value is not a schema registry record")

// headerLen is the magic byte and the schema id before the Avro bytes.
const headerLen = 5

// Codec writes and reads the values of one topic: Avro in the Confluent wire
// format (a zero byte, the schema id in four bytes, the Avro bytes).
//
// A codec is safe for concurrent use.
type Codec struct {
	schema *avro.Schema
	header [headerLen]byte
}

// Register makes the schema known to the registry under the topic's subject
// and returns the topic's codec. The registry refuses a schema that is not
// compatible with what stands there already.
func Register(ctx context.Context, registry *sr.Client, t Topic) (*Codec, error) {
	ss, err := registry.CreateSchema(ctx, t.Subject(), sr.Schema{Schema: t.Schema})
	if err != nil {
		return nil, fmt.Errorf("registering the schema of topic %s: %w", t.Name, err)
	}
	return NewCodec(t.Schema, ss.ID)
}

// NewCodec returns a codec for a schema with a known registry id.
func NewCodec(schema string, id int) (*Codec, error) {
	s, err := avro.Parse(schema)
	if err != nil {
		return nil, fmt.Errorf("parsing schema %d: %w", id, err)
	}
	c := &Codec{schema: s}
	binary.BigEndian.PutUint32(c.header[1:], uint32(id))
	return c, nil
}

// Append encodes the record, a pointer to one of package feed's structs or a
// map of the schema's fields, behind dst.
func (c *Codec) Append(dst []byte, record any) ([]byte, error) {
	dst = append(dst, c.header[:]...)
	dst, err := c.schema.AppendEncode(dst, record)
	if err != nil {
		return nil, fmt.Errorf("encoding record: %w", err)
	}
	return dst, nil
}

// Decode reads the value into record, a pointer.
func (c *Codec) Decode(value []byte, record any) error {
	if len(value) < headerLen || value[0] != 0 {
		return ErrNoRecord
	}
	if _, err := c.schema.Decode(value[headerLen:], record); err != nil {
		return fmt.Errorf("decoding record: %w", err)
	}
	return nil
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
