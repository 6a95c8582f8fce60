package rulebook

import (
	"cmp"
	"slices"
)

// joinSharedPersonIDs joins each ID with the person_ids on its rows, each pair once: first those with a row younger than the
// persons export, then the others, in order of their earliest rows. A pair of the others that would put different export persons
// into one group is refused.
func (b *book) joinSharedPersonIDs() {
	b.sharing = filter(inOrder(b.Rows), b.shares)
	rows := slices.SortedFunc(slices.Values(b.sharing), comparePairs)
	for _, young := range []bool{true, false} {
		for _, r := range rows {
			if b.hasSeenPair(r) || young != (b.latest(r) > b.ExportedAt) {
				continue
			}
			p := Pair{ID: r.DistinctID, PersonID: r.PersonID}
			fuses := b.wouldFuse(b.id(p.ID), b.person(p.PersonID))
			p.Refused = fuses && !young
			p.Fused = fuses && young
			if !p.Refused {
				b.join(b.id(p.ID), b.person(p.PersonID))
			}
			b.pairs = append(b.pairs, p)
		}
	}
}

// shares reports whether a row joins its distinct ID with all others of its person_id. A row that feeds nobody
// does only if the ID has other rows.
func (b *book) shares(r Row) bool {
	return r.PersonID != "" && r.Name != "$groupidentify" && !Illegal(r.DistinctID) && joins(r.DistinctID) &&
		(!feedsNobody(r.Name) || len(b.rowsOf(r.DistinctID)) > 0)
}

// comparePairs orders rows by time, then uuid, then their ID and person_id.
func comparePairs(x, y Row) int {
	return cmp.Or(compareFirst(&x, &y), cmp.Compare(x.DistinctID, y.DistinctID), cmp.Compare(x.PersonID, y.PersonID))
}

func (b *book) hasSeenPair(r Row) bool {
	return slices.ContainsFunc(b.pairs, func(p Pair) bool { return p.ID == r.DistinctID && p.PersonID == r.PersonID })
}

// latest returns the time of the latest row with the same pair as r.
func (b *book) latest(r Row) int64 {
	same := filter(b.sharing, func(other Row) bool {
		return other.DistinctID == r.DistinctID && other.PersonID == r.PersonID
	})
	return same[len(same)-1].At()
}
