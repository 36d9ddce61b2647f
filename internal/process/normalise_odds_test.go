package process

import (
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// desk normalises answers one after the other and shows what comes of each.
type desk struct {
	t    *testing.T
	w    *world
	op   *normalise
	e    *Emitter
	next int64 // offset of the next answer
	out  memoryLog
	now  feed.Time
}

func newDesk(t *testing.T, ids ...string) *desk {
	t.Helper()
	w, out := newWorld(t, 1, ids...), memoryLog{}
	return &desk{t: t, w: w, op: newDeskOperator(w), e: w.emitter(out.write), out: out, now: epoch}
}

func newDeskOperator(w *world) *normalise {
	return newNormalise(w.normaliseConfig(), 0, NewNormalise(w.config(), w.normaliseConfig(), 0).inputs)
}

// take normalises one answer, a minute after the one before. What came before
// it is no longer in the output.
func (d *desk) take(raw feed.Raw) {
	d.t.Helper()
	d.now += feed.Minute
	raw.FetchedAt = d.now
	if raw.Status == 0 {
		raw.Status = 200
	}
	clear(d.out)
	for _, rs := range d.w.rawLog([]entry{{time: d.now, raw: &raw}}) {
		rs[0].Offset = d.next
		if err := d.op.Process(rs[0], d.e); err != nil {
			d.t.Fatal(err)
		}
	}
	d.next++
}

// restart goes on with what a checkpoint keeps.
func (d *desk) restart() {
	d.t.Helper()
	s, err := OpenState(d.t.TempDir(), nil, slog.New(slog.DiscardHandler))
	if err != nil {
		d.t.Fatal(err)
	}
	b, next := s.Begin(), newDeskOperator(d.w)
	if err := errors.Join(d.op.Save(b), b.Commit(), next.Load(s), s.Close()); err != nil {
		d.t.Fatal(err)
	}
	d.op = next
}

const (
	homeTeam = "Boston Bruins"
	awayTeam = "Toronto Maple Leafs"
)

var start = epoch + 5*feed.Hour

// odds takes an answer to a request that is told apart by its markets.
func (d *desk) odds(markets string, body []byte) []feed.Quote {
	d.t.Helper()
	d.take(feed.Raw{Source: feed.SourceOdds, League: "nhl", Path: "/v4/sports/icehockey_nhl/odds", Query: map[string]string{"markets": markets}, Body: body})
	return d.quotes()
}

func (d *desk) events(events ...oddsEvent) []feed.Quote {
	d.t.Helper()
	if events == nil {
		events = []oddsEvent{}
	}
	return d.odds("h2h", mustJSON(events))
}

// quotes returns the records about prices.
func (d *desk) quotes() []feed.Quote {
	d.t.Helper()
	return slices.DeleteFunc(decode[feed.Quote](d.t, d.w, d.out, log.QuotesTopic("nhl")), func(q feed.Quote) bool { return q.Kind == feed.KindStart })
}

// starts returns when the games begin, as far as it was told.
func (d *desk) starts() (at []feed.Time) {
	d.t.Helper()
	for _, q := range decode[feed.Quote](d.t, d.w, d.out, log.QuotesTopic("nhl")) {
		if q.Kind == feed.KindStart {
			at = append(at, q.EventTime)
		}
	}
	return at
}

func (d *desk) quarantined() []feed.Quarantine {
	d.t.Helper()
	return decode[feed.Quarantine](d.t, d.w, d.out, log.TopicQuarantine)
}

// brief writes quotes as "book market line outcome price state", seen records
// as "book market seen".
func brief(quotes []feed.Quote) []string {
	out := []string{}
	for _, q := range quotes {
		words := []string{q.Book, q.Market}
		if q.Kind == feed.KindSeen {
			out = append(out, strings.Join(append(words, "seen"), " "))
			continue
		}
		if q.Line != nil {
			words = append(words, feed.LineOf(q.Line).String())
		}
		out = append(out, strings.Join(append(words, q.Outcome, q.PriceOriginal, string(q.State)), " "))
	}
	return out
}

func (d *desk) want(got []feed.Quote, want ...string) {
	d.t.Helper()
	if !slices.Equal(brief(got), want) {
		d.t.Errorf("got\n  %s\nwant\n  %s", strings.Join(brief(got), "\n  "), strings.Join(want, "\n  "))
	}
}

// game is the game of these tests as two books price it.
func game(books ...oddsBook) oddsEvent { return hockeyEvent("e1", start, homeTeam, awayTeam, books...) }

func TestTheStartIsToldWithTheFirstPricesAndWhenItChanges(t *testing.T) {
	d := newDesk(t, "nhl")
	priced := func(at feed.Time, price float64) oddsEvent {
		return hockeyEvent("e1", at, homeTeam, awayTeam, book("b1", epoch, h2h(epoch, homeTeam, awayTeam, price, 2.1)))
	}
	later := start + 10*feed.Minute
	for i, c := range []struct {
		answer oddsEvent
		want   []feed.Time
	}{
		{hockeyEvent("e1", start, homeTeam, awayTeam), nil}, // a game without prices
		{priced(start, 1.9), []feed.Time{start}},
		{priced(start, 1.8), nil},
		{priced(later, 1.8), []feed.Time{later}},
		{hockeyEvent("e1", later, homeTeam, awayTeam), nil}, // all withdrawn
		{priced(later, 1.8), []feed.Time{later}},
	} {
		d.events(c.answer)
		if got := d.starts(); !slices.Equal(got, c.want) {
			t.Errorf("answer %d tells the starts %v, want %v", i, got, c.want)
		}
		if all := decode[feed.Quote](t, d.w, d.out, log.QuotesTopic("nhl")); len(all) > 0 && !all[len(all)-1].Last {
			t.Errorf("answer %d does not end with its mark", i)
		}
	}
}

func TestQuoteIsPublishedOnlyWhenItChanges(t *testing.T) {
	d := newDesk(t, "nhl")
	at := epoch
	d.want(d.events(game(book("b1", at, h2h(at, homeTeam, awayTeam, 1.9, 2.1)))),
		"b1 h2h home 1.9 open", "b1 h2h away 2.1 open", "b1 h2h seen")
	d.want(d.events(game(book("b1", at+feed.Minute, h2h(at+feed.Minute, homeTeam, awayTeam, 1.9, 2.1)))), "b1 h2h seen")
	d.want(d.events(game(book("b1", at+2*feed.Minute, h2h(at+2*feed.Minute, homeTeam, awayTeam, 1.9, 2.05)))),
		"b1 h2h away 2.05 open", "b1 h2h seen")
}

func TestQuoteCarriesTimesAndProvenance(t *testing.T) {
	d := newDesk(t, "nhl")
	quotes := d.events(game(book("b1", epoch-feed.Minute, h2h(epoch-feed.Second, homeTeam, awayTeam, "1.90", 2.1))))
	q := quotes[0]
	if q.EventTime != epoch-feed.Second || q.SeenTime != d.now || q.Source != feed.SourceOdds || q.RawOffset != 0 ||
		q.Price != 1.9 || q.PriceOriginal != "1.90" || q.PriceFormat != feed.FormatDecimal || q.League != "nhl" || q.Period != feed.PeriodFull {
		t.Errorf("got %s", jsonOf(q))
	}
	unknown := book("b1", epoch, h2h(epoch, homeTeam, awayTeam, 1.8, 2.1))
	unknown.LastUpdate, unknown.Markets[0].LastUpdate = "", ""
	if q := d.events(game(unknown))[0]; q.EventTime != d.now {
		t.Errorf("without the provider's time the event time is %s, want the fetch time %s", q.EventTime, d.now)
	}
}

func TestAmericanPricesBecomeDecimal(t *testing.T) {
	d := newDesk(t, "nhl")
	body := mustJSON([]oddsEvent{game(book("b1", epoch, h2h(epoch, homeTeam, awayTeam, -200, 150)))})
	d.take(feed.Raw{Source: feed.SourceOdds, League: "nhl", Path: "/v4/sports/icehockey_nhl/odds", Query: map[string]string{"oddsFormat": "american"}, Body: body})
	quotes := d.quotes()
	if quotes[0].Price != 1.5 || quotes[0].PriceOriginal != "-200" || quotes[0].PriceFormat != feed.FormatAmerican || quotes[1].Price != 2.5 {
		t.Errorf("got %s", jsonOf(quotes))
	}
}

func TestMissingIsWithdrawn(t *testing.T) {
	two := func(d *desk) {
		d.events(
			game(book("b1", epoch, h2h(epoch, homeTeam, awayTeam, 1.9, 2.1), totals(epoch, 5.5, 1.8, 2)), book("b2", epoch, h2h(epoch, homeTeam, awayTeam, 1.95, 2.05))),
			hockeyEvent("e2", start, "Dallas Stars", "Chicago Blackhawks", book("b1", epoch, h2h(epoch, "Dallas Stars", "Chicago Blackhawks", 1.5, 2.7))),
		)
	}
	other := hockeyEvent("e2", start, "Dallas Stars", "Chicago Blackhawks", book("b1", epoch, h2h(epoch, "Dallas Stars", "Chicago Blackhawks", 1.5, 2.7)))
	for _, c := range []struct {
		name   string
		events []oddsEvent
		want   []string
	}{
		{"outcome", []oddsEvent{game(book("b1", epoch, oddsMarket{Key: "h2h", Outcomes: []oddsOutcome{{Name: homeTeam, Price: 1.9}}}, totals(epoch, 5.5, 1.8, 2)), book("b2", epoch, h2h(epoch, homeTeam, awayTeam, 1.95, 2.05))), other},
			[]string{"b1 h2h away 2.1 withdrawn"}},
		{"market", []oddsEvent{game(book("b1", epoch, h2h(epoch, homeTeam, awayTeam, 1.9, 2.1)), book("b2", epoch, h2h(epoch, homeTeam, awayTeam, 1.95, 2.05))), other},
			[]string{"b1 totals 5.5 over 1.8 withdrawn", "b1 totals 5.5 under 2 withdrawn"}},
		{"book", []oddsEvent{game(book("b1", epoch, h2h(epoch, homeTeam, awayTeam, 1.9, 2.1), totals(epoch, 5.5, 1.8, 2))), other},
			[]string{"b2 h2h home 1.95 withdrawn", "b2 h2h away 2.05 withdrawn"}},
		{"all books", []oddsEvent{game(), other},
			[]string{"b1 h2h home 1.9 withdrawn", "b1 h2h away 2.1 withdrawn", "b1 totals 5.5 over 1.8 withdrawn", "b1 totals 5.5 under 2 withdrawn", "b2 h2h home 1.95 withdrawn", "b2 h2h away 2.05 withdrawn"}},
		{"fixture", []oddsEvent{game(book("b1", epoch, h2h(epoch, homeTeam, awayTeam, 1.9, 2.1), totals(epoch, 5.5, 1.8, 2)), book("b2", epoch, h2h(epoch, homeTeam, awayTeam, 1.95, 2.05)))},
			[]string{"b1 h2h home 1.5 withdrawn", "b1 h2h away 2.7 withdrawn"}},
		{"every fixture", []oddsEvent{},
			[]string{"b1 h2h home 1.5 withdrawn", "b1 h2h away 2.7 withdrawn", "b1 h2h home 1.9 withdrawn", "b1 h2h away 2.1 withdrawn", "b1 totals 5.5 over 1.8 withdrawn", "b1 totals 5.5 under 2 withdrawn", "b2 h2h home 1.95 withdrawn", "b2 h2h away 2.05 withdrawn"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t, "nhl")
			two(d)
			got := slices.DeleteFunc(d.events(c.events...), func(q feed.Quote) bool { return q.Kind == feed.KindSeen })
			d.want(got, c.want...)
			for _, q := range got {
				if q.EventTime != d.now || q.SeenTime != d.now {
					t.Errorf("withdrawn at %s, seen at %s, want both at the fetch time %s", q.EventTime, q.SeenTime, d.now)
				}
			}
		})
	}
}

