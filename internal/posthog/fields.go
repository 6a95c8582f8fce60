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

// keepField keeps the value of a field that counts.
func (d *decoder) keepField(name, raw []byte) bool {
	f := &d.fields
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
		f.properties = raw
		d.special, d.members, d.event.Properties = special{}, d.members[:0], nil
	case "person_properties":
		f.personProperties, f.hasPersonProperties = raw, true
		d.personMembers, d.event.PersonProperties = d.personMembers[:0], nil
	case "person":
		d.forgetPerson()
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
		return false
	}
	return true
}
