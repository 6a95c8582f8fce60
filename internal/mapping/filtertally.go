package mapping

import "ph2cio/internal/posthog"

// filterTally notes which properties of test-accounts the rows of one goroutine have.
type filterTally struct {
	filters []eventFilter
	rows    int64
	found   []bool // by filter: a row has its property
	sample  nameSample
}

// newTally returns a tally; nil without any filters.
func (a *testAccounts) newTally() *filterTally {
	if len(a.events)+len(a.people) == 0 {
		return nil
	}
	return &filterTally{filters: a.events, found: make([]bool, len(a.events))}
}

// look notes what a row has.
func (t *filterTally) look(e *posthog.Event) {
	t.rows++
	for i, found := range t.found {
		t.found[i] = found || t.filters[i].value(e) != nil
	}
	t.sample.add(e.Properties, e.Members, maxSampledNames)
}
