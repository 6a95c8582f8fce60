package fold

// overlay applies a row's own changes to its snapshot, which is in w.out. PostHog takes a snapshot after the
// changes, so there is usually nothing to do; but some snapshots are older, or lack what the row sets.
//
// If a row both sets and removes a key, the snapshot shows whether the person had the key before the row: a
// key that is in the snapshot was not removed.
func (w *Scratch) overlay(changes []byte) {
	own, taken := changes, w.out
	w.findKeys(0)
	for len(changes) > 0 {
		var p Property
		k := changeKind(changes[0])
		p, changes = ReadProperty(changes[1:])
		value, at, has := w.last(&p)
		isOwn := at >= len(taken) // set by this row, so that a later change of the row replaces it
		switch {
		case k == setOnce && (!has || isOwn || string(value) == null),
			k == set && (!has || string(value) != string(p.Value)):
			start := len(w.out)
			w.out = p.append(w.out) // of a key that comes twice the last value counts
			w.findKeys(start)
		case k == unset && has && !(holds(taken, &p) && sets(own, &p)):
			w.forgetKeys()
			w.out = without(w.out, &p)
			w.findKeys(0)
		}
	}
	w.forgetKeys()
}

// findKeys notes in w.places where each key with a code is in w.out, from an offset on.
func (w *Scratch) findKeys(from int) {
	for b := w.out[from:]; len(b) > 0; {
		code, _ := readUvarint(b)
		for int(code) >= len(w.places) {
			w.places = append(w.places, 0)
		}
		w.places[code] = uint32(len(w.out) - len(b) + 1)
		_, b = ReadProperty(b)
	}
}

// forgetKeys undoes findKeys.
func (w *Scratch) forgetKeys() {
	for b := w.out; len(b) > 0; {
		code, _ := readUvarint(b)
		w.places[code] = 0
		_, b = ReadProperty(b)
	}
}

// last returns the last value of a key in w.out, and where it is. has is false if the key is not there.
func (w *Scratch) last(key *Property) (value []byte, at int, has bool) {
	if key.Code != inlineKey {
		if int(key.Code) >= len(w.places) || w.places[key.Code] == 0 {
			return nil, 0, false
		}
		at = int(w.places[key.Code]) - 1
		p, _ := ReadProperty(w.out[at:])
		return p.Value, at, true
	}
	for b := w.out; len(b) > 0; {
		start := len(w.out) - len(b)
		var p Property
		if p, b = ReadProperty(b); p.sameKey(key) {
			value, at, has = p.Value, start, true
		}
	}
	return value, at, has
}

// holds reports whether properties include a key.
func holds(properties []byte, key *Property) bool {
	for len(properties) > 0 {
		var p Property
		if p, properties = ReadProperty(properties); p.sameKey(key) {
			return true
		}
	}
	return false
}

// sets reports whether changes set a property's key.
func sets(changes []byte, key *Property) bool {
	for len(changes) > 0 {
		var p Property
		k := changeKind(changes[0])
		if p, changes = ReadProperty(changes[1:]); k != unset && p.sameKey(key) {
			return true
		}
	}
	return false
}

// without returns a copy of properties without a key.
func without(properties []byte, key *Property) (rest []byte) {
	for len(properties) > 0 {
		var p Property
		if p, properties = ReadProperty(properties); !p.sameKey(key) {
			rest = p.append(rest)
		}
	}
	return rest
}

func (p *Property) sameKey(q *Property) bool {
	return p.Code == q.Code && string(p.Inline) == string(q.Inline)
}