func TestNothingIsWithdrawnByWhatCouldNotBeRead(t *testing.T) {
	good := string(mustJSON([]oddsEvent{game(book("b1", epoch, h2h(epoch, homeTeam, awayTeam, 1.9, 2.1)))}))
	other := string(mustJSON(hockeyEvent("e2", start, "Dallas Stars", "Chicago Blackhawks", book("b1", epoch, h2h(epoch, "Dallas Stars", "Chicago Blackhawks", 1.5, 2.7)))))
	for name, body := range map[string]string{
		"price that is none":             strings.Replace(good, "2.1", `"soon"`, 1),
		"impossible price":               strings.Replace(good, "2.1", "0.5", 1),
		"book that is a number":          strings.Replace(good, `"bookmakers":[`, `"bookmakers":[7],"x":[`, 1),
		"outcomes that are no list":      strings.Replace(good, `"outcomes":[`, `"outcomes":7,"x":[`, 1),
		"event without an id":            `[{"sport_key":"icehockey_nhl"}]`,
		"event without a start":          strings.Replace(good, `"commence_time":"`, `"commence_time":"x`, 1),
		"event without its home team":    strings.Replace(good, homeTeam, "", 1),
		"event that is text":             `["gone"]`,
		"body cut off":                   good[:len(good)-20],
		"empty body":                     ``,
		"error message":                  `{"message":"Usage quota has been reached"}`,
		"another game and one unread":    `[` + other + `,{}]`,
		"another game and one nameless":  `[{"sport_key":"icehockey_nhl"},` + other + `,` + strings.Replace(good[1:len(good)-1], homeTeam, "", 1) + `]`,
		"null":                           `null`,
		"event whose book has no key":    strings.Replace(good, `"key":"b1"`, `"key":""`, 1),
		"event whose market has no name": strings.Replace(good, `"key":"h2h"`, `"key":null`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "nhl")
			d.odds("h2h", []byte(good))
			for _, q := range d.odds("h2h", []byte(body)) {
				if q.State == feed.StateWithdrawn {
					t.Errorf("withdrawn: %s", brief([]feed.Quote{q}))
				}
			}
			bad := d.quarantined()
			if len(bad) == 0 {
				t.Fatal("nothing is in quarantine")
			}
			for _, q := range bad {
				if q.Reason == "" || q.Path != "/v4/sports/icehockey_nhl/odds" || q.Source != feed.SourceOdds || q.RawOffset != 1 || q.SeenTime != d.now {
					t.Errorf("got %s", jsonOf(q))
				}
				if !strings.Contains(body, string(q.Body)) || len(q.Body) == 0 && body != "" {
					t.Errorf("quarantine holds %q, which is no part of %s", q.Body, body)
				}
			}
			// What could not be read is still held: once it can be read and is gone,
			// it is withdrawn.
			withdrawn := 0
			for _, q := range d.odds("h2h", []byte(`[]`)) {
				if q.State == feed.StateWithdrawn && (q.PriceOriginal == "1.9" || q.PriceOriginal == "2.1") {
					withdrawn++
				}
			}
			if withdrawn != 2 {
				t.Errorf("%d prices were withdrawn by the next readable answer, want 2", withdrawn)
			}
		})
	}
}

