package trackapi

// fields are an operation's members as they stand in its JSON. Of a name that comes twice the last counts.
type fields struct {
	kind, action, identifiers, primary, secondary Value
	name, id, timestamp, attributes               Value
	relationships, device, anonymousID            Value
}

// split finds the members of an operation.
func split(raw Value) (f fields) {
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
