package log

import (
	"context"
	"errors"
	"io/fs"
	"net"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Class says what an error of the log means for who meets it.
type Class int

// Classes of errors. Whatever the class, a writer that has failed is not used
// again: a new one begins with what the log tells then.
const (
	Permanent Class = iota // somebody has to do something about it
	Retryable              // it passes: a broker starts, or leads no more
	Fenced                 // another writer has taken the place
	Ambiguous              // nobody knows whether the transaction stands
)

// ErrUnknownOutcome is returned for a transaction that may or may not stand in
// the log.
var ErrUnknownOutcome = errors.New("it is not known whether the transaction was committed")

// ClassOf finds the class of an error.
func ClassOf(err error) Class {
	var (
		file    *fs.PathError
		network *net.OpError
		lookup  *net.DNSError
		eof     *kgo.ErrFirstReadEOF
	)
	switch {
	case errors.As(err, &file): // of the disk, though the number in it says of itself that it is of a network
		return Permanent
	case errors.Is(err, kerr.ProducerFenced), errors.Is(err, kerr.InvalidProducerEpoch):
		return Fenced
	case errors.Is(err, ErrUnknownOutcome):
		return Ambiguous
	case kerr.IsRetriable(err), errors.Is(err, kerr.InvalidProducerIDMapping), errors.Is(err, kerr.UnknownProducerID),
		errors.Is(err, kerr.InvalidTxnState), errors.Is(err, kerr.TransactionAbortable), errors.Is(err, errRenamed), errors.Is(err, errLostMarks),
		kgo.IsRetryableBrokerErr(err), errors.As(err, &network), errors.As(err, &lookup), errors.As(err, &eof),
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, kgo.ErrClientClosed):
		return Retryable
	}
	return Permanent
}
