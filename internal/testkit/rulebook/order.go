package rulebook

import (
	"cmp"
	"slices"
)

// compare orders rows as PostHog took them in: by time, then uuid, none before any, then by what they say of
// who is who.
func compare(a, b Row) int {
	return cmp.Or(
		cmp.Compare(a.At(), b.At()),
		cmp.Compare(a.UUID, b.UUID),
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.DistinctID, b.DistinctID),
		cmp.Compare(sourceOf(a), sourceOf(b)),
	)
}

// before reports whether row a comes before row b. Of two rows that say the same, neither does.
func before(a, b Row) bool { return compare(a, b) < 0 }

// inOrder returns the rows in order. Those that say the same follow by timestamp and then by place in the
// input, so that the links of an outcome have one order.
func inOrder(rows []Row) []Row {
	return slices.SortedFunc(slices.Values(rows), func(a, b Row) int {
		return cmp.Or(compare(a, b), cmp.Compare(a.Timestamp, b.Timestamp), cmp.Compare(a.Ref, b.Ref))
	})
}

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
