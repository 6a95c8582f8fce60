package mapping

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"

	"ph2cio/internal/rawjson"
)

// canonical writes JSON in one fixed form, so that the same properties always have the same hash, however an
// export has written them. The form is part of IDScheme and must never change:
//
//   - no space between tokens; true, false, null and numbers as they were written;
//   - the members of an object sorted by the bytes of their unescaped keys; of equal keys the last member;
//   - strings in UTF-8, with escapes only for the quote (\"), the backslash (\\) and the characters below
//     U+0020: \b \f \n \r \t, and \u00xx with lower-case digits for the others;
//   - each byte that is not UTF-8, and each escaped half of a surrogate pair, as U+FFFD;
//   - with cells, a string that is a JSON value, or True or False, as that value: as its cell would be read.
//
// The zero value is ready to use. It holds scratch memory and must not be used by several goroutines.
type canonical struct {
	out     []byte
	keys    []byte   // unescaped, of all open objects
	members []member // of all open objects
	plain   []byte
	spare   []byte
	cells   bool // the JSON was built from cells of a CSV
}

// member is a member of an object: the position of its key in keys, and its own position in out.
type member struct{ keyStart, keyEnd, start, end int }

// setCells says whether the JSON that comes next was built from cells of a CSV.
func (c *canonical) setCells(cells bool) { c.cells = cells }

// of returns the canonical form of valid JSON, valid until the next call.
func (c *canonical) of(value []byte) []byte {
	c.out, c.keys, c.members = c.out[:0], c.keys[:0], c.members[:0]
	c.append(value, rawjson.WalkSpace(value, 0))
	return c.out
}

// append writes the value that starts at b[i] and returns the index after it.
func (c *canonical) append(b []byte, i int) int {
	switch b[i] {
	case '{':
		return c.appendObject(b, i)
	case '[':
		return c.appendArray(b, i)
	}
	end := rawjson.WalkValue(b, i)
	if b[i] != '"' {
		c.out = append(c.out, b[i:end]...)
		return end
	}
	c.plain, _ = rawjson.AppendUnescaped(c.plain[:0], b[i+1:end-1])
	if c.cells && c.appendCell() {
		return end
	}
	c.out = rawjson.AppendString(c.out, c.plain)
	return end
}

// appendCell writes the string in plain as the JSON value that it contains. It returns false if it contains
// none.
func (c *canonical) appendCell() bool {
	switch text := c.plain; {
	case len(text) == 0:
		return false
	case string(text) == "True" || string(text) == "true":
		c.out = append(c.out, "true"...)
	case string(text) == "False" || string(text) == "false":
		c.out = append(c.out, "false"...)
	case (text[0] == '[' || text[0] == '{' || text[0] == '-' || '0' <= text[0] && text[0] <= '9') && json.Valid(text):
		c.append(bytes.Clone(text), 0) // the call overwrites plain
	default:
		return false
	}
	return true
}

func (c *canonical) appendArray(b []byte, i int) int {
	c.out = append(c.out, '[')
	for i = rawjson.WalkSpace(b, i+1); b[i] != ']'; {
		i = rawjson.WalkSpace(b, c.append(b, i))
		if b[i] == ',' {
			c.out = append(c.out, ',')
			i = rawjson.WalkSpace(b, i+1)
		}
	}
	c.out = append(c.out, ']')
	return i + 1
}

// appendObject writes the members as they come, and then sorts them if necessary.
func (c *canonical) appendObject(b []byte, i int) int {
	firstMember, firstKey := len(c.members), len(c.keys)
	c.out = append(c.out, '{')
	start, sorted := len(c.out), true
	for i = rawjson.WalkSpace(b, i+1); b[i] != '}'; {
		m := member{keyStart: len(c.keys), start: len(c.out)}
		end := rawjson.WalkString(b, i)
		c.keys, _ = rawjson.AppendUnescaped(c.keys, b[i+1:end-1])
		m.keyEnd = len(c.keys)
		if n := len(c.members); n > firstMember && bytes.Compare(c.key(c.members[n-1]), c.key(m)) >= 0 {
			sorted = false
		}
		c.out = append(rawjson.AppendString(c.out, c.key(m)), ':')
		i = rawjson.WalkSpace(b, c.append(b, rawjson.WalkSpace(b, rawjson.WalkSpace(b, end)+1)))
		m.end = len(c.out)
		c.members = append(c.members, m)
		if b[i] == ',' {
			c.out = append(c.out, ',')
			i = rawjson.WalkSpace(b, i+1)
		}
	}
	if !sorted {
		c.sort(c.members[firstMember:], start)
	}
	c.out = append(c.out, '}')
	c.members, c.keys = c.members[:firstMember], c.keys[:firstKey]
	return i + 1
}

// sort sorts members, which stand in out from start on, by key. Of equal keys it keeps the last.
func (c *canonical) sort(members []member, start int) {
	slices.SortFunc(members, func(a, b member) int {
		return cmp.Or(bytes.Compare(c.key(a), c.key(b)), cmp.Compare(a.start, b.start))
	})
	c.spare = append(c.spare[:0], c.out[start:]...)
	c.out = c.out[:start]
	for i, m := range members {
		if i+1 < len(members) && bytes.Equal(c.key(m), c.key(members[i+1])) {
			continue
		}
		c.out = append(c.out, c.spare[m.start-start:m.end-start]...)
		if i+1 < len(members) {
			c.out = append(c.out, ',')
		}
	}
}

func (c *canonical) key(m member) []byte { return c.keys[m.keyStart:m.keyEnd] }
