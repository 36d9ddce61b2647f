package log

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
)

func TestRawSurvivesTheLog(t *testing.T) {
	text := rapid.StringMatching(`[ -~äöü"\\]{0,12}`)
	rapid.Check(t, func(t *rapid.T) {
		want := feed.Raw{
			Source: rapid.SampledFrom(feed.Sources()).Draw(t, "source"), League: text.Draw(t, "league"),
			FetchedAt: feed.Time(rapid.Int64Range(0, 4e15).Draw(t, "fetched")),
			Path:      text.Draw(t, "path"), Status: rapid.IntRange(0, 599).Draw(t, "status"), Cost: rapid.IntRange(0, 100).Draw(t, "cost"),
			Body: rapid.SliceOfN(rapid.Byte(), 1, 30).Draw(t, "body"),
		}
		if rapid.Bool().Draw(t, "with a query") {
			want.Query = rapid.MapOf(text, text).Draw(t, "query")
		}
		if rapid.Bool().Draw(t, "with headers") {
			want.Headers = rapid.MapOfN(text, text, 1, 3).Draw(t, "headers")
		}
		r, err := encodeRaw(want)
		if err != nil {
			t.Fatal(err)
		}
		r.Topic, r.Partition, r.Offset = RawTopic(want.Source), 2, 7
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: headerTime, Value: []byte("12")})
		got, err := DecodeRaw(r)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, RawEntry{Time: 12, Raw: want, Place: feed.Place{Topic: r.Topic, Partition: 2, Offset: 7}}) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

// FuzzDecodeRaw: whatever stands in a record's headers, DecodeRaw returns an
// entry with a time or an error, and changes neither key nor value.
func TestResponsesAboutNoLeagueHaveAKeyAllTheSame(t *testing.T) {
	r, err := encodeRaw(feed.Raw{Source: feed.SourceOdds, Path: "/v4/sports", Body: []byte("[]")})
	if err != nil || len(r.Key) == 0 {
		t.Errorf("key %q, error %v: keys are never empty", r.Key, err)
	}
}

func FuzzDecodeRaw(f *testing.F) {
	f.Add("raw.espn", []byte("nhl"), []byte("{}"), "time", []byte("5"), "status", []byte("200"))
	f.Add("raw", []byte(nil), []byte(nil), "query", []byte(`{"a":1}`), "time", []byte("9"))
	f.Add("", []byte("x"), []byte("y"), "fetched_at", []byte("yesterday"), "time", []byte("-3"))
	f.Fuzz(func(t *testing.T, topic string, key, value []byte, h1 string, v1 []byte, h2 string, v2 []byte) {
		r := &kgo.Record{Topic: topic, Key: key, Value: value, Headers: []kgo.RecordHeader{{Key: h1, Value: v1}, {Key: h2, Value: v2}}}
		e, err := DecodeRaw(r)
		if err != nil {
			return
		}
		if e.Time == 0 || !bytes.Equal(e.Raw.Body, value) || e.Raw.League != string(key) {
			t.Errorf("got %+v of %+v", e, r)
		}
	})
}
