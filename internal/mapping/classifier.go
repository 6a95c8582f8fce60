package mapping

import "ph2cio/internal/posthog"

// Classifier tells what becomes of rows, whoever their people are. It belongs to one goroutine.
// Rules.NewClassifier makes one; the zero value must not be used.
type Classifier struct {
	rules     *Rules
	acting    *acting      // nil without rules
	filters   *filterTally // nil without test-accounts
	set, once []byte       // what rules set
}

// NewClassifier returns a classifier of rows. One goroutine at a time may use it.
func (r *Rules) NewClassifier() *Classifier {
	c := &Classifier{rules: r}
	if len(r.names.file) > 0 {
		c.acting = r.file.newActing(r.newComputing(&cleaner{secrets: r.secrets, cuts: &cuts{}}))
	}
	c.filters = r.accounts.newTally()
	return c
}

// Classify returns the outcome of a row by its name, its times and the rules of the mapping file, without its
// person. Send means that it is sent if its person is, unless a rule says otherwise that looks at the person.
func (c *Classifier) Classify(e *posthog.Event) Outcome {
	if c.filters != nil {
		c.filters.look(e)
	}
	var found class
	c.rules.classify(&found, e, c.acting)
	if c.acting != nil {
		c.note(found.Bucket)
	}
	return found.Outcome
}

// note notes what the rules do to the row that was just classified.
func (c *Classifier) note(b Bucket) {
	a := c.acting
	c.set, c.once = c.set[:0], c.once[:0]
	if b == Rejected {
		return
	}
	c.set, c.once = appendObject(c.set, a.set), appendObject(c.once, a.once)
}

// appendObject appends an object of members, each of which has a comma behind it; nothing if there are none.
func appendObject(dst, members []byte) []byte {
	if len(members) == 0 {
		return dst
	}
	return append(append(append(dst, '{'), members[:len(members)-1]...), '}')
}

// Acted returns the rules of the mapping file that match the row that was last classified and whose conditions
// are true, by their index in its list, without those that look at the person. It is valid until the next row
// is classified.
func (c *Classifier) Acted() []int {
	if c.acting == nil {
		return nil
	}
	return c.acting.acted
}

// PersonChanges returns what rules set of the person of the row that was last classified, for Event.Added and
// Event.AddedOnce. They are valid until the next row is classified. Of a name that comes twice the last counts.
func (c *Classifier) PersonChanges() (set, setOnce []byte) {
	if len(c.set) > 0 {
		set = c.set
	}
	if len(c.once) > 0 {
		setOnce = c.once
	}
	return set, setOnce
}
