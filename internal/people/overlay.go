package people

// overlay applies a row's own changes to its snapshot, which is in w.out. PostHog takes a snapshot after the
// changes, so most often nothing is left to do; but some are older, or lack what the row sets.
//
// Of a key that the row both sets and removes, the snapshot tells whether it was there before the row: what
// stands in a snapshot was not removed.
func (w *scratch) overlay(changes []byte) {
	own, taken := changes, w.out
	w.findKeys(0)
	for len(changes) > 0 {
		var p property
		k := kind(changes[0])
		p, changes = readProperty(changes[1:])
		value, at, has := w.last(&p)
		isOwn := at >= len(taken) // and gives way to what comes later in the row
		switch {
		case k == setOnce && (!has || isOwn || string(value) == null),
			k == set && (!has || string(value) != string(p.value)):
			start := len(w.out)
			w.out = p.append(w.out) // of a key that is there twice the last counts
			w.findKeys(start)
		case k == unset && has && !(holds(taken, &p) && sets(own, &p)):
			w.forgetKeys()
			w.out = without(w.out, &p)
			w.findKeys(0)
		}
	}
	w.forgetKeys()
}

// findKeys notes where in w.out, from an offset on, each key stands, if it has a code.
func (w *scratch) findKeys(from int) {
	for b := w.out[from:]; len(b) > 0; {
		code, _ := readUvarint(b)
		for int(code) >= len(w.places) {
			w.places = append(w.places, 0)
		}
		w.places[code] = uint32(len(w.out) - len(b) + 1)
		_, b = readProperty(b)
	}
}

// forgetKeys undoes findKeys.
func (w *scratch) forgetKeys() {
	for b := w.out; len(b) > 0; {
		code, _ := readUvarint(b)
		w.places[code] = 0
		_, b = readProperty(b)
	}
}

// last returns the value of a key in w.out, and where it stands.
func (w *scratch) last(key *property) (value []byte, at int, has bool) {
	if key.code != inlineKey {
		if int(key.code) >= len(w.places) || w.places[key.code] == 0 {
			return nil, 0, false
		}
		at = int(w.places[key.code]) - 1
		p, _ := readProperty(w.out[at:])
		return p.value, at, true
	}
	for b := w.out; len(b) > 0; {
		start := len(w.out) - len(b)
		var p property
		if p, b = readProperty(b); p.sameKey(key) {
			value, at, has = p.value, start, true
		}
	}
	return value, at, has
}

// holds reports whether a key is among properties.
func holds(properties []byte, key *property) bool {
	for len(properties) > 0 {
		var p property
		if p, properties = readProperty(properties); p.sameKey(key) {
			return true
		}
	}
	return false
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
