// Package bet holds bets and what became of them: reading them from CSV, grading
// them against final scores, setting their prices against the close, and summing
// up returns with their uncertainty.
//
// Money is whole minor units of a currency. A line is home's handicap on both
// sides of a spread, as everywhere in BetFlow, or a total; files may state it as
// a betting slip does. Times come with an instant, never with a local clock.
//
// The package is pure: it reads from readers it is given, no file and no clock.
package bet
