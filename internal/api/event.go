package api

import (
	"encoding/json"
	"sync"
)

// encodeEvent returns a server-sent event as it goes over the wire. The id may be empty;
// data is JSON on one line.
func encodeEvent(id, name string, data []byte) []byte {
	b := make([]byte, 0, len(id)+len(name)+len(data)+32)
	if id != "" {
		b = append(append(append(b, "id: "...), id...), '\n')
	}
	b = append(append(append(b, "event: "...), name...), "\ndata: "...)
	return append(append(b, data...), "\n\n"...)
}

// append writes the delta as json.Marshal does. What the board has encoded is
// copied as it is, and not read again for every reader.
func (d *deltaJSON) append(dst []byte) []byte {
	dst = appendField(dst, '{', "seq", d.Seq)
	dst = appendField(dst, ',', "now", d.Now)
	dst = appendList(dst, "fixtures", d.Fixtures)
	dst = appendList(dst, "signals", d.Signals)
	dst = appendField(dst, ',', "removed", d.Removed)
	return append(dst, '}')
}

// append writes the snapshot as json.Marshal does.
func (b *boardJSON) append(dst []byte) []byte {
	dst = appendField(dst, '{', "epoch", b.Epoch)
	dst = appendField(dst, ',', "seq", b.Seq)
	dst = appendField(dst, ',', "now", b.Now)
	dst = appendField(dst, ',', "mode", b.Mode)
	dst = appendField(dst, ',', "leagues", b.Leagues)
	dst = appendList(dst, "fixtures", b.Fixtures)
	dst = appendList(dst, "signals", b.Signals)
	return append(dst, '}')
}

func appendField(dst []byte, before byte, name string, value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic("api: encoding " + name + ": " + err.Error()) // numbers, texts and times have JSON
	}
	dst = append(append(append(dst, before, '"'), name...), `":`...)
	return append(dst, text...)
}

func appendList(dst []byte, name string, items []json.RawMessage) []byte {
	dst = append(append(append(dst, `,"`...), name...), `":[`...)
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, item...)
	}
	return append(dst, ']')
}

// eventKey names an event that every reader gets alike who stands at from, asks
// for the same leagues and is brought to the frame to.
type eventKey struct {
	from, to int64
	leagues  string
}

// snapshotKey stands for from in the key of a snapshot: no frame has the number.
const snapshotKey = -1

// eventCache keeps the newest events, so that what many readers get is encoded
// once and held once, however slowly each of them takes it.
type eventCache struct {
	mu   sync.Mutex
	kept [eventsKept]cachedEvent
	next int // to be replaced
}

type cachedEvent struct {
	key eventKey
	get func() []byte
}

// eventsKept is for readers who ask for different leagues or are some frames
// apart.
const eventsKept = 16

// get returns the event of a key, made once.
func (c *eventCache) get(key eventKey, make func() []byte) []byte {
	c.mu.Lock()
	for i := range c.kept {
		if e := &c.kept[i]; e.get != nil && e.key == key {
			get := e.get
			c.mu.Unlock()
			return get()
		}
	}
	get := sync.OnceValue(make)
	c.kept[c.next] = cachedEvent{key, get}
	c.next = (c.next + 1) % eventsKept
	c.mu.Unlock()
	return get()
}
