package process

import (
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
)

// teams publishes what sources call the league's teams, each name once and
// again when it comes to mean more. A team that is not known has no id yet and
// is not published: it stands in the review queue.
func (out *output) teams() error {
	for _, a := range out.l.identity.TeamAliases() {
		if a.TeamID == "" || a.Source == league.SourceSelf {
			continue
		}
		id := a.SourceID
		if id == "" {
			id = a.Name
		}
		if err := out.dimension(feed.Dimension{
			Dimension: feed.DimensionTeam, ID: a.TeamID, Name: a.Name, Source: a.Source, SourceID: id, Confidence: a.Confidence,
		}); err != nil {
			return err
		}
	}
	return nil
}

// book publishes a book when its key is first seen in the league.
func (out *output) book(key, title string) error {
	return out.dimension(feed.Dimension{
		Dimension: feed.DimensionBook, ID: clean(key), Name: title, Source: out.raw.Source, SourceID: key, Confidence: 1,
	})
}

func (out *output) dimension(d feed.Dimension) error {
	name := d.Dimension + "|" + d.Source + "|" + d.SourceID
	if known, ok := out.l.dims[name]; ok && known == d.ID {
		return nil
	}
	out.l.dims[name] = d.ID
	out.l.changed[keyDims] = true
	d.Kind, d.League, d.SeenTime = feed.KindDimension, out.l.id, out.raw.FetchedAt
	return out.e.Emit(log.TopicDims, out.o.partition, out.l.id+"|"+name, &d)
}
