package trackapi

// objectAction reads what an object's action needs.
func (c *checker) objectAction(f fields, o *Operation) {
	o.Object = c.objectIdentifiers(f.identifiers, "identifiers")
	switch o.Action {
	case "identify":
		o.Attributes = c.attributes(f.attributes, "attributes")
		o.Relationships = c.relationsToPeople(f.relationships, false, mergeSide)
	case "identify_anonymous":
		o.Attributes = c.attributes(f.attributes, "attributes")
		o.Relationships = c.relationsToPeople(f.relationships, false, onlyAnon)
		// The reference gives an example with the anonymous_id at the top, against its own schema: both are
		// taken.
		if f.relationships == nil {
			o.AnonymousID = c.word(f.anonymousID, "cio_relationships")
		}
	case "add_relationships", "delete_relationships":
		o.Relationships = c.relationsToPeople(f.relationships, true, mergeSide)
	}
	c.totalSize(o.Attributes, "attributes")
}
