package rulebook

import (
	"cmp"
	"slices"
)

// joinSharedPersonIDs joins each ID with the person_ids on its person rows, each pair once, in order of its earliest row. A
// pair that would put different export persons into one group is refused, unless its latest row is younger than the export.
func (b *book) joinSharedPersonIDs() {
	rows := slices.SortedFunc(slices.Values(b.rows), comparePairs)
	for _, r := range rows {
		if !isPersonRow(r) || r.PersonID == "" || b.hasSeenPair(r) {
			continue
		}
		p := Pair{ID: r.DistinctID, PersonID: r.PersonID}
		fuses := b.wouldFuse(b.id(p.ID), b.person(p.PersonID))
		p.Refused = fuses && b.latest(r) <= b.ExportedAt
		p.Fused = fuses && !p.Refused
		if !p.Refused {
			b.join(b.id(p.ID), b.person(p.PersonID))
		}
		b.pairs = append(b.pairs, p)
	}
}

// comparePairs orders rows by time, then uuid, then their ID and person_id.
func comparePairs(x, y Row) int {
	return cmp.Or(compareFirst(&x, &y), cmp.Compare(x.DistinctID, y.DistinctID), cmp.Compare(x.PersonID, y.PersonID))
}

func (b *book) hasSeenPair(r Row) bool {
	return slices.ContainsFunc(b.pairs, func(p Pair) bool { return p.ID == r.DistinctID && p.PersonID == r.PersonID })
}

// latest returns the time of the latest person row with the same pair as r.
func (b *book) latest(r Row) int64 {
	same := filter(b.personRowsOf(r.DistinctID), func(other Row) bool { return other.PersonID == r.PersonID })
	return same[len(same)-1].At()
}
