package people

// ProfileName is an identifier of a profile in Customer.io.
type ProfileName struct {
	By    By
	Value string
}

// MergedProfiles are profiles that were merged into others, with the profile that each went into. That one may
// have been merged itself later. Nil stands for none.
type MergedProfiles map[ProfileName]ProfileName

// has reports whether the profile with an identifier was merged into another one.
func (m MergedProfiles) has(by By, value string) bool {
	_, merged := m[ProfileName{by, value}]
	return merged
}

// last returns the profile that holds what a profile had: the last one of the merges that lead on from it, or
// the profile itself if it was not merged.
func (m MergedProfiles) last(name ProfileName) ProfileName {
	first := name
	for range m { // no way is longer
		next, merged := m[name]
		if !merged || next == first {
			break
		}
		name = next
	}
	return name
}

// lasts returns those profiles into which others were merged and that were not merged themselves.
func (m MergedProfiles) lasts() map[ProfileName]bool {
	all := map[ProfileName]bool{}
	for _, name := range m {
		if _, merged := m[name]; !merged {
			all[name] = true
		}
	}
	return all
}
