package rulebook

import (
	"cmp"
	"slices"
)

// chooseProfiles decides which of a person's profiles is kept and which are merged into it, or that the
// person is held.
func (k ranked) chooseProfiles(p *Person) {
	identified := filter(p.IDs, k.hasIdentifiedProfile)
	byName := k.allMergedByName(identified)
	switch several := len(identified) > 1; {
	case several && !byName && !k.MergeProfiles && !k.chosenBefore(identified):
		p.Held = true
		return
	case several && (k.hasProfile(p.Kept) || !k.isUserID(p.Kept) || !k.MergeProfiles):
		p.Kept = k.primaryOf(identified)
	}
	for _, id := range p.IDs {
		mayGo := !slices.Contains(identified, id) || k.MergeProfiles || byName
		if id != p.Kept && k.hasProfile(id) && mayGo {
			p.Merges = append(p.Merges, id)
		}
	}
}

// primaryOf returns the ID of the profile that others go into: one that no $merge_dangerously merges into
// another one of them, then the best.
func (k ranked) primaryOf(ids []string) string {
	return slices.MinFunc(ids, func(x, y string) int {
		return cmp.Or(compareSources(k.isMergedByName(x, ids), k.isMergedByName(y, ids)), k.compareIDs(x, y))
	})
}

// chosenBefore reports whether UserID matches the one of several profiles that was sent, and none of those
// that were only there.
func (k ranked) chosenBefore(ids []string) bool {
	other := func(id string) bool { return k.wasSent(id) != k.isUserID(id) }
	return len(filter(ids, k.wasSent)) == 1 && !slices.ContainsFunc(ids, other)
}

// namedPairs are the pairs of IDs, target and source, of accepted $merge_dangerously rows.
func (k ranked) namedPairs() (pairs [][2]string) {
	for _, l := range k.directed {
		if l.Row.Name == "$merge_dangerously" {
			pairs = append(pairs, [2]string{l.Target, l.Source})
		}
	}
	return pairs
}

// allMergedByName reports whether $merge_dangerously rows lead from each of several IDs to each other, over
// these IDs alone.
func (k ranked) allMergedByName(ids []string) bool {
	if len(ids) < 2 {
		return false
	}
	reached := map[string]bool{ids[0]: true}
	for range ids {
		for _, pair := range k.namedPairs() {
			if slices.Contains(ids, pair[0]) && slices.Contains(ids, pair[1]) && (reached[pair[0]] || reached[pair[1]]) {
				reached[pair[0]], reached[pair[1]] = true, true
			}
		}
	}
	return len(reached) == len(ids)
}

// isMergedByName reports whether a $merge_dangerously merges an ID into another one of these.
func (k ranked) isMergedByName(id string, ids []string) bool {
	return slices.ContainsFunc(k.namedPairs(), func(pair [2]string) bool {
		return pair[1] == id && slices.Contains(ids, pair[0])
	})
}
