package spreadspoke

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source/table"
)

// Load reads a folder: spreadspoke_scores.csv and, if it is there,
// nfl_stadiums.csv, either plain or with .gz. A game in a stadium with a fixed
// roof is indoors, whatever its row says. Games are in the order of their days.
func Load(files fs.FS) ([]Game, []feed.Defect, error) {
	name, text, err := load(files, "spreadspoke_scores.csv")
	if err != nil {
		return nil, nil, err
	}
	games, defects, err := Parse(name, text)
	if err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(games, func(a, b Game) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Home, b.Home))
	})
	name, text, err = load(files, "nfl_stadiums.csv")
	if errors.Is(err, fs.ErrNotExist) {
		return games, defects, nil
	}
	if err != nil {
		return nil, nil, err
	}
	stadiums, more, err := ParseStadiums(name, text)
	if err != nil {
		return nil, nil, err
	}
	roofs := make(map[string]Roof, len(stadiums))
	for _, s := range stadiums {
		roofs[s.Name] = s.Roof
	}
	for i := range games {
		if roofs[games[i].Stadium] == Indoor {
			games[i].Roof = Indoor
		}
	}
	return games, append(defects, more...), nil
}

// load returns a file, plain or compressed, and which it was.
func load(files fs.FS, name string) (string, []byte, error) {
	text, err := table.Load(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		if packed, again := table.Load(files, name+".gz"); !errors.Is(again, fs.ErrNotExist) {
			return name + ".gz", packed, again
		}
	}
	return name, text, err
}
