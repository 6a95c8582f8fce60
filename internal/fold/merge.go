package fold

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
)

// foldIDs makes one state of those of a person's IDs, given who of them became one person when.
//
// Where all were one by the newest snapshot, that hides what was before, and the changes after it follow one
// another. Else each of the persons that PostHog had is replayed, and at a merge the values of the link's
// target go over those of its source.
func (w *Scratch) foldIDs(states []ownedState, joinings []Joining, keys *Keys) *State {
	newest := ChangeOrder{}
	hasBase := false
	for i := range states {
		if st := &states[i]; st.hasSnapshot && (!hasBase || st.snapshotAt.CompareChange(&newest) > 0) {
			newest, hasBase = st.snapshotAt, true
		}
	}
	for i := range joinings {
		if j := &joinings[i]; j.Kind == OfLink && len(states) > 1 && !(hasBase && j.At.CompareChange(&newest) <= 0) {
			return w.replayAll(states, joinings, keys)
		}
	}
	return combine(states)
}

// combine makes one state of those of several IDs: the newest snapshot, and all changes after it.
func combine(states []ownedState) *State {
	st := &states[0].State
	for i := range states[1:] {
		o := &states[1+i].State
		later, earlier := st, o
		if o.hasSnapshot && (!st.hasSnapshot || o.snapshotAt.CompareChange(&st.snapshotAt) > 0) {
			later, earlier = o, st
		}
		buf := bytes.Clone(later.buf)
		if later.hasSnapshot {
			buf = appendLater(buf, earlier.buf[earlier.logStart:], &later.snapshotAt)
		} else {
			buf = append(buf, earlier.buf[earlier.logStart:]...)
		}
		later.buf = buf
		later.takeUUID(earlier)
		st = later
	}
	return st
}

// replayStep is one thing that happened to a person: a merge, or else a snapshot or a row's changes.
type replayStep struct {
	at         *ChangeOrder
	merge      *Joining
	node       uint32 // whose row it is
	text       []byte // of the snapshot or the changes
	isSnapshot bool
}

// setValue is a property's value and the row that set it.
type setValue struct {
	Property
	at ChangeOrder
}

// replay are persons as PostHog had them at a time.
type replay struct {
	persons trees
	values  map[uint32]map[string]setValue // by the person's node, then by key
	keys    *Keys
}

// replayAll applies all changes and merges one after the other, and returns what is left as changes, each at the
// row that set it.
func (w *Scratch) replayAll(states []ownedState, joinings []Joining, keys *Keys) *State {
	r := replay{persons: trees{}, values: map[uint32]map[string]setValue{}, keys: keys}
	steps := r.start(states, joinings)
	for i := range states {
		st := &states[i]
		w.Prune(&st.State, keys)
		if st.hasSnapshot {
			steps = append(steps, replayStep{at: &st.snapshotAt, node: st.node, text: st.buf[:st.logStart], isSnapshot: true})
		}
		for log := st.buf[st.logStart:]; len(log) > 0; {
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

// start finds who is one person from the start, and returns the merges. They come first among the steps of
// one row.
//
// A link tells when two became one; what a person_id or the persons export joins has no time, since both show
// only what came of it. So the IDs of one such set are one from the start, unless links join all of them, for
// the persons export links that are not younger: then those tell when.
func (r *replay) start(states []ownedState, joinings []Joining) (merges []replayStep) {
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
	for i := range states { // whom nothing told joins is one with the others from the start
		if all.join(states[0].node, states[i].node) {
			r.persons.join(states[0].node, states[i].node)
		}
	}
	return merges
}

// linkedBy returns what links have joined by a time; nil is the end.
func linkedBy(joinings []Joining, at *ChangeOrder) trees {
	linked := trees{}
	for i := range joinings {
		if j := &joinings[i]; j.Kind == Anytime || j.Kind == OfLink && (at == nil || j.At.CompareChange(at) <= 0) {
			linked.join(j.Target, j.Source)
		}
	}
	return linked
}

// joinSets joins the IDs of each set of a kind, but for those that links have joined.
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

func (r *replay) apply(s *replayStep) {
	if s.merge != nil {
		r.merge(s.merge)
		return
	}
	person := r.persons.find(s.node)
	values := r.values[person]
	if values == nil || s.isSnapshot {
		values = map[string]setValue{}
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
		had, has := values[name]
		value, at, ok := k.apply(had.Value, had.at, has, p.Value, *s.at)
		if !ok {
			delete(values, name)
			continue
		}
		p.Value = value
		values[name] = setValue{p, at}
	}
}

// merge puts the values of the target's person over those of the source's.
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

// result turns the values of the one person that is left into a state.
func (r *replay) result(states []ownedState) *State {
	st := &State{}
	for i := range states {
		st.takeUUID(&states[i].State)
	}
	values := make([]setValue, 0, 64)
	for _, value := range r.values[r.persons.find(states[0].node)] {
		values = append(values, value)
	}
	slices.SortFunc(values, func(a, b setValue) int {
		return cmp.Or(a.at.CompareChange(&b.at), cmp.Compare(a.Code, b.Code), bytes.Compare(a.Inline, b.Inline))
	})
	for i := range values {
		st.buf = appendSet(st.buf, &values[i])
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

// trees join nodes, each alone at first.
type trees map[uint32]uint32

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
