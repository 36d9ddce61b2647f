package feed

// Alias is one provider's id for a thing, with how sure the match is.
type Alias struct {
	Source     string  `avro:"source" json:"source"`
	ID         string  `avro:"id" json:"id"`
	Confidence float64 `avro:"confidence" json:"confidence"` // 1 certain; below the accepting threshold it waits for review
}

// Fixture is one game or match. Its id is assigned once, at first sighting, and
// survives rescheduling. Each record is the whole current state.
type Fixture struct {
	Kind      Kind    `avro:"kind"` // KindFixture
	Seq       int64   `avro:"seq"`
	FixtureID string  `avro:"fixture_id"`
	League    string  `avro:"league"`
	Season    int32   `avro:"season"` // the year in which the season began
	StartTime Time    `avro:"start_time"`
	HomeID    string  `avro:"home_id"` // team id, empty if the name is not known
	AwayID    string  `avro:"away_id"`
	Home      string  `avro:"home"` // the team's full name
	Away      string  `avro:"away"`
	VenueID   string  `avro:"venue_id"`
	Neutral   bool    `avro:"neutral"`
	Status    string  `avro:"status"` // a GameState
	Aliases   []Alias `avro:"aliases"`
	SeenTime  Time    `avro:"seen_time"`
}

// Review is a sighting that could not be matched with certainty: it has its own
// fixture meanwhile, and a person may join the two.
type Review struct {
	Kind      Kind    `avro:"kind"` // KindReview
	Seq       int64   `avro:"seq"`
	League    string  `avro:"league"`
	Source    string  `avro:"source"`
	Subject   string  `avro:"subject"` // fixture or team
	SourceID  string  `avro:"source_id"`
	Name      string  `avro:"name"`      // as the source wrote it
	Candidate string  `avro:"candidate"` // the best known id, empty if none
	Score     float64 `avro:"score"`     // how well it fits, 0 to 1
	Reason    string  `avro:"reason"`
	SeenTime  Time    `avro:"seen_time"`
}

// Kinds of the records above.
const (
	KindFixture Kind = "fixture"
	KindReview  Kind = "review"
)

// SetSeq sets the record's position among those its task wrote to a partition.
func (f *Fixture) SetSeq(n int64) { f.Seq = n }

// Sequence returns that position.
func (f *Fixture) Sequence() int64 { return f.Seq }

// Seen returns when the log got to know what the record tells.
func (f *Fixture) Seen() Time { return f.SeenTime }

// SetSeq sets the record's position among those its task wrote to a partition.
func (r *Review) SetSeq(n int64) { r.Seq = n }

// Sequence returns that position.
func (r *Review) Sequence() int64 { return r.Seq }

// Seen returns when the log got to know what the record tells.
func (r *Review) Seen() Time { return r.SeenTime }
