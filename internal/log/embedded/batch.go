package embedded

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
	"os"
)

// A record batch (Kafka message format 2) starts with a fixed header, all
// integers big-endian: first offset int64 at 0, length int32 at 8 (of what
// follows it), leader epoch int32 at 12, version byte at 16, CRC-32C uint32 at 17
// (of what follows it), attributes int16 at 21, last offset delta int32 at 23,
// first timestamp int64 at 27, max timestamp int64 at 35.
const (
	batchPrefix   = 12 // first offset and length
	batchHeader   = 43 // up to and with the max timestamp
	batchVersion  = 16
	batchCRCStart = 21
	batchMaxBytes = 1 << 30
)

// batch is what the header of a record batch says.
type batch struct {
	pos          int64 // in the file
	bytes        int64
	firstOffset  int64
	lastOffset   int64
	maxTimestamp int64 // Unix milliseconds
	epoch        int32 // of the leader that wrote it
	transacted   bool  // it is data of a transaction
}

// Attributes of a batch.
const (
	transactional = 1 << 4
	control       = 1 << 5
)

// errTorn says that a file does not hold a whole batch where one should be.
var errTorn = errors.New("torn record batch")

// readHeader reads the header at pos of a file with size bytes. At the end of
// the file it returns io.EOF, at half a batch errTorn.
func readHeader(r io.ReaderAt, pos, size int64) (batch, error) {
	if pos == size {
		return batch{}, io.EOF
	}
	var h [batchHeader]byte
	if pos+batchHeader > size {
		return batch{}, errTorn
	}
	if _, err := r.ReadAt(h[:], pos); err != nil {
		return batch{}, fmt.Errorf("reading batch header: %w", err)
	}
	length := int64(int32(binary.BigEndian.Uint32(h[8:])))
	b := batch{
		pos:          pos,
		bytes:        batchPrefix + length,
		firstOffset:  int64(binary.BigEndian.Uint64(h[0:])),
		maxTimestamp: int64(binary.BigEndian.Uint64(h[35:])),
		epoch:        int32(binary.BigEndian.Uint32(h[12:])),
		transacted:   binary.BigEndian.Uint16(h[21:])&(transactional|control) == transactional,
	}
	b.lastOffset = b.firstOffset + int64(int32(binary.BigEndian.Uint32(h[23:])))
	if b.bytes < batchHeader || b.bytes > batchMaxBytes || pos+b.bytes > size {
		return batch{}, errTorn
	}
	return b, nil
}

// batches yields the headers of a segment's whole batches in order. It ends
// quietly at half a batch, which the broker may just be writing.
func batches(path string) iter.Seq2[batch, error] {
	return func(yield func(batch, error) bool) {
		f, err := os.Open(path)
		if err != nil {
			yield(batch{}, fmt.Errorf("opening segment: %w", err))
			return
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			yield(batch{}, fmt.Errorf("reading segment size: %w", err))
			return
		}
		for pos := int64(0); ; {
			b, err := readHeader(f, pos, info.Size())
			if errors.Is(err, io.EOF) || errors.Is(err, errTorn) {
				return
			}
			if !yield(b, err) || err != nil {
				return
			}
			pos += b.bytes
		}
	}
}

// batchAt returns the batch at pos, if a whole one with the right checksum stands
// there.
func batchAt(raw []byte, pos int64) (b batch, ok bool) {
	b, err := readHeader(bytes.NewReader(raw), pos, int64(len(raw)))
	if err != nil {
		return batch{}, false
	}
	body := raw[pos : pos+b.bytes]
	ok = crc32.Checksum(body[batchCRCStart:], castagnoli) == binary.BigEndian.Uint32(body[17:])
	return b, ok
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)
