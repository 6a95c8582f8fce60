package rawjson

// Member is the position of one member of a JSON object, as offsets in the object's bytes.
type Member struct {
	KeyStart, KeyEnd     uint32 // the key, without its quotes, still escaped
	ValueStart, ValueEnd uint32 // the value, without space around it
	Escaped              bool   // the key holds a backslash
}

// Members scans an object, which is nested depth levels deep, and returns its members in order, in the
// memory of members. Their offsets count from the opening brace. The result is nil if the object is not
// valid.
//
// Reading JSON spends most of its time here. So k and m step over the special characters without function
// calls: when a member begins, the next special character is the quote of its key.
func (s *Scanner) Members(i, end, depth int, members []Member) (after int, found []Member) {
	data, marks := s.Data, s.Marks
	start := i
	members, n := members[:cap(members)], 0
	if i++; data[i] <= ' ' {
		i = ScanSpace(data, i, end)
	}
	if data[i] == '}' {
		return i + 1, members[:0]
	}
	k, m := SpecialsFrom(marks, i)
	for {
		if data[i] != '"' {
			return -1, nil
		}
		key, escaped := i+1, false
		_, k, m = NextSpecial(marks, k, m)
		if i, k, m = NextSpecial(marks, k, m); data[i] != '"' {
			if i, escaped = ScanString(data, marks, i); i < 0 {
				return -1, nil
			}
			k, m = SpecialsFrom(marks, i+1)
		}
		keyEnd := i
		if i++; data[i] == ':' && data[i+1] > ' ' {
			i++
		} else {
			if i = ScanColon(data, i, end); i < 0 {
				return -1, nil
			}
			k, m = SpecialsFrom(marks, i)
		}
		value := i
		switch c := data[i]; {
		case c == '"':
			_, k, m = NextSpecial(marks, k, m)
			if i, k, m = NextSpecial(marks, k, m); data[i] != '"' {
				if i, _ = ScanString(data, marks, i); i < 0 {
					return -1, nil
				}
				k, m = SpecialsFrom(marks, i+1)
			}
			i++
		case c == '{' || c == '[':
			if i = s.nested(i, end, depth+1); i < 0 {
				return -1, nil
			}
			k, m = SpecialsFrom(marks, i)
		default:
			if i = ScanScalar(data, i); i < 0 {
				return -1, nil
			}
		}
		if n == len(members) {
			members = append(members, make([]Member, n+32)...)
		}
		member := &members[n] // filled in place: a literal of five fields is copied
		n++
		member.KeyStart, member.KeyEnd = uint32(key-start), uint32(keyEnd-start)
		member.ValueStart, member.ValueEnd = uint32(value-start), uint32(i-start)
		member.Escaped = escaped
		if data[i] == ',' && data[i+1] > ' ' {
			i++
			continue
		}
		if i = ScanSpace(data, i, end); data[i] != ',' {
			break
		}
		i = ScanSpace(data, i+1, end)
		k, m = SpecialsFrom(marks, i)
	}
	if data[i] != '}' {
		return -1, nil
	}
	return i + 1, members[:n]
}
