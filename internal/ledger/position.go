package ledger

import (
	"encoding/binary"
	"errors"
	"sort"
)

// Phase is a part of a run's sending, which ends before the next begins. There are four, in this order.
type Phase int

const (
	People Phase = 1 + iota // an identify for each person
	Events                  // events, pages and screens
	Merges                  // merges of profiles
	Emails                  // an identify for each person who gets an email late, or whose profile others were merged into
)

// String returns the name of the phase.
func (p Phase) String() string { return [...]string{"", "people", "events", "merges", "emails"}[p] }

// Position is how far a phase has come: all numbers before Next are done, except those in Open. The zero
// value is the beginning of the phase.
type Position struct {
	Next uint64
	Open []Span // ascending, not touching, all before Next
}

// Span has the numbers from First to Last, both included.
type Span struct{ First, Last uint64 }

// Done reports whether a number is done.
func (p *Position) Done(number uint64) bool { return number < p.Next && !p.open(number) }

func (p *Position) open(number uint64) bool {
	i := sort.Search(len(p.Open), func(i int) bool { return p.Open[i].Last >= number })
	return i < len(p.Open) && p.Open[i].First <= number
}

// Low returns the first number that is not done.
func (p *Position) Low() uint64 {
	if len(p.Open) > 0 {
		return p.Open[0].First
	}
	return p.Next
}

// encode writes the open spans as pairs of varints.
func (p *Position) encode() []byte {
	b := []byte{}
	end := uint64(0)
	for _, s := range p.Open {
		b = binary.AppendUvarint(b, s.First-end)
		b = binary.AppendUvarint(b, s.Last-s.First)
		end = s.Last
	}
	return b
}

var errSpans = errors.New("the open rows of a position cannot be decoded")

func decodeSpans(b []byte) (spans []Span, err error) {
	end := uint64(0)
	for len(b) > 0 {
		gap, n := binary.Uvarint(b)
		length, m := binary.Uvarint(b[max(n, 0):])
		if n <= 0 || m <= 0 {
			return nil, errSpans
		}
		s := Span{end + gap, end + gap + length}
		spans, end, b = append(spans, s), s.Last, b[n+m:]
	}
	return spans, nil
}
