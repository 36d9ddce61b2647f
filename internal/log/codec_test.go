package log

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/feed"
)

// records has every record with the schema of its topic.
var records = map[string]struct {
	schema string
	record any
}{
	"inplay":         {feed.InPlaySchema, &feed.InPlay{}},
	"totals_weather": {feed.TotalsWeatherSchema, &feed.TotalsWeather{}},
	"quote":          {feed.QuoteSchema, &feed.Quote{}},
	"game":           {feed.GameSchema, &feed.Game{}},
	"play":           {feed.PlaySchema, &feed.Play{}},
	"weather":        {feed.WeatherSchema, &feed.Weather{}},
	"fixture":        {feed.FixtureSchema, &feed.Fixture{}},
	"dimension":      {feed.DimensionSchema, &feed.Dimension{}},
	"review":         {feed.ReviewSchema, &feed.Review{}},
	"quarantine":     {feed.QuarantineSchema, &feed.Quarantine{}},
	"late":           {feed.LateSchema, &feed.Late{}},
	"market":         {feed.MarketSchema, &feed.MarketState{}},
	"signal":         {feed.SignalSchema, &feed.Signal{}},
}

// fill sets every field to a value of its own; what is optional is set too.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("text ", *n))
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(*n) * 1_000)
	case reflect.Float64:
		v.SetFloat(float64(*n) + 0.25)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			if v.Type().Elem().Kind() == reflect.Uint8 {
				v.Index(i).SetUint(uint64(*n + i))
				continue
			}
			fill(v.Index(i), n)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic("a record has a " + v.Kind().String())
	}
}

