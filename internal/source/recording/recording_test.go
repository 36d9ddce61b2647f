package recording

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source"
)

var second = feed.At(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))

func noLeague(string, string) string { return "" }

func response(n int, body string) feed.Raw {
	return feed.Raw{
		Source: feed.SourceOdds, League: "nhl", FetchedAt: second + feed.Time(n)*feed.Second,
		Path: "/v4/sports/icehockey_nhl/odds", Query: map[string]string{"markets": "h2h,spreads"},
		Status: 200, Headers: map[string]string{"x-requests-last": "3"}, Body: []byte(body), Cost: 3,
	}
}

// all reads a recording to its end.
func all(t testing.TB, r *Reader) (raws []feed.Raw, defects []feed.Defect) {
	t.Helper()
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return raws, defects
		}
		if err != nil {
			t.Fatal(err)
		}
		if e.Defect != nil {
			defects = append(defects, *e.Defect)
		} else {
			raws = append(raws, e.Raw)
		}
	}
}

func readFile(t testing.TB, name string) ([]feed.Raw, []feed.Defect) {
	t.Helper()
	r, err := Open(name, noLeague)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	return all(t, r)
}

func write(t testing.TB, name string, raws ...feed.Raw) {
	t.Helper()
	w, err := Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range raws {
		if err := w.Capture(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestWrittenResponsesAreReadBack(t *testing.T) {
	raws := []feed.Raw{
		response(0, `[{"price":-105.0, "name":"Montréal \u00e9 </script>"}]`),
		response(1, `{"big":12345678901234567890}`),
		response(2, `not json at all`),
		response(3, ``),
		response(4, `"a JSON text"`),
		response(5, "\xff\xfe binary"),
		response(6, `null`),
	}
	for _, name := range []string{"r.ndjson", "r.ndjson.gz", "r.ndjson.zst"} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), name)
			write(t, file, raws[:3]...)
			write(t, file, raws[3:]...) // appended
			got, defects := readFile(t, file)
			if len(defects) > 0 || !reflect.DeepEqual(got, raws) {
				t.Errorf("read %+v\ndefects %v\nwant %+v", got, defects, raws)
			}
		})
	}
}

func TestLineBreaksOfABodyBecomeSpaces(t *testing.T) {
	text, err := Encode(response(0, "[\n {\"a\":\r\n1}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasSuffix(text, []byte(`,"body":[  {"a":  1}]}`)) || bytes.ContainsAny(text, "\r\n") {
		t.Errorf("the line is %s", text)
	}
}

func TestKilledWriterLeavesWhatItWrote(t *testing.T) {
	for _, name := range []string{"r.ndjson", "r.ndjson.gz", "r.ndjson.zst"} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), name)
			w, err := Create(file)
			if err != nil {
				t.Fatal(err)
			}
			var ends []int64
			for n := range 3 {
				if err := w.Capture(context.Background(), response(n, `[1,2,3]`)); err != nil {
					t.Fatal(err)
				}
				info, err := os.Stat(file) // without closing or flushing
				if err != nil {
					t.Fatal(err)
				}
				ends = append(ends, info.Size())
			}
			_ = w.Close()
			if raws, _ := readFile(t, file); len(raws) != 3 {
				t.Fatalf("%d of 3 responses are readable", len(raws))
			}
			for _, size := range []int64{ends[1] + 1, ends[1] + 12, (ends[1] + ends[2]) / 2, ends[2] - 30} { // torn in the third line
				if err := os.Truncate(file, size); err != nil {
					t.Fatal(err)
				}
				raws, defects := readFile(t, file)
				if len(raws) != 2 || len(defects) != 1 {
					t.Fatalf("cut to %d bytes: %d responses and %d defects, want 2 and 1", size, len(raws), len(defects))
				}
				write(t, file, response(2, `[4]`))
				raws, _ = readFile(t, file)
				if len(raws) != 3 || string(raws[2].Body) != `[4]` {
					t.Fatalf("cut to %d bytes and appended to: %d responses", size, len(raws))
				}
				if err := os.Truncate(file, ends[1]); err != nil {
					t.Fatal(err)
				}
				write(t, file, response(2, `[1,2,3]`))
			}
		})
	}
}

func TestUnreadableFileIsNotOverwritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "other.gz")
	torn := []byte{0x1f, 0x8b, 8, 0, 1, 2, 3}
	if err := os.WriteFile(file, torn, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(file); err == nil {
		t.Error("a file without a whole member was taken for a recording")
	}
	if got, _ := os.ReadFile(file); !bytes.Equal(got, torn) {
		t.Errorf("the file now holds %x", got)
	}
}

func TestForeignSingleMemberFileCanBeAppendedTo(t *testing.T) {
	first, err := Encode(response(0, `[]`))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(first) // no line break at the end
	_ = z.Close()
	file := filepath.Join(t.TempDir(), "r.gz")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, file, response(1, `[]`))
	if raws, defects := readFile(t, file); len(raws) != 2 || len(defects) != 0 {
		t.Errorf("%d responses, defects %v", len(raws), defects)
	}
}

func TestBadLineIsADefectAndReadingGoesOn(t *testing.T) {
	good, err := Encode(response(0, `[]`))
	if err != nil {
		t.Fatal(err)
	}
	bad := []string{
		`{"source":`, `[]`, `{"source":"theoddsapi"}`,
		`{"source":"nobody","league":"nhl","fetched_at":"2026-03-01T12:00:00Z","path":"/x","query":{},"status":200,"body":[]}`,
		`{"source":"espn","fetched_at":"2026-03-01T12:00:00Z","path":"/unknown","query":{},"status":200,"body":[]}`,
		`{"source":"espn","league":"nhl","fetched_at":"2026-03-01T12:00:00Z","path":"/x","query":{},"status":200}`,
	}
	var text strings.Builder
	for _, line := range bad {
		fmt.Fprintf(&text, "%s\n%s\n\n", line, good)
	}
	r, err := NewReader(strings.NewReader(text.String()), noLeague)
	if err != nil {
		t.Fatal(err)
	}
	raws, defects := all(t, r)
	if len(raws) != len(bad) || len(defects) != len(bad) {
		t.Fatalf("%d responses and %d defects, want %d of each", len(raws), len(defects), len(bad))
	}
	for i, d := range defects {
		if want := fmt.Sprintf("line %d", 3*i+1); d.Place != want || string(d.Body) != bad[i] {
			t.Errorf("defect %d is at %q with body %q, want %q with %q", i, d.Place, d.Body, want, bad[i])
		}
	}
}

