package customerio

import (
	"slices"
	"sync"
)

const (
	bodyHead = `{"batch":[`
	bodyTail = `]}`
)

// Batch holds the operations of one request and the request body that they form. It must not be used by
// several goroutines while it changes. The zero value is an empty batch.
type Batch struct {
	body       []byte      // a complete request body once there is an operation
	starts     []int       // where in body each operation starts
	operations []Operation // without their bodies, which are parts of body
	doubt      bool        // see InDoubt
}

var batches = sync.Pool{New: func() any { return &Batch{body: make([]byte, 0, MaxBody)} }}

// NewBatch returns a batch of the operations, whose bodies it copies. It checks no limit; a [Packer] does.
func NewBatch(operations ...Operation) *Batch {
	b := batches.Get().(*Batch)
	b.Reset()
	for _, op := range operations {
		b.add(op)
	}
	return b
}

// Len is the number of operations.
func (b *Batch) Len() int { return len(b.operations) }

// Body is the request body. It is the batch's own memory, valid until the batch is reset or released.
func (b *Batch) Body() []byte {
	if b.Len() == 0 {
		return []byte(bodyHead + bodyTail)
	}
	return b.body
}

// Ref is the Ref of operation i.
func (b *Batch) Ref(i int) uint64 { return b.operations[i].Ref }

// Operation is operation i. Its Body is the batch's own memory, valid until the batch is reset or released.
func (b *Batch) Operation(i int) Operation {
	end := len(b.body) - len(bodyTail)
	if i+1 < len(b.starts) {
		end = b.starts[i+1] - len(",")
	}
	op := b.operations[i]
	op.Body = b.body[b.starts[i]:end:end]
	return op
}

// InDoubt reports whether a [Client] has sent the batch or a part of it without an answer that says which
// operations were accepted. It says more about operations that a [Receipt] lists as Unsent.
func (b *Batch) InDoubt() bool { return b.doubt }

// putInDoubt notes that the batch may have been sent without an answer that says which operations were
// accepted.
func (b *Batch) putInDoubt(doubt bool) { b.doubt = b.doubt || doubt }

// Reset makes the batch empty and keeps its memory.
func (b *Batch) Reset() {
	clear(b.operations)
	b.body, b.starts, b.operations, b.doubt = b.body[:0], b.starts[:0], b.operations[:0], false
}

// Release makes the batch's memory available to other batches. The batch and its parts must not be used
// afterwards.
func (b *Batch) Release() {
	b.Reset()
	batches.Put(b)
}

// add copies an operation to the end.
func (b *Batch) add(op Operation) {
	if b.Len() == 0 {
		b.body = append(b.body[:0], bodyHead...)
	} else {
		b.body = append(b.body[:len(b.body)-len(bodyTail)], ',')
	}
	b.starts = append(b.starts, len(b.body))
	b.body = append(append(b.body, op.Body...), bodyTail...)
	op.Body = nil
	b.operations = append(b.operations, op)
}

// sizeWith returns the size of the body with one more operation of n bytes.
func (b *Batch) sizeWith(n int) int {
	if b.Len() == 0 {
		return len(bodyHead) + n + len(bodyTail)
	}
	return len(b.body) + len(",") + n
}

// part returns a new batch of the operations from (included) to to (excluded).
func (b *Batch) part(from, to int) *Batch {
	part := NewBatch()
	for i := from; i < to; i++ {
		part.add(b.Operation(i))
	}
	return part
}

// refs lists the Refs from operation from on, in order.
func (b *Batch) refs(from int) []uint64 {
	refs := slices.Grow([]uint64(nil), b.Len()-from)
	for i := from; i < b.Len(); i++ {
		refs = append(refs, b.Ref(i))
	}
	return refs
}
