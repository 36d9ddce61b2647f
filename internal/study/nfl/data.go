package nfl

import (
	"fmt"
	"os"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source/nfllines"
	"github.com/betflow/betflow/internal/source/spreadspoke"
)

// Data is what the study is about.
type Data struct {
	Lines   []nfllines.Game // in the order of season and week
	Games   []spreadspoke.Game
	Defects []feed.Defect
}

// Load reads a folder of lines and a folder of results and weather. Progress,
// which may be nil, hears of every file of lines.
func Load(lines, weather string, progress func(done, all int)) (*Data, error) {
	var d Data
	var more []feed.Defect
	var err error
	if d.Lines, d.Defects, err = nfllines.Load(os.DirFS(lines), progress); err != nil {
		return nil, fmt.Errorf("reading NFL lines in %s: %w", lines, err)
	}
	if d.Games, more, err = spreadspoke.Load(os.DirFS(weather)); err != nil {
		return nil, fmt.Errorf("reading NFL results in %s: %w", weather, err)
	}
	d.Defects = append(d.Defects, more...)
	return &d, nil
}
