package ledger

import (
	"context"
	"encoding/binary"
	"errors"
	"iter"
)

// Person is a person whose identify was accepted.
type Person struct {
	State      [16]byte // a hash of the identify
	Kind       string   // of the identifier that the person was sent under
	Value      string
	DistinctID string // the kept one
	Email      uint64 // a hash of the email that Customer.io then has, 0 for none
	Updated    int64  // unix seconds of the newest data, 0 when there is no time
}

// AppendPerson appends a person in the form in which the database stores people.
func AppendPerson(dst []byte, p *Person) []byte {
	text := func(s string) {
		dst = binary.AppendUvarint(dst, uint64(len(s)))
		dst = append(dst, s...)
	}
	dst = append(dst, p.State[:]...)
	dst = binary.LittleEndian.AppendUint64(dst, p.Email)
	text(p.Kind)
	text(p.Value)
	if p.DistinctID == p.Value {
		text("")
	} else {
		text(p.DistinctID)
	}
	return binary.AppendVarint(dst, p.Updated)
}

var errPeople = errors.New("the people who were sent cannot be decoded")

// readPerson decodes a person and returns the rest of b.
func readPerson(b []byte) (p Person, rest []byte, err error) {
	if len(b) < len(p.State)+8 {
		return p, nil, errPeople
	}
	b = b[copy(p.State[:], b):]
	p.Email, b = binary.LittleEndian.Uint64(b), b[8:]
	for _, into := range []*string{&p.Kind, &p.Value, &p.DistinctID} {
		length, n := binary.Uvarint(b)
		if n <= 0 || uint64(len(b)-n) < length {
			return p, nil, errPeople
		}
		*into = string(b[n : n+int(length)])
		b = b[n+int(length):]
	}
	if p.DistinctID == "" {
		p.DistinctID = p.Value
	}
	updated, n := binary.Varint(b)
	if n <= 0 {
		return p, nil, errPeople
	}
	p.Updated = updated
	return p, b[n:], nil
}

// People yields the people whose identify was accepted, in the order of acceptance, by all runs except
// besides, which is 0 for no exception. A person who was sent several times comes several times. An error is
// the last thing yielded.
func (s *Store) People(ctx context.Context, besides int64) iter.Seq2[Person, error] {
	segments := query[[]byte]{
		doing: "reading the people in", text: "SELECT people FROM people WHERE run <> ? ORDER BY id", scan: scanValue[[]byte],
	}.each(ctx, s, besides)
	return func(yield func(Person, error) bool) {
		for segment, err := range segments {
			for err == nil && len(segment) > 0 {
				var p Person
				if p, segment, err = readPerson(segment); err == nil && !yield(p, nil) {
					return
				}
			}
			if err != nil {
				yield(Person{}, s.wrapError("reading the people in", err))
				return
			}
		}
	}
}
