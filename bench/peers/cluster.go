package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sr"

	"github.com/betflow/betflow/internal/log"
)

// cluster is a real Kafka and a real registry, started for this run.
type cluster struct {
	brokers  []string
	url      string // of the registry
	group    int    // process group of the broker
	client   *kgo.Client
	registry *sr.Client
	engines  string // the folder of the scripts
	dir      string // where they keep what runs
}

// startTime is how long an engine may take, its download included.
const startTime = 15 * time.Minute

// startCluster starts Kafka and the registry by the scripts of the tests.
func startCluster(ctx context.Context, root, dir string) (*cluster, error) {
	c := &cluster{engines: filepath.Join(root, "test", "engines"), dir: filepath.Join(dir, "engines")}
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	kafka, err := c.script(ctx, "kafka", "start", "1")
	if err != nil {
		return nil, err
	}
	registry, err := c.script(ctx, "registry", "start")
	if err != nil {
		return nil, errors.Join(err, c.stop())
	}
	c.brokers, c.url = strings.Split(kafka["KAFKA_PLAIN"], ","), registry["REGISTRY_URL"]
	if err := c.connect(ctx); err != nil {
		return nil, errors.Join(err, c.stop())
	}
	return c, nil
}

func (c *cluster) connect(ctx context.Context) error {
	pid, err := os.ReadFile(filepath.Join(c.dir, "kafka", "1", "pid"))
	if err != nil {
		return fmt.Errorf("finding the broker: %w", err)
	}
	if c.group, err = strconv.Atoi(strings.TrimSpace(string(pid))); err != nil {
		return fmt.Errorf("finding the broker: %w", err)
	}
	if c.client, err = log.Connect(ctx, log.Connection{Brokers: c.brokers}); err != nil {
		return err
	}
	c.registry, err = log.ConnectSchemas(log.SchemaConnection{URL: c.url})
	return err
}

// script runs an engine's script and returns what it printed, a KEY=VALUE a line.
func (c *cluster) script(ctx context.Context, engine, name string, args ...string) (map[string]string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(c.engines, engine, name), args...)
	cmd.Env = append(os.Environ(), "ENGINES_RUN="+c.dir, "KAFKA_HEAP=1g")
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("running %s/%s: %w\n%s", engine, name, err, errs.String())
	}
	values := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			values[key] = value
		}
	}
	return values, nil
}

// stop ends what startCluster has started.
func (c *cluster) stop() error {
	if c.client != nil {
		c.client.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var errs []error
	for _, engine := range []string{"registry", "kafka"} {
		_, err := c.script(ctx, engine, "stop")
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// create makes topics that keep everything: peers give rows the time of their
// window, which may be long ago.
func (c *cluster) create(ctx context.Context, partitions int32, topics ...string) error {
	keep := map[string]*string{"retention.ms": kadm.StringPtr("-1"), "max.message.bytes": kadm.StringPtr(strconv.Itoa(log.MaxRecordBytes))}
	made, err := kadm.NewClient(c.client).CreateTopics(ctx, partitions, 1, keep, topics...)
	if err != nil {
		return fmt.Errorf("creating topics: %w", err)
	}
	for _, t := range made {
		if t.Err != nil && !errors.Is(t.Err, kerr.TopicAlreadyExists) {
			return fmt.Errorf("creating topic %s: %w", t.Topic, t.Err)
		}
	}
	return nil
}

// remove deletes topics that exist and waits until they are gone.
func (c *cluster) remove(ctx context.Context, topics ...string) error {
	admin := kadm.NewClient(c.client)
	if _, err := admin.DeleteTopics(ctx, topics...); err != nil {
		return fmt.Errorf("deleting topics: %w", err)
	}
	for {
		known, err := admin.ListTopics(ctx, topics...)
		if err != nil {
			return fmt.Errorf("waiting for topics to go: %w", err)
		}
		left := 0
		for _, t := range known {
			if !errors.Is(t.Err, kerr.UnknownTopicOrPartition) {
				left++
			}
		}
		if left == 0 {
			return nil
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

// renew makes topics as the program does, empty.
func (c *cluster) renew(ctx context.Context, topics []log.Topic) error {
	var names []string
	for _, t := range topics {
		names = append(names, t.Name)
	}
	if err := c.remove(ctx, names...); err != nil {
		return err
	}
	return log.Ensure(ctx, c.client, topics, 1)
}

// pause waits, unless the context ends before.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
