package mapping

import (
	"bytes"
	"slices"

	"ph2cio/internal/customerio"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/redact"
)

// pagePart is an attribute of a page that has a meaning in Customer.io: url, path, title or referrer. It comes from
// PostHog's own property, else from a customer's of the same name.
type pagePart struct {
	place   place
	key     *key
	posthog bool // PostHog's property may be sent under this name
}

// newPageParts leaves out what --drop-property names in either vocabulary and what --event-attribute sets itself.
func (r *Rules) newPageParts() {
	for p := placeURL; p <= placeReferrer; p++ {
		names := vocabulary[p]
		dropped := r.dropProperties.Match(names.customerio) || r.dropProperties.Match(names.posthog) ||
			sets(r.eventAttributes, names.customerio)
		r.pageParts = append(r.pageParts, pagePart{place: p, key: r.newKey(names.customerio), posthog: !dropped})
	}
}

func (m *Mapper) appendPageParts() {
	for _, part := range m.rules.pageParts {
		value := m.landscape.source[part.place]
		if !part.posthog || len(value) <= len(`""`) {
			value = m.landscape.own[part.place]
		} else if m.events.limit.bytes > 0 {
			m.landscape.value = m.events.appendText(m.landscape.value[:0], value, m.events.limit)
			value = m.landscape.value
		}
		if len(value) > 0 && !rawjson.IsNull(value) {
			m.appendAttribute(part.key, value)
		}
	}
}

// pageName returns the name of a page: what --page-name asks for, else what comes after that in the list url,
// url-no-query, path, title. After a path or a title that is missing the list starts again, but the query stays out.
func (m *Mapper) pageName(c *class) []byte {
	if m.rules.pageName == placeNone {
		return c.name.plain
	}
	order := [...]place{placeURL, placePath, placeTitle, placeURL, placePath}
	start := slices.Index(order[:], m.rules.pageName)
	for _, p := range order[start : start+3] {
		if name := m.pageNameBy(p); len(name) > 0 {
			return name
		}
	}
	return m.madeUpName()
}

// pageNameBy returns a page's name by one of its places, empty when the row does not have that.
func (m *Mapper) pageNameBy(p place) []byte {
	text := m.landscape.placeText(p)
	switch {
	case p == placeTitle:
		return m.fitName(text)
	case p == placePath && len(text) == 0:
		text = pathOf(m.landscape.placeText(placeURL))
	case p == placeURL && !m.rules.urlWithQuery:
		text = withoutQuery(text)
	}
	if short := withoutQuery(text); len(text) > customerio.MaxEventName && len(short) < len(text) {
		m.cuts.add(cutPageName)
		return bytes.TrimSpace(shortened(short, customerio.MaxEventName))
	}
	return m.fitName(text)
}

// withoutQuery returns a URL without its query and fragment.
func withoutQuery(url []byte) []byte {
	if i := redact.QueryStart(url); i >= 0 {
		return bytes.TrimSpace(url[:i])
	}
	return url
}

// pathOf returns the path of a URL with a scheme, empty when it is none.
func pathOf(url []byte) []byte {
	_, rest, ok := bytes.Cut(withoutQuery(url), []byte("://"))
	if !ok {
		return nil
	}
	if i := bytes.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return []byte("/")
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

// screenName returns the name of a screen.
func (m *Mapper) screenName(c *class) []byte {
	if m.rules.screenByEvent {
		return c.name.plain
	}
	if name := m.fitName(m.landscape.placeText(placeScreen)); len(name) > 0 {
		return name
	}
	return m.madeUpName()
}
