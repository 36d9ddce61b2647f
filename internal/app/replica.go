package app

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/process"
)

// replica is one of several processes that share the work on a real cluster. A
// consumer group on two topics without records decides who does what: who owns a
// partition of "tasks" runs the tasks of that number, who owns "ingest" asks the
// sources. It decides no more than that. That two owners never write at the same
// time is up to the writers.
type replica struct {
	group      string
	session    time.Duration
	topics     []string // whose partitions this process would own
	client     *kgo.Client
	supervisor *supervisor
	tasks      []*process.Task
	ingest     func(context.Context) error
	logger     *slog.Logger

	mu    sync.Mutex
	owned map[log.Partition]*ownership
}

// ownership is what runs for a partition.
type ownership struct {
	stop    context.CancelFunc
	stopped []<-chan struct{}
}

// rebalanceTime is how long members may take to give up what they own: a last
// checkpoint of each task.
const rebalanceTime = time.Minute

func newReplica(s *system) *replica {
	r := &replica{
		group: s.cfg.Kafka.Group, session: s.cfg.Kafka.Session, client: s.client, supervisor: s.supervisor, tasks: s.tasks(),
		logger: s.deps.Logger.With("part", "replica"), owned: map[log.Partition]*ownership{},
	}
	if s.cfg.does(RoleProcess) {
		r.topics = append(r.topics, log.TopicTasks)
	}
	if s.cfg.does(RoleIngest) {
		r.topics = append(r.topics, log.TopicIngest)
	}
	return r
}

// run is a member of the group until the context ends, and does what it owns.
func (r *replica) run(ctx context.Context) error {
	if len(r.topics) == 0 {
		<-ctx.Done()
		return nil
	}
	member, err := log.Derive(r.client,
		kgo.ConsumerGroup(r.group),
		kgo.ConsumeTopics(r.topics...),
		kgo.Balancers(kgo.CooperativeStickyBalancer()),
		kgo.SessionTimeout(r.session),
		kgo.HeartbeatInterval(r.session/3),
		kgo.RebalanceTimeout(rebalanceTime),
		kgo.DisableAutoCommit(), // positions are in the checkpoints
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, ps map[string][]int32) { r.take(ctx, ps) }),
		kgo.OnPartitionsRevoked(func(_ context.Context, _ *kgo.Client, ps map[string][]int32) { r.leave(ps) }),
		kgo.OnPartitionsLost(func(_ context.Context, _ *kgo.Client, ps map[string][]int32) { r.leave(ps) }),
	)
	if err != nil {
		return fmt.Errorf("joining group %s: %w", r.group, err)
	}
	defer r.leaveAll()
	defer member.Close() // leaves the group, which revokes
	for ctx.Err() == nil {
		// There are no records; what comes are errors of the group.
		fetches := member.PollFetches(ctx)
		for _, e := range fetches.Errors() {
			if log.ClassOf(e.Err) == log.Permanent && ctx.Err() == nil {
				return fmt.Errorf("being a member of group %s: %w", r.group, e.Err)
			}
		}
	}
	return nil
}

// take starts what was assigned.
func (r *replica) take(ctx context.Context, partitions map[string][]int32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for topic, ps := range partitions {
		for _, p := range ps {
			at := log.Partition{Topic: topic, Partition: p}
			if r.owned[at] != nil {
				continue
			}
			r.owned[at] = r.start(ctx, at)
		}
	}
	r.logger.Info("work was assigned", "partitions", partitions)
}

// start sets the work of a partition in motion.
func (r *replica) start(ctx context.Context, p log.Partition) *ownership {
	working, stop := context.WithCancel(ctx)
	o := &ownership{stop: stop}
	if p.Topic == log.TopicIngest {
		o.stopped = append(o.stopped, r.supervisor.start(working, "ingest", r.ingest))
		return o
	}
	for _, t := range r.tasks {
		if t.Partition() == p.Partition {
			o.stopped = append(o.stopped, r.supervisor.start(working, t.Name(), t.Run))
		}
	}
	return o
}

// leave stops what was revoked and returns when it has stopped: the next owner
// begins with the last checkpoints.
func (r *replica) leave(partitions map[string][]int32) {
	var left []*ownership
	r.mu.Lock()
	for topic, ps := range partitions {
		for _, p := range ps {
			at := log.Partition{Topic: topic, Partition: p}
			if o := r.owned[at]; o != nil {
				left = append(left, o)
				delete(r.owned, at)
			}
		}
	}
	r.mu.Unlock()
	end(left)
	r.logger.Info("work was taken away", "partitions", partitions)
}

// leaveAll stops what is left: a member that cannot reach the group is told of
// nothing.
func (r *replica) leaveAll() {
	r.mu.Lock()
	left := slices.Collect(maps.Values(r.owned))
	clear(r.owned)
	r.mu.Unlock()
	end(left)
}

// end stops work and returns when all of it has stopped.
func end(left []*ownership) {
	for _, o := range left {
		o.stop()
	}
	for _, o := range left {
		for _, stopped := range o.stopped {
			<-stopped
		}
	}
}

// owns tells whether this process runs a task. Another one does otherwise.
func (r *replica) owns(t *process.Task) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.owned[log.Partition{Topic: log.TopicTasks, Partition: t.Partition()}] != nil
}