func TestBadEventDoesNotStopTheOthers(t *testing.T) {
	d := newDesk(t, "nhl")
	good := mustJSON(game(book("b1", epoch, h2h(epoch, homeTeam, awayTeam, 1.9, 2.1))))
	d.want(d.odds("h2h", slices.Concat([]byte(`[{"id":7},{"id":"x"},"y",`), good, []byte(`,null]`))),
		"b1 h2h home 1.9 open", "b1 h2h away 2.1 open", "b1 h2h seen")
	places := map[string]string{}
	for _, q := range d.quarantined() {
		places[q.Place] = string(q.Body)
	}
	if want := map[string]string{"[0]": `{"id":7}`, "[1]": `{"id":"x"}`, "[2]": `"y"`, "[4]": `null`}; !maps.Equal(places, want) {
		t.Errorf("quarantine holds %v, want %v", places, want)
	}
}

func TestNamelessEventIsQuarantinedWithItsPlaceAndBytes(t *testing.T) {
	d := newDesk(t, "nhl")
	nameless := game()
	nameless.Home = ""
	body := `[{"sport_key":"x"},` + string(mustJSON(nameless)) + `]`
	d.odds("h2h", []byte(body))
	for _, q := range d.quarantined() {
		if q.Place == "[1]" {
			if string(q.Body) != string(mustJSON(nameless)) {
				t.Errorf("quarantine holds %s, want the event", q.Body)
			}
			return
		}
	}
	t.Errorf("no record of place [1]: %s", jsonOf(d.quarantined()))
}

