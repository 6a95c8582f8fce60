package trackapi

import (
	"fmt"
	"strings"
)

// Attributes of an identify that have a meaning of their own to the API; so have those that start with
// cio_subscription_preferences.
var reservedOnPeople = set("id", "email", "phone", "cio_id", "anonymous_id", "created_at", "unsubscribed",
	"cio_subscription_preferences", "_update", "_timestamp", "cio_relationships", "timezone", "cio_timezone",
	"_created_in_customerio_at", "_last_emailed")

// personAction reads what a person's action needs.
func (c *checker) personAction(f fields, o *Operation) {
	if o.Action == "merge" {
		c.merge(f, o)
		return
	}
	allowed := anyPerson
	if o.IsEvent() && !c.NoAnonymous {
		allowed = personOrNot
	}
	o.Who = c.identifier(f.identifiers, "identifiers", allowed)
	o.Timestamp = readTimestamp(f.timestamp)
	switch o.Action {
	case "identify":
		c.identify(f, o)
	case "event", "page", "screen":
		c.event(f, o)
	case "add_device", "delete_device":
		c.device(f.device, o)
	case "add_relationships", "delete_relationships":
		o.Relationships = c.relationsToObjects(f.relationships, true)
	}
}

func (c *checker) identify(f fields, o *Operation) {
	o.Relationships = c.relationsToObjects(f.relationships, false)
	o.Attributes = c.attributes(f.attributes, "attributes")
	for _, a := range o.Attributes {
		switch {
		case a.Name == "_update":
			o.UpdateOnly = string(a.Value) == "true"
		case a.Name == "email" && !a.Value.Blank():
			c.email(a.Value, "attributes.email")
		}
		if reservedOnPeople[a.Name] {
			o.ReservedKeys = append(o.ReservedKeys, a.Name)
		} else if strings.HasPrefix(a.Name, "cio_subscription_preferences.") {
			o.ReservedKeys = append(o.ReservedKeys, "cio_subscription_preferences")
		}
	}
}

// email reads an attribute that must be an address.
func (c *checker) email(v Value, field string) {
	if c.LaxEmail {
		return
	}
	if v.kind() != '"' || !isAddress(v.text()) {
		c.fail(field, Invalid, "must be a valid email address")
	}
}

func (c *checker) event(f fields, o *Operation) {
	if o.Name = strings.TrimSpace(c.word(f.name, "name")); len(o.Name) > c.NameBytes && !c.NoNameLimit {
		c.fail("name", Invalid, fmt.Sprintf("cannot be longer than %d bytes", c.NameBytes))
	}
	if o.HasID = !f.id.missing(); o.HasID {
		o.ID = string(f.id)
		if f.id.kind() == '"' {
			o.ID = f.id.text()
		}
		o.IsULID = f.id.kind() == '"' && isULID(o.ID)
	}
	o.Data, o.Overrides = c.eventData(f.attributes)
}

func (c *checker) device(v Value, o *Operation) {
	if v.missing() {
		c.fail("device", Required, "must be present")
		return
	}
	if v.kind() != '{' {
		c.fail("device", Invalid, "must be an object")
		return
	}
	o.Device = c.word(v.member("token"), "device.token")
	if o.Action == "delete_device" {
		return
	}
	o.Platform = c.word(v.member("platform"), "device.platform")
	if o.Platform != "" && o.Platform != "ios" && o.Platform != "android" {
		c.fail("device.platform", Invalid, "must be one of ios, android")
	}
}

func (c *checker) merge(f fields, o *Operation) {
	o.Primary = c.identifier(f.primary, "primary", mergeSide)
	o.Secondary = c.identifier(f.secondary, "secondary", mergeSide)
	if len(c.rejections) == 0 && o.Primary.Folded() == o.Secondary.Folded() {
		c.fail("secondary", Invalid, "cannot be the primary itself")
	}
}

// deliveryEvent reads a metric of a message.
func (c *checker) deliveryEvent(f fields, o *Operation) {
	if f.identifiers.kind() != '{' {
		c.fail("identifiers", Required, "must be an object")
	} else {
		o.ID = c.word(f.identifiers.member("id"), "identifiers.id")
	}
	switch o.Name = c.word(f.name, "name"); o.Name {
	case "", "opened", "converted", "delivered":
	default:
		c.fail("name", Invalid, "must be one of opened, converted, delivered")
	}
	if f.attributes.kind() != '{' {
		c.fail("attributes", Required, "must be an object")
	} else {
		c.word(f.attributes.member("device_token"), "attributes.device_token")
	}
}
