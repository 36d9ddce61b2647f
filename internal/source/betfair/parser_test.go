package betfair

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/exchange"
	"github.com/betflow/betflow/internal/source"
)

// bzipped is a file of one message, compressed by another program.
const bzipped = "QlpoOTFBWSZTWQ6Evi8AABjbgAAQEAVyEAAKDCLFCiAAIam1TR6jQ8pm1QoGmhkZMRS+IzqsrxyRHoxOwM3cE2BiBV+2smlprSX4u5IpwoSAdCXxeA=="

func ptr[T any](v T) *T { return &v }

func TestMessagesKeepTheExchangesShapes(t *testing.T) {
	const text = `{"op":"mcm","id":3,"pt":1500,"ct":"RESUB_DELTA","status":503,"mc":[{"id":"1.1","img":true,"con":true,"tv":12.5,"rc":[
		{"id":7,"hc":-1.5,"ltp":2.02,"tv":0,"spn":2.1,"spf":"Infinity","trd":[[2.02,1.5]],"atb":[[2,3],[1.99,0]],"atl":[[2.04,4]],"spb":[[1000,5]],"spl":[[1.01,6]],
		 "batb":[[0,2,3]],"batl":[[0,2.04,4],[1,0,0]],"bdatb":[[0,2,3.5]],"bdatl":[[2,2.06,1]]}]},
		{"id":"1.2","rc":null,"marketDefinition":null}]}`
	var p Parser
	m, defects, err := p.Parse([]byte(text))
	if err != nil || len(defects) > 0 {
		t.Fatal(err, defects)
	}
	runner := exchange.RunnerChange{ID: exchange.RunnerID{Selection: 7, Handicap: -1.5}, LastPrice: 202, Volume: ptr(exchange.Money(0)), Near: ptr(2.1)}
	runner.Ladders[exchange.Traded] = []exchange.Level{{Price: 202, Size: 150}}
	runner.Ladders[exchange.ToBack] = []exchange.Level{{Price: 200, Size: 300}, {Price: 199}}
	runner.Ladders[exchange.ToLay] = []exchange.Level{{Price: 204, Size: 400}}
	runner.Ladders[exchange.StartBack] = []exchange.Level{{Price: 100000, Size: 500}}
	runner.Ladders[exchange.StartLay] = []exchange.Level{{Price: 101, Size: 600}}
	runner.Ranks[exchange.BestToBack] = []exchange.RankedLevel{{Rank: 0, Level: exchange.Level{Price: 200, Size: 300}}}
	runner.Ranks[exchange.BestToLay] = []exchange.RankedLevel{{Rank: 0, Level: exchange.Level{Price: 204, Size: 400}}, {Rank: 1}}
	runner.Ranks[exchange.DisplayToBack] = []exchange.RankedLevel{{Rank: 0, Level: exchange.Level{Price: 200, Size: 350}}}
	runner.Ranks[exchange.DisplayToLay] = []exchange.RankedLevel{{Rank: 2, Level: exchange.Level{Price: 206, Size: 100}}}
	want := &exchange.Message{Op: "mcm", Published: 1_500_000, Type: "RESUB_DELTA", Status: 503, Markets: []exchange.MarketChange{
		{ID: "1.1", Image: true, Conflated: true, Volume: ptr(exchange.Money(1250)), Runners: []exchange.RunnerChange{runner}}, {ID: "1.2"},
	}}
	if !reflect.DeepEqual(m, want) || !m.Delayed() {
		t.Errorf("got  %+v\nwant %+v", m, want)
	}
	// Nothing of one message shows in the next.
	m, _, err = p.Parse([]byte(`{"op":"mcm","pt":1600,"mc":[{"id":"1.1","rc":[{"id":7}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var c exchange.RunnerChange
	for _, got := range m.Markets[0].Runners {
		for i, l := range got.Ladders {
			if len(l) > 0 {
				t.Errorf("ladder %d has %v", i, l)
			}
			got.Ladders[i] = nil
		}
		for i, l := range got.Ranks {
			if len(l) > 0 {
				t.Errorf("ranks %d have %v", i, l)
			}
			got.Ranks[i] = nil
		}
		c.ID.Selection = 7
		if !reflect.DeepEqual(got, c) {
			t.Errorf("got %+v", got)
		}
	}
	if m, _, err := p.Parse([]byte(`{"op":"connection","connectionId":"002"}`)); err != nil || m.Op != "connection" || len(m.Markets) > 0 {
		t.Errorf("got %+v, %v", m, err)
	}
}

func TestOneBadPartIsADefectAndTheRestSurvives(t *testing.T) {
	runner := func(fields string) string {
		return `{"id":"1.1","rc":[{"id":7,"ltp":2,` + fields + `},{"id":8,"ltp":3}]}`
	}
	for _, tt := range []struct {
		name, market string
		place, body  string
		runners      int // that are read, of the market after a good one
	}{
		{"market is a number", `7`, "mc[1]", `7`, -1},
		{"market without id", `{"rc":[]}`, "mc[1]", `{"rc":[]}`, -1},
		{"volume is negative", `{"id":"1.1","tv":-1}`, "mc[1].tv", `-1`, 0},
		{"image is a word", `{"id":"1.1","img":"yes"}`, "mc[1].img", `"yes"`, 0},
		{"definition is a list", `{"id":"1.1","marketDefinition":[]}`, "mc[1].marketDefinition", `[]`, 0},
		{"definition with a bad time", `{"id":"1.1","marketDefinition":{"marketTime":"soon"}}`, "mc[1].marketDefinition.marketTime", `"soon"`, 0},
		{"defined runner without id", `{"id":"1.1","marketDefinition":{"runners":[{"status":"ACTIVE"}]}}`, "mc[1].marketDefinition.runners[0]", `{"status":"ACTIVE"}`, 0},
		{"defined runner is a number", `{"id":"1.1","marketDefinition":{"runners":[5]}}`, "mc[1].marketDefinition.runners[0]", `5`, 0},
		{"runners are a text", `{"id":"1.1","rc":"none"}`, "mc[1].rc", `"none"`, 0},
		{"runner is a list", `{"id":"1.1","rc":[[],{"id":8}]}`, "mc[1].rc[0]", `[]`, 1},
		{"runner without id", `{"id":"1.1","rc":[{"ltp":3},{"id":8}]}`, "mc[1].rc[0]", `{"ltp":3}`, 1},
		{"runner with half an id", `{"id":"1.1","rc":[{"id":8.5},{"id":8}]}`, "mc[1].rc[0].id", `8.5`, 1},
		{"price with three decimals", runner(`"ltp":2.001`), "mc[1].rc[0].ltp", `2.001`, 2},
		{"price above 1000", runner(`"ltp":1000.01`), "mc[1].rc[0].ltp", `1000.01`, 2},
		{"handicap is a word", runner(`"hc":"x"`), "mc[1].rc[0].hc", `"x"`, 2},
		{"projection is a word", runner(`"spn":"x"`), "mc[1].rc[0].spn", `"x"`, 2},
		{"level is a number", runner(`"trd":[5,[2,1]]`), "mc[1].rc[0].trd[0]", `5`, 2},
		{"level of one number", runner(`"trd":[[5],[2,1]]`), "mc[1].rc[0].trd[0]", `[5]`, 2},
		{"level of three numbers", runner(`"atb":[[2,1],[5,1,1]]`), "mc[1].rc[0].atb[1]", `[5,1,1]`, 2},
		{"level with a negative size", runner(`"atl":[[2,-1]]`), "mc[1].rc[0].atl[0]", `[2,-1]`, 2},
		{"level with a price of 1", runner(`"atl":[[1,5]]`), "mc[1].rc[0].atl[0]", `[1,5]`, 2},
		{"level with a size beyond money", runner(`"atl":[[2,5000000000]]`), "mc[1].rc[0].atl[0]", `[2,5000000000]`, 2},
		{"rank is a half", runner(`"batb":[[0.5,2,1]]`), "mc[1].rc[0].batb[0]", `[0.5,2,1]`, 2},
		{"rank with a price of 0", runner(`"batb":[[0,0,1]]`), "mc[1].rc[0].batb[0]", `[0,0,1]`, 2},
		{"ladder is a number", runner(`"trd":5`), "mc[1].rc[0].trd", `5`, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := `{"op":"mcm","pt":1000,"mc":[{"id":"1.0"},` + tt.market + `,{"id":"1.9"}]}`
			var p Parser
			m, defects, err := p.Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if len(defects) == 0 || defects[0].Place != tt.place || string(defects[0].Body) != tt.body || defects[0].Reason == "" {
				t.Fatalf("defects %q, want one at %s with %s", defects, tt.place, tt.body)
			}
			markets := 3
			if tt.runners < 0 {
				markets = 2
			}
			if len(m.Markets) != markets || m.Markets[0].ID != "1.0" || m.Markets[markets-1].ID != "1.9" {
				t.Fatalf("markets %+v", m.Markets)
			}
			if tt.runners >= 0 && len(m.Markets[1].Runners) != tt.runners {
				t.Errorf("%d runners, want %d", len(m.Markets[1].Runners), tt.runners)
			}
		})
	}
}

func TestWhatIsNoMessageIsAnError(t *testing.T) {
	var p Parser
	for _, text := range []string{``, `{`, `[]`, `5`, `{}`, `{"pt":1}`, `{"op":null}`, `{"op":"mcm","mc":[{"id":"1"}]}`, `{"op":"mcm","pt":"x","mc":[{"id":"1"}]}`} {
		var typed *source.Error
		if m, _, err := p.Parse([]byte(text)); !errors.As(err, &typed) || typed.Class != source.Corrupt {
			t.Errorf("%s is read as %+v, %v", text, m, err)
		}
	}
}

// entries reads a whole file and returns its messages' times and the defects'
// places.
func entries(t *testing.T, r *Reader) (times []int64, places []string) {
	t.Helper()
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return times, places
		}
		if err != nil {
			t.Fatal(err)
		}
		if e.Message != nil {
			times = append(times, int64(e.Message.Published/1000))
		}
		for _, d := range e.Defects {
			places = append(places, d.Place+": "+d.Reason)
		}
	}
}

func TestFilesOfEveryKindAreRead(t *testing.T) {
	compressed, err := base64.StdEncoding.DecodeString(bzipped)
	if err != nil {
		t.Fatal(err)
	}
	line := `{"op":"mcm","pt":1000,"mc":[{"id":"1.1","tv":2.5}]}` + "\r\n"
	for name, text := range map[string][]byte{"bz2": compressed, "gz": zipped(t, line), "plain": []byte(line)} {
		file := filepath.Join(t.TempDir(), "file") // the name tells nothing
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Open(file)
		if err != nil {
			t.Fatal(err)
		}
		if times, places := entries(t, r); !reflect.DeepEqual(times, []int64{1000}) || places != nil {
			t.Errorf("%s: messages at %v, defects %v", name, times, places)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if times, places := entries(t, reader(t, nil)); times != nil || places != nil {
		t.Errorf("an empty file has %v, %v", times, places)
	}
	if _, err := NewReader(strings.NewReader("\x1f\x8bno")); err == nil {
		t.Error("a broken head is read")
	}
}

func TestBadLinesAreDefectsWithTheirNumber(t *testing.T) {
	text := `{"op":"mcm","pt":1000}
{"op":"mcm",

{"op":"mcm","pt":3000,"mc":[{"id":"1.1","rc":[{"id":7,"trd":[[2,-1]]}]}]}
` + strings.Repeat("x", maxLine+1) + `
{"op":"mcm","pt":4000}`
	times, places := entries(t, reader(t, []byte(text)))
	if !reflect.DeepEqual(times, []int64{1000, 3000, 4000}) || len(places) != 3 {
		t.Fatalf("messages at %v, defects %v", times, places)
	}
	for i, want := range []string{"line 2: ", "line 4: mc[0].rc[0].trd[0]: ", "line 5: the line is longer"} {
		if !strings.HasPrefix(places[i], want) {
			t.Errorf("defect %q, want %q", places[i], want)
		}
	}
	whole := zipped(t, strings.Repeat(`{"op":"mcm","pt":1000}`+"\n", 9))
	if times, places := entries(t, reader(t, whole[:len(whole)-9])); len(times) == 0 || len(places) != 1 || !strings.Contains(places[0], "breaks off") {
		t.Errorf("a file that breaks off has %v, %v", times, places)
	}
}

// What is read is the same whatever was read before, and a message that is read
// without defects makes a market without panic.
func FuzzParse(f *testing.F) {
	for line := range strings.Lines(small) {
		f.Add([]byte(line))
	}
	f.Add([]byte(`{"op":"mcm","pt":1,"mc":[{"id":"1","rc":[{"id":1,"batb":[[0,1.5,2],[1,0,0]],"spn":"NaN"}]}]}`))
	f.Add([]byte(`{"op":"mcm","pt":1,"mc":[{"id":"1","rc":[{"id":1,"trd":[[1.555,2]]}]},7]}`))
	var used Parser
	f.Fuzz(func(t *testing.T, text []byte) {
		var fresh Parser
		want, wantDefects, wantErr := fresh.Parse(text)
		got, defects, err := used.Parse(text)
		if (err == nil) != (wantErr == nil) || err == nil && (printed(t, got) != printed(t, want) || len(defects) != len(wantDefects)) {
			t.Fatalf("a used parser reads %+v, %v; a new one %+v, %v", got, err, want, wantErr)
		}
		if err != nil {
			return
		}
		for _, d := range defects {
			if d.Reason == "" || !bytes.Contains(text, d.Body) {
				t.Fatalf("defect %q", d)
			}
		}
		for i := range got.Markets {
			c := exchange.NewCourse(got.Markets[i].ID)
			c.Apply(&got.Markets[i], got.Published)
			for _, r := range c.Runners {
				sum := exchange.Money(0)
				for _, l := range r.Ladder(exchange.Traded).Levels() {
					sum += l.Size
				}
				if sum != r.Ladder(exchange.Traded).Total().Volume {
					t.Fatalf("levels sum to %s, the total is %s", sum, r.Ladder(exchange.Traded).Total().Volume)
				}
			}
		}
	})
}

// printed is a message as text, without a difference between no list and an
// empty one.
func printed(t *testing.T, m *exchange.Message) string {
	t.Helper()
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "null", "[]")
}
