package workspace

import "ph2cio/internal/sandbox/trackapi"

// object is something that is not a person, such as a company.
type object struct {
	serial     int
	cioID      string
	ref        trackapi.ObjectRef // type and ID
	attributes map[string]string
}

// setFlat sets attributes of an object or a relationship; null and "" remove one.
func setFlat(into map[string]string, attributes []trackapi.Attribute) {
	for _, a := range attributes {
		if a.Value.Blank() {
			delete(into, a.Name)
		} else {
			into[a.Name] = string(a.Value)
		}
	}
}
