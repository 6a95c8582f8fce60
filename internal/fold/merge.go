package fold

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
)

// foldIDs makes one state of the states of a person's IDs, given the joinings that made these one person.
//
// If all of them were one person by the time of the newest snapshot, that snapshot hides everything before
// it, and the changes after it apply one after the other. Otherwise each of the persons that PostHog had is
// replayed, and when two merge, the values of the link's target replace those of its source.
func (w *Scratch) foldIDs(states []ownedState, joinings []Joining, keys *Keys) *State {
	newest := ChangeOrder{}
	hasNewest := false
	for i := range states {
		if st := &states[i]; st.hasSnapshot && (!hasNewest || st.snapshotAt.CompareChange(&newest) > 0) {
			newest, hasNewest = st.snapshotAt, true
		}
	}
	for i := range joinings {
		if j := &joinings[i]; j.Kind == OfLink && len(states) > 1 && !(hasNewest && j.At.CompareChange(&newest) <= 0) {
			return w.replayAll(states, joinings, keys)
		}
	}
	st := &states[0].State
	for i := range states[1:] {
		st = combine(st, &states[1+i].State)
	}
	return st
}

// replayStep is one thing that happened to a person: a merge, a snapshot, or the changes of a row.
type replayStep struct {
	at         *ChangeOrder
	merge      *Joining
	node       uint32 // the ID on the row; not of a merge
	text       []byte // of the snapshot or the changes
	isSnapshot bool
}

// setValue is a property's value, the row that set it, and by which kind of change.
type setValue struct {
	Property
	at   ChangeOrder
	kind changeKind
}

// replay holds the persons as PostHog had them at some time.
type replay struct {
	persons trees                          // the IDs of each person are one tree
	values  map[uint32]map[string]setValue // by the person's node, then by key
	keys    *Keys
}

// replayAll applies all changes and merges one after the other. It returns the final values as changes, each
// with the place of the row that set it.
func (w *Scratch) replayAll(states []ownedState, joinings []Joining, keys *Keys) *State {
	r := replay{persons: trees{}, values: map[uint32]map[string]setValue{}, keys: keys}
	steps := r.joinAtStart(states, joinings)
	for i := range states {
		st := &states[i]
		w.Prune(&st.State, keys)
		if st.hasSnapshot {
			steps = append(steps, replayStep{at: &st.snapshotAt, node: st.node, text: st.properties(), isSnapshot: true})
		}
		for log := st.log(); len(log) > 0; {
			row, changes, rest := nextRow(log)
			steps, log = append(steps, replayStep{at: &row, node: st.node, text: changes}), rest
		}
	}
	slices.SortStableFunc(steps, func(a, b replayStep) int { return a.at.CompareChange(b.at) })
	for i := range steps {
		r.apply(&steps[i])
	}
	return r.result(states)
}

// joinAtStart joins the IDs that were one person from the start, and returns the merges of the others. Among
// the steps of one row the merges come first.
//
// A link shows when two IDs became one person. A shared person_id or the persons export shows only that they
// did. If links join all IDs of such a set, the links show when they became one. Otherwise the IDs are one
// person from the start. For a set of the persons export, only links up to the export's own time count.
func (r *replay) joinAtStart(states []ownedState, joinings []Joining) (merges []replayStep) {
	r.joinSets(joinings, OfSet, linkedBy(joinings, nil))
	if i := slices.IndexFunc(joinings, func(j Joining) bool { return j.Kind == OfExport }); i >= 0 {
		r.joinSets(joinings, OfExport, linkedBy(joinings, &joinings[i].At))
	}
	for i := range joinings {
		if j := &joinings[i]; j.Kind == Anytime {
			r.persons.join(j.Target, j.Source)
		}
	}
	all := maps.Clone(r.persons)
	for i := range joinings {
		if j := &joinings[i]; j.Kind == OfLink && all.join(j.Target, j.Source) {
			merges = append(merges, replayStep{at: &j.At, merge: j})
		}
	}
	for i := range states { // an ID that no joining explains is one with the others from the start
		if all.join(states[0].node, states[i].node) {
			r.persons.join(states[0].node, states[i].node)
		}
	}
	return merges
}

