package app

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/betflow/betflow/books"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/source"
	"github.com/betflow/betflow/internal/source/theoddsapi"
	"github.com/betflow/betflow/leagues"
	"github.com/betflow/betflow/metrics"
)

// Finding is the result of one check.
type Finding struct {
	Check string `json:"check"`
	OK    bool   `json:"ok"`
	Text  string `json:"text"`
	Hint  string `json:"hint,omitempty"`
}

// Diagnose checks what a run needs. Running says that a betflow runs on the data
// folder already, which is why its addresses are taken.
func Diagnose(ctx context.Context, cfg Config, running bool) []Finding {
	findings := []Finding{checkDefinitions(cfg), checkData(cfg.Data)}
	findings = append(findings, checkAddress(ctx, "http address", cfg.HTTP.Listen, running))
	if len(cfg.Kafka.Brokers) > 0 {
		findings = append(findings, checkKafka(ctx, &cfg.Kafka), checkRegistry(ctx, &cfg.Kafka))
	} else {
		findings = append(findings, checkAddress(ctx, "kafka address", cfg.Kafka.Listen, running))
	}
	return append(findings, checkOdds(ctx, cfg))
}

func checkDefinitions(cfg Config) Finding {
	f := Finding{Check: "definitions"}
	ls, err := leagues.Load()
	if dir := cfg.Definitions.Leagues; err == nil && dir != "" {
		ls, err = leagues.LoadDir(dir)
	}
	if err != nil {
		f.Text = err.Error()
		return f
	}
	ms, err := metrics.Load(cfg.Definitions.Metrics)
	if err != nil {
		f.Text = err.Error()
		return f
	}
	bs, err := books.Load(cfg.Definitions.Books)
	if err != nil {
		f.Text = err.Error()
		return f
	}
	f.OK, f.Text = true, fmt.Sprintf("%d leagues, %d metrics, %d books", len(ls), len(ms), len(bs.Known))
	return f
}

func checkData(dir string) Finding {
	f := Finding{Check: "data folder", Hint: "choose another with --data DIR"}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		f.Text = err.Error()
		return f
	}
	probe := filepath.Join(dir, ".probe")
	if err := os.WriteFile(probe, []byte("x"), 0o644); err != nil {
		f.Text = err.Error()
		return f
	}
	if err := os.Remove(probe); err != nil {
		f.Text = err.Error()
		return f
	}
	return Finding{Check: "data folder", OK: true, Text: dir + " can be written"}
}

func checkAddress(ctx context.Context, name, address string, running bool) Finding {
	if running {
		return Finding{Check: name, OK: true, Text: address + " is used by the betflow that runs on this data folder"}
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return Finding{Check: name, Text: err.Error(), Hint: "another program has it; choose another with --http or --kafka"}
	}
	if err := l.Close(); err != nil {
		return Finding{Check: name, Text: err.Error()}
	}
	return Finding{Check: name, OK: true, Text: address + " is free"}
}

// checkKafka logs in to the cluster and counts its brokers.
func checkKafka(ctx context.Context, k *Kafka) Finding {
	f := Finding{Check: "kafka cluster"}
	connection, err := k.connection()
	if err != nil {
		f.Text, f.Hint = err.Error(), "check kafka.tls"
		return f
	}
	client, err := log.Connect(ctx, connection)
	if err != nil {
		var refused *log.ConnectError
		if f.Text = err.Error(); errors.As(err, &refused) {
			f.Text, f.Hint = refused.Err.Error(), refused.Hint
		}
		return f
	}
	defer client.Close()
	cluster, err := kadm.NewClient(client).BrokerMetadata(ctx)
	if err != nil {
		f.Text = err.Error()
		return f
	}
	if err := log.MayShare(ctx, client, k.Group); err != nil {
		f.Text, f.Hint = err.Error(), "the login may not be a replica: give it READ on the group and WRITE on the transactional ids that begin with kafka.group"
		return f
	}
	f.OK, f.Text = true, fmt.Sprintf("lets us in and share the work as %s; cluster %s with %d brokers", k.Group, cluster.Cluster, len(cluster.Brokers))
	return f
}

// checkRegistry asks the schema registry for its subjects.
func checkRegistry(ctx context.Context, k *Kafka) Finding {
	f := Finding{Check: "schema registry"}
	connection, err := k.schemas()
	if err != nil {
		f.Text, f.Hint = err.Error(), "check kafka.tls.ca"
		return f
	}
	client, err := log.ConnectSchemas(connection)
	if err != nil {
		f.Text = err.Error()
		return f
	}
	subjects, err := client.Subjects(ctx)
	if err != nil {
		f.Text, f.Hint = err.Error(), log.SchemaHint(err)
		return f
	}
	f.OK, f.Text = true, fmt.Sprintf("lets us in; %d subjects", len(subjects))
	return f
}

// checkOdds asks The Odds API for its sports, which is free, if there is a key.
func checkOdds(ctx context.Context, cfg Config) Finding {
	f := Finding{Check: "the odds api"}
	if !cfg.live() {
		f.OK, f.Text = true, "no key is set: the simulated world stands in for the providers"
		return f
	}
	c := theoddsapi.Config(cfg.Sources.Odds.Key)
	c.BaseURL, c.Attempts = cfg.Sources.Odds.URL, 1
	client, err := source.New(c, source.Deps{Rand: rand.Float64})
	if err != nil {
		f.Text = err.Error()
		return f
	}
	drop := source.SinkFunc(func(context.Context, feed.Raw) error { return nil })
	if _, err := client.Fetch(ctx, theoddsapi.Sports(false), drop); err != nil {
		f.Text, f.Hint = err.Error(), source.HintOf(err)
		return f
	}
	q := client.Quota()
	f.OK, f.Text = true, fmt.Sprintf("answers; %d credits left, %d used", q.Remaining, q.Used)
	return f
}
