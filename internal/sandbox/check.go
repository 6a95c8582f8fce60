package sandbox

import "fmt"

// actions by type.
var actions = map[string]map[string]bool{
	"person": set("identify", "event", "page", "screen", "delete", "suppress", "unsuppress", "merge",
		"add_device", "delete_device", "add_relationships", "delete_relationships"),
	"object":   set("identify", "identify_anonymous", "delete", "add_relationships", "delete_relationships"),
	"delivery": set("event"),
}

// checked is an operation of a request with what is wrong with it.
type checked struct {
	raw       value
	operation operation
	faults    []fault
}

// checkAll validates each operation by itself.
func checkAll(r *rules, batch []value) []checked {
	all := make([]checked, len(batch))
	c := checker{rules: r}
	for i, raw := range batch {
		all[i].raw = raw
		all[i].operation, all[i].faults = c.operation(raw)
	}
	return all
}

// operation reads one element of a batch. It is good when there are no faults.
func (c *checker) operation(raw value) (operation, []fault) {
	c.faults = nil
	var o operation
	switch {
	case raw.kind() != '{':
		c.fail("", invalid, "must be an object")
	case len(raw) > c.ItemBytes:
		c.fail("", invalid, fmt.Sprintf("cannot be larger than %d bytes", c.ItemBytes))
	default:
		o = c.object(split(raw))
	}
	if len(c.faults) > 1 && !c.EveryError {
		c.faults = c.faults[:1]
	}
	return o, c.faults
}

// object reads an operation that is an object.
func (c *checker) object(f fields) operation {
	o := operation{kind: c.word(f.kind, "type")}
	if o.kind == "" {
		return o
	}
	if actions[o.kind] == nil {
		c.fail("type", invalid, "must be one of person, object, delivery")
		return o
	}
	if o.action = c.word(f.action, "action"); o.action == "" {
		return o
	}
	if !actions[o.kind][o.action] {
		c.fail("action", invalid, "is not an action of type "+o.kind)
		return o
	}
	switch o.kind {
	case "person":
		c.personAction(f, &o)
	case "object":
		c.objectAction(f, &o)
	default:
		c.deliveryEvent(f, &o)
	}
	return o
}
