package posthog

import "math/bits"

// walkProperties reads the object at data[i], which stands depth levels deep: it notes where each member is and picks
// those with a meaning. It returns the index after the object, or -1. A repeated call forgets the earlier one, since of
// two `properties` in one row the last counts.
func (d *decoder) walkProperties(data []byte, i, end, depth int) int {
	d.special = special{}
	after, members := d.walkMembers(data, i, end, depth, d.members[:0], true)
	if after < 0 {
		return -1
	}
	d.members = members
	d.event.Properties = data[i:after:after]
	return after
}

// walkPersonProperties does so for `person_properties`, of which none has a meaning here.
func (d *decoder) walkPersonProperties(data []byte, i, end, depth int) int {
	after, members := d.walkMembers(data, i, end, depth, d.personMembers[:0], false)
	if after < 0 {
		return -1
	}
	d.personMembers = members
	d.event.PersonProperties = data[i:after:after]
	return after
}

// walkMembers appends the members of the object at data[i] and returns the index after it, or -1. With special, it notes
// those that have a meaning.
func (d *decoder) walkMembers(data []byte, i, end, depth int, members []Member, special bool) (int, []Member) {
	start := i
	if i++; data[i] <= ' ' {
		i = scanSpace(data, i, end)
	}
	if data[i] == '}' {
		return i + 1, members
	}
	for {
		if data[i] != '"' {
			return -1, nil
		}
		i++
		key, escaped := i, false
		for { // scanString's first run, by hand: most strings are one
			m := stops(load8(data, i))
			if m != 0 {
				i += bits.TrailingZeros64(m) >> 3
				break
			}
			i += 8
		}
		if data[i] != '"' {
			if i, escaped = scanString(data, i); i < 0 {
				return -1, nil
			}
		}
		keyEnd := i
		if i++; data[i] <= ' ' {
			i = scanSpace(data, i, end)
		}
		if data[i] != ':' {
			return -1, nil
		}
		if i++; data[i] <= ' ' {
			i = scanSpace(data, i, end)
		}
		value := i
		if data[i] == '"' {
			i++
			for {
				m := stops(load8(data, i))
				if m != 0 {
					i += bits.TrailingZeros64(m) >> 3
					break
				}
				i += 8
			}
			if data[i] != '"' {
				if i, _ = scanString(data, i); i < 0 {
					return -1, nil
				}
			}
			i++
		} else if i = scanValue(&d.kinds, data, i, end, depth+1); i < 0 {
			return -1, nil
		}
		members = append(members, Member{}) // and filled in place: a literal of five fields is copied
		m := &members[len(members)-1]
		m.KeyStart, m.KeyEnd = uint32(key-start), uint32(keyEnd-start)
		m.ValueStart, m.ValueEnd = uint32(value-start), uint32(i-start)
		m.Escaped = escaped
		if special && (escaped || maySpecial(data, key, keyEnd)) {
			d.noteSpecial(data[key:keyEnd], escaped, data[value:i:i])
		}
		if data[i] <= ' ' {
			i = scanSpace(data, i, end)
		}
		if data[i] != ',' {
			break
		}
		if i++; data[i] <= ' ' {
			i = scanSpace(data, i, end)
		}
	}
	if data[i] != '}' {
		return -1, nil
	}
	return i + 1, members
}

// specialSecond is the second byte of the special key of each length.
var specialSecond = [...]byte{
	len("$set"): 's', len("alias"): 'l', len("$unset"): 'u', len("$user_id"): 'u', len("$set_once"): 's',
	len("$device_id"): 'd', len("distinct_id"): 'i', len("$is_identified"): 'i', len("$anon_distinct_id"): 'a',
	len("$process_person_profile"): 'p',
}

// maySpecial tells most keys apart from the special ones with one look.
func maySpecial(data []byte, key, keyEnd int) bool {
	n := keyEnd - key
	return n < len(specialSecond) && specialSecond[n] == data[key+1]
}

func (d *decoder) noteSpecial(key []byte, escaped bool, raw []byte) {
	if escaped {
		start := len(d.scratch)
		d.scratch = appendUnescaped(d.scratch, key)
		key = d.scratch[start:]
	}
	s := &d.special
	switch string(key) {
	case "$set":
		s.set = raw
	case "$set_once":
		s.setOnce = raw
	case "$unset":
		s.unset = raw
	case "$process_person_profile":
		s.processPersonProfile = raw
	case "$is_identified":
		s.isIdentified = raw
	case "$user_id":
		s.userID = raw
	case "$device_id":
		s.deviceID = raw
	case "$anon_distinct_id":
		s.anonDistinctID = raw
	case "alias":
		s.alias = raw
	case "distinct_id":
		s.distinctID = raw
	}
}
