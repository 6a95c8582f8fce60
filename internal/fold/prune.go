package fold

import "slices"

// MaxOnce is how many $set_once and toggles of one key are kept. There can only be more of them after the
// newest snapshot and the last $set or $unset in an export without snapshots. Then the result is still right,
// unless another row or a merge belongs between those that are left out, or one of them is a toggle.
const MaxOnce = 32

// Prune drops the changes from the state's log that cannot matter, whatever is read later, and sorts the
// others in the order in which they apply.
//
// Of each key it keeps the last $set or $unset, which hides all changes before it, and each $set_once and
// toggle after it: a snapshot that is read later may hide any number of them, and then the first of the
// others counts. Each change that is dropped is hidden by a later row of the same ID. So it would also be
// hidden if that ID and another were merged in between.
//
// Of what rows add besides their own changes it keeps, of each key, the last overtake, and behind it the first
// and the last addedOnce and the last added.
func (w *Scratch) Prune(st *State, keys *Keys) {
	log := st.log()
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
	st.setLog(w.out)
}

// appendNeeded appends those changes of one key that Prune keeps. dst ends at or before changes.
func appendNeeded(dst, changes []change) []change {
	before, isHad, changes := takeHad(changes)
	if isHad {
		dst = append(dst, before)
	}
	dst, changes = takeAdded(dst, changes)
	first := len(changes) // of the $set_once and toggles at the end
	for first > 0 && (changes[first-1].kind == setOnce || changes[first-1].kind == toggle) {
		first--
	}
	if first > 0 {
		dst = append(dst, changes[first-1])
	}
	onces := changes[first:]
	if left := len(onces) - MaxOnce; left > 0 {
		one := 0 // the first that sets something else than null
		for one < left && string(onces[one].Value) == null {
			one++
		}
		dst = append(dst, onces[one])
		onces = onces[left+1:]
	}
	return append(dst, onces...)
}

// takeAdded appends those changes that Prune keeps of what rows add besides their own changes. It returns the
// others, which keep their order.
func takeAdded(dst, changes []change) (needed, others []change) {
	if !slices.ContainsFunc(changes, func(c change) bool { return c.kind.outlasts() }) {
		return dst, changes
	}
	var last, onces, sets []change
	for i := range changes {
		switch changes[i].kind {
		case overtake:
			last, onces, sets = []change{changes[i]}, nil, nil
		case addedOnce:
			onces = append(onces, changes[i])
		case added:
			sets = append(sets, changes[i])
		default:
			others = append(others, changes[i])
		}
	}
	if len(onces) > 2 {
		onces = []change{onces[0], onces[len(onces)-1]}
	}
	return append(append(append(dst, last...), onces...), sets[max(0, len(sets)-1):]...), others
}

// appendLog appends the changes as a log. They must be in the order in which they apply.
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
