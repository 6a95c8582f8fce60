package mapping

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"ph2cio/internal/mappingfile"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/propertyfilter"
	"ph2cio/internal/rawjson"
)

// testAccounts are the test-accounts of a mapping file: what rows and people must match to be sent.
type testAccounts struct {
	events []eventFilter
	people []people.Filter
	asked  []*personFilter // of people
}

// eventFilter is a condition on a property of events.
type eventFilter struct {
	key    string
	filter *propertyfilter.Filter
	line   int  // in the file
	absent bool // it is about events that do not have the property
}

// personFilter is where a condition on people stands, and what was compared. Many goroutines note that.
type personFilter struct {
	line     int         // in the file
	absent   bool        // it is about people who do not have the property
	compared atomic.Bool // with somebody
	found    atomic.Bool // somebody has the property
}

// note notes the property of somebody; nil for none.
func (f *personFilter) note(value []byte) {
	if !f.compared.Load() {
		f.compared.Store(true)
	}
	if value != nil && !rawjson.IsNull(value) && !f.found.Load() {
		f.found.Store(true)
	}
}

// of reports whether a row is of a test account, as far as the row alone tells.
func (a *testAccounts) of(e *posthog.Event) bool {
	for i := range a.events {
		if f := &a.events[i]; !f.filter.Match(f.value(e)) {
			return true
		}
	}
	return false
}

// value returns the value of the filter's property; nil if the row does not have it. PostHog's filters take
// the column elements_chain for a property too (posthog/hogql/property.py).
func (f *eventFilter) value(e *posthog.Event) []byte {
	value := valueOf(e.Properties, e.Members, f.key)
	if value == nil && f.key == "$"+elementsChain {
		return e.ElementsChain
	}
	return value
}

// keeps reports whether a filter needs a property of people.
func (a *testAccounts) keeps(key []byte) bool {
	for i := range a.people {
		if a.people[i].Key == string(key) {
			return true
		}
	}
	return false
}

// keepsDollar reports whether a filter needs a property of people that begins with a $.
func (a *testAccounts) keepsDollar() bool {
	for i := range a.people {
		if strings.HasPrefix(a.people[i].Key, "$") {
			return true
		}
	}
	return false
}

// PeopleFilters are the filters of people among the test-accounts of the mapping file, for people.Choice.
func (r *Rules) PeopleFilters() []people.Filter { return r.accounts.people }

// FailedFilter returns the line and the property of the first filter of people that somebody's properties do not
// match; false if they match all. value returns a property as JSON, nil for none.
func (r *Rules) FailedFilter(value func(key string) []byte) (line int, key string, failed bool) {
	for i := range r.accounts.people {
		if f := &r.accounts.people[i]; !f.Match(value(f.Key)) {
			return r.accounts.asked[i].line, f.Key, true
		}
	}
	return 0, "", false
}

// setTestAccounts checks the test-accounts of the mapping file. An error names the place in the file.
func (r *Rules) setTestAccounts(o Options) error {
	if o.File == nil {
		return nil
	}
	var errs []error
	for i := range o.File.TestAccounts {
		from := &o.File.TestAccounts[i]
		filter, err := propertyfilter.Compile(from.Operator, from.Values)
		absent := from.Operator == "is_not_set"
		if err == nil {
			err = unknownInExports(from)
		}
		switch {
		case err != nil:
			errs = append(errs, &mappingfile.Error{File: o.File.Name, Line: from.At.Line, Column: from.At.Column, Text: err.Error()})
		case from.Type == "person":
			asked := &personFilter{line: from.At.Line, absent: absent}
			r.accounts.asked = append(r.accounts.asked, asked)
			r.accounts.people = append(r.accounts.people, people.Filter{Key: from.Key, Match: func(value []byte) bool {
				asked.note(value)
				return filter.Match(value)
			}})
		default:
			r.accounts.events = append(r.accounts.events, eventFilter{from.Key, filter, from.At.Line, absent})
		}
	}
	return errors.Join(errs...)
}

// unknownInExports returns an error for a property that PostHog's filters know and exports do not have
// (posthog/hogql/property.py: map_virtual_properties, and the distinct_id of a person).
func unknownInExports(f *mappingfile.Filter) error {
	switch {
	case strings.HasPrefix(f.Key, "$virt_"):
		return fmt.Errorf("PostHog computes %s when it is asked for, so an export does not have it", f.Key)
	case f.Type == "person" && f.Key == "distinct_id":
		return errors.New("distinct_id is no property of people; --exclude-people leaves out people by their IDs")
	}
	return nil
}
