package fold

import "bytes"

// An export of entities gives snapshots that are in no row. A later run that has no export restores them, and
// so each of them is kept once, however often it is exported.

// newExport finds the snapshots of an export that no earlier run has kept.
type newExport struct {
	at   ChangeOrder // of the export; its Ref does not matter
	take func(node uint32, st *State)
}

// KeepNew makes Fold call take with each state that is nothing but a snapshot of the export that was made at a
// place, and that says something new. Several goroutines may call it at once. It must be called before Fold.
func (p *Parts) KeepNew(at ChangeOrder, take func(node uint32, st *State)) {
	p.export = &newExport{at, take}
}

// AppendNamed appends a state as a piece of the ID with a name, for Store.Add.
func AppendNamed(dst []byte, name Name, st *State) []byte {
	return st.appendWhole(append(dst, name[:]...))
}

// look takes the new snapshots among the states of one entity.
func (e *newExport) look(states []ownedState) {
	for i := range states {
		if st := &states[i]; e.has(&st.snapshotAt) && st.hasSnapshot && len(st.log()) == 0 && !isKept(states, i) {
			e.take(st.node, &st.State)
		}
	}
}

// has reports whether a place is that of the export.
func (e *newExport) has(at *ChangeOrder) bool {
	return at.At == e.at.At && at.Stamp == e.at.Stamp && at.UUID == e.at.UUID
}

// isKept reports whether an earlier run has kept what one of the states says: another state of the same ID has
// the same snapshot, of an earlier export, and nothing has changed since.
func isKept(states []ownedState, i int) bool {
	st := &states[i]
	for j := range states {
		kept := &states[j]
		if j == i || kept.node != st.node || !kept.hasSnapshot || kept.snapshotAt.UUID != st.snapshotAt.UUID || kept.snapshotAt.Stamp != st.snapshotAt.Stamp {
			continue
		}
		if !bytes.Equal(kept.properties(), st.properties()) {
			continue
		}
		since := kept.snapshotAt
		for k := range states {
			if k != i && states[k].changedAfter(&since) {
				return false
			}
		}
		return true
	}
	return false
}
