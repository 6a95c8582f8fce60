package mapping

import (
	"strconv"
	"strings"

	"ph2cio/internal/mappingfile"
	"ph2cio/internal/rawjson"
)

// dateConverter turns the dates of an event's attributes into unix seconds where rules of a mapping file say
// so. The zero value is ready to use. It holds scratch memory and must not be used by several goroutines.
type dateConverter struct {
	clean *cleaner
	uses  []pathUse  // by the number of the path
	open  []openPath // of all open objects and lists: the paths that lead into them
	name  []byte     // scratch: a member's name, or an element's number
}

// openPath is a path, and how many of its parts have been followed.
type openPath struct {
	path   *mappingfile.Path
	number int
	done   int
}

// convert converts the attributes, which are closed.
func (d *dateConverter) convert(out *attributes, a *acting) {
	d.clean, d.uses, d.open = a.clean, a.tally.pathsUsed, d.open[:0]
	for _, i := range a.acts {
		for j := range a.rules[i].dates {
			number := a.rules[i].firstPath + j
			d.uses[number].rows++
			d.open = append(d.open, openPath{path: &a.rules[i].dates[j], number: number})
		}
	}
	if len(d.open) > 0 {
		spare, _ := d.appendNested(out.spare[:0], out.json, 0, 0)
		out.json, out.spare = spare, out.json
	}
}

// appendNested appends the object or list that starts at b[i] and into which the paths from first on lead. It
// returns the index after it.
func (d *dateConverter) appendNested(dst, b []byte, i, first int) ([]byte, int) {
	object := b[i] == '{'
	start := i // of what has not been appended yet
	i = rawjson.WalkSpace(b, i+1)
	for number := 0; b[i] != '}' && b[i] != ']'; number++ {
		if object {
			end := rawjson.WalkString(b, i)
			d.name, _ = rawjson.AppendUnescaped(d.name[:0], b[i+1:end-1])
			i = rawjson.WalkSpace(b, rawjson.WalkSpace(b, end)+1)
		} else {
			d.name = strconv.AppendInt(d.name[:0], int64(number), 10)
		}
		before := len(d.open)
		ends := d.follow(first, before, !object)
		if end := rawjson.WalkValue(b, i); ends || len(d.open) > before {
			dst = append(dst, b[start:i]...)
			dst = d.appendValue(dst, b[i:end], ends, before)
			i, start = end, end
		} else {
			i = end
		}
		d.open = d.open[:before]
		if i = rawjson.WalkSpace(b, i); b[i] == ',' {
			i = rawjson.WalkSpace(b, i+1)
		}
	}
	return append(dst, b[start:i+1]...), i + 1
}

// follow opens those of the paths of an object or list that lead on into the value with the name d.name. It
// reports whether one ends there. inList says that the value is the element of a list.
func (d *dateConverter) follow(first, end int, inList bool) (ends bool) {
	for _, one := range d.open[first:end] {
		use := &d.uses[one.number]
		if !matchesPart(one.path.Parts[one.done], d.name) {
			if inList {
				use.inList = one.done
			}
			continue
		}
		if one.done++; one.done == len(one.path.Parts) {
			ends = true
			use.met++
		} else {
			d.open = append(d.open, one)
		}
	}
	return ends
}

// appendValue appends a value, into which the paths from first on lead. ends says that a path ends here.
func (d *dateConverter) appendValue(dst, value []byte, ends bool, first int) []byte {
	if ends && !rawjson.IsNull(value) {
		if seconds, ok := unixSeconds(value, d.clean); ok {
			return strconv.AppendInt(dst, seconds, 10)
		}
		d.clean.cuts.add(cutNoDate)
	}
	if nested := value[0] == '{' || value[0] == '['; nested && len(d.open) > first {
		dst, _ = d.appendNested(dst, value, 0, first)
		return dst
	}
	return append(dst, value...)
}

// matchesPart reports whether a part of a path matches a name.
func matchesPart(part string, name []byte) bool {
	if part == "*" || part == string(name) {
		return true
	}
	return strings.ContainsAny(part, `*?[\`) && Globs{part}.Match(string(name))
}
