package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/source"
)

// problems reports what cannot be of the settings of a real cluster.
func (k *Kafka) problems() []error {
	var problems []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	real := len(k.Brokers) > 0
	check(!real || k.Registry != "", "kafka.registry: a real cluster needs the URL of a schema registry")
	u, err := url.Parse(k.Registry)
	check(err == nil && (k.Registry == "" || u.Scheme == "http" || u.Scheme == "https"), "kafka.registry: it is no URL that begins with http:// or https://")
	check(err != nil || u.User == nil, "kafka.registry: a login must not stand in a URL: use kafka.registry_login")
	check(k.Group != "", "kafka.group: give it a name")
	check(k.Session >= time.Second, "kafka.session: %s is less than a second", k.Session)
	t, s := &k.TLS, &k.SASL
	check(real || !t.Enabled && s.Mechanism == "", "kafka.tls, kafka.sasl: the embedded log has neither: name the brokers of a real cluster")
	check(t.Enabled || t.Certificate == "", "kafka.tls.certificate: set kafka.tls.enabled as well")
	check((t.Certificate == "") == (t.Key == ""), "kafka.tls: certificate and key belong together")
	one := func(setting string, secret source.Secret, file string) {
		check(secret == "" || file == "", "%s: it is given twice, also as a file", setting)
	}
	one("kafka.sasl.password", s.Password, s.PasswordFile)
	one("kafka.sasl.token", s.Token, s.TokenFile)
	l := &k.RegistryLogin
	one("kafka.registry_login.password", l.Password, l.PasswordFile)
	one("kafka.registry_login.token", l.Token, l.TokenFile)
	return append(problems, s.problems()...)
}

func (s *KafkaSASL) problems() []error {
	password := s.User != "" && (s.Password != "" || s.PasswordFile != "")
	switch {
	case s.Mechanism == "":
		if s.User != "" || s.TokenURL != "" || s.TokenFile != "" || s.Token != "" {
			return []error{errors.New("kafka.sasl.mechanism: a login is given without it")}
		}
	case !slices.Contains(log.Mechanisms(), s.Mechanism):
		return []error{fmt.Errorf("kafka.sasl.mechanism: %q is none of %s", s.Mechanism, strings.Join(log.Mechanisms(), ", "))}
	case s.Mechanism != log.MechanismBearer && !password:
		return []error{fmt.Errorf("kafka.sasl: %s needs user and password", s.Mechanism)}
	case s.Mechanism == log.MechanismBearer && s.TokenURL != "" && !password:
		return []error{errors.New("kafka.sasl.token_url: asking for tokens needs user and password")}
	case s.Mechanism == log.MechanismBearer && s.TokenURL == "" && s.Token == "" && s.TokenFile == "":
		return []error{errors.New("kafka.sasl: OAUTHBEARER needs token, token_file or token_url")}
	}
	return nil
}

// connection says how to get to the cluster.
func (k *Kafka) connection() (log.Connection, error) {
	c := log.Connection{Brokers: k.Brokers}
	if k.TLS.Enabled {
		var err error
		if c.TLS, err = k.TLS.files().Config(); err != nil {
			return log.Connection{}, err
		}
	}
	if s := &k.SASL; s.Mechanism != "" {
		c.Login = &log.Login{Mechanism: s.Mechanism, User: s.User, Password: secretOf(s.Password, s.PasswordFile), Extensions: s.Extensions}
		c.Login.Token = tokenOf(s.Token, s.TokenFile)
		if s.TokenURL != "" {
			tokens := &log.TokenSource{URL: s.TokenURL, ClientID: s.User, Secret: c.Login.Password, Scope: s.Scope, Client: &http.Client{Timeout: tokenTime}}
			c.Login.Token = tokens.Token
		}
	}
	return c, nil
}

// tokenTime is how long an OAuth server may take to answer.
const tokenTime = 10 * time.Second

// schemas says how to get to the schema registry.
func (k *Kafka) schemas() (log.SchemaConnection, error) {
	l := &k.RegistryLogin
	c := log.SchemaConnection{URL: k.Registry, User: l.User, Password: secretOf(l.Password, l.PasswordFile)}
	if l.Token != "" || l.TokenFile != "" {
		c.Token = tokenOf(l.Token, l.TokenFile)
	}
	if k.TLS.CA != "" {
		var err error
		if c.TLS, err = (log.TLSFiles{CA: k.TLS.CA}).Config(); err != nil {
			return log.SchemaConnection{}, err
		}
	}
	return c, nil
}

func (t *KafkaTLS) files() log.TLSFiles {
	return log.TLSFiles{CA: t.CA, Certificate: t.Certificate, Key: t.Key}
}

// secretOf returns what gives a secret: the one set, or what the file holds when
// it is asked for.
func secretOf(set source.Secret, file string) func() (string, error) {
	return func() (string, error) {
		if file == "" {
			return string(set), nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("reading a secret: %w", err)
		}
		secret := strings.TrimRight(string(text), "\r\n")
		if secret == "" {
			return "", fmt.Errorf("reading a secret: file %s is empty", file)
		}
		return secret, nil
	}
}

func tokenOf(set source.Secret, file string) func(context.Context) (string, error) {
	secret := secretOf(set, file)
	return func(context.Context) (string, error) { return secret() }
}
