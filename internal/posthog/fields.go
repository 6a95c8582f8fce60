package posthog

// fields are the values at a JSON row's top level, raw; nil where absent.
type fields struct {
	event, distinctID, uuid, personID, teamID, personMode []byte
	id, dollarDistinctID                                  []byte // `id` and `$distinct_id`, where there is no uuid or distinct_id
	timestamp, createdAt                                  []byte
	elementsChain                                         []byte
	now, offset                                           []byte // where there is no timestamp
	properties, personProperties                          []byte // unless they are objects, which are read at once
	set, setOnce, unset                                   []byte // `$set` and so on, of capture
	columnSet, columnSetOnce, columnUnset                 []byte // `set` and so on, columns of a batch export
	escaped                                               bool   // one of them may hold a backslash
	hasPersonProperties                                   bool
}

// fieldKind is what the name of a field means for the rest of its row.
type fieldKind uint8

const (
	unknownField          fieldKind = iota // not read
	plainField                             // a value by itself; those after it are objects
	propertiesField                        // `properties`
	personPropertiesField                  // `person_properties`
	personField                            // `person`
)

// isField reports whether a field is read.
func isField(name []byte) bool { return new(fields).keep(name, nil, false) != unknownField }

// keep keeps the value of a field that is read. Of a field that comes twice the last value counts. escaped
// says whether the value holds a backslash.
func (f *fields) keep(name, raw []byte, escaped bool) fieldKind {
	kind := plainField
	switch string(name) {
	case "event":
		f.event = raw
	case "distinct_id":
		f.distinctID = raw
	case "uuid":
		f.uuid = raw
	case "id":
		f.id = raw
	case "$distinct_id":
		f.dollarDistinctID = raw
	case "timestamp":
		f.timestamp = raw
	case "created_at":
		f.createdAt = raw
	case "elements_chain":
		f.elementsChain = raw
	case "now":
		f.now = raw
	case "offset":
		f.offset = raw
	case "person_id":
		f.personID = raw
	case "team_id":
		f.teamID = raw
	case "person_mode":
		f.personMode = raw
	case "properties":
		f.properties, kind = raw, propertiesField
	case "person_properties":
		f.personProperties, f.hasPersonProperties, kind = raw, true, personPropertiesField
	case "person":
		kind = personField
	case "$set":
		f.set = raw
	case "set":
		f.columnSet = raw
	case "$set_once":
		f.setOnce = raw
	case "set_once":
		f.columnSetOnce = raw
	case "$unset":
		f.unset = raw
	case "unset":
		f.columnUnset = raw
	default:
		return unknownField
	}
	if escaped {
		f.escaped = true
	}
	return kind
}

// beginProperties forgets an earlier value of `properties`, before an object is read at once.
func (f *fields) beginProperties() { f.properties = nil }

// beginPersonProperties does the same for `person_properties`.
func (f *fields) beginPersonProperties() { f.personProperties, f.hasPersonProperties = nil, true }
