package feed

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// texts hands out the same string for bytes that come again and again, as names
// of books and fixtures do, so that most cost no allocation. Two that fall on the
// same place have room beside each other; a third one pushes out the older, so it
// never grows.
type texts [textPlaces][2]string

const (
	textPlaces  = 1 << 9
	textLongest = 64 // longer ones are hardly ever the same
)

// of returns the bytes as a string.
func (t *texts) of(b []byte) string {
	if len(b) == 0 || len(b) > textLongest {
		return string(b)
	}
	at := &t[hash(b)%textPlaces]
	switch { // what is compared only is not copied
	case at[0] == string(b):
		return at[0]
	case at[1] == string(b):
		return at[1]
	}
	at[0], at[1] = string(b), at[0]
	return at[0]
}

// hash mixes eight bytes at a time. Who can choose names so that they fall on
// one place makes this slow, and no more than that.
func hash(b []byte) uint64 {
	h := uint64(len(b))
	for ; len(b) >= 8; b = b[8:] {
		h = mix(h ^ binary.LittleEndian.Uint64(b))
	}
	var rest uint64
	for _, c := range b {
		rest = rest<<8 | uint64(c)
	}
	return mix(h ^ rest)
}

// mix lets every bit of the result depend on every bit of v.
func mix(v uint64) uint64 {
	high, low := bits.Mul64(v, 0x9e3779b97f4a7c15) // 2^64 divided by the golden ratio
	return high ^ low
}

// numbers does the same for numbers that a record points to.
type numbers [numberPlaces]*float64

const numberPlaces = 1 << 8

// of returns a pointer to the number, which nobody changes.
func (n *numbers) of(v float64) *float64 {
	at := &n[mix(math.Float64bits(v))%numberPlaces]
	if *at == nil || math.Float64bits(**at) != math.Float64bits(v) {
		*at = new(float64)
		**at = v
	}
	return *at
}
