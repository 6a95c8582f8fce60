package customerio

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

const attributePrefix = "attributes."

// Repaired returns a Sender that mends what the API refuses over named attributes: the operation is sent once more
// without them, all such operations of a batch together. What is refused again is rejected with the API's second answer.
// It goes around Divided. tally may be nil.
func Repaired(next Sender, tally *Tally) Sender { return repaired{next, orNew(tally)} }

type repaired struct {
	next  Sender
	tally *Tally
}

func (s repaired) Send(ctx context.Context, b *Batch) (Receipt, error) {
	receipt, err := s.next.Send(ctx, b)
	mended := mend(b, receipt.Rejections)
	if len(mended.indexes) == 0 {
		return receipt, err
	}
	defer mended.batch.Release()
	receipt.Rejections = slices.DeleteFunc(receipt.Rejections, mended.has)
	if err != nil {
		// The run ends: what could have been mended is left for the next one.
		receipt.Unsent = inOrder(b, append(receipt.Unsent, mended.batch.refs...))
		return receipt, err
	}
	second, err := s.next.Send(ctx, mended.batch)
	s.count(mended, second)
	for _, r := range second.Rejections {
		r.Index = mended.indexes[r.Index]
		receipt.Rejections = append(receipt.Rejections, r)
	}
	slices.SortFunc(receipt.Rejections, func(x, y Rejection) int { return cmp.Compare(x.Index, y.Index) })
	receipt.Unsent = second.Unsent
	return receipt, err
}

// count adds what was accepted without some attributes.
func (s repaired) count(m mending, second Receipt) {
	settled := map[uint64]bool{}
	for _, r := range second.Rejections {
		settled[r.Ref] = true
	}
	for _, ref := range second.Unsent {
		settled[ref] = true
	}
	for i, removed := range m.removed {
		if !settled[m.batch.Ref(i)] {
			s.tally.Repairs.Add(1)
			s.tally.Removed.Add(int64(removed))
		}
	}
}

// mending is a batch of changed operations.
type mending struct {
	batch   *Batch
	indexes []int // of each operation in the batch that it comes from, rising
	removed []int // how many attributes each lost
}

// has tells whether the rejected operation is among the mended.
func (m mending) has(r Rejection) bool {
	_, found := slices.BinarySearch(m.indexes, r.Index)
	return found
}

// mend makes a batch of the operations that were refused over nothing but named attributes, without these.
func mend(b *Batch, rejections []Rejection) mending {
	var m mending
	for i := range rejections {
		names := namedAttributes(&rejections[i])
		if len(names) == 0 {
			continue
		}
		index := rejections[i].Index
		changed, ok := withoutAttributes(b.Item(index), names)
		if !ok {
			continue
		}
		if m.batch == nil {
			m.batch = NewBatch()
		}
		m.batch.add(Operation{Body: changed, Ref: b.Ref(index)})
		m.indexes = append(m.indexes, index)
		m.removed = append(m.removed, len(names))
	}
	return m
}

// namedAttributes lists the attributes that an operation was refused over; none when anything else was wrong with it too.
// Leaving out _update would make the identify create people, so it is never left out.
func namedAttributes(r *Rejection) []string {
	var names []string
	for _, fault := range r.Faults() {
		name, ok := strings.CutPrefix(fault.Field, attributePrefix)
		if !ok || name == "" || name == "_update" || len(fault.Field) >= maxField {
			return nil
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	// A nested attribute goes before the one that it is in.
	slices.SortFunc(names, func(x, y string) int { return cmp.Compare(len(y), len(x)) })
	return names
}

// inOrder sorts Refs as they are in the batch.
func inOrder(b *Batch, refs []uint64) []uint64 {
	place := make(map[uint64]int, b.Len())
	for i, ref := range b.refs {
		place[ref] = i
	}
	slices.SortFunc(refs, func(x, y uint64) int { return cmp.Compare(place[x], place[y]) })
	return refs
}
