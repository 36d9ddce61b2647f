package log

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
)

// OpenReader returns a client that reads partitions from given offsets on, with
// the connection settings of another client. An offset that the log does not
// hold is an error of the fetch: going on elsewhere would skip records.
//
// It sees committed records only; what was written without a transaction counts
// as committed.
//
// A reader does not produce. It is given a compression of its own because
// clients with the same options share the list of codecs and write to it.
func OpenReader(client *kgo.Client, from map[string]map[int32]kgo.Offset, opts ...kgo.Opt) (*kgo.Client, error) {
	all := append(client.Opts(),
		kgo.ProducerBatchCompression(),
		kgo.ConsumePartitions(from),
		kgo.ConsumeResetOffset(kgo.NoResetOffset()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
	)
	reader, err := kgo.NewClient(append(all, opts...)...)
	if err != nil {
		return nil, fmt.Errorf("opening reader: %w", err)
	}
	return reader, nil
}
