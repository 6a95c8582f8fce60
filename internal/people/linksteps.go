package people

import (
	"encoding/binary"
	"strings"

	"ph2cio/internal/fold"
	"ph2cio/internal/identity"
	"ph2cio/internal/rawjson"
)

// step is one thing that happens to identity, in the order of ingestion: a link, an ID that first has a
// person, or an ID with which somebody first logs in.
type step struct {
	order identity.Order
	stamp int64 // of a link: see fold.ChangeOrder
	ref   uint64
	first bool // not a link: the ID first has a person
	login bool // with first: and somebody first logs in with it
	again bool // a link that repeats an earlier one: see Index.distinct
	kind  identity.Kind
	a, b  uint32 // nodes: the link's target and source, or the ID
	tie   string // of a link: see link.tie
}

// at returns the place of a link's row.
func (s *step) at() fold.ChangeOrder {
	return fold.ChangeOrder{Order: s.order, Stamp: s.stamp, Ref: s.ref}
}

// compare orders steps. A first step has only half of its row's uuid. So it comes after all links whose half
// is the same.
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

// append writes the step, for readStep.
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

// readStep reads what append has written.
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

// firstStep returns the step in which an ID first has a person, or with login in which somebody first logs in
// with it.
func firstStep(node uint32, at identity.Moment, login bool) step {
	one := step{first: true, login: login, a: node}
	one.order.At = at.At
	binary.BigEndian.PutUint64(one.order.UUID[:], at.UUID)
	return one
}
