package customerio

import (
	"cmp"
	"errors"
	"fmt"
)

// ErrTooLarge is wrapped by the error for an operation that is too large for any batch.
var ErrTooLarge = errors.New("larger than the Track API takes")

// Packer packs operations into batches by their encoded size, in the order in which they come. It fills one
// batch at a time, and returns it when it is 99% full, has maxItems operations, or has no room for the next
// operation. With operations of at most 8,000 bytes and no maxItems, each batch but the last is at least 98%
// full; several open batches save less than 0.3% of the requests then, and 1.7% with sizes spread up to
// MaxItem. It is not safe for use from several goroutines.
type Packer struct {
	maxBytes, maxItems int
	open               *Batch // nil for none
}

// NewPacker returns a packer of bodies of at most maxBytes with at most maxItems operations. 0 for maxBytes
// is MaxBody; 0 for maxItems is no limit but bytes.
func NewPacker(maxBytes, maxItems int) *Packer {
	return &Packer{maxBytes: cmp.Or(maxBytes, MaxBody), maxItems: maxItems}
}

// Add copies an operation into the open batch. It returns a batch when one is ready to be sent, which need
// not contain the operation; the caller owns and releases it. If the operation is empty, or larger than
// MaxItem or than a whole body, Add returns an error and changes nothing.
func (p *Packer) Add(op Operation) (full *Batch, err error) {
	if err := p.check(op); err != nil {
		return nil, err
	}
	if p.open != nil && p.open.sizeWith(len(op.Body)) > p.maxBytes {
		full = p.Flush()
	}
	if p.open == nil {
		p.open = NewBatch()
	}
	p.open.add(op)
	if full == nil && p.isFull(p.open) {
		full = p.Flush()
	}
	return full, nil
}

// Flush returns the open batch and leaves the packer empty. It returns nil if there are no operations.
func (p *Packer) Flush() *Batch {
	left := p.open
	p.open = nil
	return left
}

func (p *Packer) check(op Operation) error {
	size := new(Batch).sizeWith(len(op.Body))
	switch {
	case len(op.Body) == 0:
		return fmt.Errorf("pack operation %d: it is empty", op.Ref)
	case len(op.Body) > MaxItem:
		return fmt.Errorf("pack operation %d of %d bytes: %w: %d", op.Ref, len(op.Body), ErrTooLarge, MaxItem)
	case size > p.maxBytes:
		return fmt.Errorf("pack operation %d into a body of %d bytes: %w: %d", op.Ref, size, ErrTooLarge, p.maxBytes)
	}
	return nil
}

func (p *Packer) isFull(b *Batch) bool {
	return len(b.body)*100 >= p.maxBytes*99 || p.maxItems > 0 && b.Len() >= p.maxItems
}
