package mapping

import (
	"bytes"

	"ph2cio/internal/customerio"
)

// place is one of the things that say where an event happened.
type place uint8

const (
	placeNone place = iota
	placeURL
	placePath
	placeTitle
	placeReferrer
	placeScreen
	places = iota
)

// vocabulary is what the places are called on both sides (Track API reference, page). A screen has no attribute of its own.
var vocabulary = [places]struct{ posthog, customerio string }{
	placeURL:      {"$current_url", "url"},
	placePath:     {"$pathname", "path"},
	placeTitle:    {"title", "title"},
	placeReferrer: {"$referrer", "referrer"},
	placeScreen:   {"$screen_name", ""},
}

// placeOf returns the places that a name has in PostHog and in Customer.io.
func placeOf(name string) (source, part place) {
	for p := placeURL; p < places; p++ {
		if name == vocabulary[p].posthog {
			source = p
		}
		if name == vocabulary[p].customerio {
			part = p
		}
	}
	return source, part
}

// landscape gathers the places of one row.
type landscape struct {
	source [places][]byte // by PostHog's name: a JSON string, or nothing
	own    [places][]byte // a customer's own property by Customer.io's name: a JSON value, or nothing
	value  []byte         // scratch
	name   []byte         // scratch
}

func (l *landscape) reset() {
	for p := range l.source {
		l.source[p], l.own[p] = l.source[p][:0], l.own[p][:0]
	}
}

// takePlace handles a property that says where a page or screen was.
func (m *Mapper) takePlace(k *key, value []byte) {
	l := &m.landscape
	clean := k.source != placeNone && value[0] == '"'
	if clean {
		value = m.events.appendText(l.source[k.source][:0], value, limit{})
		l.source[k.source] = value
	}
	if k.does != copies {
		return
	}
	if !clean || m.events.limit.bytes > 0 {
		var ok bool
		if l.value, ok = m.events.append(l.value[:0], value); !ok {
			return
		}
		value = l.value
	}
	if m.isPage && k.part != placeNone {
		l.own[k.part] = append(l.own[k.part][:0], value...)
		return
	}
	m.appendAttribute(k, value)
}

// placeText returns the plain text of what PostHog says of a place. It is good until the next call.
func (l *landscape) placeText(p place) []byte {
	value := l.source[p]
	if len(value) == 0 {
		return nil
	}
	l.name, _ = appendPlain(l.name[:0], value[1:len(value)-1])
	return bytes.TrimSpace(l.name)
}

// fitName shortens the name of a page or screen.
func (m *Mapper) fitName(text []byte) []byte {
	if len(text) <= customerio.MaxEventName {
		return text
	}
	m.cuts.add(cutPageName)
	return bytes.TrimSpace(shortened(text, customerio.MaxEventName))
}

// madeUpName names a page or screen when the row says nothing about it.
func (m *Mapper) madeUpName() []byte {
	m.cuts.add(cutMadeUp)
	return []byte("unknown")
}
