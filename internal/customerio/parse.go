package customerio

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/oklog/ulid/v2"
)

// actions are all actions of this package.
var actions = [...]Action{
	Event, Page, Screen, Identify, Merge, Delete, Suppress, Unsuppress, AddDevice, DeleteDevice, AddRelationships, DeleteRelationships,
}

// ParseOperation reads an encoded operation that comes from elsewhere, such as one that was rejected. Body is
// the given text and Ref is zero. It returns an error if the text is not a JSON object of type person with an
// action of this package and one identifier of the person (for a merge, of both), or if an event, page or
// screen has an ID that is not a ULID. It does not check the rest of the object. Of several members with one
// name the last counts.
func ParseOperation(body []byte) (Operation, error) {
	op, err := parseOperation(body)
	if err != nil {
		return Operation{}, fmt.Errorf("parse an operation: %w", err)
	}
	return op, nil
}

func parseOperation(body []byte) (op Operation, err error) {
	var of map[string]json.RawMessage
	if json.Unmarshal(body, &of) != nil || of == nil {
		return op, errors.New("it is not a JSON object")
	}
	if kind, err := textOf(of, "type"); err != nil || kind != "person" {
		return op, errors.New(`"type" is not "person"`)
	}
	action, err := textOf(of, "action")
	if err != nil {
		return op, err
	}
	op.Body = body
	for _, known := range actions {
		if action == string(known) {
			op.Action = known
		}
	}
	switch op.Action {
	case "":
		return op, fmt.Errorf("unknown action %s", quoted(action))
	case Merge:
		if _, err := identifierOf(of, "secondary"); err != nil {
			return op, err
		}
		op.Who, err = identifierOf(of, "primary")
		return op, err
	case Event, Page, Screen:
		if op.ID, err = idOf(of); err != nil {
			return op, err
		}
	}
	op.Who, err = identifierOf(of, "identifiers")
	return op, err
}

// identifierOf reads a member that must be an object with one identifier.
func identifierOf(of map[string]json.RawMessage, name string) (Identifier, error) {
	var one map[string]json.RawMessage
	if json.Unmarshal(of[name], &one) == nil && len(one) == 1 {
		for _, key := range [...]Key{ID, Email, Phone, CioID} {
			if one[string(key)] != nil {
				value, err := textOf(one, string(key))
				return Identifier{Key: key, Value: value}, err
			}
		}
	}
	return Identifier{}, fmt.Errorf("%q is not an object with one identifier", name)
}

// idOf reads the ID of an event, which may have none.
func idOf(of map[string]json.RawMessage) (id ulid.ULID, err error) {
	if of["id"] == nil {
		return id, nil
	}
	text, err := textOf(of, "id")
	if err != nil {
		return id, err
	}
	if id, err = ulid.ParseStrict(text); err != nil {
		return ulid.ULID{}, fmt.Errorf("the ID %s is not a ULID", quoted(text))
	}
	return id, nil
}

// textOf reads a member that must be a string.
func textOf(of map[string]json.RawMessage, name string) (text string, err error) {
	if value := of[name]; len(value) == 0 || value[0] != '"' || json.Unmarshal(value, &text) != nil {
		return "", fmt.Errorf("%q is not a string", name)
	}
	return text, nil
}
