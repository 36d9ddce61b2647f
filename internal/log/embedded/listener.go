package embedded

import (
	"fmt"
	"net"
	"sync"
)

// listener is a TCP listener that reports the address clients should use, which
// is what kfake hands out to them. It lets nobody in before it is opened.
type listener struct {
	net.Listener
	advertised advertised
	opened     chan struct{}
	open       func() // closes opened, once
}

// Accept waits for open or Close first.
func (l *listener) Accept() (net.Conn, error) {
	<-l.opened
	return l.Listener.Accept()
}

// Close stops listening.
func (l *listener) Close() error {
	err := l.Listener.Close()
	l.open()
	return err
}

// Addr returns the advertised address.
func (l *listener) Addr() net.Addr { return l.advertised }

// advertised is a host:port.
type advertised string

func (advertised) Network() string  { return "tcp" }
func (a advertised) String() string { return string(a) }

// listen opens addr. What it advertises is advertise, with the port listened on
// if that names none, or the address itself if it is empty.
func listen(addr, advertise string) (*listener, error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listening for Kafka clients on %s: %w", addr, err)
	}
	local := ln.Addr().String()
	switch {
	case advertise == "":
		advertise = local
	case !hasPort(advertise):
		_, port, err := net.SplitHostPort(local)
		if err != nil {
			ln.Close()
			return nil, fmt.Errorf("reading port of %s: %w", local, err)
		}
		advertise = net.JoinHostPort(advertise, port)
	}
	opened := make(chan struct{})
	return &listener{
		Listener:   ln,
		advertised: advertised(advertise),
		opened:     opened,
		open:       sync.OnceFunc(func() { close(opened) }),
	}, nil
}

func hasPort(hostport string) bool {
	_, _, err := net.SplitHostPort(hostport)
	return err == nil
}
