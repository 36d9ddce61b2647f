package exchanges

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/study"
)

// hour is when the small market's event begins, in milliseconds.
const hour = 3_600_000

// small is a market that trades two hours before the event, just before it and
// in it.
func small() string {
	at := func(ms int, mc string) string {
		return fmt.Sprintf(`{"op":"mcm","pt":%d,"mc":[{"id":"1.5",%s}]}`+"\n", 100*hour+ms, mc)
	}
	define := func(status string, inPlay bool, first, second string) string {
		return fmt.Sprintf(`"marketDefinition":{"status":"%s","inPlay":%v,"marketType":"MATCH_ODDS","eventName":"A v B","runners":[{"id":7,"name":"A","status":"%s"},{"id":8,"name":"B","status":"%s"}]}`, status, inPlay, first, second)
	}
	return at(-3*hour, define("OPEN", false, "ACTIVE", "ACTIVE")) +
		at(-2*hour, `"rc":[{"id":7,"trd":[[1.5,100]],"tv":100,"ltp":1.5,"atb":[[1.5,10]],"atl":[[1.52,30]]},{"id":8,"trd":[[3,50]],"tv":50,"ltp":3,"atb":[[2.9,10]],"atl":[[3.05,10]]}],"tv":150`) +
		at(-90_000, `"con":true,"rc":[{"id":7,"trd":[[1.6,300]],"tv":400,"ltp":1.6,"atb":[[1.59,10]],"atl":[[1.6,10],[1.52,0]]},{"id":8,"trd":[[2.5,50]],"tv":100,"ltp":2.5,"atb":[[2.48,5],[2.9,0]],"atl":[[2.5,5],[3.05,0]]}],"tv":500`) +
		at(0, define("OPEN", true, "ACTIVE", "ACTIVE")) +
		at(61_000, `"rc":[{"id":7,"trd":[[1.01,500]],"tv":900,"ltp":1.01}],"tv":1000`) +
		at(2*hour, `"rc":[{"id":7,"trd":[[1.5,0],[1.6,0],[1.01,0]],"tv":0,"ltp":1.7},{"id":8,"trd":[[3,0],[2.5,0]],"tv":0}],"tv":0`) +
		at(2*hour+1000, define("CLOSED", true, "WINNER", "LOSER"))
}

func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "1.5")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func read(t *testing.T, files ...string) ([]File, []*Market) {
	t.Helper()
	read, markets, err := Read(files, func(file string, d feed.Defect) { t.Errorf("%s: %+v", file, d) }, nil)
	if err != nil {
		t.Fatal(err)
	}
	return read, markets
}

func near(t *testing.T, what string, got *float64, want float64) {
	t.Helper()
	if got == nil || math.Abs(*got-want) > 1e-12 {
		t.Errorf("%s is %v, want %g", what, got, want)
	}
}

