package theoddsapi

import (
	"errors"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source"
	"github.com/betflow/betflow/internal/source/cursor"
)

// Fault is the provider's own account of an error.
type Fault struct {
	Message string
	Code    string // such as OUT_OF_USAGE_CREDITS
	Details string // address of its description
}

// String is the message with its code.
func (f Fault) String() string {
	switch {
	case f.Code == "":
		return f.Message
	case f.Message == "":
		return f.Code
	default:
		return f.Message + " (" + f.Code + ")"
	}
}

// ParseError reads the body of an error. ok is false if it is none.
func ParseError(body []byte) (f Fault, ok bool) {
	c, err := cursor.Open(body)
	if err != nil {
		return Fault{}, false
	}
	for name := range c.Fields() {
		switch string(name) {
		case "message":
			f.Message = textOf(c)
		case "error_code":
			f.Code = textOf(c)
		case "details_url":
			f.Details = textOf(c)
		}
	}
	return f, f.Message != "" || f.Code != ""
}

func textOf(c *cursor.Cursor) string {
	b, _ := c.Text()
	return string(b)
}

// explain gives the provider's words for a source.Client.
func explain(body []byte) string {
	f, _ := ParseError(body)
	return f.String()
}

// unexpected builds the error of a body that lacks what makes it one of its
// kind.
func unexpected(what, reason, message string) error {
	if message != "" {
		reason = message
	}
	return source.Unreadable(feed.SourceOdds, what, errors.New(reason))
}
