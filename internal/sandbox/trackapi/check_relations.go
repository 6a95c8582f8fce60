package trackapi

import "fmt"

// relationsToObjects reads the relationships of a person.
func (c *checker) relationsToObjects(v Value, needed bool) []Relationship {
	return c.relations(v, needed, func(identifiers Value, field string, r *Relationship) {
		r.Object = c.objectIdentifiers(identifiers, field)
	})
}

// relationsToPeople reads the relationships of an object.
func (c *checker) relationsToPeople(v Value, needed bool, allowed []string) []Relationship {
	return c.relations(v, needed, func(identifiers Value, field string, r *Relationship) {
		r.Who = c.identifier(identifiers, field, allowed)
	})
}

func (c *checker) relations(v Value, needed bool, read func(Value, string, *Relationship)) (all []Relationship) {
	const field = "cio_relationships"
	switch {
	case v == nil && !needed:
		return nil
	case v.missing():
		c.fail(field, Required, "must be present")
		return nil
	case v.kind() != '[':
		c.fail(field, Invalid, "must be an array")
		return nil
	}
	for element := range v.elements() {
		at := fmt.Sprintf("%s[%d]", field, len(all))
		var r Relationship
		if element.kind() != '{' {
			c.fail(at, Invalid, "must be an object")
		} else {
			read(element.member("identifiers"), at+".identifiers", &r)
			r.Attributes = c.attributes(element.member("relationship_attributes"), at+".relationship_attributes")
			c.totalSize(r.Attributes, at+".relationship_attributes")
		}
		all = append(all, r)
	}
	if needed && len(all) == 0 {
		c.fail(field, Required, "cannot be empty")
	}
	return all
}
