package sandbox

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
