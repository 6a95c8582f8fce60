// Package customerio speaks Customer.io's Track API: operations, limits, batches, the client, pacing and retries.
package customerio

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
	Ref  uint64 // the caller's own; a receipt answers by it
}

// Tracked is what an event, page or screen says beside its person and attributes.
type Tracked struct {
	Name      []byte // plain text, at most MaxEventName bytes
	ID        string // a ULID; empty leaves it out
	Timestamp int64  // unix seconds; 0 leaves it out
}

// AppendIdentify appends an identify operation. attributes is a JSON object, or nil for none; timestamp is unix seconds,
// 0 for none.
func AppendIdentify(dst []byte, who Identifier, attributes []byte, timestamp int64) []byte {
	panic("not yet")
}

// AppendTracked appends an event, page or screen operation. attributes is a JSON object, or nil for none.
func AppendTracked(dst []byte, action Action, who Identifier, t Tracked, attributes []byte) []byte {
	panic("not yet")
}

// AppendMerge appends a merge: secondary is folded into primary and deleted.
func AppendMerge(dst []byte, primary, secondary Identifier) []byte { panic("not yet") }

// AppendString appends s as a JSON string. Invalid UTF-8 becomes U+FFFD. HTML characters are not escaped.
func AppendString[S ~string | ~[]byte](dst []byte, s S) []byte { panic("not yet") }
