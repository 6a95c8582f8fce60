package fold

// A run that has sent an entity may have given it attributes that the entity has no more. To tell which, a
// state notes the keys that a newer snapshot hides, if an earlier run knew of them: as changes of the kind
// had, in the place of that snapshot.

// appendHidden appends, as one row of a log, the keys that had values and that are not among the newer
// properties of a snapshot, which is at a place: those of the properties that it replaces, and those in the
// rows of a log that it hides.
func appendHidden(dst, properties, log, newer []byte, at *ChangeOrder) []byte {
	head := len(dst)
	dst = append(at.Append(dst), 0, 0, 0, 0)
	next := newer
	for len(properties) > 0 {
		var p Property
		p, properties = ReadProperty(properties)
		dst, next = appendHad(dst, &p, newer, next)
	}
	for len(log) > 0 {
		row, changes, rest := nextRow(log)
		for log = rest; len(changes) > 0; {
			var p Property
			k := changeKind(changes[0])
			if p, changes = ReadProperty(changes[1:]); row.CompareChange(at) > 0 {
				continue
			}
			if k == had || k == unset {
				p.Value = hadValue
			}
			dst, next = appendHad(dst, &p, newer, next)
		}
	}
	if len(dst)-head == rowHeadSize {
		return dst[:head]
	}
	sizeRow(dst[head:])
	return dst
}

// hadValue stands for the value of a key that had one.
var hadValue = []byte("0")

// appendHad appends a change that says that p's key had a value, unless that is null or the newer properties
// have the key with a value. It looks first at next, where the key that came before p was found: two
// snapshots mostly have the same keys in the same order. It returns where the next key may be.
func appendHad(dst []byte, p *Property, newer, next []byte) (changes, after []byte) {
	if string(p.Value) == null {
		return dst, next
	}
	for _, from := range [...][]byte{next, newer} {
		for b := from; len(b) > 0; {
			var one Property
			if one, b = ReadProperty(b); !one.sameKey(p) {
				continue
			}
			if string(one.Value) == null {
				break
			}
			return dst, b
		}
	}
	p.Value = nil
	return p.append(append(dst, byte(had))), next
}

// appendKeys appends, as properties, the keys that a state has a value of, or had one of.
func appendKeys(dst []byte, st *State) []byte {
	for b := st.properties(); len(b) > 0; {
		var p Property
		if p, b = ReadProperty(b); string(p.Value) != null {
			p.Value = nil
			dst = p.append(dst)
		}
	}
	for log := st.log(); len(log) > 0; {
		_, changes, rest := nextRow(log)
		for log = rest; len(changes) > 0; {
			var p Property
			k := changeKind(changes[0])
			if p, changes = ReadProperty(changes[1:]); k == had || k == unset || string(p.Value) != null {
				p.Value = nil
				dst = p.append(dst)
			}
		}
	}
	return dst
}

// takeHad makes one of the changes of one key that say that it had a value. It returns that change, if there
// is any, and the others, which keep their order.
func takeHad(changes []change) (one change, is bool, others []change) {
	i := len(changes)
	for j := len(changes) - 1; j >= 0; j-- {
		if changes[j].kind == had {
			one, is = changes[j], true
			continue
		}
		i--
		changes[i] = changes[j]
	}
	return one, is, changes[i:]
}

// removed is the value of a final property that the entity had before and has no more.
var removed = []byte{0}

// Removed reports whether a final property is one that the entity had before and has no more. Its value means
// nothing.
func (p *Property) Removed() bool { return len(p.Value) == 1 && p.Value[0] == 0 }
