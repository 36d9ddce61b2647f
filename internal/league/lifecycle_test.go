package league

import (
	"errors"
	"testing"

	"github.com/betflow/betflow/internal/feed"
)

func TestJoinMakesTwoFixturesOne(t *testing.T) {
	x := newIdentity(t)
	odds := seen("theoddsapi", "a1", "Boston Bruins", "Montreal Canadiens", evening)
	games := seen("espn", "1", "The Bay City Bears", "Les Glorieux", evening+30*feed.Hour)
	a, b := x.Resolve(odds), x.Resolve(games)
	if a.FixtureID == b.FixtureID {
		t.Fatal("the names were matched without a person")
	}
	f, err := x.Join(a.FixtureID, b.FixtureID)
	if err != nil {
		t.Fatal(err)
	}
	if f.FixtureID != a.FixtureID || f.StartTime != evening || len(f.Aliases) != 3 {
		t.Errorf("survivor %+v", f)
	}
	if r := x.Resolve(games); r.FixtureID != a.FixtureID || r.New || r.Changed {
		t.Errorf("the other's source id: %+v", r)
	}
	if f, ok := x.Fixture(b.FixtureID); !ok || f.FixtureID != a.FixtureID {
		t.Errorf("the other's own id finds %+v, %v", f, ok)
	}
	if n := len(x.Fixtures()); n != 1 {
		t.Errorf("%d fixtures", n)
	}
	// The person taught the names as well.
	next := x.Resolve(seen("espn", "2", "Les Glorieux", "The Bay City Bears", evening+200*feed.Hour))
	if next.Fixture.AwayID != "nhl.montreal-canadiens" || next.Fixture.HomeID != "nhl.boston-bruins" {
		t.Errorf("next game %+v", next.Fixture)
	}
	// The id of the joined fixture is not given away again.
	again := x.Resolve(seen("feed3", "9", "The Bay City Bears", "Les Glorieux", games.Start+20*feed.Minute))
	if again.FixtureID == b.FixtureID {
		t.Error("the id was used twice")
	}
}

func TestJoinTurnsExchangedSides(t *testing.T) {
	x := newIdentity(t)
	a := x.Resolve(seen("theoddsapi", "a1", "Boston Bruins", "Montreal Canadiens", evening))
	other := seen("espn", "1", "Montreal Canadiens", "Boston Bruins", evening)
	b := x.Resolve(other)
	if _, err := x.Join(a.FixtureID, b.FixtureID); err != nil {
		t.Fatal(err)
	}
	if r := x.Resolve(other); !r.Swapped || r.FixtureID != a.FixtureID {
		t.Errorf("got %+v", r)
	}
}

func TestJoinRefusesWhatIsNotTwoFixtures(t *testing.T) {
	x := newIdentity(t)
	a := x.Resolve(seen("espn", "1", "Boston Bruins", "Montreal Canadiens", evening)).FixtureID
	for _, pair := range [][2]string{{a, "x"}, {"x", a}} {
		if _, err := x.Join(pair[0], pair[1]); !errors.Is(err, ErrUnknownFixture) {
			t.Errorf("Join(%v): %v", pair, err)
		}
	}
	if _, err := x.Join(a, a); err == nil {
		t.Error("a fixture was joined to itself")
	}
}

func TestSetStatus(t *testing.T) {
	x := newIdentity(t)
	id := x.Resolve(seen("espn", "1", "Boston Bruins", "Montreal Canadiens", evening)).FixtureID
	f, changed, err := x.SetStatus(id, feed.GameIn, evening)
	if err != nil || !changed || f.Status != "in" || f.SeenTime != evening {
		t.Errorf("got %+v, %v, %v", f, changed, err)
	}
	if _, changed, _ := x.SetStatus(id, feed.GameIn, evening+1); changed {
		t.Error("the same status is a change")
	}
	if _, _, err := x.SetStatus("x", feed.GameIn, evening); !errors.Is(err, ErrUnknownFixture) {
		t.Errorf("got %v", err)
	}
}

func TestForgetDropsWhatIsLongOver(t *testing.T) {
	x := newIdentity(t)
	old := seen("espn", "1", "Boston Bruins", "Montreal Canadiens", evening)
	gone := x.Resolve(old).FixtureID
	kept := x.Resolve(seen("espn", "2", "Boston Bruins", "Montreal Canadiens", evening+72*feed.Hour)).FixtureID
	waiting := x.Resolve(seen("espn", "3", "Calgary Flames", "Seattle Kraken", evening)).FixtureID
	if _, _, err := x.SetStatus(waiting, feed.GamePostponed, evening); err != nil {
		t.Fatal(err)
	}
	undated := x.Resolve(Sighting{Source: "espn", SourceID: "4", AwayName: "TBD", HomeName: "Calgary Flames", Seen: evening + 2*feed.Hour}).FixtureID
	x.ClearDirty()
	if ids := x.Forget(evening + feed.Hour); len(ids) != 1 || ids[0] != gone {
		t.Errorf("forgot %v", ids)
	}
	if d := x.Dirty(); len(d) != 1 || d[0].Key != "fixture/"+gone || d[0].Value != nil {
		t.Errorf("dirty %v", d)
	}
	if _, ok := x.Fixture(gone); ok {
		t.Error("the fixture is still there")
	}
	for _, id := range []string{kept, waiting, undated} {
		if _, ok := x.Fixture(id); !ok {
			t.Errorf("%s is gone", id)
		}
	}
	// A source that still names it gets a fixture under the same id.
	if r := x.Resolve(old); !r.New || r.FixtureID != gone {
		t.Errorf("got %+v", r)
	}
}
