package people

import (
	"cmp"
	"iter"
	"slices"

	"ph2cio/internal/fold"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// each yields the person's properties, without an email that is somebody else's.
func (s *Directory) each(p *Person, r *spool.Reader) iter.Seq[fold.Property] {
	return func(yield func(fold.Property) bool) {
		for b := s.finals.at(p.attributes, r); len(b) > 0; {
			var one fold.Property
			one, b = fold.ReadProperty(b)
			if one.Code == emailKey && p.withoutEmail {
				continue
			}
			if !yield(one) {
				return
			}
		}
	}
}

// AppendAttributes appends the person's final attributes as a JSON object, `{}` when there are none. Its keys
// are sorted; its values stand as they stood in the export.
func (s *Directory) AppendAttributes(dst []byte, p *Person) []byte {
	r := readers.Get().(*spool.Reader)
	defer readers.Put(r)
	dst = append(dst, '{')
	for one := range s.each(p, r) {
		dst = rawjson.AppendString(dst, s.finals.name(&one))
		dst = append(append(append(dst, ':'), one.Value...), ',')
	}
	if last := len(dst) - 1; dst[last] == ',' {
		dst = dst[:last]
	}
	return append(dst, '}')
}

// Attributes yields what AppendAttributes appends, each with its plain key and its value in JSON, which are
// borrowed until the next.
func (s *Directory) Attributes(p *Person) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		r := readers.Get().(*spool.Reader)
		defer readers.Put(r)
		for one := range s.each(p, r) {
			if !yield(s.finals.name(&one), one.Value) {
				return
			}
		}
	}
}

// EmailConflicts yields those who get an identify without their email, in the order of People.
func (s *Directory) EmailConflicts() iter.Seq[EmailConflict] {
	return func(yield func(EmailConflict) bool) {
		for _, c := range s.conflicts {
			if !s.GetsIdentify(c.Person) || !yield(c) {
				return
			}
		}
	}
}

// LostEmail returns the email that a person goes without, and an ID of the one who has it; false for a person
// who keeps theirs.
func (s *Directory) LostEmail(p *Person) (email, holder string, lost bool) {
	i, lost := slices.BinarySearchFunc(s.conflicts, p.Number, func(c EmailConflict, number uint32) int {
		return cmp.Compare(c.Person.Number, number)
	})
	if !lost {
		return "", "", false
	}
	if email = s.conflicts[i].emailID; email == "" {
		r := readers.Get().(*spool.Reader)
		defer readers.Put(r)
		email, _ = s.finals.identifiers(p.attributes, r)
	}
	return email, s.conflicts[i].Holder, true
}