func TestErrorResponsesAreLeftOut(t *testing.T) {
	d := newDesk(t, "nhl")
	d.events(game(book("b1", epoch, h2h(epoch, homeTeam, awayTeam, 1.9, 2.1))))
	for _, status := range []int{401, 429, 500} {
		d.take(feed.Raw{Source: feed.SourceOdds, League: "nhl", Status: status, Path: "/v4/sports/icehockey_nhl/odds", Query: map[string]string{"markets": "h2h"}, Body: []byte(`{"message":"no"}`)})
		if q := d.quotes(); len(q) > 0 || len(d.quarantined()) > 0 {
			t.Errorf("status %d made records: %s %s", status, brief(q), jsonOf(d.quarantined()))
		}
	}
}

func TestUnchangedAnswerConfirmsWhatItsRequestHolds(t *testing.T) {
	d := newDesk(t, "nhl")
	d.events(game(book("b1", epoch-feed.Minute, h2h(epoch-feed.Minute, homeTeam, awayTeam, 1.9, 2.1)), book("b2", epoch, h2h(epoch, homeTeam, awayTeam, 1.95, 2.05))))
	d.odds("totals", mustJSON([]oddsEvent{game(book("b1", epoch, totals(epoch, 5.5, 1.8, 2)))}))
	d.events(game(book("b1", epoch-feed.Minute, h2h(epoch-feed.Minute, homeTeam, awayTeam, 1.9, 2.1)))) // b2 is gone
	d.take(feed.Raw{Source: feed.SourceOdds, League: "nhl", Status: 304, Path: "/v4/sports/icehockey_nhl/odds", Query: map[string]string{"markets": "h2h"}})
	got := d.quotes()
	d.want(got, "b1 h2h seen")
	if len(got) == 1 && (got[0].SeenTime != d.now || got[0].EventTime != epoch-feed.Minute || !got[0].Last) {
		t.Errorf("got %s, want it seen now, as of the provider's time", jsonOf(got[0]))
	}
}

