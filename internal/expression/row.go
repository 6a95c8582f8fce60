package expression

import (
	"bytes"

	"ph2cio/internal/rawjson"
)

// Row is what an expression sees: one event and its person. Texts are plain, without quotes and escapes. A
// caller needs to fill in only what Program.Uses names.
type Row struct {
	Event         []byte // the event's name
	DistinctID    []byte // the ID that the person is sent under
	RawDistinctID []byte // the row's own
	UUID          []byte // nil if there is none
	Timestamp     int64  // unix seconds
	HasTimestamp  bool
	ElementsChain []byte // a JSON string, as in the row; nil if there is none

	Properties []byte           // a JSON object that has been scanned; may be empty
	Members    []rawjson.Member // its members; nil lets each look-up walk over Properties

	Person Person // nil if nobody is known: each value of a person is nil
}

// Person is the person of a row. Its methods are called only when an expression comes to a value of the
// person. What they return must stay unchanged until the row is done.
type Person interface {
	ID() []byte         // PostHog's person UUID as text, nil if it is not known
	DistinctID() []byte // the ID that the person is sent under
	// Properties returns a JSON object that has been scanned, and its members; both may be empty. Without
	// members each look-up walks over the object.
	Properties() (object []byte, members []rawjson.Member)
}

// find returns the value of the last member with a name, nil for none and for null. Of a name that comes
// twice the last counts, as in encoding/json.
func find(object []byte, members []rawjson.Member, name string) []byte {
	for i := len(members) - 1; i >= 0; i-- {
		member := &members[i]
		if member.Escaped {
			if !isEscaped(object[member.KeyStart:member.KeyEnd], name) {
				continue
			}
		} else if int(member.KeyEnd-member.KeyStart) != len(name) || string(object[member.KeyStart:member.KeyEnd]) != name {
			continue
		}
		return orNil(object[member.ValueStart:member.ValueEnd:member.ValueEnd])
	}
	return nil
}

// isEscaped reports whether the inside of a key with escapes is this name.
func isEscaped(inside []byte, name string) bool {
	var space [64]byte
	plain, _ := rawjson.AppendUnescaped(space[:0], inside)
	return string(plain) == name
}

// walkTo does what find does, for any value: what is no object has no members.
func walkTo(object []byte, name string) (value []byte) {
	members := rawjson.Walk(object)
	if !members.Object {
		return nil
	}
	for {
		key, v, ok := members.Next()
		if !ok {
			return orNil(value)
		}
		inside := key[1 : len(key)-1]
		if string(inside) == name || bytes.IndexByte(inside, '\\') >= 0 && isEscaped(inside, name) {
			value = v
		}
	}
}

// element returns an element of a list, counted from 0, or from -1 backwards; nil for none, for null, and if
// the value is no list.
func element(list []byte, index int) []byte {
	elements := rawjson.Walk(list)
	if elements.Object {
		return nil
	}
	if index < 0 {
		if index += countParts(list); index < 0 {
			return nil
		}
	}
	for {
		_, value, ok := elements.Next()
		if !ok {
			return nil
		}
		if index == 0 {
			return orNil(value)
		}
		index--
	}
}

// countParts returns the number of elements of a list or members of an object.
func countParts(value []byte) (n int) {
	parts := rawjson.Walk(value)
	for {
		if _, _, ok := parts.Next(); !ok {
			return n
		}
		n++
	}
}
