package mapping

import "ph2cio/internal/posthog"

// Classifier tells what becomes of rows, whoever their people are. It belongs to one goroutine.
// Rules.NewClassifier makes one; the zero value must not be used.
type Classifier struct {
	// RuleRows counts, for each rule of the mapping file, the rows that it matches and that are not rejected.
	// Rules with a condition on the person match none here: Mapper.RuleRows counts them.
	RuleRows []int64

	rules     *Rules
	acting    *acting // nil without rules
	acted     []int
	set, once []byte // the row's own changes and those of rules
}

// NewClassifier returns a classifier of rows. One goroutine at a time may use it.
func (r *Rules) NewClassifier() *Classifier {
	c := &Classifier{rules: r, RuleRows: make([]int64, len(r.names.file))}
	if len(r.names.file) > 0 {
		c.acting = r.file.newActing(&cleaner{secrets: r.secrets, cuts: &cuts{}})
	}
	return c
}

// Classify returns the outcome of a row by its name, its times and the rules of the mapping file, without its
// person. Send means that it is sent if its person is, unless a rule says otherwise that looks at the person.
func (c *Classifier) Classify(e *posthog.Event) Outcome {
	var found class
	c.rules.classify(&found, e, c.acting)
	if c.acting != nil {
		c.note(e, found.Bucket)
	}
	return found.Outcome
}

// note notes what the rules do to the row that was just classified.
func (c *Classifier) note(e *posthog.Event, b Bucket) {
	a := c.acting
	c.set, c.once, c.acted = c.set[:0], c.once[:0], c.acted[:0]
	if b == Rejected {
		return
	}
	c.acted = a.count(c.RuleRows, c.acted)
	if len(a.set) > 0 {
		c.set = withMembers(c.set, e.Set, a.set)
	}
	if len(a.once) > 0 {
		c.once = withMembers(c.once, e.SetOnce, a.once)
	}
}

// Acted returns the rules of the mapping file that acted on the row that was last classified, by their index in
// its list. It is valid until the next row is classified.
func (c *Classifier) Acted() []int { return c.acted }

// PersonChanges returns the $set and $set_once of the row that was last classified with what rules add to
// them; nil for those that rules leave alone. They are valid until the next row is classified. Of a name that
// comes twice the last counts, as in Event.Set.
func (c *Classifier) PersonChanges() (set, setOnce []byte) {
	if len(c.set) > 0 {
		set = c.set
	}
	if len(c.once) > 0 {
		setOnce = c.once
	}
	return set, setOnce
}
