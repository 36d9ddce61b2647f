package nfllines

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source/table"
)

// ErrNoFiles is returned for a folder without weeks in it.
var ErrNoFiles = errors.New("there are no files such as 2022/week_1.csv")

// Load reads all weeks of a folder, YEAR/week_N.csv, plain or with .gz. Games
// are in the order of season and week. Progress, which may be nil, hears of
// every file read.
func Load(files fs.FS, progress func(done, all int)) ([]Game, []feed.Defect, error) {
	var names []string
	for _, pattern := range []string{"*/week_*.csv", "*/week_*.csv.gz"} {
		found, err := fs.Glob(files, pattern)
		if err != nil {
			return nil, nil, fmt.Errorf("listing weeks: %w", err)
		}
		names = append(names, found...)
	}
	if len(names) == 0 {
		return nil, nil, ErrNoFiles
	}
	var games []Game
	var defects []feed.Defect
	for i, name := range names {
		text, err := table.Load(files, name)
		if err != nil {
			return nil, nil, err
		}
		g, d, err := Parse(name, text)
		if err != nil {
			return nil, nil, err
		}
		games, defects = append(games, g...), append(defects, d...)
		if progress != nil {
			progress(i+1, len(names))
		}
	}
	slices.SortStableFunc(games, func(a, b Game) int {
		return cmp.Or(cmp.Compare(a.Season, b.Season), cmp.Compare(a.Week, b.Week))
	})
	return games, defects, nil
}
