package log

import (
	"context"
	"crypto/tls"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Connection says where a log is and how a client proves who it is.
type Connection struct {
	Brokers []string    // host:port
	TLS     *tls.Config // nil for none
	Login   *Login      // nil for none
}

// connectTime is how long a broker may take to answer at all.
const connectTime = 20 * time.Second

// maxUnwritten bounds the bytes that a client holds for the log. It is above
// MaxRecordBytes, or the largest records could never be written.
const maxUnwritten = 2 * MaxRecordBytes

// Connect returns a client of the log once a broker has answered it. The
// options go over those of every client. An error is a *ConnectError.
func Connect(ctx context.Context, c Connection, opts ...kgo.Opt) (*kgo.Client, error) {
	all := []kgo.Opt{
		kgo.SeedBrokers(c.Brokers...),
		kgo.ClientID("betflow"),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerLinger(0),
		kgo.MetadataMinAge(100 * time.Millisecond), // or the first record of a topic waits for seconds
		kgo.UnknownTopicRetries(50),                // brokers of a cluster hear of a new topic one after the other
		kgo.ProducerBatchMaxBytes(MaxRecordBytes),
		kgo.BrokerMaxWriteBytes(2 * MaxRecordBytes),
		kgo.FetchMaxPartitionBytes(MaxRecordBytes),
		// What was handed over and is not acknowledged: who writes more waits.
		kgo.MaxBufferedRecords(100_000),
		kgo.MaxBufferedBytes(maxUnwritten),
		kgo.FetchMaxWait(500 * time.Millisecond),
		compressWell(),
	}
	if c.TLS != nil {
		all = append(all, kgo.DialTLSConfig(c.TLS))
	}
	if c.Login != nil {
		mechanism, err := c.Login.mechanism()
		if err != nil {
			return nil, err
		}
		all = append(all, kgo.SASL(mechanism))
	}
	client, err := kgo.NewClient(append(all, opts...)...)
	if err != nil {
		return nil, fmt.Errorf("connecting to the log: %w", err)
	}
	pinging, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	if err := client.Ping(pinging); err != nil {
		client.Close()
		return nil, &ConnectError{Brokers: c.Brokers, Err: err, Hint: c.hint(err)}
	}
	return client, nil
}

// Derive returns a client with the connection settings of another, and options
// that go over those. It compresses only if they say so.
//
// Tasks derive their clients at the same time, so no list may be shared. Options
// appended to the other's own list, where that has room, would be those of
// whoever appends last: two tasks had one name. And each client writes to its
// list of codecs.
func Derive(client *kgo.Client, opts ...kgo.Opt) (*kgo.Client, error) {
	all := append(slices.Clip(client.Opts()), kgo.ProducerBatchCompression())
	return kgo.NewClient(append(all, opts...)...)
}
