// Package recording keeps captured responses in a file and plays them again.
//
// A recording is NDJSON, plain or compressed with gzip or zstd: a line per
// response with
//
//	source      one of feed.Sources
//	league      BetFlow's league id; may be missing, for the path tells most
//	fetched_at  RFC 3339
//	path        URL path, without host
//	query       URL query without credentials, an object of texts
//	status      HTTP status
//	headers     the few that matter, an object of texts; may be missing
//	body        the answer
//
// A body that is JSON stands in the line as it is, its line breaks as spaces
// and without space around it. Any other body is a text, or, where it is no
// UTF-8, stands base64-coded in body_base64.
package recording
