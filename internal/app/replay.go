package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/source/recording"
)

// Replay says which recording to play and how.
type Replay struct {
	File     string
	Speed    float64 // 1 as recorded, 0 as fast as can be
	Exit     bool    // stop when everything has been processed
	Progress func(done, total int)
}

// play writes a recording's responses to the log. A recording that was begun in
// this data folder goes on where it was.
func (s *system) play(ctx context.Context, r Replay) error {
	name, total, err := identify(r.File)
	if err != nil {
		return err
	}
	writer, err := s.openRaw(ctx, name)
	if err != nil {
		return err
	}
	defer writer.Close()
	defer context.AfterFunc(ctx, writer.Close)() // a log that has gone away must not keep us
	reader, err := recording.Open(r.File, leagueOf(s.catalog))
	if err != nil {
		return err
	}
	defer reader.Close()

	// Acknowledgements come later than the next response is written: waiting for
	// each would make the disk the pace.
	var failed atomic.Pointer[error]
	written := func(err error) {
		if err != nil {
			failed.CompareAndSwap(nil, &err)
		}
	}
	last := feed.Time(0)
	player := recording.Player{Speed: r.Speed, Played: int(writer.Stands()), Progress: func(p recording.Progress) {
		if r.Progress != nil {
			r.Progress(p.Line, total)
		}
	}}
	err = player.Play(ctx, reader, func(ctx context.Context, e recording.Entry) error {
		if err := failed.Load(); err != nil {
			return *err
		}
		raw := e.Raw
		if e.Defect != nil {
			raw = unreadLine(e, s.leagues[0], last)
		}
		if last == 0 && !writer.Resumes() && raw.FetchedAt <= writer.Last() {
			return fmt.Errorf("the data folder %s holds records up to %s, the recording begins at %s: play it into a folder of its own with --data", s.cfg.Data, writer.Last(), raw.FetchedAt)
		}
		last = max(last, raw.FetchedAt)
		return writer.Capture(ctx, raw, written)
	})
	if err != nil {
		return err
	}
	if r.Exit {
		// The recording has ended, its time goes on: every window closes.
		if err := writer.Tick(ctx, last+s.longestWindow()); err != nil {
			return err
		}
	}
	if err := writer.Flush(ctx); err != nil {
		return err
	}
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// played waits until all of a recording stands in the log, whichever process
// plays it.
func (s *system) played(ctx context.Context, r Replay) error {
	if !r.Exit {
		return nil // nobody waits for the end
	}
	name, total, err := identify(r.File)
	if err != nil {
		return err
	}
	for {
		if err := s.supervisor.hopeless(); err != nil {
			return err
		}
		entries, err := log.Played(ctx, s.client, s.layout.Sources, name)
		if err != nil && log.ClassOf(err) != log.Retryable {
			return err
		}
		if err == nil && entries > int64(total) { // the last one is the tick behind it
			r.Progress(total, total)
			return nil
		}
		if err := s.supervisor.clock.Sleep(ctx, sharedLook); err != nil {
			return err
		}
	}
}

// unreadLine carries a line that could not be read to the quarantine.
func unreadLine(e recording.Entry, leagueID string, at feed.Time) feed.Raw {
	return feed.Raw{
		Source: feed.SourceOdds, League: leagueID, FetchedAt: max(at, 1), Path: "recording, " + e.Defect.Place,
		Headers: map[string]string{feed.HeaderDefect: e.Defect.Reason}, Body: e.Defect.Body,
	}
}

// leagueOf tells the league of a recorded response by its path.
func leagueOf(c *league.Catalog) func(src, path string) string {
	return func(src, path string) string {
		if l, ok := c.ByPath(src, path); ok {
			return l.ID
		}
		return ""
	}
}

// longestWindow is how long after the last record every window has closed.
func (s *system) longestWindow() feed.Time {
	longest := feed.Time(0)
	for i := range s.metrics {
		longest = max(longest, s.metrics[i].Windows.Longest()+s.metrics[i].Disorder.Time())
	}
	return longest + feed.Second
}

// identify names a recording by its bytes and counts its lines.
func identify(file string) (name string, lines int, err error) {
	f, err := os.Open(file)
	if err != nil {
		return "", 0, fmt.Errorf("opening recording: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", 0, fmt.Errorf("reading recording %s: %w", file, err)
	}
	reader, err := recording.Open(file, func(string, string) string { return "any" })
	if err != nil {
		return "", 0, err
	}
	defer reader.Close()
	for {
		if _, err := reader.Next(); err != nil {
			if errors.Is(err, io.EOF) {
				break
			}
			return "", 0, fmt.Errorf("reading recording %s: %w", file, err)
		}
		lines++
	}
	return hex.EncodeToString(h.Sum(nil)[:12]), lines, nil
}
