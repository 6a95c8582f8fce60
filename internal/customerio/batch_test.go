package customerio

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// sized is an operation whose body has so many bytes, at least 2.
func sized(ref uint64, size int) Operation {
	return Operation{Body: []byte(`"` + strings.Repeat("x", size-2) + `"`), Ref: ref}
}

// numbered is a batch of n identifies for the people p0, p1 ..., with Refs from 100.
func numbered(n int) *Batch {
	b := NewBatch()
	for i := range n {
		b.add(Operation{AppendIdentify(nil, Identifier{ID, fmt.Sprint("p", i)}, nil, 0), uint64(100 + i)})
	}
	return b
}

func TestBatchHoldsItsOperations(t *testing.T) {
	for _, empty := range []func() *Batch{
		func() *Batch { return new(Batch) },
		func() *Batch { return NewBatch() },
		func() *Batch { b := NewBatch(sized(9, 5000), sized(8, 7)); b.Reset(); return b },
	} {
		b := empty()
		if got := string(b.Body()); b.Len() != 0 || got != `{"batch":[]}` {
			t.Fatalf("empty: %d, %s", b.Len(), got)
		}
		ops := []Operation{{[]byte(`{"a":1}`), 7}, {[]byte(`{}`), 0}, {[]byte(`{"b":[",",{}]}`), 9}}
		for i, op := range ops {
			size := b.sizeWith(len(op.Body))
			b.add(op)
			if len(b.Body()) != size || b.Len() != i+1 {
				t.Errorf("%d bytes, expected %d; length %d", len(b.Body()), size, b.Len())
			}
		}
		if got := string(b.Body()); got != `{"batch":[{"a":1},{},{"b":[",",{}]}]}` {
			t.Error(got)
		}
		for i, op := range ops {
			if string(b.Item(i)) != string(op.Body) || b.Ref(i) != op.Ref {
				t.Errorf("operation %d: %s, %d", i, b.Item(i), b.Ref(i))
			}
		}
		if part := b.part(1, 3); string(part.Body()) != `{"batch":[{},{"b":[",",{}]}]}` || part.Ref(1) != 9 {
			t.Errorf("part: %s", part.Body())
		}
	}
}

func TestAnItemCannotBeAppendedOverTheNext(t *testing.T) {
	b := NewBatch(Operation{Body: []byte(`{}`)}, Operation{Body: []byte(`{"x":1}`)})
	_ = append(b.Item(0), "spoilt"...)
	if got := string(b.Body()); got != `{"batch":[{},{"x":1}]}` {
		t.Error(got)
	}
}

func TestReleasedBatchesComeBackEmpty(t *testing.T) {
	for range 100 {
		b := NewBatch(sized(1, 100))
		b.Release()
		again := NewBatch()
		if again.Len() != 0 || !json.Valid(again.Body()) {
			t.Fatalf("came back with %d operations", again.Len())
		}
		again.Release()
	}
}