func TestCredentialOfAForeignRecordingIsDropped(t *testing.T) {
	raw, err := Decode([]byte(`{"source":"theoddsapi","fetched_at":"2026-03-01T12:00:00Z","path":"/x","query":{"apiKey":"0123","markets":"h2h"},"status":200,"body":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"markets": "h2h"}; !reflect.DeepEqual(raw.Query, want) {
		t.Errorf("the query is %v, want %v", raw.Query, want)
	}
}

func TestLeagueComesFromThePathBeforeTheLine(t *testing.T) {
	text, err := Encode(response(0, `[]`))
	if err != nil {
		t.Fatal(err)
	}
	for want, leagueOf := range map[string]func(string, string) string{
		"hockey": func(s, path string) string {
			if s == feed.SourceOdds && path == "/v4/sports/icehockey_nhl/odds" {
				return "hockey"
			}
			return ""
		},
		"nhl": noLeague,
	} {
		r, err := NewReader(bytes.NewReader(text), leagueOf)
		if err != nil {
			t.Fatal(err)
		}
		if raws, _ := all(t, r); len(raws) != 1 || raws[0].League != want {
			t.Errorf("got %+v, want league %s", raws, want)
		}
	}
}

// handClock moves only when someone sleeps.
type handClock struct {
	now    time.Time
	sleeps []time.Duration
}

func (c *handClock) clock() source.Clock {
	return source.Clock{
		Now: func() time.Time { return c.now },
		Sleep: func(ctx context.Context, d time.Duration) error {
			if d > 0 {
				c.now = c.now.Add(d)
				c.sleeps = append(c.sleeps, d)
			}
			return ctx.Err()
		},
	}
}

func playable(t *testing.T, times ...int) *Reader {
	t.Helper()
	var text bytes.Buffer
	for _, n := range times {
		line, err := Encode(response(n, `[]`))
		if err != nil {
			t.Fatal(err)
		}
		text.Write(append(line, '\n'))
	}
	text.WriteString("a bad line\n")
	r, err := NewReader(&text, noLeague)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPlayerKeepsThePaceOfTheRecording(t *testing.T) {
	tests := []struct {
		name   string
		player Player
		want   []time.Duration
		played int
	}{
		{"as recorded", Player{Speed: 1}, []time.Duration{10 * time.Second, 50 * time.Second}, 4},
		{"ten times as fast", Player{Speed: 10}, []time.Duration{time.Second, 5 * time.Second}, 4},
		{"without waiting", Player{}, nil, 4},
		{"after a line", Player{Speed: 1, After: 2}, []time.Duration{55 * time.Second}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clock := &handClock{now: time.Unix(0, 0)}
			tt.player.Clock = clock.clock()
			var last Progress
			tt.player.Progress = func(p Progress) { last = p }
			played := 0
			err := tt.player.Play(context.Background(), playable(t, 0, 10, 5, 60), func(_ context.Context, e Entry) error {
				if e.Defect == nil {
					played++
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(clock.sleeps, tt.want) || played != tt.played {
				t.Errorf("played %d with waits %v, want %d with %v", played, clock.sleeps, tt.played, tt.want)
			}
			want := Progress{Line: 5, Responses: tt.played, Defects: 1, At: second + 60*feed.Second}
			if last != want {
				t.Errorf("progress ends at %+v, want %+v", last, want)
			}
		})
	}
}

func TestPlayerStopsWhenToldTo(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	played := 0
	err := Player{}.Play(ctx, playable(t, 0, 1, 2), func(context.Context, Entry) error {
		played++
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || played != 1 {
		t.Errorf("played %d and ended with %v", played, err)
	}
	broken := errors.New("full")
	err = Player{}.Play(context.Background(), playable(t, 0), func(context.Context, Entry) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("ended with %v, want the handler's error", err)
	}
}

// Whatever a provider answers, the value of a JSON body and every byte of
// another one survive the recording.
func TestAnyBodySurvives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOf(rapid.Byte()).Draw(t, "body")
		if rapid.Bool().Draw(t, "json") {
			body = []byte(`{"k":` + fmt.Sprintf("%q", rapid.StringMatching(`[a-zé<>&]*`).Draw(t, "text")) + `}`)
		}
		text, err := Encode(response(0, string(body)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if string(got.Body) != string(oneLine(body)) && string(got.Body) != string(body) {
			t.Fatalf("%q came back as %q", body, got.Body)
		}
	})
}

// Every line that is not blank is a response or a defect, and nothing panics.
func FuzzReader(f *testing.F) {
	good, _ := Encode(response(0, `[{"a":1}]`))
	f.Add(string(good) + "\n" + string(good))
	f.Add("{}\n\n[]\nx")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := NewReader(strings.NewReader(text), noLeague)
		if err != nil {
			return // a broken compressed head
		}
		if head, _ := formatIn(bufio.NewReader(strings.NewReader(text))); head != Plain {
			all(t, r)
			return
		}
		want := 0
		for line := range strings.SplitSeq(text, "\n") {
			if strings.TrimSpace(line) != "" && len(bytes.TrimSpace([]byte(line))) > 0 {
				want++
			}
		}
		raws, defects := all(t, r)
		if len(raws)+len(defects) != want {
			t.Fatalf("%d responses and %d defects of %d lines", len(raws), len(defects), want)
		}
	})
}
