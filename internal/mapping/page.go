package mapping

import (
	"bytes"
	"slices"

	"ph2cio/internal/customerio"
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
		if len(value) > 0 && !isNull(value) {
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
