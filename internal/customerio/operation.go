// Package customerio speaks Customer.io's Track API: operations, limits, batches, the client, pacing and retries.
//
// An operation is appended byte by byte to a buffer, a Packer gathers operations into batches, and a Sender sends a
// batch. Client is the plain Sender; the others go around it, from the inside out:
//
//	var sender customerio.Sender = client
//	sender = customerio.Paced(sender, pace)      // each attempt waits its turn
//	sender = customerio.Retried(sender, policy)  // the same bytes again after a passing fault
//	sender = customerio.Divided(sender, tally)   // finds the operation for which a whole batch is refused
//	sender = customerio.Repaired(sender, tally)  // sends an operation again without the attribute that was refused
package customerio

import (
	"strconv"

	"ph2cio/internal/rawjson"
)

// Action is what an operation asks the Track API to do with a person.
type Action string

const (
	Identify            Action = "identify"
	Event               Action = "event"
	Page                Action = "page"
	Screen              Action = "screen"
	Merge               Action = "merge"
	Delete              Action = "delete"
	Suppress            Action = "suppress"
	Unsuppress          Action = "unsuppress"
	AddDevice           Action = "add_device"
	DeleteDevice        Action = "delete_device"
	AddRelationships    Action = "add_relationships"
	DeleteRelationships Action = "delete_relationships"
)

// Key names the kind of an identifier.
type Key string

const (
	ID    Key = "id"
	Email Key = "email"
	Phone Key = "phone"
	CioID Key = "cio_id"
)

// Identifier is what an operation calls its person by: exactly one key.
type Identifier struct {
	Key   Key
	Value string
}

// Operation is one element of a batch.
type Operation struct {
	Body []byte // its encoded JSON
	Ref  uint64 // the caller's own, no two alike in a batch; a receipt answers by it
}

// Tracked is what an event, page or screen says beside its person and attributes.
type Tracked struct {
	Name      []byte // plain text, at most MaxEventName bytes
	ID        string // a ULID; empty leaves it out
	Timestamp int64  // unix seconds; 0 leaves it out
}

// Every operation begins with its type and action, so that ActionOf finds the action without a search.
const opening = `{"type":"person","action":"`

// AppendIdentify appends an identify operation. attributes is a JSON object, or nil for none; timestamp is unix seconds,
// 0 for none.
func AppendIdentify(dst []byte, who Identifier, attributes []byte, timestamp int64) []byte {
	dst = appendPerson(dst, Identify, who)
	dst = appendInteger(dst, `,"timestamp":`, timestamp)
	dst = appendRaw(dst, `,"attributes":`, attributes)
	return append(dst, '}')
}

// AppendTracked appends an event, page or screen operation. attributes is a JSON object, or nil for none.
func AppendTracked(dst []byte, action Action, who Identifier, t Tracked, attributes []byte) []byte {
	dst = appendPerson(dst, action, who)
	dst = append(dst, `,"name":`...)
	dst = AppendString(dst, t.Name)
	if t.ID != "" {
		dst = append(dst, `,"id":`...)
		dst = AppendString(dst, t.ID)
	}
	dst = appendInteger(dst, `,"timestamp":`, t.Timestamp)
	dst = appendRaw(dst, `,"attributes":`, attributes)
	return append(dst, '}')
}

// AppendMerge appends a merge: secondary is folded into primary and deleted. It cannot be undone. A merge whose primary
// does not exist yet does nothing, and the API does not say so (Track API reference, merge). Neither side may be a Phone.
func AppendMerge(dst []byte, primary, secondary Identifier) []byte {
	dst = appendOpening(dst, Merge)
	dst = appendIdentifier(dst, `,"primary":`, primary)
	dst = appendIdentifier(dst, `,"secondary":`, secondary)
	return append(dst, '}')
}

// AppendDelete appends the deletion of a person. Later operations on the identifier make a new person.
func AppendDelete(dst []byte, who Identifier) []byte {
	return append(appendPerson(dst, Delete, who), '}')
}

// AppendSuppress appends the deletion of a person whose identifiers are then blocked: later operations on them are
// ignored.
func AppendSuppress(dst []byte, who Identifier) []byte {
	return append(appendPerson(dst, Suppress, who), '}')
}

// AppendUnsuppress appends the release of a person's identifiers. The person does not come back.
func AppendUnsuppress(dst []byte, who Identifier) []byte {
	return append(appendPerson(dst, Unsuppress, who), '}')
}

// ActionOf tells an encoded operation's action, "" when it has none. It does not allocate for operations of this
// package.
func ActionOf(operation []byte) Action {
	if len(operation) > len(opening) && string(operation[:len(opening)]) == opening {
		return action(operation[len(opening):])
	}
	fields, _ := rawjson.Fields(operation)
	for i := range fields {
		if value := fields[i].Value; fields[i].Is("action") && len(value) > 2 && value[0] == '"' {
			return action(value[1:])
		}
	}
	return ""
}

// action reads an action up to its closing quote. Known ones are returned as constants.
func action(text []byte) Action {
	for i, c := range text {
		if c == '"' {
			text = text[:i]
			break
		}
	}
	for _, known := range [...]Action{
		Event, Page, Screen, Identify, Merge, Delete, Suppress, Unsuppress,
		AddDevice, DeleteDevice, AddRelationships, DeleteRelationships,
	} {
		if string(text) == string(known) {
			return known
		}
	}
	return Action(text)
}

func appendOpening(dst []byte, action Action) []byte {
	dst = append(dst, opening...)
	dst = append(dst, action...)
	return append(dst, '"')
}

func appendPerson(dst []byte, action Action, who Identifier) []byte {
	return appendIdentifier(appendOpening(dst, action), `,"identifiers":`, who)
}

func appendIdentifier(dst []byte, label string, who Identifier) []byte {
	dst = append(dst, label...)
	dst = append(dst, `{"`...)
	dst = append(dst, who.Key...)
	dst = append(dst, `":`...)
	dst = AppendString(dst, who.Value)
	return append(dst, '}')
}

// appendInteger appends a label and a number, nothing for 0.
func appendInteger(dst []byte, label string, n int64) []byte {
	if n == 0 {
		return dst
	}
	return strconv.AppendInt(append(dst, label...), n, 10)
}

// appendRaw appends a label and encoded JSON, nothing for none.
func appendRaw(dst []byte, label string, raw []byte) []byte {
	if len(raw) == 0 {
		return dst
	}
	return append(append(dst, label...), raw...)
}
