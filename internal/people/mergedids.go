package people

// mergedIDs are the IDs whose profiles were merged into others.
type mergedIDs struct {
	options *Options
	sent    *sentTable
}

// into returns the profile that holds what the profile of an ID had: the one that was sent under the ID, else
// the one with it as its id. It returns false if that profile was not merged into another one.
func (m *mergedIDs) into(node uint32, f *idFacts, text []byte) (into ProfileName, merged bool) {
	if len(m.options.Merged) == 0 {
		return ProfileName{}, false
	}
	name := ProfileName{ByID, string(text)}
	if f.flags&wasSent == 0 {
		return m.options.Merged.last(name), m.options.wasMerged(ByID, name.Value)
	}
	one := &m.sent.all[m.sent.find(node)]
	if one.name != nil {
		name = ProfileName{one.name.by, one.name.value}
	}
	return m.options.Merged.last(name), one.merged
}
