package rulebook

import (
	"maps"
	"slices"
	"strings"
)

// Night is what is new in one of several nights.
type Night struct {
	Rows       []Row
	Persons    []PersonRow // its persons export; empty without one
	ExportedAt int64       // when that was made, in unix microseconds
}

// Update is what the profile of a person is after a night, and how it comes to that.
type Update struct {
	Attributes map[string]string // raw JSON values, without the email
	Removed    []string          // attributes that an earlier night has sent and that the person has no more; sorted
	Email      string            // that the profile has; "" for none
	FreesEmail bool              // the profile had an email, and has none now
	EmailLate  bool              // the email comes after all other updates, since another profile had it
}

// Nights returns the updates of each night by ID. Each ID must be a person of its own, and only the $set of
// rows may have emails.
func Nights(nights []Night) (updates []map[string]Update) {
	before := map[string]Update{}
	sent := map[string]map[string]bool{} // by ID: the names that any night has sent
	for n := range nights {
		now := map[string]Update{}
		for _, id := range idsOf(nights[:n+1]) {
			h := knownOf(nights[:n+1], id)
			u := Update{Attributes: Resolve(h).People[id].Attributes}
			if isLastWithEmail(nights[:n+1], id) {
				u.Email = emailOf(u.Attributes)
			}
			delete(u.Attributes, "email")
			u.Removed = removed(sent[id], u.Attributes)
			u.FreesEmail = before[id].Email != "" && u.Email == ""
			u.EmailLate = hasAnother(before, id, u.Email)
			now[id] = u
			if sent[id] == nil {
				sent[id] = map[string]bool{}
			}
			for name := range u.Attributes {
				sent[id][name] = true
			}
		}
		updates, before = append(updates, now), now
	}
	return updates
}

func idsOf(nights []Night) []string {
	ids := map[string]bool{}
	for _, night := range nights {
		for _, r := range night.Rows {
			ids[r.DistinctID] = true
		}
	}
	return slices.Sorted(maps.Keys(ids))
}

// knownOf returns what is known of an ID after some nights: all of its rows, and what the newest persons
// export that has it says. What an export says stays known when later ones do not have the ID.
func knownOf(nights []Night, id string) (h History) {
	for _, night := range nights {
		h.Rows = append(h.Rows, filter(night.Rows, func(r Row) bool { return r.DistinctID == id })...)
		if persons := filter(night.Persons, func(r PersonRow) bool { return r.DistinctID == id }); len(persons) > 0 {
			h.Persons, h.ExportedAt = persons, night.ExportedAt
		}
	}
	return h
}

// removed returns the names that were sent and have no value any more.
func removed(sent map[string]bool, attributes map[string]string) (gone []string) {
	for name := range sent {
		if _, has := attributes[name]; !has {
			gone = append(gone, name)
		}
	}
	slices.Sort(gone)
	return gone
}

// isLastWithEmail reports whether nobody else has the same email, or all who have set it earlier.
func isLastWithEmail(nights []Night, id string) bool {
	email, at := emailSetBy(knownOf(nights, id), id)
	return !slices.ContainsFunc(idsOf(nights), func(other string) bool {
		theirs, later := emailSetBy(knownOf(nights, other), other)
		return other != id && strings.EqualFold(email, theirs) && later > at
	})
}

// emailSetBy returns the email that a person has, and when it was set.
func emailSetBy(h History, id string) (email string, at int64) {
	email = emailOf(Resolve(h).People[id].Attributes)
	for _, r := range h.Rows {
		if email != "" && emailOf(object(r.Set)) == email {
			at = max(at, r.At())
		}
	}
	return email, at
}

// hasAnother reports whether the profile of another person had an email.
func hasAnother(before map[string]Update, id, email string) bool {
	for other, had := range before {
		if other != id && email != "" && strings.EqualFold(had.Email, email) {
			return true
		}
	}
	return false
}
