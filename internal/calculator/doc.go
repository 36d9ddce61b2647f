// Package calculator answers questions about prices that somebody writes by
// hand: what a price is in other formats, what is fair, what to stake. The
// command line and the API ask the same questions and print the same answers as
// JSON; the maths is that of package odds.
//
// A question holds text as it was written; empty text asks for the default.
// Every error of an answer is about the question and says what was wrong with
// it. An answer is ready for JSON: prices are decimal, shares and probabilities
// lie between 0 and 1, money is in units of the currency with two decimals.
package calculator
