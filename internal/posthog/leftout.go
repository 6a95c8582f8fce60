package posthog

import (
	"errors"
	"slices"
)

// leftOut returns a warning about columns that are not read, unless PostHog's own exports have them too. It
// returns nil if there are none.
func leftOut(names []string, takes func(name string) bool) *SourceError {
	var out []string
	for _, name := range names {
		if name != "" && name != string(unread) && !takes(name) && !beside(name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return &SourceError{
		Kind: Warning, Err: errors.New("these columns are not part of an event and are left out: " + listed(out)),
		Advice: "to send one, rename it properties.NAME (of the event) or person.properties.NAME (of the person); " +
			"if it is one of PostHog's fields, use --column FIELD=NAME",
	}
}
