// Package model holds simple forecasts of games, to stand beside the market's
// prices and be scored against them, never to pass for them: a normal
// distribution of margins and totals before the game and a Brownian motion in it
// (here), goals as Poisson processes (goals), a running game from its score and
// clock (inplay), ratings (elo). Package result reads the scores of past games,
// package score judges what was forecast.
//
// Each model says what it assumes and where that fails; docs/models.md puts it
// together. Every function takes what it needs as arguments: periods and standard
// deviations stand in the leagues' files.
package model
