package people

// overlay applies a row's own changes to its snapshot, which is in w.out. PostHog takes a snapshot after the changes, so most
// often nothing is left to do; but some are older, or empty.
//
// Of a key that the row both sets and removes, the snapshot tells whether it was there before the row: what stands in a
// snapshot was not removed.
func (w *scratch) overlay(changes []byte) {
	own, taken := changes, w.out
	for len(changes) > 0 {
		var p property
		k := kind(changes[0])
		p, changes = readProperty(changes[1:])
		value, has := lastOf(taken, &p)
		switch {
		case k == setOnce && (!has || string(value) == null):
			w.out = p.append(w.out) // of a key that is there twice the last counts
		case k == set:
			if now, has := lastOf(w.out, &p); !has || string(now) != string(p.value) {
				w.out = p.append(w.out)
			}
		case k == unset && !(has && sets(own, &p)):
			w.out = without(w.out, &p)
		}
	}
}

// lastOf returns the value of a property's key.
func lastOf(properties []byte, key *property) (value []byte, has bool) {
	for len(properties) > 0 {
		var p property
		if p, properties = readProperty(properties); p.sameKey(key) {
			value, has = p.value, true
		}
	}
	return value, has
}

// sets reports whether changes set a property's key.
func sets(changes []byte, key *property) bool {
	for len(changes) > 0 {
		var p property
		k := kind(changes[0])
		if p, changes = readProperty(changes[1:]); k != unset && p.sameKey(key) {
			return true
		}
	}
	return false
}

// without returns a copy of properties without a key.
func without(properties []byte, key *property) (rest []byte) {
	for len(properties) > 0 {
		var p property
		if p, properties = readProperty(properties); !p.sameKey(key) {
			rest = p.append(rest)
		}
	}
	return rest
}

func (p *property) sameKey(q *property) bool {
	return p.code == q.code && string(p.inline) == string(q.inline)
}
