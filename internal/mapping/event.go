package mapping

import (
	"slices"
	"strings"

	"ph2cio/internal/customerio"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// keptDollars are the properties with a $ that are sent: they say where something happened.
var keptDollars = []string{"$current_url", "$pathname", "$screen_name", "$referrer"}

// plumbing are properties that PostHog needs to process an event and that say nothing about it.
var plumbing = posthog.Plumbing()

// eventRules say which attributes an event gets.
type eventRules struct {
	naming   naming
	allowed  allowed
	all      bool // also properties of PostHog's own
	drop     Globs
	limit    limit // of one value
	assigned []assignment
	pages    pageRules
	ruled    []*key         // the attributes that rules of a mapping file set, by the number of their name
	numbers  map[string]int // of these names
}

// lengthsAfterDollar lets most properties with a $ be skipped quickly: bit n of [c] is set if a property that
// is kept has n bytes and c after its $.
var lengthsAfterDollar = func() (bits [256]uint64) {
	for _, name := range keptDollars {
		bits[name[1]] |= 1 << len(name)
	}
	return bits
}()

// passesOver reports whether a property is surely not wanted, without looking it up.
func (r *eventRules) passesOver(name []byte) bool {
	if r.all || len(name) == 0 || name[0] != '$' {
		return false
	}
	return len(name) < 2 || len(name) > 63 || lengthsAfterDollar[name[1]]&(1<<len(name)) == 0
}

// property returns how an event's property is treated.
func (r *eventRules) property(name string) *key {
	k := r.attribute(name)
	k.findPlaces()
	switch {
	case slices.Contains(plumbing, k.plain),
		!r.all && strings.HasPrefix(k.plain, "$") && !slices.Contains(keptDollars, k.plain),
		r.drop.Match(k.plain),
		sets(r.assigned, k.out):
		k.treat(drops)
	case k.does == copies && k.namesSecret():
		k.treat(redacts)
	}
	return k
}

// attribute returns how an attribute of an event is treated, whatever it is made from.
func (r *eventRules) attribute(name string) *key {
	k := r.naming.key(name)
	if k.does == copies && r.allowed.refuses(reservedForEvents, k.plain, k.out) {
		k.cutOff(cutReserved)
	}
	r.noteRuled(k)
	return k
}

// noteRuled notes whether rules of a mapping file set the attribute.
func (r *eventRules) noteRuled(k *key) {
	if number, ruled := r.numbers[k.out]; ruled {
		k.rule(number)
	}
}

// ruleName returns the number of the name of an attribute that a rule of a mapping file sets, and how the
// attribute is treated.
func (r *eventRules) ruleName(name string) (int, *key) {
	k := r.attribute(name)
	if k.ruled > 0 {
		return int(k.ruled) - 1, k
	}
	if k.does == copies && k.namesSecret() {
		k.treat(redacts)
	}
	if r.numbers == nil {
		r.numbers = map[string]int{}
	}
	number := len(r.ruled)
	r.numbers[k.out] = number
	r.ruled = append(r.ruled, k)
	return number, k
}

// eventMapper turns the properties of events into attributes.
type eventMapper struct {
	rules *eventRules
	out   *attributes
	clean cleaner

	keys        *keys
	owners      owners
	owned       owned // what rules of a mapping file set in the row
	page        pageAttributes
	takesPlaces bool             // the event is a page or a screen
	members     []rawjson.Member // scratch
}

// init must be called once, after the mapper has its final address.
func (m *eventMapper) init(r *eventRules, out *attributes, clean cleaner) {
	*m = eventMapper{rules: r, out: out, clean: clean, keys: newKeys(r.property)}
	m.page = pageAttributes{rules: &r.pages, out: out, clean: &m.clean, owned: &m.owned}
	m.owned.init(len(r.ruled))
}

// append appends an event's attributes, except those from templates.
func (m *eventMapper) append(e *posthog.Event, action customerio.Action) {
	m.takesPlaces = action == customerio.Page || action == customerio.Screen
	if m.takesPlaces {
		m.page.begin(action == customerio.Page)
	}
	m.appendProperties(e)
	m.appendElements(e)
	if m.takesPlaces {
		m.page.appendParts()
	}
}

// appendProperties appends the event's properties to the attributes. Of a key that comes more than once the
// last value holds, as in most readers of JSON. If a key comes twice, or two keys become the same name, it
// starts again.
func (m *eventMapper) appendProperties(e *posthog.Event) {
	if !m.tryProperties(e.Properties, e.Members) {
		m.out.begin()
		m.tryProperties(e.Properties, m.lastOfEach(e.Properties, e.Members))
	}
}

// tryProperties returns false if a key came twice or two keys became the same name.
func (m *eventMapper) tryProperties(object []byte, members []rawjson.Member) bool {
	m.keys.begin()
	m.owners.reset()
	for i := range members {
		member := &members[i]
		name := object[member.KeyStart:member.KeyEnd]
		if !member.Escaped && m.rules.passesOver(name) {
			continue
		}
		k := m.keys.of(name, member.Escaped)
		if k.seenIn(m.keys.turn) {
			return false
		}
		if k.does == drops && k.source == placeNone {
			continue
		}
		if k.ruled > 0 && m.leavesToRule(k, object, member) {
			continue
		}
		if !m.owners.has(k, m.keys, object, members) {
			m.out.drop(k, cutSameName)
			continue
		}
		m.appendProperty(k, object[member.ValueStart:member.ValueEnd])
	}
	return !m.keys.conflict
}

// leavesToRule reports whether a rule of a mapping file sets the attribute that a property would become. What
// the property says of a place still counts.
func (m *eventMapper) leavesToRule(k *key, object []byte, member *rawjson.Member) bool {
	if !m.owned.has(k) {
		return false
	}
	if m.takesPlaces && k.source != placeNone {
		m.page.note(k, object[member.ValueStart:member.ValueEnd])
	}
	return true
}

// lastOfEach returns the members without those whose key comes again later.
func (m *eventMapper) lastOfEach(object []byte, members []rawjson.Member) []rawjson.Member {
	m.keys.begin()
	m.members = m.members[:0]
	for _, member := range slices.Backward(members) {
		k := m.keys.of(object[member.KeyStart:member.KeyEnd], member.Escaped)
		if !k.seenIn(m.keys.turn) {
			m.members = append(m.members, member)
		}
	}
	slices.Reverse(m.members)
	return m.members
}

// appendProperty appends one attribute of an event.
func (m *eventMapper) appendProperty(k *key, value []byte) {
	out := m.out
	out.notice(k)
	switch {
	case m.takesPlaces && (k.source|k.part) != placeNone:
		m.page.take(k, value)
	case k.does == copies:
		start := len(out.json)
		out.json = append(out.json, k.encoded...)
		var ok bool
		if out.json, ok = m.clean.append(out.json, value); !ok {
			out.json = out.json[:start]
			out.changes.drop(k.name, m.clean.limit.other)
			return
		}
		out.json = append(out.json, ',')
	case k.does == redacts:
		out.json = append(out.json, k.encoded...)
		out.json = append(m.clean.appendRedacted(out.json, value), ',')
	case k.does == cutsOff:
		out.drop(k, k.why)
	}
}

// appendElements appends the row's chain of elements, with all properties, unless one of these has its name.
func (m *eventMapper) appendElements(e *posthog.Event) {
	if !m.rules.all || e.ElementsChain == nil {
		return
	}
	for _, member := range m.out.list() {
		if string(m.out.json[member.KeyStart:member.KeyEnd]) == elementsChain {
			return
		}
	}
	if k := m.rules.property(elementsChain); k.does != drops && !m.owned.has(k) {
		m.appendProperty(k, e.ElementsChain)
	}
}
