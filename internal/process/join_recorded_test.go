package process

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// recordedOrPlayed returns recorded prices, or a scene without the recording.
func (w *world) recordedOrPlayed(t *testing.T) (entries []entry, recorded bool) {
	t.Helper()
	if _, err := os.Stat(recordedOdds); errors.Is(err, fs.ErrNotExist) {
		return newScene(w, 1).play(300), false
	}
	return recordedEntries(t, w, recordedOdds), true
}

// TestRecordedPricesAreJoinedAsLookingBackFinds puts a scoreboard beside each
// recorded answer, as no recording has both: games begin when the answer says and
// last two and a half hours.
func TestRecordedPricesAreJoinedAsLookingBackFinds(t *testing.T) {
	w := newWorld(t, 1, "nhl", "wnba")
	entries, recorded := w.recordedOrPlayed(t)
	var told []entry
	for _, e := range entries {
		told = append(told, e)
		if recorded && e.raw != nil && e.raw.Status == 200 {
			told = append(told, w.told(t, e.raw))
		}
	}
	canonical := w.normalise(t, w.rawLog(told))
	derived := w.compute(t, canonical)
	both, _ := w.checkJoins(t, together(canonical, derived), w.join(t, canonical, derived), 5*time.Second)
	t.Logf("recorded %v: %d outcomes with model and market", recorded, both)
	if both < 50 {
		t.Errorf("%d outcomes with model and market show little", both)
	}
}

// told is a scoreboard of the games that an answer of The Odds API names.
func (w *world) told(t *testing.T, raw *feed.Raw) entry {
	t.Helper()
	var events []oddsEvent
	if err := json.Unmarshal(raw.Body, &events); err != nil {
		t.Fatal(err)
	}
	p := w.league(raw.League).Periods
	var games []scoreboardGame
	for _, ev := range events {
		start, err := time.Parse(time.RFC3339, ev.Commence)
		if err != nil {
			t.Fatal(err)
		}
		b := scoreboardGame{id: "4" + ev.ID, start: feed.At(start), home: ev.Home, away: ev.Away, status: "STATUS_SCHEDULED", state: "pre"}
		switch played := raw.FetchedAt.Sub(feed.At(start)).Minutes() / 150; {
		case played >= 1:
			b.status, b.state = "STATUS_FINAL", "post"
		case played >= 0:
			period := int(played * float64(p.Count))
			b.status, b.state, b.period = "STATUS_IN_PROGRESS", "in", period+1
			b.seconds = p.Minutes * 60 * (1 - (played*float64(p.Count) - float64(period)))
			b.score = [2]int{int(played * 5), int(played * 4)}
		}
		games = append(games, b)
	}
	at := raw.FetchedAt + feed.Second
	return entry{at, &feed.Raw{
		Source: feed.SourceGames, League: raw.League, Status: 200, FetchedAt: at,
		Path: "/apis/site/v2/sports/" + w.league(raw.League).Keys[feed.SourceGames] + "/scoreboard", Body: scoreboard(games...),
	}}
}

// TestHowLateRecordedPricesAre counts what comes later than a disorder allows: how
// old prices are when they are seen decides what a good one is. Without the
// recording a scene says it, whose prices are up to four minutes old.
func TestHowLateRecordedPricesAre(t *testing.T) {
	w := newWorld(t, 1, "nhl", "wnba")
	entries, recorded := w.recordedOrPlayed(t)
	canonical := w.normalise(t, w.rawLog(entries))
	in := together(canonical, w.compute(t, canonical))
	before := int64(-1)
	for _, disorder := range []time.Duration{0, 5 * time.Second, 30 * time.Second, time.Minute, 200 * time.Second, 20 * time.Minute} {
		jc := w.joinConfig()
		jc.Disorder = disorder
		o := newJoin(w.config(), jc, 0)
		w.fold(t, o, NewJoin(w.config(), jc, 0).inputs, in, memoryLog{})
		late, all := int64(0), 0
		for _, l := range o.leagues {
			late += l.meta.Late
			all += len(w.history(t, in, l.id, 0, feed.Span(disorder)))
		}
		t.Logf("recorded %v, disorder %v: %d of %d records are late, %.1f %%", recorded, disorder, late, all, 100*float64(late)/float64(all))
		if before >= 0 && late > before {
			t.Errorf("%d are late, %d with less disorder", late, before)
		}
		before = late
	}
	if before != 0 {
		t.Errorf("%d records are older than 20 minutes when they are seen", before)
	}
}
