// Package nfl studies the market of NFL games: what the close knows that the
// opening line does not, what a line that moves against the bets is worth, what
// wind does to totals and to their lines, what playing at home is worth, and how
// a normal model and a rating compare with the market.
//
// It takes opening and closing lines with the split of the bets as package
// nfllines reads them, and results with closing lines and weather as package
// spreadspoke does. Closing line means the median of the books' last lines in
// the first and the one line given in the second.
package nfl
