package fold

import (
	"cmp"
	"encoding/binary"
	"slices"

	"ph2cio/internal/rawjson"
)

// A log is a sequence of rows, each its order, the size of its changes in four bytes, and its changes. A
// change is a byte for its kind, then a property, whose value means nothing for unset.

// changeKind is the kind of a change. Within one row they apply in this order.
//
// $unset only removes what the person had before the row, so a key that a row both sets and removes is
// toggled: removed from somebody who has it, even as null, and given to somebody who has not. A log has
// toggle once it is pruned, in place of the two changes.
// Source: github.com/PostHog/posthog, nodejs/src/worker/ingestion/persons/person-update.ts.
type changeKind uint8

const (
	setOnce changeKind = iota // only where there is no value, or null
	set
	unset
	toggle
)

const rowHeadSize = ChangeOrderSize + 4

// change is one change of one property, read from a log.
type change struct {
	Property
	name string
	kind changeKind
	row  uint32 // index of its row in scratch.rows
	seq  uint32 // its place in the log
}

// Scratch is memory that is used again for each row.
type Scratch struct {
	out, row []byte
	changes  []change
	rows     []ChangeOrder
	places   []uint32 // by the code of a key, for overlay; all are 0 in between
}

// shrink gives memory back after something unusually large. Nothing in the scratch may be in use.
func (w *Scratch) shrink() {
	if cap(w.out)+cap(w.row) > 1<<18 {
		w.out, w.row = nil, nil
	}
	if cap(w.changes)+cap(w.rows) > 1<<10 {
		w.changes, w.rows = nil, nil
	}
}

// appendRow appends the changes of one row that are kept, and nothing when there are none.
func (c *KeyCache) appendRow(dst []byte, r *Row) []byte {
	start := len(dst)
	dst = r.At.Append(dst)
	dst = append(dst, 0, 0, 0, 0)
	dst = c.appendChanges(dst, setOnce, r.SetOnce)
	dst = c.appendChanges(dst, set, r.Set)
	dst = c.appendChanges(dst, unset, r.Unset)
	if len(dst)-start == rowHeadSize {
		return dst[:start]
	}
	sizeRow(dst[start:])
	return dst
}

// sizeRow writes the size of a row's changes, which end the text, into its head.
func sizeRow(row []byte) {
	binary.LittleEndian.PutUint32(row[ChangeOrderSize:], uint32(len(row)-rowHeadSize))
}

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
			key = value // of $unset as a list; what is not a string is no key
		}
		if k == unset {
			value = nil
		}
		if p, kept := c.property(key, value); kept {
			dst = p.append(append(dst, byte(k)))
		}
	}
}

// nextRow reads the first row of a log that is not empty.
func nextRow(log []byte) (at ChangeOrder, changes, rest []byte) {
	size := binary.LittleEndian.Uint32(log[ChangeOrderSize:])
	end := rowHeadSize + int(size)
	return ReadChangeOrder(log), log[rowHeadSize:end], log[end:]
}

// appendLater appends the rows of a log that come after a point.
func appendLater(dst, log []byte, after *ChangeOrder) []byte {
	for len(log) > 0 {
		at, changes, rest := nextRow(log)
		if at.CompareChange(after) > 0 {
			dst = append(dst, log[:rowHeadSize+len(changes)]...)
		}
		log = rest
	}
	return dst
}

// read appends the changes of a log to the scratch, and its rows.
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

// sortByKey brings the changes of each key together, in the order they apply, and leaves one for each row. Of
// a key that is twice in one object only the last stays.
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

// joinSteps makes one change of those of one key in one row, and drops a toggle that is there twice.
func (w *Scratch) joinSteps() {
	all := w.changes[:0]
	for i := range w.changes {
		c := &w.changes[i]
		last := len(all) - 1
		switch {
		case last < 0 || compareKeys(&all[last], c) != 0 || w.compareRows(&all[last], c) != 0:
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

// isAgain reports whether a toggle is the one before it, in a row that is there twice.
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

// sameKey returns how many of the changes, sorted by key, belong to the first one's key.
func sameKey(changes []change) int {
	n := 1
	for n < len(changes) && compareKeys(&changes[0], &changes[n]) == 0 {
		n++
	}
	return n
}

// MaxOnce is how many $set_once, or toggles, of one key are kept. More than that after the newest snapshot
// and the last $set or $unset are only possible in an export without snapshots. The result is then still
// right unless another row, or a merge, has its place among those left out, or one of them is a toggle.
const MaxOnce = 32

// Prune leaves in the log what can still matter whatever is read later, in the order it applies.
//
// Of one key that is the last $set or $unset, which hides all before it, and each $set_once and toggle after
// it: a snapshot yet to come may hide any number of them, and the first of the rest is then the one that
// counts. All that is dropped is hidden by a later row of the same ID, so it would be hidden too if that ID
// and another were merged in between.
func (w *Scratch) Prune(st *State, keys *Keys) {
	log := st.buf[st.logStart:]
	if len(log) == 0 {
		return
	}
	w.changes, w.rows = w.changes[:0], w.rows[:0]
	w.read(log, keys)
	w.sortByKey()
	needed := w.changes[:0]
	for rest := w.changes; len(rest) > 0; {
		n := sameKey(rest)
		needed = appendNeeded(needed, rest[:n])
		rest = rest[n:]
	}
	w.changes = needed
	slices.SortFunc(w.changes, func(a, b change) int { return w.compareSteps(&a, &b) })
	w.out = w.appendLog(w.out[:0])
	st.buf = append(st.buf[:st.logStart], w.out...)
}

// appendNeeded appends what prune keeps of the changes of one key.
func appendNeeded(dst, changes []change) []change {
	first := len(changes) // of the $set_once and toggles at the end
	for first > 0 && (changes[first-1].kind == setOnce || changes[first-1].kind == toggle) {
		first--
	}
	if first > 0 {
		dst = append(dst, changes[first-1])
	}
	onces := changes[first:]
	if left := len(onces) - MaxOnce; left > 0 {
		one := 0 // the first that gives more than null
		for one < left && string(onces[one].Value) == null {
			one++
		}
		dst = append(dst, onces[one])
		onces = onces[left+1:]
	}
	return append(dst, onces...)
}

// appendLog appends the changes, which must be in the order they apply, as a log.
func (w *Scratch) appendLog(dst []byte) []byte {
	head := 0
	for i := range w.changes {
		c := &w.changes[i]
		at := &w.rows[c.row]
		if i == 0 || w.rows[w.changes[i-1].row].CompareChange(at) != 0 {
			head = len(dst)
			dst = at.Append(dst)
			dst = append(dst, 0, 0, 0, 0)
		}
		dst = append(dst, byte(c.kind))
		dst = c.append(dst)
		sizeRow(dst[head:])
	}
	return dst
}
