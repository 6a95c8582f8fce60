package fold

import (
	"slices"

	"ph2cio/internal/identity"
)

// Value returns a property's final value and the place of the row that set it. ok is false if there is no
// such property. The log must have been pruned.
func (st *State) Value(code uint32) (value []byte, at ChangeOrder, ok bool) {
	return st.ValueOf(&Property{Code: code})
}

// ValueOf is Value for a key as Keys.Find returns it.
func (st *State) ValueOf(key *Property) (value []byte, at ChangeOrder, ok bool) {
	var base Property // of the snapshot
	for b := st.properties(); len(b) > 0; {
		var p Property
		if p, b = ReadProperty(b); p.sameKey(key) {
			base, value, at, ok = p, p.Value, st.snapshotAt, true
		}
	}
	inSnapshot, by := ok, set
	for log := st.log(); len(log) > 0; {
		row, changes, rest := nextRow(log)
		log = rest
		for len(changes) > 0 {
			var p Property
			k := changeKind(changes[0])
			if p, changes = ReadProperty(changes[1:]); p.sameKey(key) {
				if k == overtake && by.isAdded() {
					value, at, ok, by = base.Value, st.snapshotAt, inSnapshot, set
					continue
				}
				by = k.after(by, value, ok)
				value, at, ok = k.apply(value, at, ok, p.Value, row)
			}
		}
	}
	return value, at, ok
}

// apply applies a change to a property that has a value, set by the row at a place, or that has is false of.
// It returns the same for the property after the change.
func (k changeKind) apply(value []byte, at ChangeOrder, has bool, to []byte, row ChangeOrder) ([]byte, ChangeOrder, bool) {
	switch {
	case k == set, k == added, (k == setOnce || k == addedOnce) && (!has || string(value) == null), k == toggle && !has:
		return to, row, true
	case k == unset, k == toggle:
		return nil, ChangeOrder{}, false
	}
	return value, at, has
}

// after returns the kind of the change that a property has its value of, once a change of the kind k applies to
// it. by, value and has are what it was before.
func (k changeKind) after(by changeKind, value []byte, has bool) changeKind {
	if k == had || k == overtake || (k == setOnce || k == addedOnce) && has && string(value) != null {
		return by
	}
	return k
}

// updated returns the time of the newest row that has any of the attributes, in unix microseconds;
// identity.NoTime if none has a time. Pruning keeps the newest change of every key, so the newest row is
// always there.
func (st *State) updated() int64 {
	at := int64(identity.NoTime)
	if st.hasSnapshot {
		at = st.snapshotAt.At
	}
	for log := st.log(); len(log) > 0; {
		row, _, rest := nextRow(log)
		at, log = max(at, row.At), rest
	}
	return at
}

// finish returns the final properties of a state, sorted by key. They are valid until the scratch is used
// again. before are keys that the entity had a value of, as appendKeys writes them.
func (w *Scratch) finish(st *State, how finishing, before []byte, keys *Keys) []byte {
	w.changes, w.rows = w.changes[:0], append(w.rows[:0], beforeAll) // what the log has is not hidden by the snapshot
	// Most of a snapshot is null. If no changes follow the snapshot, null is the same as absent. A huge
	// snapshot is left out of this, because forget would look through thousands of changes for each null.
	nullIsAbsent := !how.keepNull && len(before) == 0 && st.logStart == uint32(len(st.buf)) && st.logStart < 1<<14
	seq := uint32(0)
	for b := st.properties(); len(b) > 0; seq++ {
		c := change{kind: set, seq: seq}
		c.Property, b = ReadProperty(b)
		c.name = keys.KeyName(c.Code, c.Inline)
		if nullIsAbsent && string(c.Value) == null {
			w.forget(&c)
			continue
		}
		w.changes = append(w.changes, c)
	}
	w.read(st.log(), keys)
	w.readBefore(before, keys)
	w.sortByKey()
	w.out = w.out[:0]
	for rest := w.changes; len(rest) > 0; {
		n := sameKey(rest)
		p := rest[0].Property
		has, hadValue, by := false, false, set
		base, inSnapshot := p.Value, rest[0].row == 0
		for _, c := range rest[:n] {
			if c.kind == overtake && by.isAdded() {
				p.Value, has, by = base, inSnapshot, set
				continue
			}
			by = c.kind.after(by, p.Value, has)
			hadValue = hadValue || c.kind == had || c.kind == unset || c.kind == toggle || c.kind == set && (c.row != 0 || string(c.Value) != null)
			p.Value, _, has = c.kind.apply(p.Value, ChangeOrder{}, has, c.Value, ChangeOrder{})
		}
		rest = rest[n:]
		switch {
		case has && (how.keepNull || string(p.Value) != null):
			w.out = p.append(w.out)
		case how.removed && hadValue:
			p.Value = removed
			w.out = p.append(w.out)
		}
	}
	return w.out
}

// finishing says which properties are final, besides those that have a value.
type finishing struct {
	keepNull bool // those that are null
	removed  bool // those that the entity had before, and has no more: see Property.Removed
}

// beforeAll is a place before all rows.
var beforeAll = ChangeOrder{Order: identity.Order{At: identity.NoTime}, Stamp: identity.NoTime}

// readBefore appends a change of the kind had for each of the keys to the scratch, in a place before all rows.
func (w *Scratch) readBefore(before []byte, keys *Keys) {
	row := uint32(len(w.rows))
	w.rows = append(w.rows, beforeAll)
	for len(before) > 0 {
		c := change{kind: had, row: row, seq: uint32(len(w.changes))}
		c.Property, before = ReadProperty(before)
		c.name = keys.KeyName(c.Code, c.Inline)
		w.changes = append(w.changes, c)
	}
}

// forget drops the changes of c's key so far. Of a key that comes twice in one object only the last value
// counts.
func (w *Scratch) forget(c *change) {
	for i := range w.changes {
		if compareKeys(&w.changes[i], c) == 0 {
			w.changes = slices.DeleteFunc(w.changes, func(other change) bool { return compareKeys(&other, c) == 0 })
			return
		}
	}
}
