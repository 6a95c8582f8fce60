package expression

import (
	"bytes"

	"ph2cio/internal/rawjson"
)

// equal reports whether two values are the same: numbers by what they are worth, texts by their characters,
// lists by their elements in order, objects by their members in any order. Values of different kinds differ.
func (m *machine) equal(at int, a, b []byte) (bool, error) {
	kind := kindOf(a)
	if kind != kindOf(b) {
		return false, nil
	}
	if err := m.step(at, min(len(a), len(b))); err != nil {
		return false, err
	}
	if kind == isNil || bytes.Equal(a, b) {
		return true, nil
	}
	switch kind {
	case isNumber:
		return compareNumbers(a, b) == 0, nil
	case isText:
		order, err := m.compareTexts(at, a, b)
		return order == 0 && err == nil, err
	case isList:
		return m.equalLists(at, a, b)
	case isObject:
		return m.equalObjects(at, a, b)
	}
	return false, nil // true and false
}

func (m *machine) equalLists(at int, a, b []byte) (bool, error) {
	left, right := rawjson.Walk(a), rawjson.Walk(b)
	for {
		_, one, ok := left.Next()
		_, other, also := right.Next()
		if !ok || !also {
			return ok == also, nil
		}
		if same, err := m.equal(at, orNil(one), orNil(other)); !same {
			return false, err
		}
	}
}

// equalObjects compares the members of each object with those of the other. A member that is null is none.
func (m *machine) equalObjects(at int, a, b []byte) (bool, error) {
	for range 2 {
		members := rawjson.Walk(a)
		for {
			key, _, ok := members.Next()
			if !ok {
				break
			}
			name, err := m.plain(at, key)
			if err != nil {
				return false, err
			}
			if err := m.step(at, len(a)+len(b)); err != nil {
				return false, err
			}
			if same, err := m.equal(at, walkTo(a, string(name)), walkTo(b, string(name))); !same {
				return false, err
			}
		}
		a, b = b, a
	}
	return true, nil
}

// compareTexts orders two texts by their characters' code points.
func (m *machine) compareTexts(at int, a, b []byte) (int, error) {
	left, err := m.plain(at, a)
	if err != nil {
		return 0, err
	}
	right, err := m.plain(at, b)
	return bytes.Compare(left, right), err
}