// linkedBy returns the trees of IDs that links have joined by a time, or by all links if at is nil.
func linkedBy(joinings []Joining, at *ChangeOrder) trees {
	linked := trees{}
	for i := range joinings {
		if j := &joinings[i]; j.Kind == Anytime || j.Kind == OfLink && (at == nil || j.At.CompareChange(at) <= 0) {
			linked.join(j.Target, j.Source)
		}
	}
	return linked
}

// joinSets joins the IDs of each set of a kind, unless links have joined all of them.
func (r *replay) joinSets(joinings []Joining, kind JoiningKind, linked trees) {
	sets := map[uint32][]uint32{}
	for i := range joinings {
		if j := &joinings[i]; j.Kind == kind {
			sets[j.Source] = append(sets[j.Source], j.Target)
		}
	}
	for _, set := range sets {
		if slices.ContainsFunc(set, func(id uint32) bool { return linked.find(id) != linked.find(set[0]) }) {
			for _, id := range set {
				r.persons.join(set[0], id)
			}
		}
	}
}

// apply does one step.
func (r *replay) apply(s *replayStep) {
	if s.merge != nil {
		r.merge(s.merge)
		return
	}
	person := r.persons.find(s.node)
	values, before := r.values[person], map[string]setValue(nil)
	if values == nil || s.isSnapshot {
		values, before = map[string]setValue{}, values
		r.values[person] = values
	}
	for text := s.text; len(text) > 0; {
		k := set
		if !s.isSnapshot {
			k, text = changeKind(text[0]), text[1:]
		}
		var p Property
		p, text = ReadProperty(text)
		name := r.keys.KeyName(p.Code, p.Inline)
		old, has := values[name]
		if k == overtake {
			if old.kind.isAdded() {
				delete(values, name) // the next snapshot has what was set instead
			}
			continue
		}
		value, at, ok := k.apply(old.Value, old.at, has, p.Value, *s.at)
		if !ok {
			delete(values, name)
			continue
		}
		by := k
		if at.CompareChange(s.at) != 0 {
			by = old.kind // it set nothing
		}
		p.Value = value
		values[name] = setValue{p, at, by}
	}
	for name, value := range before { // a snapshot does not hide what was added
		if has, ok := values[name]; value.kind == added || value.kind == addedOnce && (!ok || string(has.Value) == null) {
			values[name] = value
		}
	}
}

// merge makes one person of two. A property that both have keeps the value of the link's target.
func (r *replay) merge(j *Joining) {
	target, source := r.persons.find(j.Target), r.persons.find(j.Source)
	over, under := r.values[target], r.values[source]
	delete(r.values, target)
	delete(r.values, source)
	if len(over) < len(under) {
		maps.Copy(under, over)
		over = under
	} else {
		for name, value := range under {
			if _, has := over[name]; !has {
				over[name] = value
			}
		}
	}
	r.persons.join(target, source)
	r.values[r.persons.find(target)] = over
}

// result turns the values of the one person that remains into a state.
func (r *replay) result(states []ownedState) *State {
	values := make([]setValue, 0, 64)
	for _, value := range r.values[r.persons.find(states[0].node)] {
		values = append(values, value)
	}
	slices.SortFunc(values, func(a, b setValue) int {
		return cmp.Or(a.at.CompareChange(&b.at), cmp.Compare(a.Code, b.Code), bytes.Compare(a.Inline, b.Inline))
	})
	var log []byte
	for i := range values {
		log = appendSet(log, &values[i])
	}
	st := &State{buf: log}
	for i := range states {
		st.setUUID(states[i].uuid)
	}
	return st
}

// appendSet appends a row that sets one value to a log.
func appendSet(log []byte, v *setValue) []byte {
	head := len(log)
	log = append(v.at.Append(log), 0, 0, 0, 0, byte(set))
	log = v.Property.append(log)
	sizeRow(log[head:])
	return log
}

// trees join nodes to groups: each node that is in it has a parent, and a group's root has none. At first
// each node is alone.
type trees map[uint32]uint32

// find returns the root of a node's tree.
func (t trees) find(n uint32) uint32 {
	for {
		parent, has := t[n]
		if !has {
			return n
		}
		if above, has := t[parent]; has {
			t[n] = above
		}
		n = parent
	}
}

// join makes one tree of those of two nodes; false when they were in one.
func (t trees) join(a, b uint32) bool {
	a, b = t.find(a), t.find(b)
	if a != b {
		t[b] = a
	}
	return a != b
}

// ownedState is a state of one of an entity's IDs.
type ownedState struct {
	entity, node uint32
	State
}
