package sandbox

// object is something that is not a person, such as a company.
type object struct {
	serial     int
	cioID      string
	ref        objectRef // type and ID
	attributes map[string]string
}

// setFlat sets attributes of an object or a relationship; null and "" remove one.
func setFlat(into map[string]string, attributes []attribute) {
	for _, a := range attributes {
		if a.value.blank() {
			delete(into, a.name)
		} else {
			into[a.name] = string(a.value)
		}
	}
}
