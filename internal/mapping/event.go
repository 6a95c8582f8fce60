package mapping

import (
	"slices"
	"strings"

	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// keptDollars are the properties with a $ that say where something happened, which a marketer wants to know.
var keptDollars = []string{"$current_url", "$pathname", "$screen_name", "$referrer"}

// plumbing are properties that carry an event through PostHog and tell nothing about it.
var plumbing = []string{
	"$set", "$set_once", "$unset", "$group_set", "token", "$token", "distinct_id", "$distinct_id", "$anon_distinct_id",
	"$device_id", "$user_id", "$is_identified", "$process_person_profile", "$had_persisted_distinct_id",
	"$initial_person_info",
}

// Plumbing returns the event properties that are never sent: identities and keys of PostHog's own.
func Plumbing() []string { return slices.Clone(plumbing) }

// lengthsAfterDollar helps to pass over most properties with a $ at a glance: bit n of [c] is set when a kept one of n
// bytes has c after its $.
var lengthsAfterDollar = func() (bits [256]uint64) {
	for _, name := range keptDollars {
		bits[name[1]] |= 1 << len(name)
	}
	return bits
}()

// passesOver reports that a property is not wanted, without looking it up. It lets through a few that are not.
func (r *Rules) passesOver(name []byte) bool {
	if r.allProperties || len(name) == 0 || name[0] != '$' {
		return false
	}
	return len(name) < 2 || len(name) > 63 || lengthsAfterDollar[name[1]]&(1<<len(name)) == 0
}

// eventProperty decides what is done with an event's property.
func (r *Rules) eventProperty(name string) *key {
	k := r.eventAttribute(name)
	k.source, _ = placeOf(k.plain)
	_, k.part = placeOf(k.out)
	switch {
	case slices.Contains(plumbing, k.plain),
		!r.allProperties && strings.HasPrefix(k.plain, "$") && !slices.Contains(keptDollars, k.plain),
		r.dropProperties.Match(k.plain),
		sets(r.eventAttributes, k.out):
		k.does = drops
	case k.does == copies && k.namesSecret():
		k.does = redacts
	}
	return k
}

// eventAttribute decides what is done with an attribute of an event, wherever it comes from.
func (r *Rules) eventAttribute(name string) *key {
	k := r.newKey(name)
	if k.does == copies && r.refuses(reservedForEvents, k.plain, k.out) {
		k.cutOff(cutReserved)
	}
	return k
}

// refuses reports whether a name is reserved, as it came or as it would be sent, and not allowed. What counts
// is the name up to its first dot: Customer.io may take the rest for a path.
func (r *Rules) refuses(reserved func(string) bool, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return reserved(firstPart(name)) && !r.allowed.has(name) })
}

// appendProperties appends the event's properties to the attributes. Of a key that comes more than once the last value
// holds, as in most readers of JSON. Both that and a name that two keys want are noticed late, and then it starts anew.
func (m *Mapper) appendProperties(e *posthog.Event) {
	if !m.tryProperties(e.Properties, e.Members) {
		m.attributes = m.attributes[:1]
		m.forget()
		m.tryProperties(e.Properties, m.lastOfEach(e.Properties, e.Members))
	}
}

// tryProperties reports whether no key came twice and none wanted a name that an earlier one had.
func (m *Mapper) tryProperties(object []byte, members []rawjson.Member) bool {
	m.eventKeys.begin()
	m.owners.reset()
	for i := range members {
		member := &members[i]
		name := object[member.KeyStart:member.KeyEnd]
		if !member.Escaped && m.rules.passesOver(name) {
			continue
		}
		k := m.eventKeys.of(name, member.Escaped)
		if k.seen == m.eventKeys.turn {
			return false
		}
		k.seen = m.eventKeys.turn
		if k.does == drops && k.source == placeNone {
			continue
		}
		if !m.owners.has(k, m.eventKeys, object, members) {
			m.drop(k, cutSameName)
			continue
		}
		m.appendProperty(k, object[member.ValueStart:member.ValueEnd])
	}
	return !m.eventKeys.upset
}

func (m *Mapper) appendProperty(k *key, value []byte) {
	m.notice(k)
	switch {
	case m.takesPlaces && (k.source|k.part) != placeNone:
		m.takePlace(k, value)
	case k.does == copies:
		start := len(m.attributes)
		m.attributes = append(m.attributes, k.encoded...)
		var ok bool
		if m.attributes, ok = m.events.append(m.attributes, value); !ok {
			m.attributes = m.attributes[:start]
			m.changes.drop(k.name, m.events.limit.other)
			return
		}
		m.attributes = append(m.attributes, ',')
	case k.does == redacts:
		m.attributes = append(m.attributes, k.encoded...)
		m.attributes = append(m.events.appendRedacted(m.attributes, value), ',')
	case k.does == cutsOff:
		m.drop(k, k.why)
	}
}

// appendAttribute appends an attribute whose value is clean.
func (m *Mapper) appendAttribute(k *key, value []byte) {
	m.attributes = append(m.attributes, k.encoded...)
	m.attributes = append(m.attributes, value...)
	m.attributes = append(m.attributes, ',')
}

// lastOfEach returns the members without those whose key comes again later.
func (m *Mapper) lastOfEach(object []byte, members []rawjson.Member) []rawjson.Member {
	m.eventKeys.begin()
	m.members = m.members[:0]
	for _, member := range slices.Backward(members) {
		k := m.eventKeys.of(object[member.KeyStart:member.KeyEnd], member.Escaped)
		if k.seen != m.eventKeys.turn {
			k.seen = m.eventKeys.turn
			m.members = append(m.members, member)
		}
	}
	slices.Reverse(m.members)
	return m.members
}

// elementsChain is PostHog's column of what was clicked, which is no property.
const elementsChain = "elements_chain"

// appendElements appends the row's chain of elements, with all properties, unless one of these has its name.
func (m *Mapper) appendElements(e *posthog.Event) {
	if !m.rules.allProperties || e.ElementsChain == nil {
		return
	}
	m.members = rawjson.WalkMembers(m.members[:0], m.attributes)
	for _, member := range m.members {
		if string(m.attributes[member.KeyStart:member.KeyEnd]) == elementsChain {
			return
		}
	}
	if k := m.rules.eventProperty(elementsChain); k.does != drops {
		m.appendProperty(k, e.ElementsChain)
	}
}
