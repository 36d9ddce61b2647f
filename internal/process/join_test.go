package process

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// TestJoinsAreWhatLookingBackFinds holds the task to the oracle, in scenes where
// quotes are minutes old, games are put off and sources fall silent.
func TestJoinsAreWhatLookingBackFinds(t *testing.T) {
	w := newWorld(t, 2, "nhl", "nfl", "epl")
	both, weather := 0, 0
	check := func(t rapid.TB, seed uint64, entries int) {
		canonical := w.normalise(t, w.rawLog(newScene(w, seed).play(entries)))
		derived := w.compute(t, canonical)
		i, j := w.checkJoins(t, together(canonical, derived), w.join(t, canonical, derived), 5*time.Second)
		both, weather = both+i, weather+j
	}
	for seed := range uint64(3) {
		check(t, seed, 300)
	}
	if both < 100 || weather < 10 {
		t.Errorf("%d outcomes with model and market, %d rows of weather: the scenes show little", both, weather)
	}
	checkN(t, 10, func(rt *rapid.T) {
		check(rt, rapid.Uint64().Draw(rt, "scene"), rapid.IntRange(20, 300).Draw(rt, "entries"))
	})
}

// TestASilentLeagueHoldsUpNobodyElse stops the ticks of one league, whose weather
// source never says anything: the others are joined as they are without it, and the
// league itself stands still where its ticks did, with nothing lost.
func TestASilentLeagueHoldsUpNobodyElse(t *testing.T) {
	w := newWorld(t, 1, "nhl", "nfl", "epl")
	canonical := w.normalise(t, w.rawLog(newScene(w, 3).play(200)))
	in := together(canonical, w.compute(t, canonical))
	whole := w.join(t, in)
	games := log.Partition{Topic: log.GamesTopic("nfl")}
	cut := together(in)
	cut[games] = in[games][:len(in[games])/2]
	silent := w.join(t, cut)
	for _, at := range partitionsOf(whole) {
		all, some := memoryLog{at: whole[at]}, memoryLog{at: silent[at]}
		if at.Topic != log.InPlayTopic("nfl") && at.Topic != log.TotalsWeatherTopic("nfl") {
			if d := all.diff(some); d != "" {
				t.Errorf("a league that is not silent: %s", d)
			}
			continue
		}
		if n := len(some[at]); n == 0 || n >= len(all[at]) {
			t.Errorf("%v has %d records of %d: where its ticks stopped was not in its middle", at, n, len(all[at]))
		} else if d := (memoryLog{at: all[at][:n]}).diff(some); d != "" {
			t.Errorf("the silent league up to its last tick: %s", d)
		}
	}
}

// TestAnIdlePartitionGoesOnByTicks joins a partition in which no source
// says anything but the time of day, and one source that says nothing elsewhere.
func TestAnIdlePartitionGoesOnByTicks(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	o := newJoin(w.config(), w.joinConfig(), 0)
	e := w.emitter(memoryLog{}.write)
	seq := int64(0)
	for second := range feed.Time(20) {
		seq++
		at := epoch + second*feed.Second
		for topic, record := range map[string]Sequenced{
			log.GamesTopic("nhl"):     &feed.Game{Kind: feed.KindTick, Seq: seq, EventTime: at, SeenTime: at},
			log.MainLinesTopic("nhl"): &feed.MarketState{Kind: feed.KindTick, Seq: seq, EventTime: at, SeenTime: at},
			log.WeatherTopic("nhl"):   &feed.Weather{Kind: feed.KindTick, Seq: seq, EventTime: at, SeenTime: at},
		} {
			if err := o.take(o.byTopic[topic], record, e); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got, want := o.Watermarks(), []Watermark{{League: "nhl", Metric: "joins", Time: epoch + 14*feed.Second}}; len(got) != 1 || got[0] != want[0] {
		t.Errorf("watermarks %v, want %v", got, want)
	}
}

// TestFinishedFixturesAreForgotten: the state does not grow with history, and
// whether the sweep has come makes no difference.
func TestFinishedFixturesAreForgotten(t *testing.T) {
	l := &leagueJoin{merger: newEventMerger[side](joinInputs, 0), fixtures: map[string]*joinFixture{}, changed: map[string]bool{}}
	f := l.fixture("over", epoch)
	f.Game, f.Opening = &gameSide{State: feed.GamePost}, &opening{Line: 5.5}
	l.fixture("coming", epoch).Start = epoch + 100*feed.Hour
	l.fixture("silent", epoch)
	if l.fixture("over", epoch+joinFinishedTTL).Opening == nil {
		t.Error("forgotten before its time")
	}
	f.Touched = epoch
	if l.fixture("over", epoch+joinFinishedTTL+1).Opening != nil {
		t.Error("remembered behind its time, because no sweep had come")
	}
	for i := range l.merger.inputs {
		l.merger.advance(i, epoch+joinTTL+joinFinishedTTL+2*feed.Hour)
	}
	clear(l.changed)
	l.sweep()
	if len(l.fixtures) != 1 || l.fixtures["coming"] == nil || !l.changed["over"] || !l.changed["silent"] {
		t.Errorf("left are %v, to be removed %v", l.fixtures, l.changed)
	}
}