func TestPriceThatComesBackIsNews(t *testing.T) {
	d := newDesk(t, "nhl")
	ev := game(book("b1", epoch, h2h(epoch, homeTeam, awayTeam, 1.9, 2.1)))
	d.events(ev)
	d.events(game())
	d.want(d.events(ev), "b1 h2h home 1.9 open", "b1 h2h away 2.1 open", "b1 h2h seen")
}

// TestOverlappingRequestsDoNotWithdrawFromEachOther holds the holder rule: only
// the request whose answer held a price last can miss it.
func TestOverlappingRequestsDoNotWithdrawFromEachOther(t *testing.T) {
	d := newDesk(t, "nhl")
	both := mustJSON([]oddsEvent{game(book("b1", epoch, h2h(epoch, homeTeam, awayTeam, 1.9, 2.1), totals(epoch, 5.5, 1.8, 2)))})
	one := mustJSON([]oddsEvent{game(book("b1", epoch, h2h(epoch, homeTeam, awayTeam, 1.9, 2.1)))})
	d.odds("h2h,totals", both)
	d.want(d.odds("h2h", one), "b1 h2h seen") // now held by the second request
	d.want(d.odds("h2h,totals", []byte(`[]`)), "b1 totals 5.5 over 1.8 withdrawn", "b1 totals 5.5 under 2 withdrawn")
	d.want(d.odds("h2h", one), "b1 h2h seen")
	d.want(d.odds("h2h", []byte(`[]`)), "b1 h2h home 1.9 withdrawn", "b1 h2h away 2.1 withdrawn")
}

