package sandbox

import "fmt"

// relationsToObjects reads the relationships of a person.
func (c *checker) relationsToObjects(v value, needed bool) []relation {
	return c.relations(v, needed, func(identifiers value, field string, r *relation) {
		r.object = c.objectIdentifiers(identifiers, field)
	})
}

// relationsToPeople reads the relationships of an object.
func (c *checker) relationsToPeople(v value, needed bool, allowed []string) []relation {
	return c.relations(v, needed, func(identifiers value, field string, r *relation) {
		r.who = c.identifier(identifiers, field, allowed)
	})
}

func (c *checker) relations(v value, needed bool, read func(value, string, *relation)) (all []relation) {
	const field = "cio_relationships"
	switch {
	case v == nil && !needed:
		return nil
	case v.missing():
		c.fail(field, required, "must be present")
		return nil
	case v.kind() != '[':
		c.fail(field, invalid, "must be an array")
		return nil
	}
	for element := range v.elements() {
		at := fmt.Sprintf("%s[%d]", field, len(all))
		var r relation
		if element.kind() != '{' {
			c.fail(at, invalid, "must be an object")
		} else {
			read(element.member("identifiers"), at+".identifiers", &r)
			r.attributes = c.attributes(element.member("relationship_attributes"), at+".relationship_attributes")
			c.totalSize(r.attributes, at+".relationship_attributes")
		}
		all = append(all, r)
	}
	if needed && len(all) == 0 {
		c.fail(field, required, "cannot be empty")
	}
	return all
}
