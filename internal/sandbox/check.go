package sandbox

import (
	"fmt"
	"strings"
)

// checker validates operations one after the other. It is for one goroutine.
type checker struct {
	*rules
	faults []fault // of the operation under way
}

// fields are an operation's members, still unread. One that comes twice counts as it came last.
type fields struct {
	kind, action, identifiers, primary, secondary value
	name, id, timestamp, attributes               value
	relationships, device, anonymousID            value
}

// actions by type.
var actions = map[string]map[string]bool{
	"person": set("identify", "event", "page", "screen", "delete", "suppress", "unsuppress", "merge",
		"add_device", "delete_device", "add_relationships", "delete_relationships"),
	"object":   set("identify", "identify_anonymous", "delete", "add_relationships", "delete_relationships"),
	"delivery": set("event"),
}

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, word := range words {
		m[word] = true
	}
	return m
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

func (c *checker) fail(field, reason, message string) {
	c.faults = append(c.faults, fault{Reason: reason, Field: field, Message: message})
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

// word reads a required string that is not blank; "" means that it failed.
func (c *checker) word(v value, field string) string {
	switch {
	case v.missing():
		c.fail(field, required, "must be present")
		return ""
	case v.kind() != '"':
		c.fail(field, invalid, "must be a string")
		return ""
	}
	text := v.text()
	if strings.TrimSpace(text) == "" {
		c.fail(field, required, "cannot be blank")
		return ""
	}
	return text
}

func split(raw value) (f fields) {
	for key, val := range raw.members() {
		inner, plain := key.plain()
		if !plain {
			inner = []byte(key.text())
		}
		switch string(inner) {
		case "type":
			f.kind = val
		case "action":
			f.action = val
		case "identifiers":
			f.identifiers = val
		case "primary":
			f.primary = val
		case "secondary":
			f.secondary = val
		case "name":
			f.name = val
		case "id":
			f.id = val
		case "timestamp":
			f.timestamp = val
		case "attributes":
			f.attributes = val
		case "cio_relationships":
			f.relationships = val
		case "device":
			f.device = val
		case "anonymous_id":
			f.anonymousID = val
		}
	}
	return f
}
