package rulebook

import (
	"cmp"
	"slices"
)

// Profile is a profile that Customer.io has already.
type Profile struct {
	ID    string
	Email string // "" for none
}

// profileOf returns the profile of Existing under an ID.
func (b *book) profileOf(id string) (Profile, bool) {
	i := slices.IndexFunc(b.Existing, func(p Profile) bool { return p.ID == id })
	if i < 0 {
		return Profile{}, false
	}
	return b.Existing[i], true
}

// isThere reports whether Existing has a profile under an ID.
func (b *book) isThere(id string) bool {
	_, there := b.profileOf(id)
	return there
}

func (b *book) wasSent(id string) bool { return slices.Contains(b.Sent, id) }

// hasProfile reports whether a profile is known under an ID, of whatever kind.
func (b *book) hasProfile(id string) bool {
	return b.isThere(id) || b.wasSent(id)
}

// hasIdentifiedProfile reports whether a profile is known under an ID that is more than a visitor's: it has
// an email, or the ID is identified or was not made by a machine.
func (b *book) hasIdentifiedProfile(id string) bool {
	p, _ := b.profileOf(id)
	return b.hasProfile(id) && (p.Email != "" || b.isIdentifiedID(id) || !b.isMachineMade(id))
}

// settleProfiles decides which of a person's profiles is kept and which are merged into it, or that the
// person is held.
func (b *book) settleProfiles(p *Person) {
	identified := filter(p.IDs, b.hasIdentifiedProfile)
	byName := b.allMergedByName(identified)
	switch several := len(identified) > 1; {
	case several && !byName && !b.MergeProfiles && !b.saidBefore(identified):
		p.Held = true
		return
	case several && (b.hasProfile(p.Kept) || !b.isUserID(p.Kept) || !b.MergeProfiles):
		p.Kept = b.primaryOf(identified)
	}
	for _, id := range p.IDs {
		mayGo := !slices.Contains(identified, id) || b.MergeProfiles || byName
		if id != p.Kept && b.hasProfile(id) && mayGo {
			p.Merges = append(p.Merges, id)
		}
	}
}

// primaryOf returns the ID of the profile that others go into: one that no $merge_dangerously merges into
// another one of them, then the best.
func (b *book) primaryOf(ids []string) string {
	return slices.MinFunc(ids, func(x, y string) int {
		return cmp.Or(compareSources(b.isMergedByName(x, ids), b.isMergedByName(y, ids)), b.compareIDs(x, y))
	})
}

// saidBefore reports whether UserID matches the one of several profiles that was sent, and none of those that
// were only there.
func (b *book) saidBefore(ids []string) bool {
	other := func(id string) bool { return b.wasSent(id) != b.isUserID(id) }
	return len(filter(ids, b.wasSent)) == 1 && !slices.ContainsFunc(ids, other)
}

// namedPairs are the pairs of IDs, target and source, of accepted $merge_dangerously rows.
func (b *book) namedPairs() (pairs [][2]string) {
	for _, l := range b.directed {
		if l.Row.Name == "$merge_dangerously" {
			pairs = append(pairs, [2]string{l.Target, l.Source})
		}
	}
	return pairs
}

// allMergedByName reports whether $merge_dangerously rows lead from each of several IDs to each other, over
// these IDs alone.
func (b *book) allMergedByName(ids []string) bool {
	if len(ids) < 2 {
		return false
	}
	reached := map[string]bool{ids[0]: true}
	for range ids {
		for _, pair := range b.namedPairs() {
			if slices.Contains(ids, pair[0]) && slices.Contains(ids, pair[1]) && (reached[pair[0]] || reached[pair[1]]) {
				reached[pair[0]], reached[pair[1]] = true, true
			}
		}
	}
	return len(reached) == len(ids)
}

// isMergedByName reports whether a $merge_dangerously merges an ID into another one of these.
func (b *book) isMergedByName(id string, ids []string) bool {
	return slices.ContainsFunc(b.namedPairs(), func(pair [2]string) bool {
		return pair[1] == id && slices.Contains(ids, pair[0])
	})
}

// directedLinks are the links of which the target counts.
func (b *book) directedLinks() []Link {
	return filter(b.trueLinks(), func(l Link) bool { return l.Row.Name != "$create_alias" })
}

func falseFirst(is bool) int {
	if is {
		return 1
	}
	return -1
}
