package trackapi

import "fmt"

// attributes reads the attributes of an identify, an object or a relationship.
func (c *checker) attributes(v Value, field string) []Attribute {
	if v == nil {
		return nil
	}
	if v.kind() != '{' {
		c.fail(field, Invalid, "must be an object")
		return nil
	}
	var all []Attribute
	for key, val := range v.members() {
		if c.oneAttribute(key, val, field, c.AttributeValue) {
			all = append(all, Attribute{key.text(), val})
		}
	}
	if len(all) > c.Attributes && distinct(all) > c.Attributes {
		c.fail(field, Invalid, fmt.Sprintf("cannot hold more than %d attributes", c.Attributes))
	}
	return all
}

// distinct returns how many attributes there are, each name once, without the instruction _update.
func distinct(all []Attribute) int {
	names := make(map[string]bool, len(all))
	for _, a := range all {
		names[a.Name] = true
	}
	delete(names, "_update")
	return len(names)
}

// eventData checks the attributes of an event, page or screen, which stay as they are, and returns which of
// them override a campaign's settings.
func (c *checker) eventData(v Value) (data Value, overrides []string) {
	if v == nil {
		return nil, nil
	}
	if v.kind() != '{' {
		c.fail("attributes", Invalid, "must be an object")
		return nil, nil
	}
	limit := c.AttributeValue
	if c.NoEventValueLimit {
		limit = 0
	}
	for key, val := range v.members() {
		c.oneAttribute(key, val, "attributes", limit)
		for _, name := range [...]string{"recipient", "from_address", "reply_to"} {
			if key.is(name) {
				overrides = append(overrides, name)
			}
		}
	}
	return v, overrides
}

// oneAttribute checks a name and a value; a limit of 0 is none.
func (c *checker) oneAttribute(key, val Value, field string, limit int) bool {
	switch nameLen := key.textLen(); {
	case nameLen == 0:
		c.fail(field+".", Invalid, "attribute name cannot be empty")
	case nameLen > c.AttributeName:
		c.fail(field+"."+key.text(), Invalid, fmt.Sprintf("attribute name cannot be longer than %d bytes", c.AttributeName))
	// The length of the JSON is cheap to compare, and no text is longer than its JSON.
	case limit > 0 && len(val) > limit && val.size(limit) > limit:
		c.fail(field+"."+key.text(), Invalid, fmt.Sprintf("property value cannot be longer than %d bytes", limit))
	default:
		return true
	}
	return false
}

// totalSize checks the size of an object's or a relationship's attributes together.
func (c *checker) totalSize(attributes []Attribute, field string) {
	total := 0
	for _, a := range attributes {
		total += len(a.Name) + a.Value.size(0)
	}
	if total > c.ObjectBytes {
		c.fail(field, Invalid, fmt.Sprintf("cannot be larger than %d bytes together", c.ObjectBytes))
	}
}
