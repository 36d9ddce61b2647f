package app

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/betflow/betflow/internal/log"
)

// metering exposes the system's state to Prometheus. Values are read when they
// are asked for; nothing on the way of a price counts for it.
type metering struct {
	system   *system
	registry *prometheus.Registry

	requests, failures, retries, quota *prometheus.Desc
	records, emitted, restarts         *prometheus.Desc
	lag, topicRecords                  *prometheus.Desc
	counter, signals, age, ahead       *prometheus.Desc

	taskLag, taskLagSeconds          *prometheus.Desc
	feederLag, feederLagSeconds      *prometheus.Desc
	watermark, checkpoint, lastSaved *prometheus.Desc
	recovery, rebuilding             *prometheus.Desc
	taskHere                         *prometheus.Desc

	checked, mismatches, unchecked, lastLook *prometheus.Desc // of parity

	series []series
}

// series is what stands in the list of docs/operations.md.
type series struct {
	name, help string
	labels     []string
}

func newMetering(s *system) *metering {
	var all []series
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		all = append(all, series{"betflow_" + name, help, labels})
		return prometheus.NewDesc("betflow_"+name, help, labels, nil)
	}
	m := &metering{
		system: s, registry: prometheus.NewRegistry(),
		requests:     desc("source_requests_total", "Requests sent to a provider, retries included.", "source"),
		failures:     desc("source_failures_total", "Requests that brought no data, by reason.", "source", "reason"),
		retries:      desc("source_retries_total", "Requests sent again.", "source"),
		quota:        desc("source_quota_remaining", "Credits that the provider says are left.", "source"),
		records:      desc("task_records_total", "Records a task has taken in since the start.", "task"),
		emitted:      desc("task_emitted_total", "Records a task has written since the start.", "task"),
		restarts:     desc("task_restarts_total", "How often a task has failed and was started again.", "task"),
		lag:          desc("topic_lag_records", "Records of a topic that its slowest reader has not read yet.", "topic"),
		topicRecords: desc("topic_records", "Records that a topic holds.", "topic"),
		counter:      desc("board_records_total", "Records that have reached the board since the start, by kind.", "kind"),
		signals:      desc("signals_total", "Words about signals that have reached the board since the start: opened, updated, closed or dropped, and why.", "rule", "state", "reason"),
		age:          desc("board_clock_seconds", "The log's clock as seconds since the epoch."),
		ahead:        desc("clock_ahead_seconds", "How far the log's time is ahead of the machine's clock, which was set back; 0 while nothing is amiss."),

		taskLag:          desc("task_lag_records", "Records of a topic that a task has not taken in yet.", "task", "topic"),
		taskLagSeconds:   desc("task_lag_seconds", "Time of the log between the newest record of a topic and what a task has taken in; 0 if that is all.", "task", "topic"),
		feederLag:        desc("feeder_lag_records", "Records of a topic that the store or the board has not taken in yet.", "feeder", "topic"),
		feederLagSeconds: desc("feeder_lag_seconds", "Time of the log between the newest record of a topic and what the store or the board has taken in; 0 if that is all.", "feeder", "topic"),
		watermark:        desc("watermark_timestamp_seconds", "The watermark of a metric's windows in a league, or of its joins, as seconds since the epoch.", "task", "league", "metric"),
		checkpoint:       desc("task_checkpoint_duration_seconds", "How long the checkpoints of a task took, waiting for its outputs included.", "task"),
		taskHere:         desc("task_here", "1 for a task that this process runs, 0 for one that another process is to run.", "task"),
		lastSaved:        desc("task_checkpoint_timestamp_seconds", "When a task made its last checkpoint, as seconds since the epoch.", "task"),
		recovery:         desc("task_recovery_remaining_records", "Records that the inputs of a task held at its start and that it has not taken in yet.", "task"),
		rebuilding:       desc("task_rebuilding", "1 while a task makes its state anew from the log, else 0.", "task"),

		checked:    desc("parity_checked_total", "Finished windows that were recomputed from the log since the start.", "metric"),
		mismatches: desc("parity_mismatches_total", "Of them, those of which the stream had said something else.", "metric"),
		unchecked:  desc("parity_unchecked_total", "Finished windows of the sample that could not be recomputed: they began before the program, their records were trimmed from the log, or memory was short.", "metric", "reason"),
		lastLook:   desc("parity_look_timestamp_seconds", "When finished windows were last looked at, as seconds since the epoch."),
	}
	m.series = all
	m.registry.MustRegister(append(ofProgram(), m)...)
	return m
}

// ofProgram are the collectors of what every Go program tells of itself.
func ofProgram() []prometheus.Collector {
	return []prometheus.Collector{collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})}
}

func (m *metering) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Describe sends nothing: which series exist depends on what runs.
func (m *metering) Describe(chan<- *prometheus.Desc) {}