func TestSpreadLineIsHomesHandicapOnBothSides(t *testing.T) {
	for _, c := range []struct {
		line float64
		want string
	}{{-1.5, "-1.5"}, {1.5, "1.5"}, {0, "0"}} {
		d := newDesk(t, "nhl")
		d.want(d.events(game(book("b1", epoch, spreads(epoch, homeTeam, awayTeam, c.line, 2.5, 1.6)))),
			"b1 spreads "+c.want+" away 1.6 open", "b1 spreads "+c.want+" home 2.5 open", "b1 spreads seen")
	}
}

// TestSwappedSourceIsTurnedRound: on neutral ground two sources may disagree
// about who is at home.
func TestSwappedSourceIsTurnedRound(t *testing.T) {
	d := newDesk(t, "nhl")
	d.take(feed.Raw{Source: feed.SourceGames, League: "nhl", Path: "/apis/site/v2/sports/hockey/nhl/scoreboard",
		Body: scoreboard(scoreboardGame{id: "1", start: start, home: homeTeam, away: awayTeam, neutral: true, status: "STATUS_SCHEDULED", state: "pre"})})
	swapped := hockeyEvent("e1", start, awayTeam, homeTeam, book("b1", epoch,
		h2h(epoch, awayTeam, homeTeam, 2.1, 1.9), spreads(epoch, awayTeam, homeTeam, 1.5, 1.6, 2.5)))
	got := d.events(swapped)
	d.want(got, "b1 h2h away 2.1 open", "b1 h2h home 1.9 open", "b1 h2h seen",
		"b1 spreads -1.5 home 2.5 open", "b1 spreads -1.5 away 1.6 open", "b1 spreads seen")
	if fixtures := decode[feed.Fixture](t, d.w, d.out, log.TopicFixtures); len(fixtures) != 1 || fixtures[0].Home != homeTeam || len(fixtures[0].Aliases) != 2 {
		t.Errorf("got fixtures %s, want one known to both sources", jsonOf(fixtures))
	}
}

func TestOutcomesAreMatchedByName(t *testing.T) {
	d := newDesk(t, "nhl")
	d.want(d.events(game(book("b1", epoch,
		oddsMarket{Key: "h2h", Outcomes: []oddsOutcome{{Name: "Draw", Price: 4.5}, {Name: awayTeam, Price: 2.6}, {Name: homeTeam, Price: 2.4}}},
		oddsMarket{Key: "team_totals", Outcomes: []oddsOutcome{{Name: "Over", Description: homeTeam, Price: 1.9, Point: point(2.5)}}},
		oddsMarket{Key: "h2h_p1", Outcomes: []oddsOutcome{{Name: homeTeam, Price: 2.2}}},
		oddsMarket{Key: "alternate_totals", Outcomes: []oddsOutcome{{Name: "Under", Price: 1.7, Point: point(6.5)}}},
		oddsMarket{Key: "player_goals", Outcomes: []oddsOutcome{{Name: "A|B", Price: 3}}},
	))),
		"b1 h2h draw 4.5 open", "b1 h2h away 2.6 open", "b1 h2h home 2.4 open", "b1 h2h seen",
		"b1 team_totals 2.5 Boston Bruins over 1.9 open", "b1 team_totals seen",
		"b1 h2h home 2.2 open", "b1 h2h seen",
		"b1 totals 6.5 under 1.7 open", "b1 totals seen",
		"b1 player_goals A/B 3 open", "b1 player_goals seen")
	if q := d.quotes()[6]; q.Period != "p1" {
		t.Errorf("the period of h2h_p1 is %q, want p1", q.Period)
	}
}

