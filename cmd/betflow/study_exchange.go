package main

import (
	"bytes"
	"context"

	"github.com/spf13/cobra"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/study"
	"github.com/betflow/betflow/internal/study/exchanges"
)

func newStudyExchange() *cobra.Command {
	return inquiry{
		name: "exchange", folders: []string{"FILE..."}, fixed: true,
		short: "Study files of a betting exchange: volume, VWAP, spread, price discovery",
		long: `Reads historic files of the Betfair Exchange Stream, plain, .gz or .bz2, whatever
they are called, and answers: whether the ladders of what was traded sum to the
volumes that the exchange gives, after every change; at which volume-weighted
prices (VWAP) each runner stood before the event began and before the market
closed; when it was traded, and at what spread; how the price moved by the hour
before the start and by the minute around it; and which price before the start,
VWAP, last, best or microprice, came closest to the results.

ADVANCED and PRO files have all of this, BASIC files last prices only. One market
describes itself: a comparison of prices needs many. Volumes count both sides of
a bet. What cannot be read is listed on stderr and left out.`,
		example: `  betflow study exchange 1.200806927.bz2
  betflow study exchange markets/*.bz2 --out docs/studies
  betflow study exchange markets/*.bz2 --json`,
		run: func(_ context.Context, files []string, o inquiryOptions) (*study.Report, []feed.Defect, error) {
			var defects []feed.Defect
			read, markets, err := exchanges.Read(files, func(file string, d feed.Defect) {
				d.Place, d.Body = file+": "+d.Place, bytes.Clone(d.Body)
				defects = append(defects, d)
			}, o.progress)
			if err != nil {
				return nil, nil, err
			}
			return exchanges.Report(read, markets, o.command), defects, nil
		},
	}.command()
}
