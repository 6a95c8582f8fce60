package customerio

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/oklog/ulid/v2"
)

// sized is an operation whose body has so many bytes, at least 2.
func sized(ref uint64, size int) Operation {
	return Operation{Body: []byte(`"` + strings.Repeat("x", size-2) + `"`), Ref: ref}
}

// numbered is a batch of n identifies for the people p0, p1 ..., with Refs from 100.
func numbered(n int) *Batch {
	b := NewBatch()
	for i := range n {
		who := Identifier{ID, fmt.Sprint("p", i)}
		b.add(Operation{Body: AppendIdentify(nil, who, nil, 0), Ref: uint64(100 + i), Action: Identify, Who: who})
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
		ops := []Operation{
			{Body: []byte(`{"a":1}`), Ref: 7, Action: Event, Who: ada, ID: ulid.ULID{1}},
			{Body: []byte(`{}`)},
			{Body: []byte(`{"b":[",",{}]}`), Ref: 9, Action: Merge, Who: hostile},
		}
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
			if got := b.Operation(i); !reflect.DeepEqual(got, op) || b.Ref(i) != op.Ref {
				t.Errorf("operation %d: %+v, want %+v", i, got, op)
			}
		}
		if part := b.part(1, 3); string(part.Body()) != `{"batch":[{},{"b":[",",{}]}]}` || part.Ref(1) != 9 || part.Operation(1).Who != hostile {
			t.Errorf("part: %s", part.Body())
		}
	}
}

func TestAnItemCannotBeAppendedOverTheNext(t *testing.T) {
	b := NewBatch(Operation{Body: []byte(`{}`)}, Operation{Body: []byte(`{"x":1}`)})
	_ = append(b.Operation(0).Body, "spoilt"...)
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
