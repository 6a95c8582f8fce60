package mapping

import "ph2cio/internal/customerio"

// Change describes an attribute that was sent under another name than in PostHog, or left out because of a
// limit.
type Change struct {
	Person  bool   // whether it is a person's attribute, not an event's
	Name    string // in PostHog, at most maxChangeName bytes of it
	Became  string // the name under which it is sent; empty if it was left out
	Dropped string // if left out, the kind of Mapper.ValuesCut that counts it
}

// Changes counts changes. After the first maxChanges different ones all others are one count.
type Changes struct {
	Count  map[Change]int64
	Beyond int64
}

// Limits of the memory for names that occur only once.
const (
	maxChanges    = 1000
	maxChangeName = customerio.MaxAttributeName
)

// changes are those of the operation that is being built.
type changes []Change

func (c *changes) drop(name string, why cut) {
	*c = append(*c, Change{Name: shortName(name), Dropped: cutNames[why]})
}

func shortName(name string) string { return string(shortened([]byte(name), maxChangeName)) }

// take counts the changes of an operation.
func (c *Changes) take(all changes, action customerio.Action) {
	for _, one := range all {
		one.Person = action == customerio.Identify
		c.Add(one, 1)
	}
}

// Add counts a change n times.
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
