package metamorphic

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // for machines without zones

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/test/scenario/program"
	"github.com/betflow/betflow/test/scenario/synthetic"
)

// answers are a simulated afternoon of two leagues with late quotes, some of them
// too late.
func answers(t *testing.T, rounds int) []feed.Raw {
	t.Helper()
	file, n := synthetic.Recording{Leagues: []string{"nfl", "nhl"}, Games: 1, Rounds: rounds, Every: 5 * time.Minute}.Write(t)
	return read(t, file, n)
}

// recorded are real answers where they are at hand, else simulated ones.
func recorded(t *testing.T) ([]feed.Raw, []string) {
	t.Helper()
	file, ok := program.Shared("odds-api/nhl-wnba-2026.ndjson.gz")
	if !ok {
		t.Log("the recording is not here: simulated answers take its place")
		return answers(t, 10), []string{"nfl", "nhl"}
	}
	return read(t, file, 60), []string{"nhl", "wnba"}
}

// played runs the processor over answers.
func played(t *testing.T, v variant, raws []feed.Raw, leagues ...string) *run {
	t.Helper()
	r := newRun(t, v, leagues...)
	r.capture(raws)
	r.process()
	return r
}

// TestBatchesAndCheckpointsDoNotShow: a run is repeated to the byte, also where
// each record is a batch of its own, so that a fetch holds one of each input at
// most, and where there is a checkpoint after each fetch. The tasks see records one
// by one, and a checkpoint is no event: so keys, values and order of every derived
// topic are the same.
func TestBatchesAndCheckpointsDoNotShow(t *testing.T) {
	raws := answers(t, 2)
	want := played(t, plain, raws, "nfl", "nhl").derived()
	for name, v := range map[string]variant{
		"once more":                    plain,
		"batches of one record":        {partitions: 2, single: true, checkpoint: time.Hour},
		"a checkpoint for each record": {partitions: 2, single: true, checkpoint: 50 * time.Millisecond, eager: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := played(t, v, raws, "nfl", "nhl")
			sameBytes(t, r.derived(), want)
			if inputs := int64(3); v.eager && r.checkpoints*inputs < r.records { // three sources, two leagues
				t.Errorf("%d checkpoints over %d records", r.checkpoints, r.records)
			}
			t.Logf("%d records, %d checkpoints", r.records, r.checkpoints)
		})
	}
}

// TestPartitionsDoNotShow: a fixture is in one partition, whatever their number,
// and nothing is computed across fixtures. So every key has the same records in
// the same order, revisions included, but for the numbers that name places in the
// log. Between partitions there is no order, and runs with one number of
// partitions are the same to the byte.
func TestPartitionsDoNotShow(t *testing.T) {
	for name, source := range map[string]func(t *testing.T) ([]feed.Raw, []string){
		"simulated": func(t *testing.T) ([]feed.Raw, []string) { return answers(t, 20), []string{"nfl", "nhl"} },
		"recorded":  recorded,
	} {
		t.Run(name, func(t *testing.T) {
			raws, leagues := source(t)
			one := played(t, variant{partitions: 1, checkpoint: time.Hour}, raws, leagues...)
			want := one.histories(one.derived())
			for _, d := range one.metrics {
				if !want.has(log.WindowsTopic(d.Name)) {
					t.Errorf("there are no windows of %s", d.Name)
				}
			}
			for _, n := range []int32{2, 8} {
				v := variant{partitions: n, checkpoint: 50 * time.Millisecond}
				r := played(t, v, raws, leagues...)
				got := r.derived()
				r.histories(got).same(t, want)
				sameBytes(t, played(t, v, raws, leagues...).derived(), got)
			}
		})
	}
}

