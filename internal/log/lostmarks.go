package log

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
)

// # Lost marks
//
// A coordinator that begins to work before its broker has heard of all partitions
// takes those it does not know for deleted, and ends a transaction without a mark
// in them (Apache Kafka, at least up to 4.4.0: "Couldn't find leader endpoint for
// partitions ... likely deleted already and hence can be skipped"). The next
// transaction of the writer would take in what was left open there, committed or
// not, and until it comes no reader gets past it. A broker that is killed and
// started again does this every few times.
//
// So whoever opens a writer ends what is open, and whoever has to be sure that
// something can be read looks whether the marks stand.

// leftOpen finds the partitions in which a transaction of a writer is open.
func leftOpen(ctx context.Context, client *kgo.Client, id int64, in kadm.TopicsSet) (map[Partition]bool, error) {
	if len(in) == 0 {
		return nil, nil
	}
	described, err := kadm.NewClient(client).DescribeProducers(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("asking for open transactions: %w", err)
	}
	open := map[Partition]bool{}
	described.EachPartition(func(p kadm.DescribedProducersPartition) {
		if p.Err != nil {
			err = fmt.Errorf("asking for open transactions in %s/%d: %w", p.Topic, p.Partition, p.Err)
		}
		for _, d := range p.ActiveProducers {
			if d.ProducerID == id && d.CurrentTxnStartOffset >= 0 {
				open[Partition{p.Topic, p.Partition}] = true
			}
		}
	})
	return open, err
}

// marksLook is between two looks whether marks stand, marksTime how long they may
// take. Most often they stand at the first look.
const (
	marksLook = 20 * time.Millisecond
	marksTime = 5 * time.Second
)

// errLostMarks is for a transaction that has ended without all of its marks.
var errLostMarks = errors.New("the log has lost marks of the transaction")

// awaitMarks waits until no transaction of a writer is open in the partitions.
func awaitMarks(ctx context.Context, client *kgo.Client, id int64, in kadm.TopicsSet) error {
	for waited := time.Duration(0); ; waited += marksLook {
		open, err := leftOpen(ctx, client, id, in)
		switch {
		case err != nil:
			return err
		case len(open) == 0:
			return nil
		case waited >= marksTime:
			return fmt.Errorf("waiting for the marks in %v: %w", open, errLostMarks)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(marksLook):
		}
	}
}

// endLeftOpen ends what transactions of a name have left open, by a transaction
// without records. Nobody else may write under the name meanwhile.
func endLeftOpen(ctx context.Context, client *kgo.Client, name string, id int64, epoch int16, open []Partition, commit bool) error {
	if len(open) == 0 {
		return nil
	}
	// Partitions without records can be named in the older of the two protocols
	// only.
	versions := kversion.Stable()
	versions.SetMaxKeyVersion(int16(kmsg.AddPartitionsToTxn), 3)
	versions.SetMaxKeyVersion(int16(kmsg.EndTxn), 4)
	older, err := Derive(client, kgo.MaxVersions(versions))
	if err != nil {
		return fmt.Errorf("ending open transactions of %s: %w", name, err)
	}
	defer older.Close()
	add := kmsg.NewPtrAddPartitionsToTxnRequest()
	add.TransactionalID, add.ProducerID, add.ProducerEpoch = name, id, epoch
	in := kadm.TopicsSet{}
	for _, p := range open {
		in.Add(p.Topic, p.Partition)
	}
	for _, t := range in.IntoList() {
		topic := kmsg.NewAddPartitionsToTxnRequestTopic()
		topic.Topic, topic.Partitions = t.Topic, t.Partitions
		add.Topics = append(add.Topics, topic)
	}
	added, err := add.RequestWith(ctx, older)
	if err == nil {
		for _, t := range added.Topics {
			for _, p := range t.Partitions {
				err = errors.Join(err, kerr.ErrorForCode(p.ErrorCode))
			}
		}
	}
	if err != nil {
		return fmt.Errorf("ending open transactions of %s in %v: %w", name, open, err)
	}
	end := kmsg.NewPtrEndTxnRequest()
	end.TransactionalID, end.ProducerID, end.ProducerEpoch, end.Commit = name, id, epoch, commit
	ended, err := end.RequestWith(ctx, older)
	if err == nil {
		err = kerr.ErrorForCode(ended.ErrorCode)
	}
	if err == nil {
		err = awaitMarks(ctx, client, id, in)
	}
	if err != nil {
		return fmt.Errorf("ending open transactions of %s in %v: %w", name, open, err)
	}
	return nil
}
