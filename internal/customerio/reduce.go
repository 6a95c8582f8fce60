package customerio

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"ph2cio/internal/rawjson"
)

const attributePrefix = "attributes."

// maxRepairs is how many times one operation is sent again. Each time it loses at least one attribute; an
// item of MaxItem bytes has room for 31 values over MaxAttributeValue, the only fault of an attribute that
// our own limits leave.
const maxRepairs = 100

// Repaired returns a Sender that repairs what the API refuses over named attributes: the operation is sent
// again without them, all such operations of a batch together, as long as the API names an attribute that the
// operation still has. What is refused then is rejected with the API's last answer. It goes around Divided.
// tally may be nil.
func Repaired(next Sender, tally *Tally) Sender { return repaired{next, orNew(tally)} }

type repaired struct {
	next  Sender
	tally *Tally
}

func (s repaired) Send(ctx context.Context, b *Batch) (Receipt, error) {
	receipt, err := s.next.Send(ctx, b)
	repairs := repair(b, receipt.Rejections)
	if len(repairs.indexes) == 0 {
		return receipt, err
	}
	for round := 1; len(repairs.indexes) > 0; round++ {
		receipt.Rejections = slices.DeleteFunc(receipt.Rejections, repairs.has)
		if err != nil {
			// The run ends: what could have been repaired is left for the next one.
			receipt.Unsent = append(receipt.Unsent, repairs.batch.refs(0)...)
			break
		}
		var answer Receipt
		answer, err = s.next.Send(ctx, repairs.batch)
		b.doubt = b.doubt || repairs.batch.doubt
		s.count(repairs, answer)
		more := repairing{}
		if round < maxRepairs {
			more = repairs.again(answer.Rejections)
		}
		repairs.settle(&receipt, answer)
		repairs.batch.Release()
		repairs = more
	}
	slices.SortFunc(receipt.Rejections, func(x, y Rejection) int { return cmp.Compare(x.Index, y.Index) })
	receipt.Unsent = inOrder(b, receipt.Unsent)
	return receipt, err
}

// count adds what was accepted without some attributes.
func (s repaired) count(r repairing, answer Receipt) {
	open := map[uint64]bool{}
	for _, rejection := range answer.Rejections {
		open[rejection.Ref] = true
	}
	for _, ref := range answer.Unsent {
		open[ref] = true
	}
	for i, removed := range r.removed {
		if !open[r.batch.Ref(i)] {
			s.tally.Repairs.Add(1)
			s.tally.Removed.Add(int64(removed))
		}
	}
}

// repairing is a batch of operations that lost attributes.
type repairing struct {
	batch   *Batch
	indexes []int // of each operation in the batch that all comes from, rising
	removed []int // how many attributes each lost, in all rounds
}

// has reports whether the rejected operation is among them.
func (r repairing) has(rejection Rejection) bool {
	_, found := slices.BinarySearch(r.indexes, rejection.Index)
	return found
}

// settle adds the answer about the repaired operations to the receipt of the batch that they come from.
func (r repairing) settle(receipt *Receipt, answer Receipt) {
	for _, rejection := range answer.Rejections {
		rejection.Index = r.indexes[rejection.Index]
		receipt.Rejections = append(receipt.Rejections, rejection)
	}
	receipt.Unsent = append(receipt.Unsent, answer.Unsent...)
}

// again repairs what was refused once more.
func (r repairing) again(rejections []Rejection) repairing {
	more := repair(r.batch, rejections)
	for i, index := range more.indexes {
		more.indexes[i] = r.indexes[index]
		more.removed[i] += r.removed[index]
	}
	return more
}

// repair makes a batch of the operations that were refused over nothing but named attributes, without those
// of the named that they have. One that has none of them cannot be repaired.
func repair(b *Batch, rejections []Rejection) repairing {
	var r repairing
	for i := range rejections {
		names := namedAttributes(&rejections[i])
		if len(names) == 0 {
			continue
		}
		index := rejections[i].Index
		op := b.Operation(index)
		changed, removed := withoutAttributes(op.Body, names)
		if removed == 0 {
			continue
		}
		op.Body = changed
		if r.batch == nil {
			r.batch = NewBatch()
		}
		r.batch.add(op)
		r.indexes = append(r.indexes, index)
		r.removed = append(r.removed, removed)
	}
	return r
}

// repairable reports whether an operation has one of the attributes that it was refused over, and over nothing else.
func repairable(operation []byte, r *Rejection) bool {
	_, removed := withoutAttributes(operation, namedAttributes(r))
	return removed > 0
}

// withoutAttributes returns an encoded operation without those of the named attributes that it has, and how
// many these are. A name is an attribute's whole name or, where no attribute is called so, a path into nested
// objects joined by dots.
func withoutAttributes(operation []byte, names []string) (changed []byte, removed int) {
	fields, _ := rawjson.Fields(operation)
	for i := range fields {
		field := &fields[i]
		if !field.Is("attributes") {
			continue
		}
		for _, name := range names {
			if value, ok := rawjson.Without(field.Value, name); ok {
				field.Value = value
				removed++
			}
		}
	}
	if removed == 0 {
		return nil, 0
	}
	return rawjson.Object(fields), removed
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
	for i, ref := range b.refs(0) {
		place[ref] = i
	}
	slices.SortFunc(refs, func(x, y uint64) int { return cmp.Compare(place[x], place[y]) })
	return refs
}
