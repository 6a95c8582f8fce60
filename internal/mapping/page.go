package mapping

import (
	"bytes"
	"slices"

	"ph2cio/internal/customerio"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/redact"
)

// pageRules say how pages and screens are named, and which of the attributes that Customer.io knows pages
// get.
type pageRules struct {
	name          place // what a page is named after, first; placeNone for its event's name
	withQuery     bool  // the name of a page may have a query and a fragment
	screenByEvent bool  // a screen is named by its event's name
	parts         []pagePart
}

// pagePart is an attribute of a page that Customer.io knows: url, path, title or referrer. Its value is that
// of PostHog's property, otherwise of a customer's property with the same name.
type pagePart struct {
	place   place
	key     *key
	posthog bool // PostHog's property may be sent under this name
}

// newPageParts returns the parts, without those that --drop-property names in either vocabulary and those
// that --event-attribute sets.
func newPageParts(n naming, drop Globs, assigned []assignment) (parts []pagePart) {
	for p := placeURL; p <= placeReferrer; p++ {
		names := vocabulary[p]
		dropped := drop.Match(names.customerio) || drop.Match(names.posthog) || sets(assigned, names.customerio)
		parts = append(parts, pagePart{place: p, key: n.key(names.customerio), posthog: !dropped})
	}
	return parts
}

// pageAttributes collects the places of one page or screen and names it after them.
type pageAttributes struct {
	rules *pageRules
	out   *attributes
	clean *cleaner
	owned *owned

	isPage bool           // else a screen
	madeUp bool           // it has no name
	source [places][]byte // of PostHog's properties: a JSON string, or nothing
	own    [places][]byte // of a customer's properties with Customer.io's names: a JSON value, or nothing
	value  []byte         // scratch
	name   []byte         // scratch
}

// begin starts a page or screen.
func (a *pageAttributes) begin(isPage bool) {
	a.isPage, a.madeUp = isPage, false
	for p := range a.source {
		a.source[p], a.own[p] = a.source[p][:0], a.own[p][:0]
	}
}

// take handles a property that says where a page or screen was.
func (a *pageAttributes) take(k *key, value []byte) {
	value, clean := a.note(k, value)
	if k.does != copies {
		return
	}
	if !clean || a.clean.limit.bytes > 0 {
		var ok bool
		if a.value, ok = a.clean.append(a.value[:0], value); !ok {
			return
		}
		value = a.value
	}
	if a.isPage && k.part != placeNone {
		a.own[k.part] = append(a.own[k.part][:0], value...)
		return
	}
	a.out.append(k, value)
}

// note notes a property of PostHog's that says where a page or screen was. It returns the value, and whether
// that is clean.
func (a *pageAttributes) note(k *key, value []byte) ([]byte, bool) {
	if k.source == placeNone || value[0] != '"' {
		return value, false
	}
	value = a.clean.appendText(a.source[k.source][:0], value, limit{})
	a.source[k.source] = value
	return value, true
}

// appendParts appends the attributes of a page that have a meaning in Customer.io. A screen has none.
func (a *pageAttributes) appendParts() {
	if !a.isPage {
		return
	}
	for _, part := range a.rules.parts {
		if a.owned.has(part.key) {
			continue
		}
		value := a.source[part.place]
		if !part.posthog || len(value) <= len(`""`) {
			value = a.own[part.place]
		} else if a.clean.limit.bytes > 0 {
			a.value = a.clean.appendText(a.value[:0], value, a.clean.limit)
			value = a.value
		}
		if len(value) > 0 && !rawjson.IsNull(value) {
			a.out.append(part.key, value)
		}
	}
}

// pageName returns the name of a page: the one that --page-name selects, otherwise the next in the list url,
// url-no-query, path, title that exists. After a missing path or title the list starts again, without
// queries. event is the name of the page's event.
func (a *pageAttributes) pageName(event []byte) []byte {
	if a.rules.name == placeNone {
		return event
	}
	order := [...]place{placeURL, placePath, placeTitle, placeURL, placePath}
	start := slices.Index(order[:], a.rules.name)
	for _, p := range order[start : start+3] {
		if name := a.pageNameBy(p); len(name) > 0 {
			return name
		}
	}
	return a.madeUpName()
}

// pageNameBy returns a page's name after one of its places, empty if the row does not have that place.
func (a *pageAttributes) pageNameBy(p place) []byte {
	text := a.text(p)
	switch {
	case p == placeTitle:
		return a.fitName(text)
	case p == placePath && len(text) == 0:
		text = pathOf(a.text(placeURL))
	case p == placeURL && !a.rules.withQuery:
		text = withoutQuery(text)
	}
	if short := withoutQuery(text); len(text) > customerio.MaxEventName && len(short) < len(text) {
		a.out.cuts.add(cutPageName)
		return bytes.TrimSpace(shortened(short, customerio.MaxEventName))
	}
	return a.fitName(text)
}

// screenName returns the name of a screen. event is that of its event.
func (a *pageAttributes) screenName(event []byte) []byte {
	if a.rules.screenByEvent {
		return event
	}
	if name := a.fitName(a.text(placeScreen)); len(name) > 0 {
		return name
	}
	return a.madeUpName()
}

// text returns the plain text of PostHog's property for a place, valid until the next call.
func (a *pageAttributes) text(p place) []byte {
	value := a.source[p]
	if len(value) == 0 {
		return nil
	}
	a.name, _ = rawjson.AppendUnescaped(a.name[:0], value[1:len(value)-1])
	return bytes.TrimSpace(a.name)
}

// fitName shortens the name of a page or screen.
func (a *pageAttributes) fitName(text []byte) []byte {
	if len(text) <= customerio.MaxEventName {
		return text
	}
	a.out.cuts.add(cutPageName)
	return bytes.TrimSpace(shortened(text, customerio.MaxEventName))
}

// madeUpName returns the name of a page or screen for which the row has none.
func (a *pageAttributes) madeUpName() []byte {
	a.out.cuts.add(cutMadeUp)
	a.madeUp = true
	return []byte("unknown")
}

// withoutQuery returns a URL without its query and fragment.
func withoutQuery(url []byte) []byte {
	if i := redact.QueryStart(url); i >= 0 {
		return bytes.TrimSpace(url[:i])
	}
	return url
}

// pathOf returns the path of a URL with a scheme, empty for any other text.
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
