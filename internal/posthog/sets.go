package posthog

import "bytes"

// A row can have `$set`, `$set_once` and `$unset` twice: within `properties` and beside them. Beside they are
// keys of a row of the capture API, whose names begin with $, or the columns `set`, `set_once` and `unset` of
// an export; the former come first. PostHog merges the two of a capture row key by key, and those beside win
// (github.com/PostHog/posthog, nodejs/src/utils/event.ts, sanitizeEvent). The same holds for columns: what
// both places say counts once. A key that one of them lacks says nothing about the person, since exports leave
// out empty texts and nulls.

// bothObjects returns one object with the members of both, those of beside last. Either may be nil.
func (d *decoder) bothObjects(within, beside []byte) []byte {
	switch {
	case len(within) == 0 || hollow(within) && beside != nil:
		return beside
	case len(beside) == 0 || hollow(beside) || bytes.Equal(within, beside):
		return within
	}
	start := len(d.scratch)
	d.scratch = append(append(d.scratch, within[:len(within)-1]...), ',')
	d.scratch = append(d.scratch, beside[1:]...)
	return d.scratch[start:len(d.scratch):len(d.scratch)]
}

// bothUnsets merges two `$unset` into one list of keys or one object with them. Each may be a list, an object
// or nil.
func (d *decoder) bothUnsets(within, beside []byte) []byte {
	if len(within) == 0 || len(beside) == 0 {
		return either(within, beside)
	}
	if within[0] == beside[0] {
		return d.bothObjects(within, beside)
	}
	return d.bothObjects(d.keysOf(within), d.keysOf(beside))
}

// keysOf returns the keys of an object as a list, and a list as it is.
func (d *decoder) keysOf(unset []byte) []byte {
	if unset[0] == '[' {
		return unset
	}
	data, end := d.guarded(unset)
	d.value.Begin(data, end)
	_, members := d.value.Members(0, end, 0, nil)
	start := len(d.scratch)
	d.scratch = append(d.scratch, '[')
	for i, m := range members {
		if i > 0 {
			d.scratch = append(d.scratch, ',')
		}
		d.scratch = append(d.scratch, data[m.KeyStart-1:m.KeyEnd+1]...)
	}
	d.scratch = append(d.scratch, ']')
	return d.scratch[start:len(d.scratch):len(d.scratch)]
}

// hollow reports whether an object or a list is empty.
func hollow(value []byte) bool { return len(bytes.TrimSpace(value[1:len(value)-1])) == 0 }

// either returns a value, or that of its alias if there is none.
func either(raw, alias []byte) []byte {
	if alias == nil || len(raw) > 0 && raw[0] != 'n' && string(raw) != `""` {
		return raw
	}
	return alias
}

func object(raw []byte) []byte {
	if len(raw) > 0 && raw[0] == '{' {
		return raw
	}
	return nil
}

func objectOrArray(raw []byte) []byte {
	if len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') {
		return raw
	}
	return nil
}
