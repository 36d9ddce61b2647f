package registry

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// TestATopicOutlivesItsSchema: what was written before market states knew of main
// lines is still read, through the registry that remembers how.
func TestATopicOutlivesItsSchema(t *testing.T) {
	ctx := context.Background()
	cl := client(t, open(t, t.TempDir()))
	topic := log.Topic{Name: "markets.nhl", Schema: without(t, feed.MarketSchema, "average", "left_out", "main", "common_books")}
	before, err := log.Register(ctx, cl, topic)
	if err != nil {
		t.Fatal(err)
	}
	value, err := before.Append(nil, &feed.MarketState{Kind: feed.KindMarket, Seq: 3, Market: "h2h", Outcomes: []feed.OutcomeState{{Outcome: "home", Prices: 2}}, SeenTime: 7})
	if err != nil {
		t.Fatal(err)
	}
	topic.Schema = feed.MarketSchema
	now, err := log.Register(ctx, cl, topic)
	if err != nil {
		t.Fatal(err)
	}
	got := feed.MarketState{Main: true}
	if err := now.Decode(value, &got); err != nil {
		t.Fatal(err)
	}
	if got.Seq != 3 || got.SeenTime != 7 || len(got.Outcomes) != 1 || got.Outcomes[0].Prices != 2 || got.Main || got.Average != "mean" || len(got.LeftOut) != 0 {
		t.Errorf("got %+v", got)
	}
}

// without removes fields from a record's schema.
func without(t *testing.T, schema string, names ...string) string {
	t.Helper()
	var tree map[string]any
	if err := json.Unmarshal([]byte(schema), &tree); err != nil {
		t.Fatal(err)
	}
	fields, kept := tree["fields"].([]any), []any{}
	for _, f := range fields {
		if name, _ := f.(map[string]any)["name"].(string); !slices.Contains(names, name) {
			kept = append(kept, f)
		}
	}
	if len(kept) != len(fields)-len(names) {
		t.Fatalf("the schema does not have all of %q", names)
	}
	tree["fields"] = kept
	text, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