func TestLastMarksTheEndOfEachFixturesPicture(t *testing.T) {
	d := newDesk(t, "nhl")
	second := hockeyEvent("e2", start, "Dallas Stars", "Chicago Blackhawks", book("b1", epoch, h2h(epoch, "Dallas Stars", "Chicago Blackhawks", 1.5, 2.7)))
	answers := [][]oddsEvent{
		{game(book("b1", epoch, h2h(epoch, homeTeam, awayTeam, 1.9, 2.1)), book("b2", epoch, h2h(epoch, homeTeam, awayTeam, 1.8, 2.2))), second},
		{second}, {}, {game(), second}, {game(book("b1", epoch, h2h(epoch, homeTeam, awayTeam, 1.9, 2.1)))},
	}
	for i, answer := range answers {
		last := map[string]bool{}
		for _, q := range d.events(answer...) {
			if last[q.FixtureID] {
				t.Errorf("answer %d: %s follows the last record of %s", i, brief([]feed.Quote{q}), q.FixtureID)
			}
			last[q.FixtureID] = q.Last
		}
		for fixture, ended := range last {
			if !ended {
				t.Errorf("answer %d: no record of %s is marked as the last", i, fixture)
			}
		}
	}
}

// TestCheckpointKeepsHowAPriceWasLastWritten: the text may change while the price
// does not, and stands in the record that withdraws it.
func TestCheckpointKeepsHowAPriceWasLastWritten(t *testing.T) {
	d := newDesk(t, "nhl")
	d.events(game(book("b1", epoch, h2h(epoch, homeTeam, awayTeam, "1.9", 2.1))))
	clear(d.op.byID["nhl"].changed) // as after a checkpoint
	d.events(game(book("b1", epoch, h2h(epoch, homeTeam, awayTeam, "1.90", 2.1))))
	fixture := d.quotes()[0].FixtureID
	if !d.op.byID["nhl"].changed[keyQuotes+fixture] {
		t.Error("the next checkpoint would leave out the new text")
	}
}

func TestRestoredStateGoesOnAsBefore(t *testing.T) {
	d := newDesk(t, "nhl")
	d.events(game(book("b1", epoch, h2h(epoch, homeTeam, awayTeam, "1.90", 2.1))))
	d.restart()
	d.want(d.events(game(book("b1", epoch, h2h(epoch, homeTeam, awayTeam, 1.9, 2.2)))), "b1 h2h away 2.2 open", "b1 h2h seen")
	d.restart()
	d.want(d.events(game()), "b1 h2h home 1.9 withdrawn", "b1 h2h away 2.2 withdrawn")
}

func TestDefectOfARecordingGoesToQuarantine(t *testing.T) {
	d := newDesk(t, "nhl")
	d.take(feed.Raw{Source: feed.SourceOdds, League: "nhl", Path: "recording, line 3", Headers: map[string]string{feed.HeaderDefect: "the line is no JSON"}, Body: []byte("{")})
	got := d.quarantined()
	if len(got) != 1 || got[0].Reason != "the line is no JSON" || string(got[0].Body) != "{" || got[0].Place != "recording, line 3" {
		t.Errorf("got %s", jsonOf(got))
	}
}

func TestTicksReachEveryPartitionOnceASecondAndNeverGoBack(t *testing.T) {
	w := newWorld(t, 3, "nhl", "epl", "nba")
	entries := newScene(w, 3).play(60)
	entries = append(entries, entry{time: entries[0].time}) // time never goes back in the raw log
	out := w.normalise(t, w.rawLog(entries))
	seconds := map[feed.Time]bool{}
	last := feed.Time(0)
	for _, e := range entries {
		last = max(e.time, last+1)
		seconds[last.Truncate(feed.Second)] = true
	}
	for _, id := range w.leagues {
		for p := range w.partitions {
			ticks, newest := 0, feed.Time(0)
			for _, r := range out[log.Partition{Topic: log.QuotesTopic(id), Partition: p}] {
				var q feed.Quote
				if err := w.codecs[r.Topic].Decode(r.Value, &q); err != nil {
					t.Fatal(err)
				}
				if q.Kind != feed.KindTick {
					continue
				}
				if ticks++; q.SeenTime <= newest || q.EventTime != q.SeenTime || q.SeenTime%feed.Second != 0 || string(r.Key) != feed.TickKey {
					t.Fatalf("%s/%d: tick %s after %s", id, p, q.SeenTime, newest)
				}
				newest = q.SeenTime
			}
			if ticks != len(seconds) {
				t.Errorf("%s/%d has %d ticks, the raw log %d seconds", id, p, ticks, len(seconds))
			}
		}
	}
}
