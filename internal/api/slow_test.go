package api

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
)

// pipes is a listener whose connections hold no bytes: a write waits until the
// other side reads, as on a connection that is full.
type pipes struct {
	made   chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.made:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// serve starts a real server on connections in memory; it stops with stop, when
// every connection has ended.
func serve(h http.Handler) (dial func() net.Conn, stop func()) {
	p := &pipes{made: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: h}
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(p) })
	return func() net.Conn {
			mine, theirs := net.Pipe()
			p.made <- theirs
			return mine
		}, func() {
			_ = server.Close()
			running.Wait()
		}
}

// client reads a stream's events by hand.
type client struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func connect(t *testing.T, dial func() net.Conn, lastID string) *client {
	t.Helper()
	c := &client{t: t, conn: dial()}
	request := "GET /api/v1/stream HTTP/1.1\r\nHost: x\r\n"
	if lastID != "" {
		request += "Last-Event-ID: " + lastID + "\r\n"
	}
	if _, err := io.WriteString(c.conn, request+"\r\n"); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReaderSize(c.conn, 16), nil)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("got %s", answer.Status)
	}
	c.in = bufio.NewReaderSize(answer.Body, 16) // reads little ahead
	return c
}

// next returns the name and id of the next event that is no heartbeat.
func (c *client) next() (name, id string, err error) {
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return "", "", err
		}
		switch key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); {
		case key == "id":
			id = value
		case key == "event":
			name = value
		case key == "" && name == "heartbeat":
			name, id = "", ""
		case key == "":
			return name, id, nil
		}
	}
}

func (c *client) want(name, id string) {
	c.t.Helper()
	if gotName, gotID, err := c.next(); gotName != name || gotID != id || err != nil {
		c.t.Fatalf("got event %s %s (%v), want %s %s", gotName, gotID, err, name, id)
	}
}

// TestAClientThatReadsNothingIsResyncedAndNobodyElseNotices has 300 clients on
// real connections. One stops reading in the middle of an event.
func TestAClientThatReadsNothingIsResyncedAndNobodyElseNotices(t *testing.T) {
	const clients, frames = 300, 700 // more frames than are kept
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		dial, stop := serve(w)
		defer stop()
		w.put(t, fixtureOf("a", "nfl"))
		all := make([]*client, clients)
		for i := range all {
			all[i] = connect(t, dial, "")
			all[i].want("snapshot", "e1-1")
		}
		slow, others := all[0], all[1:]
		began := time.Now()
		for i := range frames {
			w.put(t, priceOf("a", "nfl", 1.5+float64(i)/1000, noon))
			id := fmt.Sprintf("e1-%d", i+2)
			if i == 0 || i%100 == 99 || i == frames-1 { // the others find the frames between in one delta
				for _, c := range others {
					for got := ""; got != id; {
						var name string
						var err error
						if name, got, err = c.next(); name != "delta" || err != nil {
							t.Fatalf("got %s %s (%v), want a delta up to %s", name, got, err, id)
						}
					}
				}
			}
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("the others waited %s", waited)
		}
		// What was under way comes first, then a fresh start.
		slow.want("delta", "e1-2")
		slow.want("resync", "")
		slow.want("snapshot", fmt.Sprintf("e1-%d", frames+1))
		w.put(t, priceOf("a", "nfl", 9, noon))
		slow.want("delta", fmt.Sprintf("e1-%d", frames+2))
		for _, c := range others {
			c.want("delta", fmt.Sprintf("e1-%d", frames+2))
		}

		// One that goes on reading nothing is cut off, and comes back.
		w.put(t, priceOf("a", "nfl", 8, noon))
		for _, c := range others {
			c.want("delta", fmt.Sprintf("e1-%d", frames+3))
		}
		var reading sync.WaitGroup
		for _, c := range others {
			reading.Go(func() { _, _, _ = c.next() }) // heartbeats, until the end
		}
		time.Sleep(streamWriteTimeout + time.Millisecond)
		if n := w.server.streams.Load(); n != clients-1 {
			t.Errorf("%d streams are open, want %d", n, clients-1)
		}
		w.put(t, priceOf("a", "nfl", 7, noon))
		again := connect(t, dial, fmt.Sprintf("e1-%d", frames+2))
		again.want("delta", fmt.Sprintf("e1-%d", frames+4))

		// Whoever goes takes the goroutine along.
		for _, c := range append(all, again) {
			_ = c.conn.Close()
		}
		reading.Wait()
		synctest.Wait()
		if n := w.server.streams.Load(); n != 0 {
			t.Errorf("%d streams are open without a client", n)
		}
	})
}

