// Package theoddsapi speaks The Odds API, version 4: it builds requests and
// reads answers. See https://the-odds-api.com/liveapi/guides/v4/.
//
// Readers are pure functions of a body. They keep the provider's shapes, names
// and prices; what these mean for BetFlow is decided elsewhere. A part that
// cannot be read becomes a feed.Defect with its place, and everything around it
// is kept.
package theoddsapi
