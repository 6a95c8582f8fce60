package trackapi

import "fmt"

// actions by type.
var actions = map[string]map[string]bool{
	"person": set("identify", "event", "page", "screen", "delete", "suppress", "unsuppress", "merge",
		"add_device", "delete_device", "add_relationships", "delete_relationships"),
	"object":   set("identify", "identify_anonymous", "delete", "add_relationships", "delete_relationships"),
	"delivery": set("event"),
}

// Checked is an operation of a request with what is wrong with it. It is good when there are no rejections.
type Checked struct {
	Raw        Value
	Operation  Operation
	Rejections []Rejection
}

// Reject sets what is wrong with the operation.
func (c *Checked) Reject(rejections ...Rejection) { c.Rejections = rejections }

// CheckAll reads and checks each operation of a batch by itself. The JSON of the batch must be valid.
func CheckAll(r *Rules, batch []Value) []Checked {
	all := make([]Checked, len(batch))
	c := checker{Rules: r}
	for i, raw := range batch {
		all[i].Raw = raw
		all[i].Operation, all[i].Rejections = c.operation(raw)
	}
	return all
}

// operation reads one element of a batch. It is good when there are no rejections.
func (c *checker) operation(raw Value) (Operation, []Rejection) {
	c.begin()
	var o Operation
	switch {
	case raw.kind() != '{':
		c.fail("", Invalid, "must be an object")
	case len(raw) > c.ItemBytes:
		c.fail("", Invalid, fmt.Sprintf("cannot be larger than %d bytes", c.ItemBytes))
	default:
		o = c.object(split(raw))
	}
	return o, c.found()
}

// object reads an operation that is an object.
func (c *checker) object(f fields) Operation {
	o := Operation{Type: c.word(f.kind, "type")}
	if o.Type == "" {
		return o
	}
	if actions[o.Type] == nil {
		c.fail("type", Invalid, "must be one of person, object, delivery")
		return o
	}
	if o.Action = c.word(f.action, "action"); o.Action == "" {
		return o
	}
	if !actions[o.Type][o.Action] {
		c.fail("action", Invalid, "is not an action of type "+o.Type)
		return o
	}
	switch o.Type {
	case "person":
		c.personAction(f, &o)
	case "object":
		c.objectAction(f, &o)
	default:
		c.deliveryEvent(f, &o)
	}
	return o
}