// Collect reads the system's state.
func (m *metering) Collect(out chan<- prometheus.Metric) {
	send := func(d *prometheus.Desc, kind prometheus.ValueType, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, kind, v, labels...)
	}
	s := m.system
	if s.ready.Load() && s.poller != nil {
		for _, p := range s.poller.Status() {
			send(m.requests, prometheus.CounterValue, float64(p.Counts.Requests), p.Source)
			send(m.retries, prometheus.CounterValue, float64(p.Counts.Retries), p.Source)
			send(m.failures, prometheus.CounterValue, float64(p.Counts.TooMany), p.Source, "too_many")
			send(m.failures, prometheus.CounterValue, float64(p.Counts.ServerErrors), p.Source, "server_error")
			send(m.failures, prometheus.CounterValue, float64(p.Counts.Timeouts), p.Source, "timeout")
			send(m.failures, prometheus.CounterValue, float64(p.Counts.Refused), p.Source, "refused")
			send(m.failures, prometheus.CounterValue, float64(p.Counts.Broken), p.Source, "broken")
			if p.Quota.Known {
				send(m.quota, prometheus.GaugeValue, float64(p.Quota.Remaining), p.Source)
			}
		}
	}
	st := s.status()
	for _, t := range st.Tasks {
		send(m.records, prometheus.CounterValue, float64(t.Records), t.Task)
		send(m.emitted, prometheus.CounterValue, float64(t.Emitted), t.Task)
		send(m.restarts, prometheus.CounterValue, float64(t.Restarts), t.Task)
	}
	for _, t := range st.Topics {
		send(m.lag, prometheus.GaugeValue, float64(t.Lag), t.Topic)
		send(m.topicRecords, prometheus.GaugeValue, float64(t.Records), t.Topic)
	}
	for kind, n := range map[string]int64{
		"quote": st.Counters.Quotes, "game": st.Counters.Games, "weather": st.Counters.Weather,
		"quarantine": st.Counters.Quarantined, "late": st.Counters.Late, "review": st.Counters.Reviews,
		"signal": st.Counters.Signals, "duplicate": st.Counters.DuplicatesDropped,
	} {
		send(m.counter, prometheus.CounterValue, float64(n), kind)
	}
	for c, n := range s.board.SignalCounts() {
		send(m.signals, prometheus.CounterValue, float64(n), c.Rule, string(c.State), c.Reason)
	}
	send(m.age, prometheus.GaugeValue, float64(st.Now)/1e6)
	if s.ready.Load() && s.steady != nil {
		send(m.ahead, prometheus.GaugeValue, s.steady.Ahead().Seconds())
	}
	m.collectParity(out)
	if s.assembled.Load() {
		m.collectTasks(out)
	}
}

func (m *metering) collectParity(out chan<- prometheus.Metric) {
	count := func(d *prometheus.Desc, n int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	found := m.system.parity.Summary()
	for name, c := range found.Metrics {
		count(m.checked, c.Checked, name)
		count(m.mismatches, c.Mismatches, name)
		for reason, n := range c.Unchecked {
			count(m.unchecked, n, name, reason)
		}
	}
	if !found.Last.IsZero() {
		out <- prometheus.MustNewConstMetric(m.lastLook, prometheus.GaugeValue, float64(found.Last.UnixMicro())/1e6)
	}
}

// lagTimeout is how long the log may take to say how far its readers are behind.
// With what the status takes it is within the ten seconds that Prometheus waits.
const lagTimeout = 6 * time.Second

// collectTasks reads what the tasks publish, and asks the log how much is left.
func (m *metering) collectTasks(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for _, t := range m.system.tasks() {
		here := 1.0
		if m.system.elsewhere(t) {
			here = 0
		}
		gauge(m.taskHere, here, t.Name())
	}
	for _, t := range m.system.here() {
		p := t.Progress()
		for _, w := range p.Watermarks {
			gauge(m.watermark, float64(w.Time)/1e6, t.Name(), w.League, w.Metric)
		}
		remaining, rebuilding := 0.0, 0.0
		if !p.Recovery.Over {
			remaining = float64(p.Recovery.Records - p.Recovery.Done)
		}
		if p.Recovery.Rebuilding() {
			rebuilding = 1
		}
		gauge(m.recovery, remaining, t.Name())
		gauge(m.rebuilding, rebuilding, t.Name())
		c := p.Checkpoints
		out <- prometheus.MustNewConstSummary(m.checkpoint, uint64(c.Count), c.Took.Seconds(), nil, t.Name())
		if !c.Last.IsZero() {
			gauge(m.lastSaved, float64(c.Last.UnixMicro())/1e6, t.Name())
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), lagTimeout)
	defer cancel()
	lags, err := m.system.lags(ctx, m.system.followers())
	if err != nil {
		m.system.deps.Logger.Warn("asking the log how far its readers are behind", "error", err)
		return
	}
	seen := map[place]bool{} // of a feeder's topics, whose partitions are one series
	for where := range lags {
		records, seconds := m.taskLag, m.taskLagSeconds
		if where.follower == storeName || where.follower == boardName {
			records, seconds = m.feederLag, m.feederLagSeconds
		}
		topic := place{where.follower, log.Partition{Topic: where.at.Topic}}
		if seen[topic] {
			continue
		}
		seen[topic] = true
		n, behind := worst(lags, func(p place) bool { return p.follower == where.follower && p.at.Topic == where.at.Topic })
		gauge(records, float64(n), where.follower, where.at.Topic)
		if behind != nil {
			gauge(seconds, *behind, where.follower, where.at.Topic)
		}
	}
}
