// Package betfair reads messages of the Betfair Exchange Stream, live or from
// historic files: a line a message, plain, gzip or bzip2. See
// https://docs.developer.betfair.com/display/1smk3cen4v3lu3yomq5qye0ni/Exchange+Stream+API.
//
// Readers are pure functions of bytes. Sizes and prices become exact hundredths;
// what the changes make of a market is internal/exchange's. A part that cannot
// be read becomes a feed.Defect with its line and place, and everything around
// it is kept. BASIC files have no ladders and no volumes: their changes hold last
// prices only.
package betfair

// Source names this provider in defects and errors.
const Source = "betfair"
