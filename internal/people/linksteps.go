package people

import (
	"encoding/binary"
	"strings"

	"ph2cio/internal/fold"
	"ph2cio/internal/identity"
	"ph2cio/internal/rawjson"
)

// step is one thing that happens to identity, in order of ingestion.
type step struct {
	order identity.Order
	stamp int64 // of a link: see order
	ref   uint64
	first bool // not a link, but what is first known of an ID: that it has a person
	login bool // or that somebody logs in with it
	again bool // a link that has come before: see distinct
	kind  identity.Kind
	a, b  uint32 // nodes: the link's target and source, or the ID
	tie   string // of a link: see link
}

// at is the place of a link's row.
func (s *step) at() fold.ChangeOrder {
	return fold.ChangeOrder{Order: s.order, Stamp: s.stamp, Ref: s.ref}
}

// compare puts steps in order. What a row says of an ID comes after all links of its order: a row comes
// before another only if its time and uuid do.
func (s *step) compare(t *step) int {
	if c := s.order.Moment().Compare(t.order.Moment()); c != 0 {
		return c
	}
	if s.first != t.first {
		if t.first {
			return -1
		}
		return 1
	}
	if c := s.order.Compare(&t.order); c != 0 {
		return c
	}
	if s.kind != t.kind {
		return int(s.kind) - int(t.kind)
	}
	return strings.Compare(s.tie, t.tie)
}

func (s *step) append(dst []byte) []byte {
	var flags byte
	for i, set := range [...]bool{s.first, s.login, s.again} {
		if set {
			flags |= 1 << i
		}
	}
	dst = append(dst, flags, byte(s.kind))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(s.order.At))
	dst = append(dst, s.order.UUID[:]...)
	dst = binary.LittleEndian.AppendUint32(dst, s.a)
	dst = binary.LittleEndian.AppendUint32(dst, s.b)
	if s.first {
		return dst
	}
	dst = binary.LittleEndian.AppendUint64(dst, uint64(s.stamp))
	return append(binary.LittleEndian.AppendUint64(dst, s.ref), s.tie...)
}

func readStep(b []byte) (s step) {
	s.first, s.login, s.again, s.kind = b[0]&1 != 0, b[0]&2 != 0, b[0]&4 != 0, identity.Kind(b[1])
	s.order = identity.Order{At: int64(binary.LittleEndian.Uint64(b[2:])), UUID: rawjson.UUID(b[10:26])}
	s.a, s.b = binary.LittleEndian.Uint32(b[26:]), binary.LittleEndian.Uint32(b[30:])
	if !s.first {
		s.stamp = int64(binary.LittleEndian.Uint64(b[34:]))
		s.ref, s.tie = binary.LittleEndian.Uint64(b[42:]), string(b[50:])
	}
	return s
}

// firstStep is that an ID first has a person, or that somebody first logs in with it.
func firstStep(node uint32, at identity.Moment, login bool) step {
	one := step{first: true, login: login, a: node}
	one.order.At = at.At
	binary.BigEndian.PutUint64(one.order.UUID[:], at.UUID)
	return one
}
