package mapping

import "ph2cio/internal/customerio"

// Change is what became of an attribute whose name could not be sent as it is in PostHog, or that was left
// out to fit.
type Change struct {
	Person  bool   // a person's attribute, else an event's
	Name    string // as in PostHog, at most maxChangeName bytes of it
	Became  string // the name it is sent under; empty when it was left out
	Dropped string // of one left out: the kind of Mapper.ValuesCut that counts it
}

// Changes count changes. Those that come after the first maxChanges are counted together.
type Changes struct {
	Count  map[Change]int64
	Beyond int64
}

// These bound the memory of names that are never seen again.
const (
	maxChanges    = 1000
	maxChangeName = customerio.MaxAttributeName
)

// changes are those of the operation under construction.
type changes []Change

func (c *changes) drop(name string, why cut) {
	*c = append(*c, Change{Name: shortName(name), Dropped: cutNames[why]})
}

func shortName(name string) string { return string(shortened([]byte(name), maxChangeName)) }

// take counts the changes of an operation that was built.
func (c *Changes) take(all changes, action customerio.Action) {
	for _, one := range all {
		one.Person = action == customerio.Identify
		c.Add(one, 1)
	}
}

// Add counts a change so many times.
func (c *Changes) Add(one Change, n int64) {
	if _, known := c.Count[one]; !known && len(c.Count) >= maxChanges {
		c.Beyond += n
		return
	}
	if c.Count == nil {
		c.Count = map[Change]int64{}
	}
	c.Count[one] += n
}
