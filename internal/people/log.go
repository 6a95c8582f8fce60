package people

import (
	"cmp"
	"encoding/binary"
	"slices"

	"ph2cio/internal/posthog"
)

// A log is a sequence of rows, each its order, the size of its changes in four bytes, and its changes. A change is a
// byte for its kind, then a property, whose value means nothing for unset.

// kind is the kind of a change. Within one row they apply in this order, so a key that a row both sets and unsets ends
// without a value. PostHog itself does the same, except that it overlooks an $unset of a key that the person did not
// have before the row; with that exception the result would hang on values the export does not show.
type kind uint8

const (
	set kind = iota
	setOnce
	unset
)

const rowHeadSize = orderSize + 4

// change is one change of one property, read from a log.
type change struct {
	property
	name string
	kind kind
	row  uint32 // index of its row in scratch.rows
	seq  uint32 // its place in the log
}

// scratch is memory that a shard uses again for each row.
type scratch struct {
	out, row []byte
	changes  []change
	rows     []order
}

// take returns room for a few bytes.
func (w *scratch) take() []byte { return w.row[:0] }

// shrink gives memory back after something unusually large. Nothing in the scratch may be in use.
func (w *scratch) shrink() {
	if cap(w.out)+cap(w.row) > 1<<18 {
		w.out, w.row = nil, nil
	}
	if cap(w.changes)+cap(w.rows) > 1<<10 {
		w.changes, w.rows = nil, nil
	}
}

// appendRow appends the changes of one row that are kept, and nothing when there are none.
func (sh *shard) appendRow(dst []byte, at *order, e *posthog.Event) []byte {
	start := len(dst)
	dst = at.append(dst)
	dst = append(dst, 0, 0, 0, 0)
	dst = sh.keys.appendChanges(dst, set, e.Set)
	dst = sh.keys.appendChanges(dst, setOnce, e.SetOnce)
	dst = sh.keys.appendChanges(dst, unset, e.Unset)
	size := len(dst) - start - rowHeadSize
	if size == 0 {
		return dst[:start]
	}
	binary.LittleEndian.PutUint32(dst[start+orderSize:], uint32(size))
	return dst
}

func (c *keyCache) appendChanges(dst []byte, k kind, text []byte) []byte {
	m := membersOf(text)
	if !m.object && k != unset {
		return dst
	}
	for {
		key, value, ok := m.next()
		if !ok {
			return dst
		}
		if !m.object {
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
func nextRow(log []byte) (at order, changes, rest []byte) {
	size := binary.LittleEndian.Uint32(log[orderSize:])
	end := rowHeadSize + int(size)
	return readOrder(log), log[rowHeadSize:end], log[end:]
}

// appendLater appends the rows of a log that come after a point.
func appendLater(dst, log []byte, after *order) []byte {
	for len(log) > 0 {
		at, changes, rest := nextRow(log)
		if at.compare(after) > 0 {
			dst = append(dst, log[:rowHeadSize+len(changes)]...)
		}
		log = rest
	}
	return dst
}

// read appends the changes of a log to the scratch, and its rows.
func (w *scratch) read(log []byte, keys *keyTable) {
	for len(log) > 0 {
		at, changes, rest := nextRow(log)
		log = rest
		row := uint32(len(w.rows))
		w.rows = append(w.rows, at)
		for len(changes) > 0 {
			c := change{kind: kind(changes[0]), row: row, seq: uint32(len(w.changes))}
			c.property, changes = readProperty(changes[1:])
			c.name = keys.name(c.code, c.inline)
			w.changes = append(w.changes, c)
		}
	}
}

// sortByKey brings the changes of each key together, in the order they apply. Of a key that is twice in one object only
// the last stays.
func (w *scratch) sortByKey() {
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
}

func compareKeys(a, b *change) int {
	if a.code == b.code && a.code != inlineKey {
		return 0
	}
	return cmp.Compare(a.name, b.name)
}

// compareSteps compares two changes by when they apply.
func (w *scratch) compareSteps(a, b *change) int {
	if a.row != b.row {
		if c := w.rows[a.row].compare(&w.rows[b.row]); c != 0 {
			return c
		}
	}
	return cmp.Compare(a.kind, b.kind)
}

// sameKey returns how many of the changes, sorted by key, belong to the first one's key.
func sameKey(changes []change) int {
	n := 1
	for n < len(changes) && compareKeys(&changes[0], &changes[n]) == 0 {
		n++
	}
	return n
}

// maxOnce is how many $set_once of one key are kept. More than that after the newest snapshot and the last $set or
// $unset are only possible in an export without snapshots. The result is then still right unless, with more than
// maxOnce of them already read, a row turns up late whose place is among those left out.
const maxOnce = 32

// prune leaves in the log what can still matter whatever is read later, in the order it applies.
//
// Of one key that is the last $set or $unset, which hides all before it, and each $set_once after it: a snapshot yet to
// come may hide any number of them, and the first of the rest is then the one that counts.
func (w *scratch) prune(st *state, keys *keyTable) {
	log := st.buf[st.log:]
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
	st.buf = append(st.buf[:st.log], w.out...)
}

// appendNeeded appends what prune keeps of the changes of one key.
func appendNeeded(dst, changes []change) []change {
	first := len(changes) // of the $set_once at the end
	for first > 0 && changes[first-1].kind == setOnce {
		first--
	}
	if first > 0 {
		dst = append(dst, changes[first-1])
	}
	onces := changes[first:]
	if len(onces) > maxOnce {
		dst = append(dst, onces[0])
		onces = onces[len(onces)-maxOnce+1:]
	}
	return append(dst, onces...)
}

// appendLog appends the changes, which must be in the order they apply, as a log.
func (w *scratch) appendLog(dst []byte) []byte {
	head := 0
	for i := range w.changes {
		c := &w.changes[i]
		at := &w.rows[c.row]
		if i == 0 || w.rows[w.changes[i-1].row].compare(at) != 0 {
			head = len(dst)
			dst = at.append(dst)
			dst = append(dst, 0, 0, 0, 0)
		}
		dst = append(dst, byte(c.kind))
		dst = c.append(dst)
		binary.LittleEndian.PutUint32(dst[head+orderSize:], uint32(len(dst)-head-rowHeadSize))
	}
	return dst
}
