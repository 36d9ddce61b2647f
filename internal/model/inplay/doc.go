// Package inplay says how likely the results of a running game are: from its
// score, from how much of it is left, and from what the market said before it.
//
// Neither model knows who has the ball, who was sent off or how sides play that
// are behind; docs/models.md says how far they are off. Overtime and added time
// are not modelled.
package inplay
