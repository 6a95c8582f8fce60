package people

import "ph2cio/internal/fold"

// Filter is a condition that people must meet who are no test accounts.
type Filter struct {
	Key string // of a property; Options.Keep must keep it
	// Match reports whether a value, which is JSON, meets the condition. The value is nil, or null, for people
	// without the property. It is called from many goroutines.
	Match func(value []byte) bool
}

// keyedFilter is a Filter with the key of its property.
type keyedFilter struct {
	match func(value []byte) bool
	key   fold.Property
	found bool // somebody may have the property
}

// keyedFilters looks up the keys of filters.
func keyedFilters(filters []Filter, keys *fold.Keys) (all []keyedFilter) {
	for _, f := range filters {
		key, found := keys.Find(f.Key)
		all = append(all, keyedFilter{f.Match, key, found})
	}
	return all
}

// matchAll reports whether attributes match all filters.
func matchAll(filters []keyedFilter, st *fold.State) bool {
	for i := range filters {
		var value []byte
		if f := &filters[i]; f.found {
			value, _, _ = st.ValueOf(&f.key)
		}
		if !filters[i].match(value) {
			return false
		}
	}
	return true
}
