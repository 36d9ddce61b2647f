// Package footballdata reads folders of soccer results with bookmakers' prices
// as football-data.co.uk publishes them, in two layouts:
//
//   - the original one: Div, Date, HomeTeam, FTHG, B365H, PSCH, AvgH, BbMxH, ...
//     (see https://www.football-data.co.uk/notes.txt);
//   - the one of georgedouzas/sports-betting, which names the columns out:
//     odds__bet365_closing__home_win__full_time_goals, ...
//
// Files are CSV, plain or gzip, and differ in their columns. A price that is not
// there is missing. A cell that cannot be read is a feed.Defect with file, line
// and column; the rest of its row is kept.
//
// A pre-match price is from the time at which the publisher collected it, days
// before the match for some leagues and hours for others. It is not the opening
// price.
package footballdata
