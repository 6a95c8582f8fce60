package trackapi

import (
	"fmt"
	"slices"
	"strings"
)

// objectIdentifiers reads the two ways to name an object.
func (c *checker) objectIdentifiers(v Value, field string) (ref ObjectRef) {
	if v.missing() {
		c.fail(field, Required, "must be present")
		return ref
	}
	if v.kind() != '{' {
		c.fail(field, Invalid, "must be an object")
		return ref
	}
	for key := range v.members() {
		if k := key.text(); k != "object_type_id" && k != "object_id" && k != "cio_object_id" {
			c.fail(field, Invalid, "must be object_type_id and object_id, or cio_object_id")
			return ref
		}
	}
	typeID, id, cioID := v.member("object_type_id"), v.member("object_id"), v.member("cio_object_id")
	if cioID != nil {
		if typeID != nil || id != nil {
			c.fail(field, Invalid, "must be object_type_id and object_id, or cio_object_id")
			return ref
		}
		ref.CioID = c.word(cioID, field+".cio_object_id")
		return ref
	}
	ref.TypeID = c.objectType(typeID, field+".object_type_id")
	if ref.ID = c.word(id, field+".object_id"); len(ref.ID) > c.IdentifierBytes {
		c.fail(field+".object_id", Invalid, fmt.Sprintf("cannot be longer than %d bytes", c.IdentifierBytes))
	}
	return ref
}

// objectType reads an integer in a string, of a type that exists.
func (c *checker) objectType(v Value, field string) string {
	typeID := c.word(v, field)
	switch {
	case typeID == "":
	case strings.Trim(typeID, "0123456789") != "" || typeID[0] == '0':
		c.fail(field, Invalid, "must be an integer in a string")
	case !c.AnyObjectType && !slices.Contains(c.ObjectTypes, typeID):
		c.fail(field, Invalid, "is not an object type of this workspace")
	}
	return typeID
}
