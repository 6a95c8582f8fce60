package rulebook

import "slices"

// saysSomething reports whether a row says anything of its distinct ID. A $groupidentify does not, nor does
// an event without persons, nor a row with an illegal ID.
func saysSomething(r Row) bool {
	return r.Name != "$groupidentify" && !withoutPerson(r.Name) && !Illegal(r.DistinctID)
}

// isPersonRow reports whether a row says that its distinct ID has a person.
func isPersonRow(r Row) bool { return saysSomething(r) && !r.Personless }

// saysKnown reports whether a row shows who its distinct ID is: somebody is logged in with it, or the row is
// an $identify of an ID that no machine made, with or without an anonymous ID.
func saysKnown(r Row) bool {
	return r.IsIdentified || r.UserID == r.DistinctID ||
		r.Name == "$identify" && !r.Personless && !machineShaped(r.DistinctID)
}

// isCopy reports whether a row repeats an earlier one in all that it says. Then it changes nothing.
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
