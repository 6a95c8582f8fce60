package fold

import (
	"cmp"
	"encoding/binary"
	"slices"

	"ph2cio/internal/rawjson"
)

// A log is a sequence of rows: of each its place, the size of its changes in four bytes, and the changes. A
// change is a byte for its kind and a property; for unset the property's value means nothing.

// changeKind is the kind of a change. The changes of one row apply in this order.
//
// $unset only removes what the person had before the row. So a row that both sets and unsets a key toggles
// it: a person who had the key, even as null, loses it, and a person who had not gets it. Pruning
// a log replaces the two changes by one toggle. Source: github.com/PostHog/posthog,
// nodejs/src/worker/ingestion/persons/person-update.ts.
type changeKind uint8

const (
	setOnce changeKind = iota // sets a value only if there is none, or null
	set
	unset
	toggle
	had       // changes nothing, and says that there was a value before: see hidden.go
	overtake  // the row's own change of a key that rows add: what rows before it have added does not count any more
	addedOnce // of Row.AddedOnce: as setOnce, but no snapshot hides it
	added     // of Row.Added: as set, but no snapshot hides it
)

// isAdded reports whether the change is of Row.Added or Row.AddedOnce.
func (k changeKind) isAdded() bool { return k >= addedOnce }

// outlasts reports whether no snapshot hides the change.
func (k changeKind) outlasts() bool { return k >= overtake }

const rowHeadSize = ChangeOrderSize + 4

// change is one change of one property, read from a log.
type change struct {
	Property
	name string
	kind changeKind
	row  uint32 // index of its row in Scratch.rows
	seq  uint32 // its place in the log
}

// Scratch is memory that is used again for each row or entity. One goroutine at a time may use it. The zero
// value is ready to use.
type Scratch struct {
	out, row []byte
	changes  []change
	rows     []ChangeOrder
	places   []uint32 // for overlay, by the code of a key; all are 0 when it is not at work
}

// shrink frees the memory if it has become unusually large. Nothing in the scratch may be in use.
func (w *Scratch) shrink() {
	if cap(w.out)+cap(w.row) > 1<<18 {
		w.out, w.row = nil, nil
	}
	if cap(w.changes)+cap(w.rows) > 1<<10 {
		w.changes, w.rows = nil, nil
	}
}

// appendRow appends one row with those changes whose keys are kept, as a part of a log: its own changes, and
// those besides. If there are none it appends nothing.
func (c *KeyCache) appendRow(dst []byte, r *Row, own, besides bool) []byte {
	start := len(dst)
	dst = r.At.Append(dst)
	dst = append(dst, 0, 0, 0, 0)
	if own {
		dst = c.appendChanges(dst, setOnce, r.SetOnce)
		dst = c.appendChanges(dst, set, r.Set)
		dst = c.appendChanges(dst, unset, r.Unset)
	}
	if besides && c.table.added != nil {
		dst = c.appendOvertaking(dst, r.Set)
		dst = c.appendOvertaking(dst, r.Unset)
	}
	if besides && r.Adds() {
		dst = c.appendChanges(dst, addedOnce, r.AddedOnce)
		dst = c.appendChanges(dst, added, r.Added)
	}
	if len(dst)-start == rowHeadSize {
		return dst[:start]
	}
	sizeRow(dst[start:])
	return dst
}

// sizeRow writes the size of a row's changes into the head of the row. The changes are the rest of the text.
func sizeRow(row []byte) {
	binary.LittleEndian.PutUint32(row[ChangeOrderSize:], uint32(len(row)-rowHeadSize))
}

// appendChanges appends a change for each property of a JSON object, or of a list of keys for $unset.
func (c *KeyCache) appendChanges(dst []byte, k changeKind, text []byte) []byte {
	m := rawjson.Walk(text)
	if !m.Object && k != unset {
		return dst
	}
	for {
		key, value, ok := m.Next()
		if !ok {
			return dst
		}
		if !m.Object {
			key = value // $unset is a list; property ignores elements that are no strings
		}
		if k == unset {
			value = nil
		}
		if p, kept := c.property(key, value); kept {
			dst = p.append(append(dst, byte(k)))
		}
	}
}

// appendOvertaking appends a change of the kind overtake for each key of a JSON object, or of a list, that rows
// may add.
func (c *KeyCache) appendOvertaking(dst, text []byte) []byte {
	m := rawjson.Walk(text)
	for {
		key, value, ok := m.Next()
		if !ok {
			return dst
		}
		if !m.Object {
			key = value
		}
		if p, kept := c.property(key, nil); kept && c.table.added(c.table.KeyName(p.Code, p.Inline)) {
			dst = p.append(append(dst, byte(overtake)))
		}
	}
}

