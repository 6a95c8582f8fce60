package rulebook

import "slices"

// speaks reports whether a row says anything of its distinct ID: a $groupidentify does not, nor does an event
// that feeds nobody, and nothing can be said of an illegal ID.
func speaks(r Row) bool {
	return r.Name != "$groupidentify" && !withoutPerson(r.Name) && !Illegal(r.DistinctID)
}

// isPersonRow reports whether a row says that its distinct ID has a person.
func isPersonRow(r Row) bool { return speaks(r) && !r.Personless }

// saysKnown reports whether a row says that its distinct ID is known: somebody is logged in under it, or it
// is an $identify of an ID that no machine made, with or without the ID of a visitor.
func saysKnown(r Row) bool {
	return r.IsIdentified || r.UserID == r.DistinctID ||
		r.Name == "$identify" && !r.Personless && !machineShaped(r.DistinctID)
}

// isCopy reports whether a row stands among earlier ones with all that it says. It changes nothing once more.
func isCopy(r Row, earlier []Row) bool {
	return r.UUID != "" && slices.ContainsFunc(earlier, func(e Row) bool {
		return e.UUID == r.UUID && e.DistinctID == r.DistinctID &&
			e.CreatedAt == r.CreatedAt && e.Timestamp == r.Timestamp &&
			e.PersonProperties == r.PersonProperties && e.Set == r.Set && e.SetOnce == r.SetOnce &&
			slices.Equal(e.Unset, r.Unset)
	})
}

func filter[T any](all []T, keep func(T) bool) []T {
	var kept []T
	for _, each := range all {
		if keep(each) {
			kept = append(kept, each)
		}
	}
	return kept
}
