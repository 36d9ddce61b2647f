package footballdata

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source/table"
)

// ErrNoMatches is returned for a folder in which nothing can be read.
var ErrNoMatches = errors.New("no matches: the folder needs *.csv or *.csv.gz files of football-data.co.uk")

// Folder is what a folder of files holds.
type Folder struct {
	Matches  []Match // by day, league, home team
	Defects  []feed.Defect
	Files    int // that were read
	Repaired int // days whose month and day of the month were exchanged
}

// ReadFolder reads the files of a folder, not of those inside it. It calls
// progress after each of them, unless that is nil. A file of another layout and
// a match that was read before are defects; the errors are those of the file
// system, of broken compression and ErrNoMatches.
func ReadFolder(dir string, progress func(done, total int)) (*Folder, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("reading folder of matches: %w", err)
	}
	entries = slices.DeleteFunc(entries, func(e os.DirEntry) bool {
		name := strings.ToLower(strings.TrimSuffix(e.Name(), ".gz"))
		return e.IsDir() || !strings.HasSuffix(name, ".csv")
	})
	out := &Folder{}
	seen := map[identity]bool{}
	for i, e := range entries {
		text, err := table.Load(os.DirFS(dir), e.Name())
		if err != nil {
			return nil, err
		}
		f, err := Read(bytes.NewReader(text), e.Name())
		switch {
		case errors.Is(err, ErrLayout):
			out.Defects = append(out.Defects, feed.Defect{Place: e.Name(), Reason: ErrLayout.Error()})
		case err != nil:
			return nil, err
		default:
			out.add(e.Name(), f, seen)
		}
		if progress != nil {
			progress(i+1, len(entries))
		}
	}
	if len(out.Matches) == 0 {
		return nil, fmt.Errorf("reading %s: %w", dir, ErrNoMatches)
	}
	slices.SortStableFunc(out.Matches, compare)
	return out, nil
}

// identity is what no two matches share.
type identity struct {
	day        time.Time
	league     string
	home, away string
}

// add takes a file's matches in.
func (f *Folder) add(name string, file *File, seen map[identity]bool) {
	f.Files++
	f.Repaired += file.Repaired
	f.Defects = append(f.Defects, file.Defects...)
	for _, m := range file.Matches {
		id := identity{m.Day, m.League, m.Home, m.Away}
		if seen[id] {
			f.Defects = append(f.Defects, feed.Defect{Place: name, Reason: fmt.Sprintf(
				"%s - %s of %s was read before", m.Home, m.Away, m.Day.Format(time.DateOnly))})
			continue
		}
		seen[id] = true
		f.Matches = append(f.Matches, m)
	}
}

// compare orders matches by day, league and home team.
func compare(a, b Match) int {
	return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.League, b.League), cmp.Compare(a.Home, b.Home))
}
