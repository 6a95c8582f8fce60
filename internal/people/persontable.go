package people

// personTable tells which person_ids several IDs had, now and then also one that a single ID had.
type personTable struct {
	slots []personSlot // open addressing; a power of two long
}

// personSlot is a person_id and the first ID that had it, by halves of their sums; id is 0 of one that
// several had.
type personSlot struct{ person, id uint64 }

func newPersonTable(pairs int64) *personTable {
	size := int64(64)
	for size*3 < pairs*4 {
		size *= 2
	}
	return &personTable{slots: make([]personSlot, size)}
}

// at is the slot of a person_id, or the free one for it.
func (t *personTable) at(person sum) *personSlot {
	mask := uint64(len(t.slots) - 1)
	for i := person[1] & mask; ; i = (i + 1) & mask {
		if slot := &t.slots[i]; *slot == (personSlot{}) || slot.person == person[0] {
			return slot
		}
	}
}

// add takes in an ID that had a person_id. It reports whether several had it.
func (t *personTable) add(person, id sum) bool {
	slot := t.at(person)
	if *slot == (personSlot{}) {
		*slot = personSlot{person[0], id[0] | 1}
		return false
	}
	if slot.id != id[0]|1 {
		slot.id = 0
	}
	return slot.id == 0
}

// mark makes a person_id one that several IDs had.
func (t *personTable) mark(person sum) { *t.at(person) = personSlot{person: person[0]} }

// several reports whether several IDs had a person_id.
func (t *personTable) several(person sum) bool { return t.at(person).id == 0 }
