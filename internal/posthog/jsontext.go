package posthog

// JSON that comes as text of its own: a string that holds JSON, or a CSV cell.

// guarded returns text with a guard after it, as scanning needs: text itself where there happens to be one, else a copy
// in scratch.
func (d *decoder) guarded(text []byte) (data []byte, end int) {
	end = len(text)
	if cap(text) >= end+guard {
		if next := text[:end+1][end]; next == 0 || next == '\n' {
			return text[:end+guard], end
		}
	}
	start := len(d.scratch)
	d.scratch = append(d.scratch, text...)
	return d.closeScratch(start)
}

// closeScratch puts a guard after the text that begins at start of scratch.
func (d *decoder) closeScratch(start int) (data []byte, end int) {
	end = len(d.scratch) - start
	d.scratch = append(d.scratch, zeros[:]...)
	return d.scratch[start:], end
}

var zeros [guard]byte

// unquoted returns the text of a JSON string, guarded.
func (d *decoder) unquoted(raw []byte) (data []byte, end int) {
	start := len(d.scratch)
	d.scratch = appendUnescaped(d.scratch, raw[1:len(raw)-1])
	return d.closeScratch(start)
}

// propertiesText reads `properties` from text of its own. Nothing and null are an empty object.
func (d *decoder) propertiesText(data []byte, end int) *fault {
	return d.objectText("`properties`", data, end, d.walkProperties)
}

// personPropertiesText reads `person_properties` from text of its own. Nothing and null are none.
func (d *decoder) personPropertiesText(data []byte, end int) *fault {
	return d.objectText("`person_properties`", data, end, d.walkPersonProperties)
}

// objectText lets walk read text that must be an object, null or nothing.
func (d *decoder) objectText(what string, data []byte, end int, walk func(data []byte, marks []uint64, i, end, depth int) int) *fault {
	i := scanSpace(data, 0, end)
	if i == end || isNull(data, i, end) {
		return nil
	}
	if data[i] != '{' {
		return notAnObject(what, data[:end])
	}
	d.marks = markStops(d.marks, data, end)
	if i = walk(data, d.marks, i, end, 0); i < 0 || scanSpace(data, i, end) != end {
		return notJSON(what, data[:end])
	}
	return nil
}

// valueText returns the JSON value that the text is, nil if it is not valid.
func (d *decoder) valueText(data []byte, end int) []byte {
	i := scanSpace(data, 0, end)
	d.marks = markStops(d.marks, data, end)
	after := scanValue(&d.kinds, data, d.marks, i, end, 0)
	if after < 0 || scanSpace(data, after, end) != end {
		return nil
	}
	return data[i:after:after]
}

func isNull(data []byte, i, end int) bool {
	return data[i] == 'n' && scanScalar(data, i) == i+4 && scanSpace(data, i+4, end) == end
}