func codecOf(t testing.TB, schema string, id int) *Codec {
	t.Helper()
	c, err := NewCodec(schema, id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryRecordSurvivesItsSchema(t *testing.T) {
	for name, r := range records {
		t.Run(name, func(t *testing.T) {
			c := codecOf(t, r.schema, 0x01020304)
			full, n := reflect.New(reflect.TypeOf(r.record).Elem()), 0
			fill(full.Elem(), &n)
			for what, want := range map[string]any{"full": full.Interface(), "empty": r.record} {
				b, err := c.Append([]byte("before"), want)
				if err != nil {
					t.Fatal(err)
				}
				if string(b[:11]) != "before\x00\x01\x02\x03\x04" {
					t.Errorf("%s: begins with %x, want the magic byte and the id", what, b[:11])
				}
				got := reflect.New(reflect.TypeOf(r.record).Elem())
				if err := c.Decode(b[6:], got.Interface()); err != nil {
					t.Fatal(err)
				}
				if what == "full" && !reflect.DeepEqual(got.Interface(), want) {
					t.Errorf("got %+v, want %+v", got.Elem(), want)
				}
				again, err := c.Append([]byte("before"), got.Interface())
				if err != nil || string(again) != string(b) {
					t.Errorf("%s: written again it is %x (%v), want %x", what, again, err, b)
				}
				// Decoding into a record in use leaves nothing of what was there.
				if err := c.Decode(b[6:], full.Interface()); err != nil {
					t.Fatal(err)
				}
				if again, err = c.Append([]byte("before"), full.Interface()); err != nil || string(again) != string(b) {
					t.Errorf("%s: decoded into a full record it is %x (%v), want %x", what, again, err, b)
				}
			}
		})
	}
}

// TestACodecReadsOlderVersions: the log outlives the program that wrote it.
func TestACodecReadsOlderVersions(t *testing.T) {
	const (
		before = `{"type": "record", "name": "R", "fields": [
			{"name": "kind", "type": "string"}, {"name": "seq", "type": "long"},
			{"name": "list", "type": {"type": "array", "items": {"type": "record", "name": "I", "fields": [{"name": "a", "type": "long"}]}}}]}`
		now = `{"type": "record", "name": "R", "fields": [
			{"name": "kind", "type": "string"}, {"name": "seq", "type": "long"},
			{"name": "list", "type": {"type": "array", "items": {"type": "record", "name": "I", "fields": [
				{"name": "a", "type": "long"}, {"name": "b", "type": ["null", "double"], "default": null}]}}},
			{"name": "main", "type": "boolean", "default": false}]}`
	)
	type item struct {
		A int64    `avro:"a"`
		B *float64 `avro:"b"`
	}
	type record struct {
		Kind string `avro:"kind"`
		Seq  int64  `avro:"seq"`
		List []item `avro:"list"`
		Main bool   `avro:"main"`
	}
	type old struct {
		Kind string `avro:"kind"`
		Seq  int64  `avro:"seq"`
		List []item `avro:"list"`
	}
	value, err := codecOf(t, before, 1).Append(nil, &old{"x", 7, []item{{A: 1}, {A: 2}}})
	if err != nil {
		t.Fatal(err)
	}
	c := codecOf(t, now, 2)
	b := 1.5
	got := record{List: []item{{A: 9, B: &b}}, Main: true} // in use
	if err := c.Decode(value, &got); !errors.Is(err, ErrUnknownSchema) {
		t.Errorf("a schema that is not known: error %v", err)
	}
	if err := c.read(before, 1); err != nil {
		t.Fatal(err)
	}
	if err := c.Decode(value, &got); err != nil {
		t.Fatal(err)
	}
	if want := (record{"x", 7, []item{{A: 1}, {A: 2}}, false}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if value, err = c.Append(nil, &record{Kind: "y", Main: true}); err != nil {
		t.Fatal(err)
	}
	if err := c.Decode(value, &got); err != nil || got.Kind != "y" || !got.Main {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestEveryTopicBeginsWithKindAndSeq: readers that know nothing else of a record
// tell ticks and repetitions by these.
func TestEveryTopicBeginsWithKindAndSeq(t *testing.T) {
	layout := Layout{Partitions: 1, Sources: feed.Sources(), Leagues: []string{"nhl"}}
	schemas := map[string]bool{}
	for _, topic := range layout.Topics() {
		if topic.Schema == "" {
			continue
		}
		schemas[topic.Schema] = true
		var schema struct {
			Fields []struct {
				Name string `json:"name"`
				Type any    `json:"type"`
			} `json:"fields"`
		}
		if err := json.Unmarshal([]byte(topic.Schema), &schema); err != nil {
			t.Fatal(err)
		}
		for i, want := range [][2]string{{"kind", "string"}, {"seq", "long"}} {
			if f := schema.Fields[i]; f.Name != want[0] || f.Type != any(want[1]) {
				t.Errorf("topic %s: field %d is %s of type %v, want %s of type %s", topic.Name, i, f.Name, f.Type, want[0], want[1])
			}
		}
	}
	if len(schemas) != len(records) {
		t.Errorf("the topics have %d schemas, the test knows %d", len(schemas), len(records))
	}
}

// TestTicksDifferFromDataByKindAlone: a tick is a whole record of its topic's
// schema, so that no reader needs to know of ticks to read the topic.
func TestTicksDifferFromDataByKindAlone(t *testing.T) {
	for name, tick := range map[string]any{
		"quote": &feed.Quote{}, "game": &feed.Game{}, "play": &feed.Play{}, "weather": &feed.Weather{},
	} {
		c := codecOf(t, records[name].schema, 1)
		v, n := reflect.ValueOf(tick).Elem(), 0
		fill(v, &n)
		v.FieldByName("Kind").SetString(string(feed.KindTick))
		b, err := c.Append(nil, tick)
		if err != nil {
			t.Fatal(err)
		}
		kind, seq, err := KindSeq(b)
		if err != nil || kind != string(feed.KindTick) || seq != v.FieldByName("Seq").Int() {
			t.Errorf("%s: got kind %q, number %d (%v)", name, kind, seq, err)
		}
		got := reflect.New(v.Type())
		if err := c.Decode(b, got.Interface()); err != nil || !reflect.DeepEqual(got.Interface(), tick) {
			t.Errorf("%s: got %+v (%v), want %+v", name, got.Elem(), err, v)
		}
	}
}

func TestDecodeRefusesWhatIsNoRecord(t *testing.T) {
	c := codecOf(t, feed.PlaySchema, 1)
	for _, value := range [][]byte{nil, {}, {0, 0, 0, 0}, {1, 0, 0, 0, 1, 2}, []byte("hello world")} {
		if err := c.Decode(value, &feed.Play{}); !errors.Is(err, ErrNoRecord) {
			t.Errorf("%x: got %v, want ErrNoRecord", value, err)
		}
		if _, _, err := KindSeq(value); !errors.Is(err, ErrNoRecord) {
			t.Errorf("%x: KindSeq: got %v, want ErrNoRecord", value, err)
		}
	}
	if err := c.Decode([]byte{0, 0, 0, 0, 1, 200}, &feed.Play{}); err == nil {
		t.Error("a record that ends early was read")
	}
}

// FuzzKindSeq: what the codec can read, KindSeq reads alike.
func FuzzKindSeq(f *testing.F) {
	c := codecOf(f, feed.LateSchema, 1)
	for _, r := range []*feed.Late{{}, {Kind: feed.KindLate, Seq: 1 << 40, Key: "a|b"}, {Kind: feed.KindTick, Seq: -1}} {
		b, err := c.Append(nil, r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte{0, 0, 0, 0, 1, 1})
	f.Fuzz(func(t *testing.T, value []byte) {
		kind, seq, err := KindSeq(value)
		var r feed.Late
		if c.Decode(value, &r) != nil {
			return
		}
		if err != nil || kind != string(r.Kind) || seq != r.Seq {
			t.Errorf("got %q %d (%v), the codec reads %q %d", kind, seq, err, r.Kind, r.Seq)
		}
	})
}

// TestQuotesOfOlderVersionsAreReadToo: a quote without a limit, as a program
// before this one wrote it.
func TestQuotesOfOlderVersionsAreReadToo(t *testing.T) {
	before := strings.Replace(feed.QuoteSchema, `    {"name": "limit", "type": ["null", "double"], "default": null},`, "", 1)
	limit := 500.0
	q := benchQuote()
	value, err := codecOf(t, before, 1).schema.AppendEncode([]byte{0, 0, 0, 0, 1}, &q)
	if err != nil {
		t.Fatal(err)
	}
	c := codecOf(t, feed.QuoteSchema, 2)
	got := feed.Quote{Limit: &limit}
	if err := c.DecodeQuote(value, new(feed.QuoteParser), &got); !errors.Is(err, ErrUnknownSchema) {
		t.Errorf("a schema that is not known: error %v", err)
	}
	if err := c.read(before, 1); err != nil {
		t.Fatal(err)
	}
	if err := c.DecodeQuote(value, new(feed.QuoteParser), &got); err != nil || !reflect.DeepEqual(got, q) {
		t.Errorf("got %+v (%v), want %+v", got, err, q)
	}
}

// FuzzDecodeQuote: the parser reads what the schema says, and refuses what the
// schema refuses.
func FuzzDecodeQuote(f *testing.F) {
	c, n := codecOf(f, feed.QuoteSchema, 1), 0
	full, bench := feed.Quote{}, benchQuote()
	fill(reflect.ValueOf(&full).Elem(), &n)
	for _, q := range []*feed.Quote{{}, {Kind: feed.KindTick, EventTime: -1}, &bench, &full} {
		b, err := c.Append(nil, q)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[:len(b)-1])
		f.Add(append(b, 7))
	}
	var parser feed.QuoteParser // in use
	f.Fuzz(func(t *testing.T, value []byte) {
		var got, want feed.Quote
		gotErr, wantErr := c.DecodeQuote(value, &parser, &got), c.Decode(value, &want)
		if (gotErr == nil) != (wantErr == nil) {
			t.Fatalf("%x: got %v, by the schema %v", value, gotErr, wantErr)
		}
		if gotErr != nil {
			return
		}
		// NaN is no reason to differ.
		again, err := c.Append(nil, &got)
		if err != nil {
			t.Fatal(err)
		}
		if wanted, err := c.Append(nil, &want); err != nil || string(again) != string(wanted) {
			t.Errorf("%x: got %+v, by the schema %+v (%v)", value, got, want, err)
		}
	})
}

func BenchmarkQuoteEncode(b *testing.B) {
	c, q, buf := codecOf(b, feed.QuoteSchema, 1), benchQuote(), []byte(nil)
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if buf, err = c.Append(buf[:0], &q); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "quotes/s")
}

func BenchmarkQuoteDecode(b *testing.B) {
	c, q := codecOf(b, feed.QuoteSchema, 1), benchQuote()
	value, err := c.Append(nil, &q)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := c.Decode(value, &q); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "quotes/s")
}

func BenchmarkQuoteParse(b *testing.B) {
	c, q, p := codecOf(b, feed.QuoteSchema, 1), benchQuote(), feed.QuoteParser{}
	value, err := c.Append(nil, &q)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := c.DecodeQuote(value, &p, &q); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "quotes/s")
}

func BenchmarkKindSeq(b *testing.B) {
	c, q := codecOf(b, feed.QuoteSchema, 1), benchQuote()
	value, err := c.Append(nil, &q)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := KindSeq(value); err != nil {
			b.Fatal(err)
		}
	}
}

func benchQuote() feed.Quote {
	line := -1.5
	return feed.Quote{
		Kind: feed.KindQuote, Seq: 123456, FixtureID: "nhl-20261122-toronto-maple-leafs-boston-bruins", League: "nhl", Market: feed.MarketSpreads,
		Period: feed.PeriodFull, Line: &line, Outcome: feed.OutcomeHome, Book: "draftkings", Price: 2.45, PriceOriginal: "+145", PriceFormat: feed.FormatAmerican,
		State: feed.StateOpen, EventTime: testEpoch, SeenTime: testEpoch + feed.Second, Source: feed.SourceOdds, RawPartition: 3, RawOffset: 98765,
	}
}
