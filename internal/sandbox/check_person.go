package sandbox

import (
	"fmt"
	"strings"
)

// Attributes of an identify that mean more than themselves; further ones are below cio_subscription_preferences.
var reservedOnPeople = set("id", "email", "phone", "cio_id", "anonymous_id", "created_at", "unsubscribed",
	"cio_subscription_preferences", "_update", "_timestamp", "cio_relationships", "timezone", "cio_timezone",
	"_created_in_customerio_at", "_last_emailed")

// personAction reads what a person's action needs.
func (c *checker) personAction(f fields, o *operation) {
	if o.action == "merge" {
		c.merge(f, o)
		return
	}
	allowed := anyPerson
	if o.tracked() && !c.NoAnonymous {
		allowed = personOrNot
	}
	o.who = c.identifier(f.identifiers, "identifiers", allowed)
	o.timestamp = readStamp(f.timestamp)
	switch o.action {
	case "identify":
		c.identify(f, o)
	case "event", "page", "screen":
		c.event(f, o)
	case "add_device", "delete_device":
		c.device(f.device, o)
	case "add_relationships", "delete_relationships":
		o.relations = c.relationsToObjects(f.relationships, true)
	}
}

func (c *checker) identify(f fields, o *operation) {
	o.relations = c.relationsToObjects(f.relationships, false)
	o.attributes = c.attributes(f.attributes, "attributes")
	for _, a := range o.attributes {
		switch {
		case a.name == "_update":
			o.updateOnly = string(a.value) == "true"
		case a.name == "email" && !a.value.blank():
			c.email(a.value, "attributes.email")
		}
		if reservedOnPeople[a.name] {
			o.reservedKeys = append(o.reservedKeys, a.name)
		} else if strings.HasPrefix(a.name, "cio_subscription_preferences.") {
			o.reservedKeys = append(o.reservedKeys, "cio_subscription_preferences")
		}
	}
}

// email reads an attribute that must be an address.
func (c *checker) email(v value, field string) {
	if c.LaxEmail {
		return
	}
	if v.kind() != '"' || !isAddress(v.text()) {
		c.fail(field, invalid, "must be a valid email address")
	}
}

func (c *checker) event(f fields, o *operation) {
	if o.name = strings.TrimSpace(c.word(f.name, "name")); len(o.name) > c.NameBytes && !c.NoNameLimit {
		c.fail("name", invalid, fmt.Sprintf("cannot be longer than %d bytes", c.NameBytes))
	}
	if o.hasID = !f.id.missing(); o.hasID {
		o.id = string(f.id)
		if f.id.kind() == '"' {
			o.id = f.id.text()
		}
		o.isULID = f.id.kind() == '"' && isULID(o.id)
	}
	o.data, o.overrides = c.eventData(f.attributes)
}

func (c *checker) device(v value, o *operation) {
	if v.missing() {
		c.fail("device", required, "must be present")
		return
	}
	if v.kind() != '{' {
		c.fail("device", invalid, "must be an object")
		return
	}
	o.device = c.word(v.member("token"), "device.token")
	if o.action == "delete_device" {
		return
	}
	o.platform = c.word(v.member("platform"), "device.platform")
	if o.platform != "" && o.platform != "ios" && o.platform != "android" {
		c.fail("device.platform", invalid, "must be one of ios, android")
	}
}

func (c *checker) merge(f fields, o *operation) {
	o.primary = c.identifier(f.primary, "primary", mergeSide)
	o.secondary = c.identifier(f.secondary, "secondary", mergeSide)
	if len(c.faults) == 0 && o.primary.folded() == o.secondary.folded() {
		c.fail("secondary", invalid, "cannot be the primary itself")
	}
}

// deliveryEvent reads a metric of a message.
func (c *checker) deliveryEvent(f fields, o *operation) {
	if f.identifiers.kind() != '{' {
		c.fail("identifiers", required, "must be an object")
	} else {
		o.id = c.word(f.identifiers.member("id"), "identifiers.id")
	}
	switch o.name = c.word(f.name, "name"); o.name {
	case "", "opened", "converted", "delivered":
	default:
		c.fail("name", invalid, "must be one of opened, converted, delivered")
	}
	if f.attributes.kind() != '{' {
		c.fail("attributes", required, "must be an object")
	} else {
		c.word(f.attributes.member("device_token"), "attributes.device_token")
	}
}
