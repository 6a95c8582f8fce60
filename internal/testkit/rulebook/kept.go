package rulebook

import (
	"cmp"
	"slices"
)

const longestID = 150 // bytes, of a profile's id

// keptOf returns the best ID of a group.
func (b *book) keptOf(g *group) string { return slices.MinFunc(g.ids, b.compareIDs) }

// compareIDs compares two IDs by how good they are as a profile's id.
func (b *book) compareIDs(x, y string) int {
	return cmp.Or(
		cmp.Compare(tooLong(x), tooLong(y)),
		cmp.Compare(b.rank(x), b.rank(y)),
		compareSources(b.isSource(x), b.isSource(y)),
		cmp.Compare(slices.Index(b.Sent, x), slices.Index(b.Sent, y)), // of those that were not sent, none comes first
		compareFirst(b.first(x), b.first(y)),
		cmp.Compare(x, y),
	)
}

func compareSources(x, y bool) int {
	if x == y {
		return 0
	}
	return falseFirst(x)
}

// isSource reports whether an accepted $identify or $merge_dangerously names an ID as the source of another one that is as good.
func (b *book) isSource(id string) bool {
	return slices.ContainsFunc(b.directed, func(l Link) bool {
		return l.Source == id && tooLong(l.Target) == tooLong(id) && b.rank(l.Target) == b.rank(id)
	})
}

func tooLong(id string) int {
	if len(id) > longestID {
		return 1
	}
	return 0
}

// rank says how good an ID is as a profile's id; 0 is best. Whether a profile is there counts among IDs that are
// identified or not machine-made, and among the others, never across.
func (b *book) rank(id string) int {
	_, there := b.profileOf(id)
	switch {
	case b.wasSent(id) && b.hasIdentifiedProfile(id):
		return 0
	case b.isUserID(id) && there:
		return 1
	case b.isUserID(id):
		return 2
	case there && b.hasIdentifiedProfile(id):
		return 3
	case b.isIdentifiedID(id) && !emailShaped(id):
		return 4
	case b.isIdentifiedID(id):
		return 5
	case !b.isMachineMade(id):
		return 6
	case b.wasSent(id):
		return 7
	case there:
		return 8
	default:
		return 9
	}
}

// first returns where an ID first appears: on its earliest person row; without one, in the earliest link that names it;
// without one, on its earliest row that carries identity. Nil is nowhere.
func (b *book) first(id string) *Row {
	for _, rows := range [][]Row{
		b.personRowsOf(id),
		filter(b.rows, func(r Row) bool { return names(r, id) }),
		filter(b.rowsOf(id), b.carriesIdentity),
	} {
		if len(rows) > 0 {
			return &rows[0]
		}
	}
	return nil
}

// names reports whether a row is a link that names an ID.
func names(r Row, id string) bool {
	l, ok := linkOf(r)
	return ok && (l.Target == id || l.Source == id)
}

func (b *book) carriesIdentity(r Row) bool { return saysKnown(r) || b.isUserID(r.DistinctID) || b.All }

// compareFirst orders first appearances by time and uuid; nowhere comes after all.
func compareFirst(a, b *Row) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	default:
		return cmp.Or(cmp.Compare(a.At(), b.At()), cmp.Compare(a.UUID, b.UUID))
	}
}
