package transfer

import (
	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// personChanges are the $set and $set_once of a row.
type personChanges struct{ set, setOnce []byte }

// withRules gives a row, which was just classified, the changes that rules of the mapping file add to its own.
// It returns its own.
func withRules(e *posthog.Event, c *mapping.Classifier) (own personChanges) {
	own = personChanges{e.Set, e.SetOnce}
	set, setOnce := c.PersonChanges()
	if set != nil {
		e.Set = set
	}
	if setOnce != nil {
		e.SetOnce = setOnce
	}
	return own
}

// restore undoes withRules: the reader may use the memory of what it has put into an event again.
func (p personChanges) restore(e *posthog.Event) { e.Set, e.SetOnce = p.set, p.setOnce }
