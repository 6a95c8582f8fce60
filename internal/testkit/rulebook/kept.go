package rulebook

import (
	"cmp"
	"slices"
)

const longestID = 150 // bytes, of a profile's id

// ranked is a book that can tell which ID is best as a profile's id.
type ranked struct {
	linked
	directed []Link // the links of which the target counts, in order
}

func newRanked(l linked) ranked { return ranked{l, l.directedLinks()} }

// keptOf returns the best ID of a group.
func (k ranked) keptOf(g *group) string { return slices.MinFunc(g.ids, k.compareIDs) }

// compareIDs compares two IDs by how good they are as a profile's id.
func (k ranked) compareIDs(x, y string) int {
	return cmp.Or(
		cmp.Compare(tooLong(x), tooLong(y)),
		cmp.Compare(k.rank(x), k.rank(y)),
		compareSources(k.isSource(x), k.isSource(y)),
		cmp.Compare(slices.Index(k.Sent, x), slices.Index(k.Sent, y)), // -1 for those that were not sent
		compareFirst(k.first(x), k.first(y)),
		cmp.Compare(x, y),
	)
}

// isSource reports whether an accepted $identify or $merge_dangerously names an ID as the source of another
// one that is as good.
func (k ranked) isSource(id string) bool {
	return slices.ContainsFunc(k.directed, func(l Link) bool {
		return l.Source == id && tooLong(l.Target) == tooLong(id) && k.rank(l.Target) == k.rank(id)
	})
}

// rank says how good an ID is as a profile's id; 0 is best. Whether a profile is there counts among IDs that
// are identified or not machine-made, and among the others, never across.
func (k ranked) rank(id string) int {
	_, there := k.profileOf(id)
	switch {
	case k.wasSent(id) && k.hasIdentifiedProfile(id):
		return 0
	case k.isUserID(id) && there:
		return 1
	case k.isUserID(id):
		return 2
	case there && k.hasIdentifiedProfile(id):
		return 3
	case k.isIdentifiedID(id) && !emailShaped(id):
		return 4
	case k.isIdentifiedID(id):
		return 5
	case !k.isMachineMade(id):
		return 6
	case k.wasSent(id):
		return 7
	case there:
		return 8
	default:
		return 9
	}
}

// first returns where an ID first appears: on its earliest person row; without one, in the earliest link that
// names it; without one, on its earliest row that carries identity. Nil is nowhere.
func (k ranked) first(id string) *Row {
	for _, rows := range [][]Row{
		k.personRowsOf(id),
		filter(k.rows, func(r Row) bool { return names(r, id) }),
		filter(k.rowsOf(id), k.carriesIdentity),
	} {
		if len(rows) > 0 {
			return &rows[0]
		}
	}
	return nil
}

func (k ranked) carriesIdentity(r Row) bool { return saysKnown(r) || k.isUserID(r.DistinctID) || k.All }

func compareSources(x, y bool) int {
	if x == y {
		return 0
	}
	return falseFirst(x)
}

func falseFirst(is bool) int {
	if is {
		return 1
	}
	return -1
}

func tooLong(id string) int {
	if len(id) > longestID {
		return 1
	}
	return 0
}
