package log

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

// TestWritersCompressAsTheyAreTold, and otherwise well.
func TestWritersCompressAsTheyAreTold(t *testing.T) {
	const lz4, zstd = 3, 4 // in attributes of batches
	_, client := broker(t)
	value := strings.Repeat("the same again, ", 100)
	for name, opts := range map[string][]kgo.Opt{"swift": {CompressSwiftly()}, "other": nil} {
		w, err := OpenWriter(t.Context(), client, name, Left{}, opts...)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		written := make(chan error, 1)
		w.Produce(t.Context(), &kgo.Record{Topic: "a", Key: []byte(name), Value: []byte(value)}, func(_ *kgo.Record, err error) { written <- err })
		if err := <-written; err != nil {
			t.Fatal(err)
		}
		if err := w.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	at := Partition{Topic: "a"}
	reader, err := OpenReader(client, Offsets(map[Partition]int64{at: 0}))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for read := 0; read < 2; {
		fetches := reader.PollFetches(t.Context())
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			read++
			want := map[string]uint8{"swift": lz4, "other": zstd}[string(r.Key)]
			if got := r.Attrs.CompressionType(); got != want || string(r.Value) != value {
				t.Errorf("%s: compression %d, want %d", r.Key, got, want)
			}
		})
	}
}
