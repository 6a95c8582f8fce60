package customerio

import "sync"

const (
	bodyHead = `{"batch":[`
	bodyTail = `]}`
)

// Batch is what one request carries: operations, and the request body they make. It is not safe for use from several
// goroutines while it changes. The zero value is an empty batch.
type Batch struct {
	body   []byte // a whole request body at any time, once there is an operation
	starts []int  // where in body each operation starts
	refs   []uint64
	doubt  bool // see InDoubt
}

var batches = sync.Pool{New: func() any { return &Batch{body: make([]byte, 0, MaxBody)} }}

// NewBatch returns a batch of the operations, whose bodies it copies, without looking at any limit. A Packer does.
func NewBatch(operations ...Operation) *Batch {
	b := batches.Get().(*Batch)
	b.Reset()
	for _, op := range operations {
		b.add(op)
	}
	return b
}

// Len is the number of operations.
func (b *Batch) Len() int { return len(b.refs) }

// Body is the request body. It is the batch's own memory, valid until the batch is reset or released.
func (b *Batch) Body() []byte {
	if len(b.refs) == 0 {
		return []byte(bodyHead + bodyTail)
	}
	return b.body
}

// Ref is the Ref of operation i.
func (b *Batch) Ref(i int) uint64 { return b.refs[i] }

// Item is the encoded operation i. It is the batch's own memory, valid until the batch is reset or released.
func (b *Batch) Item(i int) []byte {
	end := len(b.body) - len(bodyTail)
	if i+1 < len(b.starts) {
		end = b.starts[i+1] - len(",")
	}
	return b.body[b.starts[i]:end:end]
}

// InDoubt reports whether a Client has sent the batch, or a part of it, without an answer that says what became of it. It is for
// what a Receipt calls Unsent.
func (b *Batch) InDoubt() bool { return b.doubt }

// Reset makes the batch empty and keeps its memory.
func (b *Batch) Reset() {
	b.body, b.starts, b.refs, b.doubt = b.body[:0], b.starts[:0], b.refs[:0], false
}

// Release gives the batch's memory back for other batches. Nothing of the batch may be used after it.
func (b *Batch) Release() {
	b.Reset()
	batches.Put(b)
}

// add copies an operation to the end.
func (b *Batch) add(op Operation) {
	if len(b.refs) == 0 {
		b.body = append(b.body[:0], bodyHead...)
	} else {
		b.body = append(b.body[:len(b.body)-len(bodyTail)], ',')
	}
	b.starts = append(b.starts, len(b.body))
	b.refs = append(b.refs, op.Ref)
	b.body = append(append(b.body, op.Body...), bodyTail...)
}

// operation is operation i, in the batch's own memory.
func (b *Batch) operation(i int) Operation { return Operation{Body: b.Item(i), Ref: b.Ref(i)} }

// sizeWith is the size of the body with one more operation of n bytes.
func (b *Batch) sizeWith(n int) int {
	if len(b.refs) == 0 {
		return len(bodyHead) + n + len(bodyTail)
	}
	return len(b.body) + len(",") + n
}

// part is a new batch of the operations from up to, but without, to.
func (b *Batch) part(from, to int) *Batch {
	part := NewBatch()
	for i := from; i < to; i++ {
		part.add(b.operation(i))
	}
	return part
}

// allRefs lists the Refs, in order.
func (b *Batch) allRefs() []uint64 { return append([]uint64(nil), b.refs...) }