func TestASmallMarket(t *testing.T) {
	files, markets := read(t, write(t, small()))
	if f := files[0]; f.Messages != 7 || f.Runners != 7 || f.Compared != 8 || f.Disagreed != 0 || f.Others != 0 {
		t.Errorf("file %+v", f)
	}
	m := markets[0]
	if !m.WentLive || m.Start.Std().UnixMilli() != 100*hour || m.Conflated != 1 || m.Name != "A v B" || len(m.BeforeInPlay) != 2 || len(m.BeforeClose) != 2 {
		t.Fatalf("market %+v", m)
	}
	a := m.BeforeInPlay[0]
	near(t, "VWAP before the event", a.VWAP, (1.5*100+1.6*300)/400)
	near(t, "VWAP of its last hour", a.HourVWAP, 1.6)
	near(t, "microprice", a.Microprice, (1.59*10+1.6*10)/20)
	if a.Name != "A" || a.Result != "WINNER" || *a.Ticks != 1 || *a.Last != 1.6 || a.Levels != 2 || a.Volume != 400 {
		t.Errorf("runner %+v", a)
	}
	near(t, "VWAP before the close", m.BeforeClose[0].VWAP, (1.5*100+1.6*300+1.01*500)/900)
	if c := m.BeforeClose[0]; c.Volume != 900 || *c.Last != 1.01 {
		t.Errorf("runner %+v", c)
	}
	want := map[string][2]float64{"24 to 6 hours": {0, 0}, "6 to 1 hours": {150, 0.15}, "last hour": {0, 0}, "last 10 minutes": {350, 0.35}, "in play": {500, 0.5}, "more than a day before": {0, 0}}
	for _, p := range m.Phases {
		if p.Volume != want[p.Name][0] {
			t.Errorf("%s: volume %g, want %g", p.Name, p.Volume, want[p.Name][0])
		}
		near(t, p.Name+": share", p.Share, want[p.Name][1])
	}
	if len(m.Path) != 24 || m.Path[23].Offset != 0 || m.Path[23].Volume != 350 || m.Path[22].Volume != 150 || m.Path[21].VWAP[0] != nil {
		t.Errorf("path %+v", m.Path[21:])
	}
	near(t, "VWAP of the last hour alone", m.Path[23].VWAP[0], 1.6)
	if len(m.Around) != 120 || m.Around[59].Offset != 0 || m.Around[61].Offset != 120 || m.Around[61].Volume != 500 {
		t.Errorf("around %+v", m.Around[58:63])
	}
	near(t, "VWAP of the second minute in play", m.Around[61].VWAP[0], 1.01)
}

func TestScoresOfPricesBeforeTheStart(t *testing.T) {
	_, markets := read(t, write(t, small()))
	for _, s := range scores(markets) {
		want := map[string][2]float64{"vwap": {1.575, 2.75}, "vwap_last_hour": {1.6, 2.5}, "last": {1.6, 2.5}, "back": {1.59, 2.48}, "lay": {1.6, 2.5}, "microprice": {1.595, 2.49}}[s.Price]
		sum := 1/want[0] + 1/want[1]
		near(t, s.Price+": booksum", s.Booksum, sum)
		near(t, s.Price+": log loss", s.LogLoss, -math.Log(1/want[0]/sum))
	}
	if s := scores(nil)[0]; s.Markets != 0 || s.LogLoss != nil {
		t.Errorf("of no market: %+v", s)
	}
	missing := []Runner{{Result: "WINNER", VWAP: number(2, true)}, {Result: "LOSER"}, {Result: "REMOVED"}}
	vwap := func(r *Runner) *float64 { return r.VWAP }
	if _, _, ok := chance(missing, vwap); ok {
		t.Error("a runner without a price was scored")
	}
	missing[1].VWAP = number(2, true)
	if p, sum, ok := chance(missing, vwap); !ok || p != 0.5 || sum != 1 {
		t.Errorf("got %g of %g, %v", p, sum, ok)
	}
	missing[0].Result = "LOSER"
	if _, _, ok := chance(missing, vwap); ok {
		t.Error("a market without a winner was scored")
	}
}

func TestADisagreementIsTold(t *testing.T) {
	files, _ := read(t, write(t, `{"op":"mcm","pt":1000,"mc":[{"id":"1.5","rc":[{"id":7,"trd":[[1.5,100]],"tv":100.01}]}]}
{"op":"mcm","pt":2000,"ct":"HEARTBEAT"}
{"op":"mcm","pt":2000,"status":503,"mc":[{"id":"1.5"}]}`))
	if f := files[0]; f.Compared != 2 || f.Disagreed != 2 || f.First != "line 1: the ladder of 7 sums to 100, its volume is 100.01" || f.Others != 1 || f.Delayed != 1 {
		t.Errorf("got %+v", f)
	}
	report := Report(files, nil, "x")
	if !strings.Contains(report.Abstract[0], "2 of them do not sum") || len(report.Sections[0].Notes) != 1 {
		t.Errorf("report %+v", report)
	}
}

