package embedded

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
)

// The index beside a segment has an entry for each batch: version byte at 0,
// first byte of the CRC-32C of what follows at 1, then little-endian the leader
// epoch uint32 at 2, a timestamp int64 at 6 that kfake computes anew when it
// loads the log, and at 14 whether the batch is data of a transaction.
const (
	indexEntry   = 15
	indexVersion = 1
)

func appendIndexEntry(to []byte, epoch int32, transacted bool) []byte {
	var e [indexEntry]byte
	e[0] = indexVersion
	binary.LittleEndian.PutUint32(e[2:], uint32(epoch))
	if transacted {
		e[14] = 1
	}
	e[1] = indexSum(e[:])
	return append(to, e[:]...)
}

func indexSum(entry []byte) byte { return byte(crc32.Checksum(entry[2:indexEntry], castagnoli)) }

// mendIndex puts an index in the place of one that does not have an entry for
// each batch. kfake goes on behind whatever it finds: behind half an entry, which
// a full disk can leave, every later one is read out of its place, some for a
// transaction that never ended, and then readers of committed records do not see
// the batch. An entry may be missing after any kill.
func (s segment) mendIndex(want []byte) error {
	there, err := os.ReadFile(s.indexPath())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading it: %w", err)
	}
	if wholeIndex(there, len(want)) {
		return nil
	}
	if err := os.WriteFile(s.indexPath(), want, 0o644); err != nil {
		return fmt.Errorf("writing it: %w", err)
	}
	return nil
}

// wholeIndex tells whether an index has the size it should have and nothing but
// entries.
func wholeIndex(index []byte, size int) bool {
	if len(index) != size {
		return false
	}
	for ; len(index) > 0; index = index[indexEntry:] {
		if index[0] != indexVersion || index[1] != indexSum(index) {
			return false
		}
	}
	return true
}