// overtakes reports whether a row's own changes may be of keys that rows add.
func (c *KeyCache) overtakes(r *Row) bool {
	return c.table.added != nil && (r.Set != nil || r.Unset != nil)
}

// nextRow reads the first row of a log that is not empty.
func nextRow(log []byte) (at ChangeOrder, changes, rest []byte) {
	size := binary.LittleEndian.Uint32(log[ChangeOrderSize:])
	end := rowHeadSize + int(size)
	return ReadChangeOrder(log), log[rowHeadSize:end], log[end:]
}

// appendLater appends those changes of a log that a snapshot at a place does not hide.
func appendLater(dst, log []byte, after *ChangeOrder) []byte {
	for len(log) > 0 {
		at, changes, rest := nextRow(log)
		if at.CompareChange(after) > 0 {
			dst = append(dst, log[:rowHeadSize+len(changes)]...)
		} else {
			dst = appendLasting(dst, log[:rowHeadSize], changes)
		}
		log = rest
	}
	return dst
}

// appendLasting appends a row with those of its changes that no snapshot hides. If there are none it appends
// nothing.
func appendLasting(dst, head, changes []byte) []byte {
	start := len(dst)
	dst = append(dst, head...)
	for len(changes) > 0 {
		all := changes
		_, changes = ReadProperty(changes[1:])
		if changeKind(all[0]).outlasts() {
			dst = append(dst, all[:len(all)-len(changes)]...)
		}
	}
	if len(dst)-start == rowHeadSize {
		return dst[:start]
	}
	sizeRow(dst[start:])
	return dst
}

// read appends the rows of a log and their changes to the scratch.
func (w *Scratch) read(log []byte, keys *Keys) {
	for len(log) > 0 {
		at, changes, rest := nextRow(log)
		log = rest
		row := uint32(len(w.rows))
		w.rows = append(w.rows, at)
		for len(changes) > 0 {
			c := change{kind: changeKind(changes[0]), row: row, seq: uint32(len(w.changes))}
			c.Property, changes = ReadProperty(changes[1:])
			c.name = keys.KeyName(c.Code, c.Inline)
			w.changes = append(w.changes, c)
		}
	}
}

// sortByKey sorts the changes by key, and those of a key in the order in which they apply. It leaves one
// change of a key for each row: of a key that is in one object twice, the last.
func (w *Scratch) sortByKey() {
	slices.SortFunc(w.changes, func(a, b change) int {
		if c := compareKeys(&a, &b); c != 0 {
			return c
		}
		if c := w.compareSteps(&a, &b); c != 0 {
			return c
		}
		return cmp.Compare(b.seq, a.seq)
	})
	w.changes = slices.CompactFunc(w.changes, func(a, b change) bool {
		return compareKeys(&a, &b) == 0 && w.compareSteps(&a, &b) == 0
	})
	w.joinSteps()
}

// joinSteps makes one change of all those of one key in one row, besides those of the kinds from had on, and
// drops the second of two toggles that are the same.
func (w *Scratch) joinSteps() {
	all := w.changes[:0]
	for i := range w.changes {
		c := &w.changes[i]
		last := len(all) - 1
		switch {
		case last < 0 || compareKeys(&all[last], c) != 0 || w.compareRows(&all[last], c) != 0 || c.kind >= had || all[last].kind >= had:
			all = append(all, *c)
		case c.kind == unset && all[last].kind != unset:
			all[last].kind = toggle
		default:
			all[last] = *c
		}
		if last = len(all) - 1; last > 0 && w.isAgain(&all[last-1], &all[last]) {
			all = all[:last]
		}
	}
	w.changes = all
}

// isAgain reports whether a toggle repeats the one before it, because its row is in the input twice.
func (w *Scratch) isAgain(before, c *change) bool {
	return c.kind == toggle && before.kind == toggle && w.rows[before.row].sameRow(&w.rows[c.row]) &&
		compareKeys(before, c) == 0 && string(before.Value) == string(c.Value)
}

func compareKeys(a, b *change) int {
	if a.Code == b.Code && a.Code != inlineKey {
		return 0
	}
	return cmp.Compare(a.name, b.name)
}

// compareSteps compares two changes by when they apply.
func (w *Scratch) compareSteps(a, b *change) int {
	if c := w.compareRows(a, b); c != 0 {
		return c
	}
	return cmp.Compare(a.kind, b.kind)
}

func (w *Scratch) compareRows(a, b *change) int {
	if a.row == b.row {
		return 0
	}
	return w.rows[a.row].CompareChange(&w.rows[b.row])
}

// sameKey returns how many of the changes, which are sorted by key, have the key of the first.
func sameKey(changes []change) int {
	n := 1
	for n < len(changes) && compareKeys(&changes[0], &changes[n]) == 0 {
		n++
	}
	return n
}
