package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source"
)

// Progress is how far a recording has been played.
type Progress struct {
	Line      int       // the last line
	Responses int       // played so far
	Defects   int       // lines that could not be read
	At        feed.Time // fetch time of the last response
}

// Player plays a recording at the pace at which it was made, faster, or as fast
// as it is taken.
type Player struct {
	Speed    float64        // 1 is as recorded, 10 ten times as fast, 0 without waiting
	After    int            // lines to pass over at the beginning
	Played   int            // entries that were played before: they are handed over without waiting
	Clock    source.Clock   // zero: source.SystemClock
	Progress func(Progress) // called after every entry; may be nil
}

// Play hands every entry to handle, in the order of the file. Responses keep the
// fetch times of the recording. It ends with the recording, with the first
// error of handle, or with the context's.
func (p Player) Play(ctx context.Context, r *Reader, handle func(context.Context, Entry) error) error {
	if p.Speed < 0 {
		return errors.New("the speed of a player must not be negative")
	}
	pace := pace{speed: p.Speed, clock: p.Clock}
	if pace.clock.Now == nil {
		pace.clock = source.SystemClock()
	}
	var done Progress
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("playing recording: %w", err)
		}
		if e.Line <= p.After {
			continue
		}
		done.Line = e.Line
		if e.Defect != nil {
			done.Defects++
		} else {
			if done.Responses+done.Defects >= p.Played {
				if err := pace.wait(ctx, e.Raw.FetchedAt); err != nil {
					return err
				}
			}
			done.Responses++
			done.At = e.Raw.FetchedAt
		}
		if err := handle(ctx, e); err != nil {
			return fmt.Errorf("playing line %d: %w", e.Line, err)
		}
		if p.Progress != nil {
			p.Progress(done)
		}
	}
}

// pace keeps the recording's distances. Each wait is counted from the first
// response, so that small delays do not add up.
type pace struct {
	speed float64
	clock source.Clock
	from  feed.Time // fetch time of the first response
	began time.Time // when it was played
}

func (p *pace) wait(ctx context.Context, at feed.Time) error {
	if p.speed == 0 {
		return nil
	}
	if p.from.IsZero() {
		p.from, p.began = at, p.clock.Now()
	}
	due := p.began.Add(time.Duration(float64(at.Sub(p.from)) / p.speed))
	return p.clock.Sleep(ctx, due.Sub(p.clock.Now()))
}
