package log

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"syscall"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// ConnectError is a log that could not be reached or does not let us in. It
// never holds a credential.
type ConnectError struct {
	Brokers []string
	Err     error
	Hint    string // what to do about it
}

// Error tells which log it is, what came of it and what to do.
func (e *ConnectError) Error() string {
	s := "connecting to the log at " + strings.Join(e.Brokers, ",") + ": " + e.Err.Error()
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// Unwrap returns the cause.
func (e *ConnectError) Unwrap() error { return e.Err }

const hintLogin = "the broker refuses the login: check kafka.sasl.user and its password or token"

// hint says what to do about an error of the first contact.
func (c *Connection) hint(err error) string {
	var (
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		expired   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		told      *net.OpError
		dns       *net.DNSError
		closed    *kgo.ErrFirstReadEOF
	)
	switch {
	case errors.Is(err, kerr.SaslAuthenticationFailed):
		return hintLogin
	case errors.Is(err, kerr.UnsupportedSaslMechanism):
		return "the broker does not offer this kafka.sasl.mechanism"
	case errors.As(err, &authority):
		return "nobody known has signed the broker's certificate: name the file of its authority in kafka.tls.ca"
	case errors.As(err, &hostname):
		return "the broker's certificate is for another name: use that name in kafka.brokers"
	case errors.As(err, &expired):
		return "the broker's certificate is not valid now: check its dates and the clock"
	case errors.As(err, &record):
		return "the broker does not speak TLS at this port: use another port or set kafka.tls.enabled to false"
	case errors.As(err, &told) && told.Op == "remote error": // an alert of TLS
		return "the broker refuses our certificate, or wants one: check kafka.tls.certificate and kafka.tls.key"
	case errors.As(err, &dns):
		return "the host is not known: check kafka.brokers and the network"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there: check kafka.brokers and that the cluster runs"
	case errors.As(err, &closed):
		return c.closedHint()
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer came in time: check kafka.brokers, kafka.tls.enabled and the firewalls between"
	// The client has no types for the rest.
	case c.Login != nil && strings.Contains(err.Error(), "oauth response"):
		return hintLogin
	case c.TLS == nil && strings.Contains(err.Error(), "tls alert record"):
		return "the broker wants TLS at this port: set kafka.tls.enabled"
	}
	return ""
}

// closedHint is for a broker that hung up without a word, which is how one
// treats a client that comes without what it has to bring.
func (c *Connection) closedHint() string {
	switch {
	case c.TLS == nil && c.Login == nil:
		return "the broker hung up at once: it may want TLS (kafka.tls.enabled) or a login (kafka.sasl)"
	case c.TLS == nil:
		return "the broker hung up at once: it may want TLS (kafka.tls.enabled), or no login at this port"
	case c.Login == nil:
		return "the broker hung up at once: it may want a login (kafka.sasl) or a client certificate (kafka.tls.certificate), or no TLS at this port"
	}
	return "the broker hung up at once: this port may want no login, or another certificate"
}
