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
	Removed    string // hashes of the names of attributes that identifies have removed, 4 bytes each, rising
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
	dst = binary.AppendVarint(dst, p.Updated)
	text(p.Removed)
	return dst
}

// storedPerson is a person in the form in which the database stores people. The slices are parts of it.
type storedPerson struct {
	sent  personState
	names []byte // the three texts below with their lengths

	kind, value, distinctID []byte
}

// personState is what may change about a person each time the person is sent.
type personState struct {
	state   [16]byte
	email   uint64
	updated int64
	removed string
}

var errPeople = errors.New("the people who were sent cannot be decoded")

// readStoredPerson finds the parts of the first person in b, and returns the rest of b.
func readStoredPerson(b []byte) (p storedPerson, rest []byte, err error) {
	if len(b) < len(p.sent.state)+8 {
		return p, nil, errPeople
	}
	b = b[copy(p.sent.state[:], b):]
	p.sent.email, b = binary.LittleEndian.Uint64(b), b[8:]
	p.names = b
	for _, into := range []*[]byte{&p.kind, &p.value, &p.distinctID} {
		if *into, b, err = readText(b); err != nil {
			return p, nil, err
		}
	}
	p.names = p.names[:len(p.names)-len(b)]
	if len(p.distinctID) == 0 {
		p.distinctID = p.value
	}
	updated, n := binary.Varint(b)
	if n <= 0 {
		return p, nil, errPeople
	}
	p.sent.updated = updated
	removed, rest, err := readText(b[n:])
	p.sent.removed = string(removed)
	return p, rest, err
}

// readText finds a text with its length in front, and returns the rest of b.
func readText(b []byte) (text, rest []byte, err error) {
	length, n := binary.Uvarint(b)
	if n <= 0 || uint64(len(b)-n) < length {
		return nil, nil, errPeople
	}
	return b[n : n+int(length)], b[n+int(length):], nil
}

// append appends the person to dst, with what is stored now of its state.
func (p *storedPerson) append(dst []byte) []byte {
	dst = append(dst, p.sent.state[:]...)
	dst = binary.LittleEndian.AppendUint64(dst, p.sent.email)
	dst = append(dst, p.names...)
	dst = binary.AppendVarint(dst, p.sent.updated)
	dst = binary.AppendUvarint(dst, uint64(len(p.sent.removed)))
	return append(dst, p.sent.removed...)
}

// person decodes the person.
func (p *storedPerson) person() Person {
	return Person{
		State: p.sent.state, Kind: string(p.kind), Value: string(p.value), DistinctID: string(p.distinctID),
		Email: p.sent.email, Updated: p.sent.updated, Removed: p.sent.removed,
	}
}

// eachStored yields the people in segments. An error is the last thing yielded.
func eachStored(segments iter.Seq2[[]byte, error]) iter.Seq2[storedPerson, error] {
	return func(yield func(storedPerson, error) bool) {
		for segment, err := range segments {
			for err == nil && len(segment) > 0 {
				var p storedPerson
				if p, segment, err = readStoredPerson(segment); err == nil && !yield(p, nil) {
					return
				}
			}
			if err != nil {
				yield(storedPerson{}, err)
				return
			}
		}
	}
}

// People yields the people whose identify was accepted, in the order of acceptance, by all runs except
// besides, which is 0 for no exception. A person who was sent several times comes at least once: the first
// time says under which identifier, and the last time in which state. An error is the last thing yielded.
func (s *Store) People(ctx context.Context, besides int64) iter.Seq2[Person, error] {
	return s.people(ctx, "SELECT people FROM people WHERE run <> ? ORDER BY id", besides)
}

// people yields the people that a query answers with.
func (s *Store) people(ctx context.Context, text string, run int64) iter.Seq2[Person, error] {
	segments := query[[]byte]{doing: "reading the people in", text: text, scan: scanValue[[]byte]}.each(ctx, s, run)
	return func(yield func(Person, error) bool) {
		for p, err := range eachStored(segments) {
			if !yield(p.person(), s.wrapError("reading the people in", err)) || err != nil {
				return
			}
		}
	}
}