func TestManyReadersShareOneEvent(t *testing.T) {
	var c eventCache
	made := 0
	for _, leagues := range []string{"", "nfl"} {
		for range 300 {
			text := c.get(eventKey{1, 5, leagues}, func() []byte { made++; return []byte("event of " + leagues) })
			if string(text) != "event of "+leagues {
				t.Fatalf("got %s", text)
			}
		}
	}
	if made != 2 {
		t.Errorf("%d events were made for two kinds of readers", made)
	}
	for i := range int64(10_000) { // what is old is not kept
		c.get(eventKey{i, i + 1, ""}, func() []byte { return make([]byte, 1<<20) })
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > (eventsKept+100)<<20 {
		t.Errorf("%d MB are held", m.HeapAlloc>>20)
	}
	runtime.KeepAlive(&c)
}

// TestStreamsAreBounded opens as many as may be, and one more.
func TestStreamsAreBounded(t *testing.T) {
	w := newWorld(t)
	w.server.streams.Store(streamsMax - 1)
	get := func() (*http.Response, func()) {
		t.Helper()
		dial, stop := serve(w)
		conn := dial()
		if _, err := io.WriteString(conn, "GET /api/v1/stream HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		return answer, func() { _ = conn.Close(); stop() }
	}
	last, hangUp := get()
	if last.StatusCode != http.StatusOK {
		t.Errorf("the last that may be open: %s", last.Status)
	}
	refused, done := get()
	if refused.StatusCode != http.StatusServiceUnavailable || refused.Header.Get("Retry-After") == "" {
		t.Errorf("one too many: %s, %v", refused.Status, refused.Header)
	}
	done()
	hangUp()
	for w.server.streams.Load() >= streamsMax {
		runtime.Gosched() // until its goroutine has seen that the client has gone
	}
}

// TestEventsAreWhatTheEncoderWrites holds the encoding by hand to the package
// that the rest of the API is written with.
func TestEventsAreWhatTheEncoderWrites(t *testing.T) {
	texts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) json.RawMessage {
		text, err := json.Marshal(map[string]string{"x": rapid.String().Draw(t, "text")})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		list := func() []json.RawMessage { return append([]json.RawMessage{}, texts.Draw(t, "list")...) }
		now := feed.Time(rapid.Int64Range(0, 1<<50).Draw(t, "now"))
		d := deltaJSON{Seq: rapid.Int64().Draw(t, "seq"), Now: now, Fixtures: list(), Signals: list(), Removed: append([]string{}, rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, "removed")...)}
		b := boardJSON{Epoch: rapid.String().Draw(t, "epoch"), Seq: d.Seq, Now: now, Mode: Mode{Source: "replay", Speed: 1.5, Name: "<a>"},
			Leagues: []leagueJSON{{ID: "nfl", Name: "N & L"}}, Fixtures: list(), Signals: list()}
		for _, c := range []struct {
			value any
			got   []byte
		}{{d, d.append(nil)}, {b, b.append(nil)}} {
			want, err := json.Marshal(c.value)
			if err != nil || string(want) != string(c.got) {
				t.Fatalf("got %s\nwant %s (%v)", c.got, want, err)
			}
		}
	})
}
