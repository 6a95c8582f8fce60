package customerio

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

const (
	// maxOpen is how many batches a packer fills at a time.
	maxOpen = 4

	// maxPassed is how many batches may be given out before one that was opened earlier. The newest batch never gets
	// there: only batches opened before it are given out, at most maxOpen-1 of them.
	maxPassed = maxOpen
)

// ErrTooLarge is in the error for an operation that no batch may carry.
var ErrTooLarge = errors.New("larger than the Track API takes")

// Packer gathers operations into batches by their encoded size. It keeps up to four batches open and puts each
// operation into the first that has room, so that a large one does not send out a batch with space left. A batch is given
// out when it is 99% full, has maxItems operations, is the fullest while an operation fits in none, or has been passed
// over four times. So with operations of at most 8,000 bytes and no maxItems, each is at least 98% full but the last.
// It is not safe for use from several goroutines.
type Packer struct {
	maxBytes, maxItems int
	open               []*Batch // in the order in which they were opened
}

// NewPacker returns a packer of bodies of at most maxBytes with at most maxItems operations. 0 for maxBytes is MaxBody;
// 0 for maxItems is no limit but bytes.
func NewPacker(maxBytes, maxItems int) *Packer {
	return &Packer{maxBytes: cmp.Or(maxBytes, MaxBody), maxItems: maxItems}
}

// Add copies an operation into a batch. It returns a batch when one is to be sent, which need not be the one that the
// operation went into; it is then the caller's, to be released. An empty operation, or one larger than MaxItem or than a
// whole body, is an error, and the packer is as before.
func (p *Packer) Add(op Operation) (full *Batch, err error) {
	if err := p.check(op); err != nil {
		return nil, err
	}
	into := slices.IndexFunc(p.open, func(b *Batch) bool { return p.fits(b, len(op.Body)) })
	if into < 0 {
		if len(p.open) == maxOpen {
			full = p.take(p.overdue())
		}
		into = len(p.open)
		p.open = append(p.open, NewBatch())
	}
	p.open[into].add(op)
	if full != nil {
		return full, nil
	}
	if due := slices.IndexFunc(p.open, p.due); due >= 0 {
		full = p.take(due)
	}
	return full, nil
}

// Flush ends a phase: it gives out what is left, in as few batches as it can make of it, and leaves the packer empty.
func (p *Packer) Flush() []*Batch {
	for p.dissolve() {
		continue
	}
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

func (p *Packer) fits(b *Batch, size int) bool {
	return b.sizeWith(size) <= p.maxBytes && (p.maxItems <= 0 || b.Len() < p.maxItems)
}

// due tells whether a batch is to be given out.
func (p *Packer) due(b *Batch) bool {
	return len(b.body)*100 >= p.maxBytes*99 || p.maxItems > 0 && b.Len() >= p.maxItems || b.passed >= maxPassed
}

// overdue is the batch to give out when an operation fits in none: one passed over too often, else the fullest.
func (p *Packer) overdue() int {
	if p.open[0].passed >= maxPassed {
		return 0 // the first was opened first
	}
	best := 0
	for i, b := range p.open {
		if len(b.body) > len(p.open[best].body) {
			best = i
		}
	}
	return best
}

func (p *Packer) take(i int) *Batch {
	b := p.open[i]
	p.open = slices.Delete(p.open, i, i+1)
	for _, other := range p.open {
		other.passed++
	}
	return b
}

// dissolve moves all operations of one open batch into the others, if there is one for which that works.
func (p *Packer) dissolve() bool {
	slices.SortStableFunc(p.open, func(a, b *Batch) int { return len(b.body) - len(a.body) })
	for i := len(p.open) - 1; i >= 0; i-- {
		b := p.open[i]
		others := slices.Delete(slices.Clone(p.open), i, i+1)
		if places, ok := p.places(b, others); ok {
			for operation, place := range places {
				others[place].add(b.operation(operation))
			}
			b.Release()
			p.open = others
			return true
		}
	}
	return false
}

// places finds room in others for each operation of b, the largest first.
func (p *Packer) places(b *Batch, others []*Batch) (places []int, ok bool) {
	type room struct{ bytes, operations int }
	rooms := make([]room, len(others))
	for i, other := range others {
		rooms[i] = room{p.maxBytes - len(other.body), p.maxItems - other.Len()}
	}
	order := make([]int, b.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return len(b.Item(y)) - len(b.Item(x)) })
	places = make([]int, b.Len())
	for _, i := range order {
		size := len(",") + len(b.Item(i))
		place := slices.IndexFunc(rooms, func(r room) bool { return r.bytes >= size && (p.maxItems <= 0 || r.operations > 0) })
		if place < 0 {
			return nil, false
		}
		rooms[place].bytes -= size
		rooms[place].operations--
		places[i] = place
	}
	return places, true
}
