// Package source asks providers. A Client sends one provider's requests within
// its rate and its credits, a Schedule says when a league is worth asking
// about, and a Poller joins the two and hands every answer to a Sink.
//
// Capture comes before parsing: whatever a provider answers, errors included,
// becomes a feed.Raw as it came. The packages below this one build the requests
// of one provider each and read its answers, or read the files of past games that
// a publisher keeps.
package source
