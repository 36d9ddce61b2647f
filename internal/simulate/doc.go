// Package simulate is a betting market with known truth that speaks the
// providers' HTTP: The Odds API v4, ESPN scoreboards and OpenWeather. Clients
// that work against the real services work against it, which is what the demo
// and the tests use it for.
//
// The world is a pure function of a seed and a simulated instant. Nothing
// depends on which requests were made before: two simulators with one
// configuration agree on every body at every instant, in any order of asking.
// Fixtures, the news before a game, the course of a game and what each book
// sees of it are all drawn from hashes of the seed, and caches only save work.
//
// Every game is a fixed sequence of chances (drives, possessions, half minutes,
// half innings). A chance yields points with known probabilities, so the
// distribution of the result at any moment is an exact convolution and not an
// estimate: see Truth. Books quote from that truth with a delay, an error, a
// margin and a grid of prices of their own.
package simulate
