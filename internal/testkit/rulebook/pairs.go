package rulebook

import (
	"cmp"
	"slices"
)

// pairing joins IDs with the person_ids on their rows.
type pairing struct {
	export
	sharing []Row // those that join their distinct ID with others of their person_id, in order
	pairs   []Pair
}

// joinSharedPersonIDs joins each ID with the person_ids on its rows, each pair once: first those with a row
// younger than the persons export, then the others, in order of their earliest rows. A pair of the others
// that would put different export persons into one group is refused.
func joinSharedPersonIDs(e export) []Pair {
	p := pairing{export: e, sharing: filter(inOrder(e.Rows), e.sharesPersonID)}
	rows := slices.SortedFunc(slices.Values(p.sharing), comparePairs)
	for _, young := range []bool{true, false} {
		for _, r := range rows {
			if !p.hasSeenPair(r) && young == (p.latest(r) > e.ExportedAt) {
				p.add(r, young)
			}
		}
	}
	return p.pairs
}

// add joins the ID and the person_id of a row, unless the persons export refuses that.
func (p *pairing) add(r Row, young bool) {
	id, person := p.id(r.DistinctID), p.person(r.PersonID)
	fuses := p.wouldJoinTwo(id, person)
	pair := Pair{ID: r.DistinctID, PersonID: r.PersonID, Refused: fuses && !young, Fused: fuses && young}
	if !pair.Refused {
		p.join(id, person)
	}
	p.pairs = append(p.pairs, pair)
}

// comparePairs orders rows by time, then uuid, then their ID and person_id.
func comparePairs(x, y Row) int {
	return cmp.Or(compareFirst(&x, &y), cmp.Compare(x.DistinctID, y.DistinctID), cmp.Compare(x.PersonID, y.PersonID))
}

func (p *pairing) hasSeenPair(r Row) bool {
	return slices.ContainsFunc(p.pairs, func(seen Pair) bool { return seen.ID == r.DistinctID && seen.PersonID == r.PersonID })
}

// latest returns the time of the latest row with the same pair as r.
func (p *pairing) latest(r Row) int64 {
	same := filter(p.sharing, func(other Row) bool {
		return other.DistinctID == r.DistinctID && other.PersonID == r.PersonID
	})
	return same[len(same)-1].At()
}
