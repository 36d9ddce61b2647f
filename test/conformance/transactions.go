package conformance

import (
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/log"
)

// transact writes values in one transaction and ends it.
func (s *suite) transact(client *kgo.Client, topic string, end kgo.TransactionEndTry, values ...string) error {
	s.t.Helper()
	s.must(client.BeginTransaction())
	for _, v := range values {
		if err := client.ProduceSync(s.ctx, &kgo.Record{Topic: topic, Value: []byte(v)}).FirstErr(); err != nil {
			return err
		}
	}
	return client.EndTransaction(s.ctx, end)
}

// transactions: readers of committed records see all of a transaction or
// nothing, other readers see everything.
func transactions(s *suite) {
	topic := s.topic(1, false, nil)
	client := s.dial(kgo.TransactionalID(name("tx")))
	s.must(s.transact(client, topic, kgo.TryCommit, "a", "b"))
	s.must(s.transact(client, topic, kgo.TryAbort, "c", "d"))
	s.must(s.transact(client, topic, kgo.TryCommit, "e"))
	if got := fmt.Sprint(valuesOf(s.read(topic, kgo.ReadCommitted())[0])); got != "[a b e]" {
		s.t.Errorf("committed are %s, want [a b e]", got)
	}
	if got := fmt.Sprint(valuesOf(s.read(topic, kgo.ReadUncommitted())[0])); got != "[a b c d e]" {
		s.t.Errorf("written are %s, want [a b c d e]", got)
	}
}

// transactionTails: the tail of a partition is its last committed record, also
// when marks or aborted records stand behind it.
func transactionTails(s *suite) {
	topic := s.topic(1, false, nil)
	client := s.dial(kgo.TransactionalID(name("tx")))
	at := log.Partition{Topic: topic}
	// A transaction has ended before its marks stand in every partition: what is
	// committed shows when they do.
	tail := func(want string) {
		s.t.Helper()
		for {
			tails, err := log.Tails(s.ctx, s.client, []string{topic})
			if err != nil {
				s.t.Fatalf("the tail is not %q yet: %v", want, err)
			}
			if got := tails[at]; got == nil && want == "" || got != nil && string(got.Value) == want {
				return
			}
		}
	}
	s.must(s.transact(client, topic, kgo.TryAbort, "never"))
	tail("")
	s.must(s.transact(client, topic, kgo.TryCommit, "a", "b"))
	tail("b")
	for range 3 {
		s.must(s.transact(client, topic, kgo.TryAbort, "c", "d", "e"))
	}
	tail("b")
	s.produce(&kgo.Record{Topic: topic, Value: []byte("plain")})
	tail("plain")
}

// fencing: of two producers with one transactional id the older one can write
// nothing more that a reader would see.
func fencing(s *suite) {
	topic := s.topic(1, false, nil)
	id := kgo.TransactionalID(name("tx"))
	zombie, heir := s.dial(id), s.dial(id)
	s.must(zombie.BeginTransaction())
	s.must(zombie.ProduceSync(s.ctx, &kgo.Record{Topic: topic, Value: []byte("zombie")}).FirstErr())
	s.must(s.transact(heir, topic, kgo.TryCommit, "heir"))
	err := zombie.EndTransaction(s.ctx, kgo.TryCommit)
	if !errors.Is(err, kerr.ProducerFenced) && !errors.Is(err, kerr.InvalidProducerEpoch) {
		s.t.Errorf("the zombie's commit: %v", err)
	}
	if got := fmt.Sprint(valuesOf(s.read(topic, kgo.ReadCommitted())[0])); got != "[heir]" {
		s.t.Errorf("committed are %s, want [heir]", got)
	}
}
