// Package nfllines reads folders of NFL lines as kcdavs/NFL_Perdiction_Model
// keeps them: YEAR/week_N.csv, a row for each team of a game, with the opening
// line, up to 14 books' lines and the split of the bets.
//
// What the files do not say of themselves, and what was found in them (seasons
// 2018 to 2022):
//
//   - Moneylines and spreads are the team's own. Of a total the first row has
//     over's price, the second under's.
//   - The first row is the away team's: it has the odd rotation number. The one
//     game without numbers keeps to that order.
//   - A book's line is the last one the source saw. For some games and books
//     that was after kick-off, so take the median of the books.
//   - The columns *_dollar_pct hold neither dollars nor percentages: their
//     shares are *_bet_pct again. They count bets, in tens, and stand in
//     Split.Bets. There is no split of the money.
//   - A percentage of zero on both sides means that nothing is known.
package nfllines
