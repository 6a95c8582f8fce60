package ledger

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestPositionsAreKeptExactly(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var p Position
		open := map[uint64]bool{}
		for range rapid.IntRange(0, 20).Draw(r, "spans") {
			first := p.Next + rapid.Uint64Range(1, 1000).Draw(r, "gap")
			last := first + rapid.Uint64Range(0, 50).Draw(r, "length")
			p.Open = append(p.Open, Span{first, last})
			for n := first; n <= last; n++ {
				open[n] = true
			}
			p.Next = last + 1
		}
		p.Next += rapid.Uint64Range(0, 5).Draw(r, "rest")
		spans, err := decodeSpans(p.encode())
		if err != nil || !slices.Equal(spans, p.Open) {
			r.Fatalf("%v became %v, %v", p.Open, spans, err)
		}
		low := p.Next
		for n := range p.Next + 3 {
			done := n < p.Next && !open[n]
			if p.Done(n) != done {
				r.Fatalf("Done(%d) is %v of %+v", n, !done, p)
			}
			if !done {
				low = min(low, n)
			}
		}
		if p.Low() != low {
			r.Fatalf("Low is %d, want %d", p.Low(), low)
		}
	})
}

func TestBrokenSpansAndPeople(t *testing.T) {
	for _, b := range [][]byte{{0x80}, {1}, {1, 0x80}} {
		if _, err := decodeSpans(b); err == nil {
			t.Errorf("%v was taken", b)
		}
	}
	whole := AppendPerson(nil, &Person{Kind: "id", Value: "user_1", DistinctID: "a", Updated: 1})
	for n := range whole {
		if _, _, err := readStoredPerson(whole[:n]); err == nil {
			t.Errorf("the first %d of %d bytes of a person were taken", n, len(whole))
		}
	}
	if p, rest, err := readStoredPerson(whole); p.person().DistinctID != "a" || len(rest) != 0 || err != nil {
		t.Errorf("got %+v, %v, %v", p, rest, err)
	}
}
