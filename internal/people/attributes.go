package people

import (
	"iter"
	"slices"
)

// value returns a property's final value and the row that set it: of the snapshot, or of a change after it. The log
// must be pruned.
func (st *state) value(code uint32) (value []byte, at order, ok bool) {
	for b := st.buf[:st.log]; len(b) > 0; {
		var p property
		if p, b = readProperty(b); p.code == code {
			value, at, ok = p.value, st.base, true
		}
	}
	for log := st.buf[st.log:]; len(log) > 0; {
		row, changes, rest := nextRow(log)
		log = rest
		for len(changes) > 0 {
			var p property
			k := kind(changes[0])
			if p, changes = readProperty(changes[1:]); p.code == code {
				value, at, ok = k.apply(value, at, ok, p.value, row)
			}
		}
	}
	return value, at, ok
}

// apply applies a change of one property to its value and the row that set it; has is false when there is none.
func (k kind) apply(value []byte, at order, has bool, to []byte, row order) ([]byte, order, bool) {
	switch {
	case k == set, k == setOnce && !has:
		return to, row, true
	case k == unset:
		return nil, order{}, false
	}
	return value, at, has
}

// updated returns the time of the newest row that said something of the attributes, in unix microseconds, noTime when
// none did or it has no time. The log must be pruned; pruning keeps the newest change of every key, so the newest row
// with a kept change is always there.
func (st *state) updated() int64 {
	at := int64(noTime)
	if st.hasBase {
		at = st.base.at
	}
	for log := st.buf[st.log:]; len(log) > 0; {
		row, _, rest := nextRow(log)
		at, log = max(at, row.at), rest
	}
	return at
}

// finish turns a state into the final properties, sorted by key, without a log. Without is a property to leave out,
// inlineKey for
// none.
func (sh *shard) finish(st *state, without uint32, keepNull bool) {
	w := &sh.work
	w.changes, w.rows = w.changes[:0], append(w.rows[:0], st.base)
	// Most of a snapshot is null. Where nothing follows the snapshot, null is as good as absent. Not in a huge one, where
	// forget would look through thousands for each null.
	nullIsAbsent := !keepNull && st.log == uint32(len(st.buf)) && st.log < 1<<14
	for b := st.buf[:st.log]; len(b) > 0; {
		c := change{kind: set, seq: uint32(len(w.changes))}
		c.property, b = readProperty(b)
		c.name = sh.keys.name(c.code, c.inline)
		if nullIsAbsent && string(c.value) == null {
			w.forget(&c)
			continue
		}
		w.changes = append(w.changes, c)
	}
	w.read(st.buf[st.log:], &sh.keys)
	w.sortByKey()
	w.out = w.out[:0]
	for rest := w.changes; len(rest) > 0; {
		n := sameKey(rest)
		p := rest[0].property
		has := false
		for _, c := range rest[:n] {
			p.value, _, has = c.kind.apply(p.value, order{}, has, c.value, order{})
		}
		rest = rest[n:]
		if has && (keepNull || string(p.value) != null) && (p.code != without || without == inlineKey) {
			w.out = p.append(w.out)
		}
	}
	st.store(w.out)
	st.log = uint32(len(st.buf))
	w.shrink()
}

// forget drops the changes of c's key: of a key that stands twice in one object the last counts.
func (w *scratch) forget(c *change) {
	for i := range w.changes {
		if compareKeys(&w.changes[i], c) == 0 {
			w.changes = slices.DeleteFunc(w.changes, func(other change) bool { return compareKeys(&other, c) == 0 })
			return
		}
	}
}

// AppendAttributes appends the person's final attributes as a JSON object, `{}` when there are none. Its keys are
// sorted; its values stand as they stood in the export.
func (s *Settled) AppendAttributes(dst []byte, p *Person) []byte {
	keys := &s.index.shards[s.shards[p.Number]].keys
	dst = append(dst, '{')
	for b := s.attributes[p.Number]; len(b) > 0; {
		var property property
		property, b = readProperty(b)
		dst = appendQuoted(dst, keys.name(property.code, property.inline))
		dst = append(append(dst, ':'), property.value...)
		if len(b) > 0 {
			dst = append(dst, ',')
		}
	}
	return append(dst, '}')
}

// Attributes yields what AppendAttributes appends, each with its plain key and its value in JSON, which are borrowed
// until the next.
func (s *Settled) Attributes(p *Person) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		keys := &s.index.shards[s.shards[p.Number]].keys
		for b := s.attributes[p.Number]; len(b) > 0; {
			var property property
			property, b = readProperty(b)
			if !yield(keys.name(property.code, property.inline), property.value) {
				return
			}
		}
	}
}
