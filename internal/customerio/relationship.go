package customerio

import "ph2cio/internal/rawjson"

// Object names an object, such as a company: by TypeID and ID, or by CioID alone.
type Object struct {
	TypeID string // a number as text; the type must exist in the workspace
	ID     string // at most MaxObjectID bytes
	CioID  string
}

// Relationship is a tie between a person and an object.
type Relationship struct {
	Object     Object
	Attributes []byte // a JSON object, or nil for none
}

// AppendRelationships appends an AddRelationships or DeleteRelationships operation.
func AppendRelationships(dst []byte, action Action, who Identifier, relationships []Relationship) []byte {
	dst = appendPerson(dst, action, who)
	dst = append(dst, `,"cio_relationships":[`...)
	for i, r := range relationships {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendObject(dst, r.Object)
		dst = appendRaw(dst, `,"relationship_attributes":`, r.Attributes)
		dst = append(dst, '}')
	}
	return append(dst, `]}`...)
}

func appendObject(dst []byte, o Object) []byte {
	if o.CioID != "" {
		dst = append(dst, `{"identifiers":{"cio_object_id":`...)
		return append(rawjson.AppendString(dst, o.CioID), '}')
	}
	dst = append(dst, `{"identifiers":{"object_type_id":`...)
	dst = rawjson.AppendString(dst, o.TypeID)
	dst = append(dst, `,"object_id":`...)
	return append(rawjson.AppendString(dst, o.ID), '}')
}