// TestWhereInTheWorldDoesNotShow: times are UTC wherever the program runs. The
// language of the environment is not read by anything.
func TestWhereInTheWorldDoesNotShow(t *testing.T) {
	made := played(t, plain, answers(t, 5), "nfl", "nhl").derived().digest()
	if file := os.Getenv(elsewhere); file != "" {
		if _, offset := time.Now().Zone(); offset == 0 {
			t.Fatal("the time zone is not known here")
		}
		if err := os.WriteFile(file, []byte(made), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, zone := range []string{"Asia/Kathmandu", "Pacific/Marquesas"} {
		file := filepath.Join(t.TempDir(), "digest")
		again := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		again.Env = append(os.Environ(), "TZ="+zone, elsewhere+"="+file)
		if out, err := again.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != made {
			t.Errorf("in %s other bytes are made", zone)
		}
	}
}

// elsewhere is set in a process in another time zone, to the file where it is to
// write a digest of what it makes. The zone is that of a process: to change it
// under running ones would be a race.
const elsewhere = "BETFLOW_TEST_ELSEWHERE"

// lenient keeps every value of the simulated afternoon within the lateness.
var lenient = variant{partitions: 2, checkpoint: time.Hour, lateness: metric.Span(24 * time.Hour)}

// TestHowTimePassesDoesNotShow: with a tick a minute between the answers, or with
// leaps from answer to answer, the last rows of windows are the same, and so is
// every word about markets, which are judged at answers. When windows fire, and
// so their revisions, and when signals close, does depend on ticks.
func TestHowTimePassesDoesNotShow(t *testing.T) {
	raws := answers(t, 12)
	leaps := played(t, lenient, raws, "nfl", "nhl")
	steps := lenient
	steps.ticks = feed.Minute
	walked := played(t, steps, raws, "nfl", "nhl")
	want, got := leaps.derived(), walked.derived()
	sameRows(t, walked.final(got), leaps.final(want))
	walked.histories(got.only("markets")).same(t, leaps.histories(want.only("markets")))
}

// TestWhatIsDeliveredTwiceDoesNotShow: batches of quotes that stand in the log
// twice, as after a writer's retry without idempotence, are recognised by their
// numbers. All that is computed is the same to the byte.
func TestWhatIsDeliveredTwiceDoesNotShow(t *testing.T) {
	once := played(t, plain, answers(t, 8), "nfl", "nhl")
	c := once.derived()
	repeated := 0
	twice := newRun(t, plain, "nfl", "nhl")
	for p, records := range c.only("quotes") {
		for from := 0; from < len(records); from += 7 {
			batch := records[from:min(from+7, len(records))]
			for range 1 + (from/7)%2 {
				twice.write(p, batch)
				repeated += (from / 7) % 2
			}
		}
	}
	if repeated == 0 {
		t.Fatal("nothing was repeated")
	}
	twice.compute()
	families := []string{"windows", "markets", "signals", "late"}
	sameBytes(t, twice.derived().only(families...), c.only(families...))
}

// write copies records behind what a partition holds.
func (r *run) write(p log.Partition, records []*kgo.Record) {
	r.t.Helper()
	var copied []*kgo.Record
	for _, rec := range records {
		copied = append(copied, &kgo.Record{Topic: p.Topic, Partition: p.Partition, Key: rec.Key, Value: rec.Value})
	}
	r.must(r.client.ProduceSync(r.t.Context(), copied...).FirstErr())
}

// TestOrderOfArrivalDoesNotShow: quotes that arrive in another order, anywhere
// within the lateness, give the same last rows of windows; sums but for rounding.
// Values of one event time keep their order, for it tells which is the last. How
// often rows were revised, and everything that says what stood when, such as
// markets and signals, has the order of arrival in it.
func TestOrderOfArrivalDoesNotShow(t *testing.T) {
	straight := played(t, lenient, answers(t, 12), "nfl", "nhl")
	want := straight.derived()
	for seed := range uint64(3) {
		shuffled := newRun(t, lenient, "nfl", "nhl")
		for p, records := range want.only("quotes") {
			shuffled.write(p, shuffled.shuffle(records, rand.New(rand.NewPCG(seed, 1))))
		}
		shuffled.compute()
		got := shuffled.derived()
		sameRows(t, shuffled.final(got), straight.final(want))
		if late := got.only("late"); len(late) > 0 {
			t.Errorf("some quotes were too late: %v", late)
		}
	}
}

// shuffle puts quotes into each other's places and numbers the records anew.
// Ticks stay where they are.
func (r *run) shuffle(records []*kgo.Record, rng *rand.Rand) (out []*kgo.Record) {
	r.t.Helper()
	codec := r.codecs[records[0].Topic]
	quotes := make([]feed.Quote, len(records))
	var places []int
	for i, rec := range records {
		r.must(codec.Decode(rec.Value, &quotes[i]))
		if quotes[i].Kind == feed.KindQuote {
			places = append(places, i)
		}
	}
	order := rng.Perm(len(places))
	keepTies(quotes, places, order)
	mixed := append([]feed.Quote{}, quotes...)
	for k, place := range places {
		mixed[place] = quotes[places[order[k]]]
	}
	for i := range mixed {
		mixed[i].Seq = int64(i + 1)
		value, err := codec.Append(nil, &mixed[i])
		r.must(err)
		out = append(out, &kgo.Record{Key: []byte("any"), Value: value})
	}
	return out
}

// keepTies sorts the quotes of one event time among the places that they have
// been given.
func keepTies(quotes []feed.Quote, places, order []int) {
	at := map[feed.Time][]int{} // positions in order, ascending
	for k, from := range order {
		t := quotes[places[from]].EventTime
		at[t] = append(at[t], k)
	}
	for _, ks := range at {
		var froms []int
		for _, k := range ks {
			froms = append(froms, order[k])
		}
		slices.Sort(froms)
		for i, k := range ks {
			order[k] = froms[i]
		}
	}
}