func TestWhatCannotBeReadIsHandedOn(t *testing.T) {
	var places []string
	files, _, err := Read([]string{write(t, "{\n"+small())}, func(_ string, d feed.Defect) { places = append(places, d.Place) }, nil)
	if err != nil || len(places) != 1 || places[0] != "line 1" || files[0].Defects != 1 || files[0].Messages != 7 {
		t.Errorf("got %v, %+v, %v", places, files, err)
	}
	if _, _, err := Read([]string{"none"}, nil, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// written checks that a report has all its forms.
func written(t *testing.T, r *study.Report) (text string) {
	t.Helper()
	var print, js bytes.Buffer
	if err := errors.Join(r.Print(&print), r.JSON(&js)); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(js.Bytes()) {
		t.Errorf("no JSON: %s", js.Bytes())
	}
	if _, err := r.Write(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	return print.String()
}

func TestReports(t *testing.T) {
	name := write(t, small())
	files, markets := read(t, name, name)
	text := written(t, Report(files, markets, "betflow study exchange FILE..."))
	for _, want := range []string{"16 ladders, and", "every one sums", "A v B, MATCH_ODDS 1.5", "1.575000", "2 markets: a description"} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	var many []*Market
	for range 40 {
		many = append(many, markets[0])
	}
	text = written(t, Report(files, many, "x"))
	for _, want := range []string{"35 more markets", "The least log loss has"} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	written(t, Report(nil, nil, "x"))
	basic := write(t, `{"op":"mcm","pt":1000,"mc":[{"id":"1.6","marketDefinition":{"status":"OPEN","inPlay":false,"runners":[{"id":7,"status":"ACTIVE","name":"A"}]}}]}
{"op":"mcm","pt":2000,"mc":[{"id":"1.6","rc":[{"ltp":15.0,"id":7}]}]}
{"op":"mcm","pt":3000,"mc":[{"id":"1.6","marketDefinition":{"status":"CLOSED","inPlay":true}}]}`)
	files, markets = read(t, basic)
	if m := markets[0]; m.BeforeClose[0].VWAP != nil || *m.BeforeClose[0].Last != 15 || m.Path == nil || len(m.Path) != 0 {
		t.Errorf("of a basic file: %+v", m)
	}
	written(t, Report(files, markets, "x"))
}

// recorded is where historic files lie on machines that have them. They are not
// part of the project.
const recorded = "../../../../shared/data/betfair"

func TestRecordedMarket(t *testing.T) {
	name := filepath.Join(recorded, "1.200806927.gz")
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the recorded file is not here; TestASmallMarket holds the same on one of our own")
	}
	files, markets := read(t, name, filepath.Join(recorded, "BASIC-1.132153978.gz"))
	if f := files[0]; f.Messages != 18529 || f.Runners != 21895 || f.Compared != 36967 || f.Disagreed != 0 {
		t.Errorf("file %+v", f)
	}
	m := markets[0]
	if got := math.Round(*m.BeforeInPlay[0].VWAP*1e6) / 1e6; got != 1.270918 || m.BeforeInPlay[0].Volume != 3127.59 {
		t.Errorf("before the event %+v", m.BeforeInPlay[0])
	}
	near(t, "VWAP at the close", m.BeforeClose[0].VWAP, 1.118031781035733)
	volume, shares := 0.0, 0.0
	for _, p := range m.Phases {
		volume += p.Volume
		shares += *p.Share
	}
	if want := 443142.26 + 13361.36; math.Abs(volume-want) > 1e-6 || math.Abs(shares-1) > 1e-12 {
		t.Errorf("the phases' volumes sum to %.2f, want %.2f, their shares to %g", volume, want, shares)
	}
	if b := markets[1]; b.Name != "Ham 14th Jun" || len(b.BeforeInPlay) == 0 || len(b.Phases) != 0 || files[1].Compared != 0 {
		t.Errorf("of the basic file: %+v", b)
	}
	written(t, Report(files, markets, "x"))
}
