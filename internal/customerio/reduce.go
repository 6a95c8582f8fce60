package customerio

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"ph2cio/internal/rawjson"
)

const attributePrefix = "attributes."

// maxReductions is how many times one operation is retried. Each time it loses at least one attribute. An
// item of MaxItem bytes has room for 31 values over MaxAttributeValue, which is the only bad attribute that
// our own checks let through.
const maxReductions = 100

// Reduced returns a [Sender] that retries without the attribute. When the API refuses operations of a batch
// because of attributes that it names, Reduced sends those operations again in one batch without these
// attributes. It does so as long as the API names an attribute that the operation still has; otherwise the
// operation is rejected with the API's last answer. next should be a [Bisected] sender. tally may be nil.
func Reduced(next Sender, tally *Tally) Sender { return reduced{next, orNew(tally)} }

type reduced struct {
	next  Sender
	tally *Tally
}

func (s reduced) Send(ctx context.Context, b *Batch) (Receipt, error) {
	receipt, err := s.next.Send(ctx, b)
	retry := reduce(b, receipt.Rejections)
	if len(retry.indexes) == 0 {
		return receipt, err
	}
	for round := 1; len(retry.indexes) > 0; round++ {
		receipt.Rejections = slices.DeleteFunc(receipt.Rejections, retry.has)
		if err != nil {
			// The run ends. A later run can retry these operations.
			receipt.addUnsent(retry.batch.refs(0))
			break
		}
		var answer Receipt
		answer, err = s.next.Send(ctx, retry.batch)
		b.putInDoubt(retry.batch.doubt)
		s.count(retry, answer)
		more := reduction{}
		if round < maxReductions {
			more = retry.again(answer.Rejections)
		}
		retry.addTo(&receipt, answer)
		retry.batch.Release()
		retry = more
	}
	slices.SortFunc(receipt.Rejections, func(x, y Rejection) int { return cmp.Compare(x.Index, y.Index) })
	receipt.Unsent = inOrder(b, receipt.Unsent)
	return receipt, err
}

// count counts the operations that were accepted without some attributes.
func (s reduced) count(r reduction, answer Receipt) {
	open := map[uint64]bool{}
	for _, rejection := range answer.Rejections {
		open[rejection.Ref] = true
	}
	for _, ref := range answer.Unsent {
		open[ref] = true
	}
	for i, removed := range r.removed {
		if !open[r.batch.Ref(i)] {
			s.tally.Reductions.Add(1)
			s.tally.Removed.Add(int64(removed))
		}
	}
}

// reduction is a batch of operations from which attributes were removed.
type reduction struct {
	batch   *Batch
	indexes []int // of each operation in the original batch, ascending
	removed []int // how many attributes each has lost in all rounds
}

// has reports whether a rejected operation of the original batch is in the reduction.
func (r reduction) has(rejection Rejection) bool {
	_, found := slices.BinarySearch(r.indexes, rejection.Index)
	return found
}

// addTo adds the answer about the reduced operations to the receipt of the original batch.
func (r reduction) addTo(receipt *Receipt, answer Receipt) {
	for _, rejection := range answer.Rejections {
		rejection.Index = r.indexes[rejection.Index]
		receipt.Rejections = append(receipt.Rejections, rejection)
	}
	receipt.Unsent = append(receipt.Unsent, answer.Unsent...)
}

// again reduces the operations that were refused once more.
func (r reduction) again(rejections []Rejection) reduction {
	more := reduce(r.batch, rejections)
	for i, index := range more.indexes {
		more.indexes[i] = r.indexes[index]
		more.removed[i] += r.removed[index]
	}
	return more
}

// reduce makes a batch of the operations that were refused only because of named attributes, without these
// attributes. It leaves out operations that have none of them.
func reduce(b *Batch, rejections []Rejection) reduction {
	var r reduction
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
		if r.batch == nil {
			r.batch = NewBatch()
		}
		r.batch.add(op.withBody(changed))
		r.indexes = append(r.indexes, index)
		r.removed = append(r.removed, removed)
	}
	return r
}

// reducible reports whether an operation was refused only because of named attributes, and has one of them.
func reducible(operation []byte, r *Rejection) bool {
	_, removed := withoutAttributes(operation, namedAttributes(r))
	return removed > 0
}

// withoutAttributes returns an encoded operation without the named attributes, and how many it has removed. A
// name is the whole name of an attribute or, if there is no such attribute, a path into nested objects,
// joined by dots.
func withoutAttributes(operation []byte, names []string) (changed []byte, removed int) {
	fields, _ := rawjson.Fields(operation)
	for i := range fields {
		if !fields[i].Is("attributes") {
			continue
		}
		value := fields[i].Value
		for _, name := range names {
			if shorter, ok := rawjson.Without(value, name); ok {
				value = shorter
				removed++
			}
		}
		fields[i] = rawjson.Field{Key: fields[i].Key, Value: value}
	}
	if removed == 0 {
		return nil, 0
	}
	return rawjson.Object(fields), removed
}

// namedAttributes returns the attributes for which an operation was refused. It returns none if anything else
// was wrong too. It never returns _update, without which the identify would create people.
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
	// Nested attributes come before those that contain them.
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
