package log

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// The mechanisms of a login.
const (
	MechanismPlain    = "PLAIN"
	MechanismScram256 = "SCRAM-SHA-256"
	MechanismScram512 = "SCRAM-SHA-512"
	MechanismBearer   = "OAUTHBEARER"
)

// Mechanisms lists the mechanisms of a login.
func Mechanisms() []string {
	return []string{MechanismPlain, MechanismScram256, MechanismScram512, MechanismBearer}
}

// Login is how a client proves who it is (SASL). Secrets are asked for at each
// login, so that they may change while the program runs.
type Login struct {
	Mechanism  string
	User       string                                // of PLAIN and SCRAM
	Password   func() (string, error)                // of PLAIN and SCRAM
	Token      func(context.Context) (string, error) // of OAUTHBEARER
	Extensions map[string]string                     // of OAUTHBEARER, such as logicalCluster
}

func (l *Login) mechanism() (sasl.Mechanism, error) {
	shaken := func(context.Context) (scram.Auth, error) {
		password, err := l.Password()
		return scram.Auth{User: l.User, Pass: password}, err
	}
	switch l.Mechanism {
	case MechanismPlain:
		return plain.Plain(func(context.Context) (plain.Auth, error) {
			password, err := l.Password()
			return plain.Auth{User: l.User, Pass: password}, err
		}), nil
	case MechanismScram256:
		return scram.Sha256(shaken), nil
	case MechanismScram512:
		return scram.Sha512(shaken), nil
	case MechanismBearer:
		return oauth.Oauth(func(ctx context.Context) (oauth.Auth, error) {
			token, err := l.Token(ctx)
			return oauth.Auth{Token: token, Extensions: l.Extensions}, err
		}), nil
	}
	return nil, fmt.Errorf("login mechanism %q is none of %v", l.Mechanism, Mechanisms())
}
