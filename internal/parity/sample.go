package parity

import (
	"bytes"
	"hash/fnv"
	"math"
)

// placeOf spreads series evenly over all numbers. It depends on the metric and
// the series alone: every replica and every later run checks the same ones.
func placeOf(metric string, series []byte) uint64 {
	h := fnv.New64a()
	h.Write([]byte(metric))
	h.Write([]byte{0})
	h.Write(series)
	// Hashes of like texts are alike in their high bits, which are the ones that
	// choose: mix them once more (the finaliser of MurmurHash3).
	x := h.Sum64()
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// boundOf is the place below which series are in a sample of a share.
func boundOf(share float64) uint64 {
	if share >= 1 {
		return math.MaxUint64
	}
	return uint64(max(0, share) * (1 << 63) * 2)
}

// seriesOf cuts the series off the key of a window record, which is series, size
// and time with a bar between them.
func seriesOf(key []byte) []byte {
	for range 2 {
		at := bytes.LastIndexByte(key, '|')
		if at < 0 {
			return nil
		}
		key = key[:at]
	}
	return key
}
