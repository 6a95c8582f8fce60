package mapping

import "slices"

// UnmetFilter is one of the test-accounts of a mapping file whose property nobody has.
type UnmetFilter struct {
	Line int    `json:"line"` // in the file
	Key  string `json:"key"`  // the property
	Type string `json:"type"` // who would have it: event or person
	// LeavesOutAll says that the filter leaves out all rows, or everybody; else it leaves out none.
	LeavesOutAll bool   `json:"leaves_out_all,omitempty"`
	Meant        string `json:"meant,omitempty"`      // a property that may be meant; empty for none
	OtherType    string `json:"other_type,omitempty"` // the other Type, if that has the property; else empty
}

// UnmetFilters returns those test-accounts of the mapping file whose property no row that the classifiers have
// classified has, or nobody whom their filters were compared with. personal are the names of properties that
// people may have. The classifiers must not be used meanwhile.
func (r *Rules) UnmetFilters(classifiers []*Classifier, personal []string) (all []UnmetFilter) {
	total := r.accounts.newTally()
	if total == nil {
		return nil
	}
	for _, c := range classifiers {
		total.rows += c.filters.rows
		for i, found := range c.filters.found {
			total.found[i] = total.found[i] || found
		}
		total.sample.addAll(&c.filters.sample)
	}
	for i := range r.accounts.events {
		f := &r.accounts.events[i]
		if total.rows == 0 || total.found[i] || f.absent {
			continue
		}
		one := UnmetFilter{Line: f.line, Key: f.key, Type: "event", LeavesOutAll: !f.filter.Match(nil)}
		if slices.Contains(personal, f.key) {
			one.OtherType = "person"
		} else {
			one.Meant = total.sample.meant(f.key, "")
		}
		all = append(all, one)
	}
	names := sampleOf(personal)
	for i := range r.accounts.people {
		f, asked := &r.accounts.people[i], r.accounts.asked[i]
		if asked.absent || asked.found.Load() || !asked.compared.Load() {
			continue
		}
		one := UnmetFilter{Line: asked.line, Key: f.Key, Type: "person", LeavesOutAll: !f.Match(nil)}
		if total.sample.names[f.Key] {
			one.OtherType = "event"
		} else {
			one.Meant = names.meant(f.Key, "")
		}
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b UnmetFilter) int { return a.Line - b.Line })
	return all
}
