package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// objectAction reads what an object's action needs.
func (c *checker) objectAction(f fields, o *operation) {
	o.object = c.objectIdentifiers(f.identifiers, "identifiers")
	switch o.action {
	case "identify":
		o.attributes = c.attributes(f.attributes, "attributes")
		o.relations = c.relationsToPeople(f.relationships, false, mergeSide)
	case "identify_anonymous":
		o.attributes = c.attributes(f.attributes, "attributes")
		o.relations = c.relationsToPeople(f.relationships, false, onlyAnon)
		// The reference gives an example with the anonymous_id at the top, against its own schema: both are taken.
		if f.relationships == nil {
			o.anonymousID = c.word(f.anonymousID, "cio_relationships")
		}
	case "add_relationships", "delete_relationships":
		o.relations = c.relationsToPeople(f.relationships, true, mergeSide)
	}
	c.totalSize(o.attributes, "attributes")
}

// totalSize holds an object's or a relationship's attributes to their size together.
func (c *checker) totalSize(attributes []attribute, field string) {
	total := 0
	for _, a := range attributes {
		total += len(a.name) + a.value.size(0)
	}
	if total > c.ObjectBytes {
		c.fail(field, invalid, fmt.Sprintf("cannot be larger than %d bytes together", c.ObjectBytes))
	}
}

// objectIdentifiers reads the two ways to name an object.
func (c *checker) objectIdentifiers(v value, field string) (ref objectRef) {
	if v.missing() {
		c.fail(field, required, "must be present")
		return ref
	}
	if v.kind() != '{' {
		c.fail(field, invalid, "must be an object")
		return ref
	}
	for key := range v.members() {
		if k := key.text(); k != "object_type_id" && k != "object_id" && k != "cio_object_id" {
			c.fail(field, invalid, "must be object_type_id and object_id, or cio_object_id")
			return ref
		}
	}
	typeID, id, cioID := v.member("object_type_id"), v.member("object_id"), v.member("cio_object_id")
	if cioID != nil {
		if typeID != nil || id != nil {
			c.fail(field, invalid, "must be object_type_id and object_id, or cio_object_id")
			return ref
		}
		ref.cioID = c.word(cioID, field+".cio_object_id")
		return ref
	}
	ref.typeID = c.objectType(typeID, field+".object_type_id")
	if ref.id = c.word(id, field+".object_id"); len(ref.id) > c.IdentifierBytes {
		c.fail(field+".object_id", invalid, fmt.Sprintf("cannot be longer than %d bytes", c.IdentifierBytes))
	}
	return ref
}

// objectType reads an integer in a string, of a type that exists.
func (c *checker) objectType(v value, field string) string {
	typeID := c.word(v, field)
	switch {
	case typeID == "":
	case strings.Trim(typeID, "0123456789") != "" || typeID[0] == '0':
		c.fail(field, invalid, "must be an integer in a string")
	case !c.AnyObjectType && !slices.Contains(c.ObjectTypes, typeID):
		c.fail(field, invalid, "is not an object type of this workspace")
	}
	return typeID
}

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
